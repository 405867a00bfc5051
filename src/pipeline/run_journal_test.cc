// Tests of going on where an interrupted run stopped.
// SPDX-License-Identifier: MIT
#include "pipeline/run_journal.h"

#include <gmock/gmock.h>

#include "testing/caught_error.h"
#include "testing/temp_folder.h"

namespace screenalytics {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

FrameRecord frame(int64_t idx, bool starts_shot = false) {
  FrameRecord f;
  f.frame_idx = idx;
  f.starts_shot = starts_shot;
  return f;
}

std::filesystem::path journal(const TempFolder& folder, const std::vector<FrameRecord>& records) {
  const std::filesystem::path path = folder / "journal";
  JournalWriter writer(path, "mine");
  for (const FrameRecord& r : records) writer.append(r);
  return path;
}

struct Taken {
  std::vector<int64_t> frames;
  int64_t refuse_from = 1'000;

  bool operator()(const FrameRecord& f) {
    if (f.frame_idx >= refuse_from) return false;
    frames.push_back(f.frame_idx);
    return true;
  }
};

TEST(RunJournal, HandsOverEveryFrameInOrder) {
  const TempFolder folder;
  const auto path = journal(folder, {frame(0, true), frame(5), frame(8, true)});
  Taken taken;
  const ReplayedJournal r = replay_journal(path, "mine", std::ref(taken));
  EXPECT_THAT(taken.frames, ElementsAre(0, 5, 8));
  EXPECT_EQ(r.frames, 3);
  ASSERT_TRUE(r.last.has_value());
  EXPECT_EQ(r.last->frame_idx, 8);
  EXPECT_EQ(r.good_offset, static_cast<int64_t>(std::filesystem::file_size(path)));
  EXPECT_THAT(r.note, IsEmpty());
}

TEST(RunJournal, WhatIsRefusedAndAllBehindItIsNotKept) {
  const TempFolder folder;
  const auto whole = journal(folder, {frame(0, true), frame(5)});
  const auto kept = static_cast<int64_t>(std::filesystem::file_size(whole));
  const auto path = journal(folder, {frame(0, true), frame(5), frame(8, true), frame(9)});
  Taken taken{{}, 8};
  const ReplayedJournal r = replay_journal(path, "mine", std::ref(taken));
  EXPECT_THAT(taken.frames, ElementsAre(0, 5));
  EXPECT_EQ(r.last->frame_idx, 5);
  EXPECT_EQ(r.frames, 2);
  EXPECT_EQ(r.good_offset, kept);
}

TEST(RunJournal, ATornTailIsLeftOut) {
  const TempFolder folder;
  const auto path = journal(folder, {frame(0, true), frame(5)});
  std::filesystem::resize_file(path, std::filesystem::file_size(path) - 1);
  Taken taken;
  const ReplayedJournal r = replay_journal(path, "mine", std::ref(taken));
  EXPECT_THAT(taken.frames, ElementsAre(0));
  EXPECT_LT(r.good_offset, static_cast<int64_t>(std::filesystem::file_size(path)));
}

TEST(RunJournal, ARunOfOtherSettingsIsNotTakenOverAndSaysSo) {
  const TempFolder folder;
  const auto path = journal(folder, {frame(0, true)});
  Taken taken;
  const ReplayedJournal r = replay_journal(path, "another", std::ref(taken));
  EXPECT_THAT(taken.frames, IsEmpty());
  EXPECT_FALSE(r.last.has_value());
  EXPECT_THAT(r.note, HasSubstr("other settings"));
}

TEST(RunJournal, WithoutAnInterruptedRunItSaysSo) {
  const TempFolder folder;
  Taken taken;
  EXPECT_THAT(replay_journal(folder / "none", "mine", std::ref(taken)).note,
              HasSubstr("no interrupted run"));
  EXPECT_THAT(replay_journal(journal(folder, {}), "mine", std::ref(taken)).note,
              HasSubstr("had not finished a frame"));
}

TEST(RunJournal, AFileThatIsNoJournalIsNotTakenOverAndSaysSo) {
  const TempFolder folder;
  const auto path = journal(folder, {});
  const std::filesystem::path other = folder / "other";
  JournalWriter(other, "mine").append(frame(0));
  // A whole record where the header has to be.
  const std::string head = file_content(path), both = file_content(other);
  folder.write("broken", both.substr(head.size()));
  Taken taken;
  EXPECT_THAT(replay_journal(folder / "broken", "mine", std::ref(taken)).note,
              HasSubstr("it is not a journal"));
  EXPECT_THAT(taken.frames, IsEmpty());
}

}  // namespace
}  // namespace screenalytics
