// SPDX-License-Identifier: MIT
#include "cli/knob_flags.h"

#include <fmt/format.h>

#include <set>

#include "config/knobs.h"

namespace screenalytics {
namespace {

// What most runs are steered by; the rest is one --help-all away.
const std::set<std::string_view> kEveryday{
    "stride",        "fps",           "device",          "save_frames", "save_crops",
    "jpeg_quality",  "det_size",      "threads",         "out_root",    "min_size",
    "confidence_th", "progress_file", "embed_batch_size"};

std::string group_of(const Knob& knob) {
  if (!kEveryday.contains(knob.key)) return "";  // hidden from the short help
  return "Knobs (all of them: --help-all)";
}

}  // namespace

KnobFlags::KnobFlags(CLI::App& command) {
  for (const Knob& knob : knobs()) add(command, knob, group_of(knob));
}

KnobFlags::KnobFlags(CLI::App& command, const std::function<bool(const Knob&)>& wanted) {
  for (const Knob& knob : knobs()) {
    if (wanted(knob)) add(command, knob, "Knobs");
  }
}

void KnobFlags::add(CLI::App& command, const Knob& knob, const std::string& group) {
  const std::string key(knob.key), flag(knob.flag);
  CLI::Option* option = nullptr;
  if (knob.type == KnobType::boolean) {
    const std::string name = flag + ",!--no-" + flag.substr(2);
    option = command.add_flag(name, switches_[key], std::string(knob.help));
  } else {
    option = command.add_option(flag, texts_[key], std::string(knob.help));
    option->type_name(knob.choices.empty() ? "X" : fmt::format("{}", fmt::join(knob.choices, "|")));
  }
  option->take_last();  // of a flag given twice
  option->group(group);
  options_[key] = option;
}

std::map<std::string, std::string> KnobFlags::given() const {
  std::map<std::string, std::string> values;
  for (const auto& [key, option] : options_) {
    if (option->count() == 0) continue;
    const auto text = texts_.find(key);
    values[key] = text != texts_.end() ? text->second : switches_.at(key) ? "true" : "false";
  }
  return values;
}

std::string knob_help() {
  std::string out =
      "Every knob: its flag, what it takes, its built-in default, and what it does.\n";
  std::string_view file;
  for (const Knob& knob : knobs()) {
    if (knob.file != file) {
      file = knob.file;
      out += fmt::format("\nconfig/pipeline/{}\n", file);
    }
    std::string flag(knob.flag);
    if (knob.type == KnobType::boolean) flag = "--[no-]" + flag.substr(2);
    out += fmt::format("  {:<26} {} [{}]\n  {:<26} {}\n", flag, allowed_values(knob),
                       knob.default_text, "", knob.help);
  }
  return out;
}

}  // namespace screenalytics
