// SPDX-License-Identifier: MIT
#include "pipeline/run_journal.h"

#include "base/error.h"

namespace screenalytics {

ReplayedJournal replay_journal(const std::filesystem::path& path, const std::string& fingerprint,
                               const std::function<bool(const FrameRecord&)>& take) {
  ReplayedJournal replayed;
  std::optional<JournalReader> reader;
  try {
    reader = JournalReader::open(path);
  } catch (const Error& e) {
    if (e.code() != ErrorCode::corrupt_input) throw;
    replayed.note = std::string("nothing to resume: ") + e.what() + "; starting from the beginning";
    return replayed;
  }
  if (!reader) {
    replayed.note =
        "nothing to resume: no interrupted run of this episode; starting from the beginning";
    return replayed;
  }
  if (reader->fingerprint() != fingerprint) {
    replayed.note =
        "nothing to resume: the interrupted run had other settings, models or another video; "
        "starting "
        "from the beginning";
    return replayed;
  }
  replayed.good_offset = reader->good_offset();
  while (std::optional<FrameRecord> frame = reader->next()) {
    if (!take(*frame)) break;
    ++replayed.frames;
    replayed.last = std::move(*frame);
    replayed.good_offset = reader->good_offset();
  }
  if (!replayed.last) {
    replayed.note =
        "nothing to resume: the interrupted run had not finished a frame; starting from the "
        "beginning";
  }
  return replayed;
}

}  // namespace screenalytics
