// SPDX-License-Identifier: MIT
#include "artifacts/cleanup_file.h"

#include "artifacts/atomic_file.h"
#include "artifacts/json_fields.h"

namespace screenalytics {

std::string cleanup_text(const CleanupReport& report) {
  Json actions = Json::array(), figures = Json::object(), people = Json::array();
  for (const CleanupStep& s : report.steps) {
    actions.push_back({{"action", s.action}, {"result", s.result}});
  }
  for (const CleanupFigure& f : report.figures) {
    figures[f.name] = {{"before", f.before}, {"after", f.after}};
  }
  for (const CleanupPerson& p : report.people) {
    people.push_back({{"name", p.label}, {"before_s", p.before_s}, {"after_s", p.after_s}});
  }
  return json_text({{"ep_id", report.ep_id},
                    {"created_at", report.at},
                    {"actions", std::move(actions)},
                    {"figures", std::move(figures)},
                    {"people", std::move(people)},
                    {"notes", report.notes},
                    {"schema_version", "cleanup_v1"}}) +
         "\n";
}

void write_cleanup(const std::filesystem::path& path, const CleanupReport& report) {
  AtomicFile file(path);
  file.write(cleanup_text(report));
  file.commit();
}

}  // namespace screenalytics
