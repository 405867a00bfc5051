// Tests of the journal: exactness, torn tails, full disks.
// SPDX-License-Identifier: MIT
#include "artifacts/journal.h"

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/resource.h>

#include <bit>
#include <cmath>
#include <limits>

#include "artifacts/journal_codec.h"
#include "testing/caught_error.h"
#include "testing/temp_folder.h"

namespace screenalytics {
namespace {

using ::testing::HasSubstr;

FrameRecord frame(int faces) {
  FrameRecord f;
  f.frame_idx = 1234;
  f.ts = Timestamp::from_us(51'468'083);
  f.pts = -9'000'000'000;
  f.starts_shot = true;
  f.luma = 0.1;
  f.confidence_th = 1.0 / 3;
  f.motion = {1.0 + 1e-12, -0.25, 3.75, 0.1, 0.99, -1e-9};
  f.sampler_next_due_s = 51.593083;
  f.content = {0, 140.1f, 1920, 939.9f};
  for (int i = 0; i < faces; ++i) {
    Detection d;
    d.box = {0.1f + static_cast<float>(i), 0.2f, 300.3f, std::nextafter(400.4f, 0.f)};
    d.landmarks[2] = {std::numeric_limits<float>::denorm_min(), -1e30f};
    d.confidence = 0.7f;
    f.detections.push_back(d);
    f.segments.push_back(i - 1);
    if (i % 2 == 0) {
      f.looks.push_back(
          {i, {0.5f, 0.6f, 0.7f, 0.8f, 0.9f}, 3, Embedding(16, 0.1f * static_cast<float>(i + 1))});
    }
  }
  return f;
}

std::vector<FrameRecord> records() { return {frame(0), frame(5), frame(2)}; }

void write(const std::filesystem::path& path, const std::vector<FrameRecord>& list) {
  JournalWriter writer(path, "v1 a.mp4");
  for (const FrameRecord& record : list) writer.append(record);
}

std::vector<FrameRecord> read_all(JournalReader& reader) {
  std::vector<FrameRecord> list;
  while (auto record = reader.next()) list.push_back(*record);
  return list;
}

TEST(Journal, EveryRecordComesBackBitForBit) {
  const TempFolder folder;
  write(folder / "journal", records());
  auto reader = JournalReader::open(folder / "journal");
  ASSERT_TRUE(reader);
  EXPECT_EQ(reader->fingerprint(), "v1 a.mp4");
  EXPECT_EQ(read_all(*reader), records());
  EXPECT_EQ(reader->good_offset(),
            static_cast<int64_t>(std::filesystem::file_size(folder / "journal")));
}

TEST(Journal, ATornLastRecordIsLeftOutAtEveryByteAndTheRestGoesOn) {
  const TempFolder folder;
  const auto whole = records();
  std::vector<FrameRecord> before(whole.begin(), whole.end() - 1);
  write(folder / "before", before);
  write(folder / "whole", whole);
  const auto good = static_cast<int64_t>(std::filesystem::file_size(folder / "before"));
  const std::string bytes = file_content(folder / "whole");
  for (size_t length = static_cast<size_t>(good); length < bytes.size(); ++length) {
    const auto path = folder.write("torn", std::string_view(bytes).substr(0, length));
    {
      auto reader = JournalReader::open(path);
      ASSERT_TRUE(reader);
      ASSERT_EQ(read_all(*reader), before) << length;
      ASSERT_EQ(reader->good_offset(), good) << length;
      ASSERT_FALSE(reader->next());
    }
    if (length % 97 != 0) continue;
    JournalWriter(path, good).append(whole.back());
    EXPECT_EQ(file_content(path), bytes) << length;
  }
}

TEST(Journal, ADamagedByteInTheLastRecordIsNoticedWhereverItIs) {
  const TempFolder folder;
  write(folder / "before", {frame(1)});
  write(folder / "whole", {frame(1), frame(0)});
  const size_t good = std::filesystem::file_size(folder / "before");
  const std::string bytes = file_content(folder / "whole");
  for (size_t at = good; at < bytes.size(); ++at) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x40);
    auto reader = JournalReader::open(folder.write("damaged", damaged));
    ASSERT_TRUE(reader);
    EXPECT_EQ(read_all(*reader).size(), 1u) << at;
    EXPECT_EQ(reader->good_offset(), static_cast<int64_t>(good)) << at;
  }
}

TEST(Journal, WithoutAWholeFirstRecordThereIsNothingToGoOnFrom) {
  const TempFolder folder;
  EXPECT_FALSE(JournalReader::open(folder / "none"));
  write(folder / "journal", {});
  const std::string bytes = file_content(folder / "journal");
  for (size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(JournalReader::open(folder.write("torn", bytes.substr(0, length)))) << length;
  }
  EXPECT_FALSE(JournalReader::open(folder.write("text", "this is no journal at all\n")));
}

TEST(Journal, ANewOneReplacesTheOld) {
  const TempFolder folder;
  write(folder / "journal", records());
  JournalWriter(folder / "journal", "another").append(frame(0));
  auto reader = JournalReader::open(folder / "journal");
  ASSERT_TRUE(reader);
  EXPECT_EQ(reader->fingerprint(), "another");
  EXPECT_EQ(read_all(*reader), std::vector<FrameRecord>{frame(0)});
}

// A file whose first payload is `payload`, whole and with its right checksum.
std::filesystem::path with_payload(const TempFolder& folder, const std::vector<uint8_t>& payload) {
  const auto bytes = frame_payload(payload);
  return folder.write("made", {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

TEST(Journal, AnotherFormatVersionAndAForeignFileAreRefused) {
  const TempFolder folder;
  std::vector<uint8_t> header = encode_header("x");
  const std::string_view key = "version";
  const auto at = std::search(header.begin(), header.end(), key.begin(), key.end());
  ASSERT_NE(at, header.end());
  at[static_cast<std::ptrdiff_t>(key.size())] = 9;
  const Error version = caught_error([&] { JournalReader::open(with_payload(folder, header)); });
  EXPECT_EQ(version.code(), ErrorCode::corrupt_input);
  EXPECT_THAT(version.what(), HasSubstr("its format version is 9, this program has 2"));
  const auto record = encode_record(frame(0));
  EXPECT_THAT(caught_error([&] { JournalReader::open(with_payload(folder, record)); }).what(),
              HasSubstr("it is not a journal of screenalytics"));
  EXPECT_THAT(caught_error([&] { JournalReader::open(with_payload(folder, {0xFF})); }).what(),
              HasSubstr("a record is not CBOR"));
  const Error directory = caught_error([&] { JournalReader::open(folder.path()); });
  EXPECT_EQ(directory.code(), ErrorCode::io);
}

TEST(Journal, AWholeRecordThatIsNotOursIsRefused) {
  std::vector<uint8_t> unknown = encode_record(frame(0));
  const std::string_view type = "frame";
  *std::search(unknown.begin(), unknown.end(), type.begin(), type.end()) = 'x';
  const Error error = caught_error([&] { decode_record(unknown, "journal at byte 9"); });
  EXPECT_EQ(error.code(), ErrorCode::corrupt_input);
  EXPECT_THAT(error.what(), HasSubstr("cannot read journal at byte 9: field 't' is \"xrame\""));
  // A frame whose segments are fewer than its detections: the count of the binary, one too few.
  std::vector<uint8_t> short_frame = encode_record(frame(1));
  const std::string_view key = "seg";
  const auto at = std::search(short_frame.begin(), short_frame.end(), key.begin(), key.end());
  ASSERT_NE(at, short_frame.end());
  EXPECT_EQ(at[3], 0x44);  // CBOR: a byte string of four
  at[3] = 0x40;
  short_frame.erase(at + 4, at + 8);
  EXPECT_THAT(caught_error([&] { decode_record(short_frame, "j"); }).what(),
              HasSubstr("not one number a detection"));
}

TEST(Journal, AFullDiskIsAnErrorAndTheRecordsBeforeItStayWhole) {
  const TempFolder folder;
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = ::signal(SIGXFSZ, SIG_IGN);
  JournalWriter writer(folder / "journal", "v1");
  writer.append(frame(1));
  rlimit limit = before;
  limit.rlim_cur = std::filesystem::file_size(folder / "journal") + 100;
  ::setrlimit(RLIMIT_FSIZE, &limit);
  const Error full = caught_error([&] { writer.append(frame(5)); });
  ::setrlimit(RLIMIT_FSIZE, &before);
  ::signal(SIGXFSZ, handler);
  EXPECT_EQ(full.code(), ErrorCode::io);
  EXPECT_THAT(full.what(), HasSubstr("cannot write the journal " + (folder / "journal").string()));
  writer.append(frame(2));  // space was freed
  auto reader = JournalReader::open(folder / "journal");
  ASSERT_TRUE(reader);
  EXPECT_EQ(read_all(*reader), (std::vector<FrameRecord>{frame(1), frame(2)}));
}

TEST(Journal, PlacesThatCannotBeWrittenAreErrors) {
  const TempFolder folder;
  const Error begin = caught_error([&] { JournalWriter(folder / "none/journal", "v1"); });
  EXPECT_EQ(begin.code(), ErrorCode::io);
  EXPECT_THAT(begin.what(), HasSubstr("cannot begin the journal"));
  const Error resume = caught_error([&] { JournalWriter(folder / "journal", int64_t{5}); });
  EXPECT_EQ(resume.code(), ErrorCode::io);
  EXPECT_THAT(resume.what(), HasSubstr("cannot go on with the journal"));
}

TEST(Crc32, HasTheCheckValueOfTheStandard) {
  const std::string_view digits = "123456789";
  EXPECT_EQ(crc32({reinterpret_cast<const uint8_t*>(digits.data()), digits.size()}), 0xCBF43926u);
  EXPECT_EQ(crc32({}), 0u);
}

}  // namespace
}  // namespace screenalytics
