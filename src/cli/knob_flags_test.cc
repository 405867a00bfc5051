// Tests that every knob can be given on the command line.
// SPDX-License-Identifier: MIT
#include "cli/knob_flags.h"

#include <gmock/gmock.h>

#include "config/knobs.h"

namespace screenalytics {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;

struct Parsed {
  explicit Parsed(std::vector<std::string> arguments) : flags(app) {
    std::reverse(arguments.begin(), arguments.end());
    app.parse(arguments);
  }
  CLI::App app;
  KnobFlags flags;
};

std::map<std::string, std::string> given(const std::vector<std::string>& arguments) {
  return Parsed(arguments).flags.given();
}

std::string some_value(const Knob& knob) {
  return knob.choices.empty() ? "7" : std::string(knob.choices.front());
}

TEST(KnobFlags, EveryKnobHasItsFlag) {
  ASSERT_GT(knobs().size(), 30U);
  for (const Knob& knob : knobs()) {
    const std::string key(knob.key);
    if (knob.type == KnobType::boolean) {
      EXPECT_THAT(given({knob.flag}), ElementsAre(Pair(key, "true")));
      EXPECT_THAT(given({"--no-" + knob.flag.substr(2)}), ElementsAre(Pair(key, "false")));
    } else {
      const std::string value = some_value(knob);
      EXPECT_THAT(given({knob.flag, value}), ElementsAre(Pair(key, value)));
      EXPECT_THAT(given({knob.flag + "=" + value}), ElementsAre(Pair(key, value)));
    }
  }
}

TEST(KnobFlags, WhatWasNotGivenIsNotThere) { EXPECT_THAT(given({}), IsEmpty()); }

TEST(KnobFlags, SeveralAreKeptByTheirKeys) {
  EXPECT_THAT(
      given({"--stride", "3", "--no-save-frames", "--min-size", "90px"}),
      ElementsAre(Pair("min_size", "90px"), Pair("save_frames", "false"), Pair("stride", "3")));
}

TEST(KnobFlags, ANumberBelowZeroIsAValueAndNoFlag) {
  EXPECT_THAT(given({"--gate-hard", "-0.5"}), ElementsAre(Pair("gate_hard", "-0.5")));
}

TEST(KnobFlags, AFlagWithoutItsValueIsRefused) {
  EXPECT_THROW(given({"--stride"}), CLI::ParseError);
}

TEST(KnobFlags, TheShortHelpHasTheEverydayKnobsAlone) {
  const Parsed parsed({});
  const std::string help = parsed.app.help();
  EXPECT_THAT(help, HasSubstr("--stride"));
  EXPECT_THAT(help, HasSubstr("--no-save-frames"));
  EXPECT_THAT(help, Not(HasSubstr("--soft-nms-sigma")));
}

TEST(KnobHelp, NamesEveryKnobWithWhatItTakes) {
  const std::string help = knob_help();
  for (const Knob& knob : knobs()) {
    const std::string flag =
        knob.type == KnobType::boolean ? "--[no-]" + knob.flag.substr(2) : knob.flag;
    EXPECT_THAT(help, HasSubstr("  " + flag + " "));
    EXPECT_THAT(help, HasSubstr(allowed_values(knob) + " [" + knob.default_text + "]"));
    EXPECT_THAT(help, HasSubstr(std::string(knob.help)));
    EXPECT_THAT(help, HasSubstr("config/pipeline/" + std::string(knob.file)));
  }
}

}  // namespace
}  // namespace screenalytics
