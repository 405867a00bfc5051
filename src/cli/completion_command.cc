// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "cli/command.h"
#include "config/knobs.h"

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
      "    --profile) words='fast_cpu low_power balanced high_accuracy' ;;\n"
      "    --stages) words='detect detect,track detect,track,embed detect,track,embed,cluster' "
      ";;\n";
  for (const Knob& knob : knobs()) {
    if (knob.choices.empty()) continue;
    cases += fmt::format("    {}) words='{}' ;;\n", knob.flag, fmt::join(knob.choices, " "));
  }
  return cases;
}

std::string bash_script(const CLI::App& program) {
  std::vector<std::string> names;
  std::string flag_cases;
  for (const CLI::App* c : program.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(c->get_name());
    flag_cases +=
        fmt::format("    {}) words='{}' ;;\n", c->get_name(), fmt::join(long_flags(*c), " "));
  }
  return fmt::format(R"(_screenalytics() {{
  local word="${{COMP_WORDS[COMP_CWORD]}}" before="${{COMP_WORDS[COMP_CWORD-1]}}" words=''
  local command="${{COMP_WORDS[1]}}"
  [ "${{COMP_WORDS[0]##*/}}" = episode_run ] && command=run
  case "$before" in
{}  esac
  if [ -z "$words" ]; then
    if [[ $word == -* ]]; then
      case "$command" in
{}      esac
    elif [ "$COMP_CWORD" = 1 ] && [ "${{COMP_WORDS[0]##*/}}" != episode_run ]; then
      words='{}'
    fi
  fi
  COMPREPLY=($(compgen -W "$words" -- "$word"))
  [ -n "$words" ] || compopt -o default
}}
complete -F _screenalytics screenalytics episode_run
)",
                     value_cases(), flag_cases, fmt::join(names, " "));
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
