// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <array>

#include "artifacts/atomic_file.h"
#include "artifacts/documents.h"
#include "artifacts/json_fields.h"

namespace screenalytics {
namespace {

constexpr std::array<std::string_view, 4> kStatuses = {"running", "done", "cancelled", "error"};
constexpr std::array<std::string_view, 4> kRunStages = {"detect", "track", "embed", "cluster"};

Json setting_value(const RunSetting& setting, const Place& place) {
  if (setting.text) return setting.value;
  Json value = parse_json(setting.value);
  if (!value.is_number() && !value.is_boolean()) {
    place.fail_field(fmt::format("settings.{}.value", setting.key), json_quoted(setting.value),
                     "a number, true or false");
  }
  return value;
}

Json run_json(const RunRecord& run, const Place& place) {
  Json settings = Json::object(), models = Json::array();
  for (const RunSetting& s : run.settings) {
    settings[s.key] = {{"value", setting_value(s, place)}, {"source", s.source}};
  }
  for (const RunModel& m : run.models) {
    models.push_back({{"role", m.role}, {"id", m.id}, {"sha256", m.sha256}, {"file", m.file}});
  }
  return {{"ep_id", run.ep_id},
          {"status", run.status},
          {"last_stage", run.last_stage},
          {"started_at", run.started_at},
          {"finished_at", run.finished_at.empty() ? Json() : Json(run.finished_at)},
          {"profile", {{"value", run.profile}, {"source", run.profile_source}}},
          {"video", run.video},
          {"settings", settings},
          {"models", models},
          {"versions", run.versions},
          {"host", run.host},
          {"notes", run.notes}};
}

std::map<std::string, std::string> parse_texts(const Fields& parent, const Place& place,
                                               const char* name) {
  const Json& object = parent.object(name);
  const Fields fields(object, place, fmt::format("{}.", name));
  std::map<std::string, std::string> texts;
  for (const auto& [key, value] : object.items()) texts[key] = fields.text(key.c_str(), true);
  return texts;
}

RunSetting parse_setting(const std::string& key, const Json& json, const Place& place) {
  const Fields fields(json, place, fmt::format("settings.{}.", key));
  const Json& value = fields.any("value");
  if (!value.is_primitive() || value.is_null()) {
    fields.fail("value", value, "a number, a text, true or false");
  }
  const bool text = value.is_string();
  return {key, text ? value.get<std::string>() : json_text(value, -1), fields.text("source"), text};
}

RunRecord parse_run(const Json& json, const Place& place) {
  const Fields f(json, place);
  RunRecord run;
  run.ep_id = f.text("ep_id");
  run.status = f.one_of("status", kStatuses);
  if (json.contains("last_stage")) run.last_stage = f.one_of("last_stage", kRunStages);
  run.started_at = f.text("started_at");
  if (!f.is_null("finished_at")) run.finished_at = f.text("finished_at");
  const Fields profile(f.any("profile"), place, "profile.");
  run.profile = profile.text("value");
  run.profile_source = profile.text("source");
  run.video = parse_texts(f, place, "video");
  for (const auto& [key, value] : f.object("settings").items()) {
    run.settings.push_back(parse_setting(key, value, place));
  }
  for (const Json& entry : f.array("models")) {
    const Fields model(entry, place, fmt::format("models[{}].", run.models.size()));
    run.models.push_back(
        {model.text("role"), model.text("id"), model.text("sha256"), model.text("file")});
  }
  run.versions = parse_texts(f, place, "versions");
  run.host = parse_texts(f, place, "host");
  for (const Json& note : f.array("notes")) {
    if (!note.is_string()) f.fail("notes", note, "a text");
    run.notes.push_back(note.get<std::string>());
  }
  return run;
}

}  // namespace

void write_run(const std::filesystem::path& path, const RunRecord& run) {
  const Place place{path.string(), true};
  const Json json = run_json(run, place);
  parse_run(json, place);
  write_file_atomically(path, json_text(json) + "\n");
}

RunRecord read_run(const std::filesystem::path& path) {
  const Place place{path.string()};
  Json json = parse_json(read_file(path));
  if (json.is_discarded()) place.fail("the file is not JSON");
  return parse_run(json, place);
}

}  // namespace screenalytics
