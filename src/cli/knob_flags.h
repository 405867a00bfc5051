// KnobFlags: one command line flag for every knob of the configuration.
// SPDX-License-Identifier: MIT
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <map>
#include <string>

#include "config/knobs.h"

namespace screenalytics {

// Memory: must outlive the parse. Values are checked by load_settings(), which knows every range.
class KnobFlags {
 public:
  // Adds all flags to `command`; those in `shown` go into its help, the others into --help-all.
  explicit KnobFlags(CLI::App& command);
  // Adds those that are wanted, all of them shown.
  KnobFlags(CLI::App& command, const std::function<bool(const Knob&)>& wanted);

  // By key, the flags that were given.
  std::map<std::string, std::string> given() const;

 private:
  void add(CLI::App& command, const Knob& knob, const std::string& group);

  std::map<std::string, std::string> texts_;
  std::map<std::string, bool> switches_;
  std::map<std::string, CLI::Option*> options_;
};

// A table of every knob: flag, allowed values, default, meaning.
std::string knob_help();

}  // namespace screenalytics
