// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "cli/command.h"
#include "config/home.h"
#include "config/knobs.h"
#include "config/settings.h"

namespace screenalytics {
namespace {

std::vector<std::string> long_flags(const CLI::App& command) {
  std::vector<std::string> flags;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) flags.push_back("--" + name);
  }
  return flags;
}

// Cases of the flag before the cursor whose values are known.
std::string value_cases() {
  std::string cases =
      fmt::format("    --profile) words='{}' ;;\n",
                  fmt::join(profile_names(find_home() / "config" / "pipeline"), " "));
  cases +=
      "    --stages) words='detect detect,track detect,track,embed detect,track,embed,cluster' "
      ";;\n";
  for (const Knob& knob : knobs()) {
    if (knob.choices.empty()) continue;
    cases += fmt::format("    {}) words='{}' ;;\n", knob.flag, fmt::join(knob.choices, " "));
  }
  return cases;
}

std::vector<const CLI::App*> commands_of(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

std::string names_of(const std::vector<const CLI::App*>& apps) {
  std::string names;
  for (const CLI::App* app : apps) names += (names.empty() ? "" : " ") + app->get_name();
  return names;
}

// Cases of the command, or of the command and its own command, that is being written.
struct CommandCases {
  std::string flags, commands;
};

CommandCases command_cases(const CLI::App& program) {
  CommandCases cases;
  for (const CLI::App* c : commands_of(program)) {
    const std::vector<const CLI::App*> own = commands_of(*c);
    if (!own.empty()) {
      cases.commands += fmt::format("    {}) words='{}' ;;\n", c->get_name(), names_of(own));
    }
    for (const CLI::App* sub : own) {
      cases.flags += fmt::format("    '{} {}') words='{}' ;;\n", c->get_name(), sub->get_name(),
                                 fmt::join(long_flags(*sub), " "));
    }
    cases.flags +=
        fmt::format("    '{} '*) words='{}' ;;\n", c->get_name(), fmt::join(long_flags(*c), " "));
  }
  return cases;
}

std::string bash_script(const CLI::App& program) {
  const CommandCases cases = command_cases(program);
  return fmt::format(R"(_screenalytics() {{
  local word="${{COMP_WORDS[COMP_CWORD]}}" before="${{COMP_WORDS[COMP_CWORD-1]}}" words='' place=1
  local command="${{COMP_WORDS[1]}}" sub="${{COMP_WORDS[2]}}"
  case "${{COMP_WORDS[0]##*/}}" in
    episode_run) command=run sub='' place=0 ;;
    episode_cleanup) command=cleanup sub='' place=0 ;;
  esac
  case "$before" in
{}  esac
  if [ -z "$words" ]; then
    if [[ $word == -* ]]; then
      case "$command $sub" in
{}      esac
    elif [ "$COMP_CWORD" = "$place" ]; then
      words='{}'
    elif [ "$COMP_CWORD" = 2 ]; then
      case "$command" in
{}      esac
    fi
  fi
  COMPREPLY=($(compgen -W "$words" -- "$word"))
  [ -n "$words" ] || compopt -o default
}}
complete -F _screenalytics screenalytics episode_run episode_cleanup
)",
                     value_cases(), cases.flags, names_of(commands_of(program)), cases.commands);
}

int print_completion(const CLI::App& program, const std::string& shell) {
  if (shell == "bash") {
    fmt::print("{}", bash_script(program));
  } else if (shell == "zsh") {
    fmt::print("autoload -U +X bashcompinit && bashcompinit\n{}", bash_script(program));
  } else {
    throw Error(
        ErrorCode::invalid_argument,
        fmt::format("no completion for the shell '{}'; there is one for bash and zsh", shell));
  }
  return kExitDone;
}

}  // namespace

Action define_completion(CLI::App& command) {
  auto shell = std::make_shared<std::string>();
  command.add_option("SHELL", *shell, "bash or zsh")->required();
  return [shell, &command] { return print_completion(*command.get_parent(), *shell); };
}

}  // namespace screenalytics
