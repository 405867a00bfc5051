// RunJournal: opens the journal of a run, new or at the place where an interrupted run stopped.
// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "artifacts/journal.h"

namespace screenalytics {

struct ReplayedJournal {
  std::optional<FrameRecord> last;  // of the frames that are kept
  int64_t frames = 0;
  int64_t good_offset = 0;
  std::string note;  // why nothing could be taken over, where that is so
};

// Hands every whole frame record of an interrupted run to `take`, in order, until it returns false;
// that record and all behind it are not kept.
// Throws: corrupt_input, io.
ReplayedJournal replay_journal(const std::filesystem::path& path, const std::string& fingerprint,
                               const std::function<bool(const FrameRecord&)>& take);

}  // namespace screenalytics
