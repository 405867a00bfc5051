// SPDX-License-Identifier: MIT
#include "facebank/match.h"

#include <fmt/format.h>

namespace screenalytics {

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::known:
      return "known";
    case Verdict::ambiguous:
      return "ambiguous";
    case Verdict::unknown:
      return "unknown";
  }
  return {};
}

std::string Match::evidence() const {
  if (best == nullptr) return "there are no reference photos";
  std::string text =
      fmt::format("nearest photo: {} of {} ({:.2f})", best->origin, best->name, similarity);
  if (runner_up != nullptr) {
    text += fmt::format("; next person: {} ({:.2f})", runner_up->name, similarity - margin);
  }
  return text;
}

Match match(const Embedding& vector, std::span<const Reference> references,
            const MatchOptions& options) {
  Match m;
  double second = -1;
  for (const Reference& r : references) {
    const auto s = static_cast<double>(cosine_similarity(vector, r.vector));
    if (m.best == nullptr || s > m.similarity) {
      if (m.best != nullptr && m.best->person_id != r.person_id) {
        m.runner_up = m.best;
        second = m.similarity;
      }
      m.best = &r;
      m.similarity = s;
    } else if (r.person_id != m.best->person_id && (m.runner_up == nullptr || s > second)) {
      m.runner_up = &r;
      second = s;
    }
  }
  if (m.best == nullptr) return m;
  if (m.runner_up != nullptr) m.margin = m.similarity - second;
  if (m.similarity < options.threshold) return m;
  m.verdict = m.margin < options.margin ? Verdict::ambiguous : Verdict::known;
  return m;
}

}  // namespace screenalytics
