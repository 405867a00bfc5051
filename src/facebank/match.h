// match: whose face a vector is, or nobody's that is known.
// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/face.h"

namespace screenalytics {

// A face that is known to be a person's.
struct Reference {
  std::string person_id, name;
  std::string seed_id, origin;  // which photo
  Embedding vector;
};

struct MatchOptions {
  double threshold = 0.46;  // cosine similarity to a person's nearest photo from which it is them
  double margin = 0.05;     // and by how much that is more than the next person's
};

enum class Verdict { known, ambiguous, unknown };
std::string_view to_string(Verdict verdict);

struct Match {
  Verdict verdict = Verdict::unknown;
  const Reference* best = nullptr;  // nearest photo of the nearest person; null: no references
  double similarity = -1;
  const Reference* runner_up = nullptr;  // nearest photo of the next person; null: there is none
  double margin = 2;                     // similarity to best less that to the runner-up

  // In words, for humans who check it.
  std::string evidence() const;
};

// Open set: a person's similarity is that of their nearest photo; below the threshold the face is
// unknown, and within the margin of another person ambiguous.
// Requires: unit vectors of one length. Pure. The match points into `references`.
Match match(const Embedding& vector, std::span<const Reference> references,
            const MatchOptions& options);

}  // namespace screenalytics
