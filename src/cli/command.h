// Command: one entry of the table of commands; each has a file of its own.
// SPDX-License-Identifier: MIT
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <span>
#include <string_view>

namespace screenalytics {

// Does the work after parsing. Returns: the exit code. Throws: Error.
using Action = std::function<int()>;

struct Command {
  std::string_view name;
  std::string_view summary;
  std::string_view examples;            // shown under --help
  Action (*define)(CLI::App& command);  // declares the options; they live as long as the Action
};

std::span<const Command> commands();

Action define_run(CLI::App& command);
Action define_identities(CLI::App& command);
Action define_facebank(CLI::App& command);
Action define_cleanup(CLI::App& command);
Action define_appearances(CLI::App& command);
Action define_export(CLI::App& command);
Action define_export_video(CLI::App& command);
Action define_report(CLI::App& command);
Action define_tune(CLI::App& command);
Action define_models(CLI::App& command);
Action define_doctor(CLI::App& command);
Action define_completion(CLI::App& command);

}  // namespace screenalytics
