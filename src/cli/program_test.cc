// Tests of the program's face: commands, help, completion and the messages of wrong usage.
// SPDX-License-Identifier: MIT
#include "cli/program.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <sstream>

#include "base/error.h"
#include "cli/command.h"
#include "config/knobs.h"

namespace screenalytics {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Outcome {
  int code = -1;
  std::string out, err;
};

Outcome called(std::vector<std::string> arguments, const char* name = "screenalytics") {
  arguments.insert(arguments.begin(), name);
  std::vector<char*> argv;
  for (std::string& a : arguments) argv.push_back(a.data());
  ::testing::internal::CaptureStdout();
  ::testing::internal::CaptureStderr();
  Outcome o;
  o.code = run_program(static_cast<int>(argv.size()), argv.data());
  std::fflush(stdout);
  o.out = ::testing::internal::GetCapturedStdout();
  o.err = ::testing::internal::GetCapturedStderr();
  return o;
}

TEST(Program, HelpNamesEveryCommand) {
  const Outcome o = called({"--help"});
  EXPECT_EQ(o.code, kExitDone);
  for (const Command& c : commands()) {
    EXPECT_THAT(o.out, HasSubstr(std::string(c.name)));
    EXPECT_THAT(o.out, HasSubstr(std::string(c.summary)));
  }
  EXPECT_THAT(o.err, IsEmpty());
}

TEST(Program, EveryCommandHasAShortHelpWithExamples) {
  for (const Command& c : commands()) {
    const Outcome o = called({std::string(c.name), "--help"});
    EXPECT_EQ(o.code, kExitDone);
    EXPECT_THAT(o.out, HasSubstr("xample"));
    EXPECT_LT(std::count(o.out.begin(), o.out.end(), '\n'), 60) << c.name;
  }
}

TEST(Program, WithoutACommandItShowsTheHelpAsWrongUsage) {
  const Outcome o = called({});
  EXPECT_EQ(o.code, kExitUsage);
  EXPECT_THAT(o.out, HasSubstr("run"));
}

TEST(Program, VersionIsOneLine) {
  const Outcome o = called({"--version"});
  EXPECT_EQ(o.code, kExitDone);
  EXPECT_THAT(o.out, ::testing::MatchesRegex("screenalytics [0-9.]+\n"));
}

TEST(Program, WhatIsUnknownIsNamedWithTheNearestThatThereIs) {
  const Outcome flag = called({"run", "a.mp4", "--strid", "3"});
  EXPECT_EQ(flag.code, kExitUsage);
  EXPECT_THAT(flag.err, HasSubstr("unknown flag '--strid'; did you mean '--stride'?"));
  const Outcome negated = called({"run", "a.mp4", "--no-save-frame"});
  EXPECT_THAT(negated.err, HasSubstr("did you mean '--no-save-frames'?"));
  const Outcome command = called({"rum"});
  EXPECT_EQ(command.code, kExitUsage);
  EXPECT_THAT(command.err, HasSubstr("unknown command 'rum'; did you mean 'run'?"));
}

TEST(Program, ARunWithoutAVideoOrWithTwoIsWrongUsage) {
  EXPECT_EQ(called({"run"}).code, kExitUsage);
  const Outcome two = called({"run", "a.mp4", "--video", "b.mp4"});
  EXPECT_EQ(two.code, kExitUsage);
  EXPECT_THAT(two.err, HasSubstr("'a.mp4' and 'b.mp4'"));
}

TEST(Program, StagesThatAreNoneOrOutOfOrderAreNamed) {
  EXPECT_THAT(called({"run", "a.mp4", "--stages", "detect,trakc"}).err,
              HasSubstr("'trakc' is no stage"));
  const Outcome alone = called({"run", "a.mp4", "--stages", "track"});
  EXPECT_EQ(alone.code, kExitUsage);
  EXPECT_THAT(alone.err, HasSubstr("needs detect before it"));
}

TEST(Program, CalledEpisodeRunItIsTheRunCommand) {
  const Outcome o = called({"--help"}, "/usr/bin/episode_run");
  EXPECT_EQ(o.code, kExitDone);
  EXPECT_THAT(o.out, HasSubstr("--ep-id"));
}

TEST(Program, CalledEpisodeCleanupItIsTheCleanupCommand) {
  const Outcome o = called({"--help"}, "/usr/bin/episode_cleanup");
  EXPECT_EQ(o.code, kExitDone);
  EXPECT_THAT(o.out, HasSubstr("--actions"));
}

TEST(Program, HelpAllHasEveryKnob) {
  const Outcome o = called({"run", "--help-all"});
  EXPECT_EQ(o.code, kExitDone);
  for (const Knob& knob : knobs()) EXPECT_THAT(o.out, HasSubstr(knob.flag.substr(2)));
}

// The words between the quotes of `case` in the script.
std::vector<std::string> words_for(const std::string& script, const std::string& option) {
  const std::string start = "    " + option + ") words='";
  const size_t at = script.find(start);
  if (at == std::string::npos) return {};
  const size_t from = at + start.size();
  std::istringstream words(script.substr(from, script.find('\'', from) - from));
  return {std::istream_iterator<std::string>(words), {}};
}

TEST(Completion, KnowsEveryCommandAndEveryFlag) {
  const Outcome o = called({"completion", "bash"});
  EXPECT_EQ(o.code, kExitDone);
  const std::vector<std::string> flags = words_for(o.out, "'run '*");
  for (const Knob& knob : knobs()) {
    EXPECT_THAT(flags, ::testing::Contains(knob.flag));
    if (knob.type == KnobType::boolean) {
      EXPECT_THAT(flags, ::testing::Contains("--no-" + knob.flag.substr(2)));
    }
    if (knob.choices.empty()) continue;
    const std::vector<std::string> choices(knob.choices.begin(), knob.choices.end());
    EXPECT_EQ(words_for(o.out, knob.flag), choices);
  }
  for (const char* flag : {"--video", "--ep-id", "--profile", "--stages", "--resume", "--json",
                           "--quiet", "--help", "--help-all"}) {
    EXPECT_THAT(flags, ::testing::Contains(flag));
  }
  for (const Command& c : commands()) {
    EXPECT_THAT(o.out, HasSubstr("    '" + std::string(c.name) + " '*) words="));
  }
}

TEST(Completion, KnowsTheCommandsOfCommandsAndTheProfiles) {
  const std::string script = called({"completion", "bash"}).out;
  EXPECT_THAT(words_for(script, "identities"), ::testing::IsSupersetOf({"list", "label", "undo"}));
  EXPECT_THAT(words_for(script, "'identities undo'"), ::testing::Contains("--to"));
  EXPECT_THAT(words_for(script, "'identities list'"), ::testing::Not(::testing::Contains("--to")));
  EXPECT_THAT(words_for(script, "--profile"),
              ::testing::ElementsAre("fast_cpu", "low_power", "balanced", "high_accuracy"));
}

TEST(Completion, ZshLoadsTheSameScript) {
  const std::string bash = called({"completion", "bash"}).out;
  EXPECT_EQ(called({"completion", "zsh"}).out,
            "autoload -U +X bashcompinit && bashcompinit\n" + bash);
}

TEST(Completion, AnotherShellIsNamedWithThoseThatThereAre) {
  const Outcome o = called({"completion", "fish"});
  EXPECT_EQ(o.code, kExitUsage);
  EXPECT_THAT(o.err, HasSubstr("'fish'; there is one for bash and zsh"));
}

}  // namespace
}  // namespace screenalytics
