// SPDX-License-Identifier: MIT
#include "cli/program.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/names.h"
#include "cli/command.h"
#include "config/knobs.h"

namespace screenalytics {
namespace {

constexpr Command kCommands[] = {
    {"run", "find every face of a video, and who is on screen for how long",
     "Examples:\n"
     "  screenalytics run show.mp4\n"
     "  screenalytics run show.mp4 --profile fast_cpu --no-save-frames\n"
     "  screenalytics run --ep-id rhobh-s05e02 --video show.mp4 --stride 3 --fps 8\n"
     "  screenalytics run show.mp4 --resume\n",
     define_run},
    {"identities", "list and correct the people of an episode",
     "Examples:\n"
     "  screenalytics identities list show\n"
     "  screenalytics identities label show 3 \"Ann Dowd\"\n"
     "  screenalytics identities merge show 3 7\n"
     "  screenalytics identities split show 3 t12 t15\n"
     "  screenalytics identities undo show\n",
     define_identities},
    {"cleanup", "put the tracks and identities of an episode right, as far as a program can tell",
     "Examples:\n"
     "  screenalytics cleanup show\n"
     "  screenalytics cleanup show --actions split_tracks reembed recluster group_clusters\n"
     "  screenalytics cleanup show --actions group_clusters --group-thresh 0.55 --json\n",
     define_cleanup},
    {"appearances", "when somebody is on screen, with whom and without whom",
     "Examples:\n"
     "  screenalytics appearances show --person Ann --with Bob --min-s 2\n"
     "  screenalytics appearances show --person Ann --without Bob --json\n",
     define_appearances},
    {"export", "screen time as subtitles, boxes, an edit list or a table",
     "Examples:\n"
     "  screenalytics export show --format vtt --out show.vtt\n"
     "  screenalytics export show --format ass --out show.ass    # boxes and names, in a player\n"
     "  screenalytics export show --format edl --person Ann --out ann.edl\n",
     define_export},
    {"export-video", "the video with everybody's box and name drawn into it",
     "Examples:\n"
     "  screenalytics export-video show --out show.boxes.mp4\n"
     "  screenalytics export-video show --video show.mkv --person Ann --out ann.mkv\n",
     define_export_video},
    {"facebank", "the people who are known by name, and their photos",
     "Examples:\n"
     "  screenalytics facebank add \"Ann Dowd\" ann1.jpg ann2.jpg\n"
     "  screenalytics facebank list\n"
     "  screenalytics facebank match somebody.jpg\n"
     "  screenalytics run --cluster --ep-id show     # gives the new names to an episode\n",
     define_facebank},
    {"report", "make the page that shows who is on screen when",
     "Example:\n  screenalytics report show --out report.html\n", define_report},
    {"tune", "find the knobs that suit your video and your machine",
     "Examples:\n"
     "  screenalytics tune show.mp4\n"
     "  screenalytics tune show.mp4 --at 600 --seconds 30 --save mine\n",
     define_tune},
    {"models", "list the models and verify their files", "Example:\n  screenalytics models\n",
     define_models},
    {"doctor", "what this machine has, and which profile suits it",
     "Example:\n  screenalytics doctor\n", define_doctor},
    {"completion", "print a completion script for a shell",
     "Example:\n  source <(screenalytics completion bash)\n", define_completion},
};

// Shows a switch as --[no-]x, not as the two flags that it is to the parser.
class HelpFormatter final : public CLI::Formatter {
 public:
  std::string make_option_name(const CLI::Option* option, bool positional) const override {
    const std::string name = CLI::Formatter::make_option_name(option, positional);
    const size_t second = name.find(",--no-");
    return second == std::string::npos ? name : "--[no-]" + name.substr(2, second - 2);
  }
};

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    for (const std::string& name : option->get_fnames()) names.push_back("--" + name);
  }
  return names;
}

std::string nearest(const std::string& word, const std::vector<std::string>& names) {
  std::vector<std::string_view> views(names.begin(), names.end());
  const std::string near = nearest_name(word, views);
  return near.empty() ? std::string() : fmt::format("; did you mean '{}'?", near);
}

// What the parser did not expect, said with the nearest thing that it would have.
std::string unexpected(const CLI::App& app, const std::string& word) {
  const std::vector<CLI::App*> chosen = app.get_subcommands();
  if (word.starts_with("-")) {
    const CLI::App& at = chosen.empty() ? app : *chosen.front();
    const std::string flag = word.substr(0, word.find('='));
    const std::string command = chosen.empty() ? "" : " " + at.get_name();
    return fmt::format("unknown flag '{}'{} (see screenalytics{} --help)", flag,
                       nearest(flag, option_names(at)), command);
  }
  if (!chosen.empty()) return fmt::format("unexpected argument '{}'", word);
  std::vector<std::string> names;
  for (const Command& c : kCommands) names.emplace_back(c.name);
  return fmt::format("unknown command '{}'{} (see screenalytics --help)", word,
                     nearest(word, names));
}

// What a command with commands of its own can do; nothing for any other command, or where one of
// them was named.
std::string missing_subcommand(const CLI::App& app, const std::vector<std::string>& arguments) {
  const std::vector<CLI::App*> chosen = app.get_subcommands();
  if (chosen.empty() || !chosen.front()->get_subcommands().empty()) return {};
  std::vector<std::string> names;
  for (const CLI::App* sub : chosen.front()->get_subcommands({})) names.push_back(sub->get_name());
  if (names.empty()) return {};
  const std::string& command = chosen.front()->get_name();
  if (arguments.size() < 2)
    return fmt::format("{}: name one of {}", command, fmt::join(names, ", "));
  return fmt::format("{}: '{}' is none of {}{}", command, arguments[1], fmt::join(names, ", "),
                     nearest(arguments[1], names));
}

int fail(const std::string& message, int code) {
  // Not fmt::print: where standard error cannot be written it throws, and the exit code is lost.
  std::fputs(fmt::format("error: {}\n", message).c_str(), stderr);
  return code;
}

}  // namespace

std::span<const Command> commands() { return kCommands; }

int run_program(int argc, char** argv) {
  // A full disk or a file size limit must come back as an error of the write, not kill the program.
  std::signal(SIGXFSZ, SIG_IGN);
  std::signal(SIGPIPE, SIG_IGN);

  std::vector<std::string> arguments(argv + 1, argv + argc);
  const std::string called = std::filesystem::path(argv[0]).filename();
  if (called == "episode_run") arguments.insert(arguments.begin(), "run");
  if (called == "episode_cleanup") arguments.insert(arguments.begin(), "cleanup");

  CLI::App app("Screenalytics: who is on screen, when, and for how long.", "screenalytics");
  app.set_version_flag("--version", "screenalytics " SCREENALYTICS_VERSION);
  app.formatter(std::make_shared<HelpFormatter>());  // before the commands, which inherit it
  app.require_subcommand(1);
  app.footer("screenalytics COMMAND --help shows a command's flags and examples.");
  std::vector<std::pair<CLI::App*, Action>> actions;
  for (const Command& c : kCommands) {
    CLI::App* sub = app.add_subcommand(std::string(c.name), std::string(c.summary));
    sub->footer(std::string(c.examples));
    actions.emplace_back(sub, c.define(*sub));
  }
  try {
    if (arguments.empty()) {
      fmt::print("{}", app.help());
      return kExitUsage;
    }
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
    for (const auto& [sub, action] : actions) {
      if (sub->parsed()) return action();
    }
    return kExitUsage;
  } catch (const CLI::CallForHelp&) {
    fmt::print("{}", app.help());  // of the command, where one was named
    return kExitDone;
  } catch (const CLI::CallForVersion& e) {
    fmt::print("{}\n", e.what());
    return kExitDone;
  } catch (const CLI::Success&) {
    return kExitDone;
  } catch (const CLI::ExtrasError&) {
    const std::vector<std::string> left = app.remaining(true);
    return fail(unexpected(app, left.empty() ? std::string() : left.front()), kExitUsage);
  } catch (const CLI::RequiredError& e) {
    const bool no_command = app.get_subcommands().empty();
    if (no_command && !arguments.empty())
      return fail(unexpected(app, arguments.front()), kExitUsage);
    const std::string missing = missing_subcommand(app, arguments);
    return fail(missing.empty() ? e.what() : missing, kExitUsage);
  } catch (const CLI::ParseError& e) {
    return fail(e.what(), kExitUsage);
  } catch (const Error& e) {
    const int code = exit_code(e.code());
    // Only a run has an input video.
    const bool run = app.got_subcommand("run");
    return fail(e.what(), code == kExitVideo && !run ? kExitFailed : code);
  } catch (const std::bad_alloc&) {
    return fail("out of memory: use fewer --threads, or a smaller video", kExitFailed);
  } catch (const std::exception& e) {
    return fail(e.what(), kExitFailed);
  }
}

}  // namespace screenalytics
