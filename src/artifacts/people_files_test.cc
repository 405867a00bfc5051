// Tests of the files about people: what is written is read again, and nonsense is refused.
// SPDX-License-Identifier: MIT
#include "artifacts/people_files.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "artifacts/atomic_file.h"
#include "testing/caught_error.h"
#include "testing/json_file.h"
#include "testing/temp_folder.h"

namespace screenalytics {
namespace {

using ::testing::HasSubstr;

IdentityList two_identities() {
  IdentityList list;
  list.ep_id = "ep";
  list.identities = {{1, {1, 4}, 0.9, 0.19, 70}, {2, {2}, 1, 0, 30}};
  list.tracks = 4;
  list.cluster_thresh = 0.34;
  list.linkage = "average";
  list.created_at = "2026-01-31T12:00:00.123Z";
  return list;
}

ScreenTimeReport two_people() {
  const auto at = [](double s) { return Timestamp::from_seconds(s); };
  ScreenTimeReport r;
  r.ep_id = "ep";
  r.start = at(0.5);
  r.duration_s = 2;
  r.people = {{{2}, 1.25, 62.5, {{at(0.5), at(1)}, {at(1.75), at(2.5)}}, 0.9, 2, 30, {0.5, 0.75}},
              {{1}, 0.5, 25, {{at(2), at(2.5)}}, 0.8, 1, 7, {0, 0.5}}};
  r.co_presence = {{0, 1, 0.5}};
  r.unassigned_s = 0.25;
  return r;
}

TEST(PeopleFiles, IdentitiesAreReadAsTheyWereWritten) {
  const TempFolder folder;
  const IdentityList list = two_identities();
  write_identities(folder / "identities.json", list);
  const IdentityList read = read_identities(folder / "identities.json");
  EXPECT_EQ(read.identities, list.identities);
  EXPECT_EQ(read.ep_id, "ep");
  EXPECT_EQ(read.tracks, 4);
  EXPECT_EQ(read.linkage, "average");
  with_json_file(folder / "identities.json", "identities_v1", [](const nlohmann::json& json) {
    EXPECT_EQ(json.at("identities").at(0).at("identity_id"), "identity-00001");
    EXPECT_EQ(json.at("identities").at(0).at("track_ids").at(1), "track-00004");
    EXPECT_EQ(json.at("metadata").at("num_singletons"), 1);
    EXPECT_DOUBLE_EQ(json.at("metadata").at("singleton_fraction"), 0.5);
    EXPECT_DOUBLE_EQ(json.at("metadata").at("largest_cluster_fraction"), 2.0 / 3);
  });
}

TEST(PeopleFiles, AnIdentityEditedIntoNonsenseIsRefusedByName) {
  const TempFolder folder;
  const auto path = folder / "identities.json";
  write_identities(path, two_identities());
  const std::string good = read_file(path);
  const auto error_after = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    write_file_atomically(path, text);
    return caught_error([&] { read_identities(path); });
  };
  EXPECT_THAT(error_after("\"track-00002\"", "\"track-00004\"").what(),
              HasSubstr("a track that is in no other identity"));
  EXPECT_THAT(error_after("\"identity-00002\"", "\"identity-00001\"").what(),
              HasSubstr("identities[1].identity_id"));
  EXPECT_THAT(error_after("\"track-00002\"", "7").what(), HasSubstr("names like track-00001"));
  EXPECT_THAT(error_after("\"identity-00002\"", "\"../2\"").what(),
              HasSubstr("a name like identity-00001"));
  EXPECT_EQ(error_after("{", "").code(), ErrorCode::corrupt_input);
  EXPECT_EQ(error_after("identities_v1", "identities_v9").code(), ErrorCode::corrupt_input);
}

TEST(PeopleFiles, NoFileIsWrittenOfIdentitiesThatShareATrack) {
  const TempFolder folder;
  IdentityList list = two_identities();
  list.identities[1].tracks = {4};
  const Error error = caught_error([&] { write_identities(folder / "i.json", list); });
  EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
  EXPECT_FALSE(std::filesystem::exists(folder / "i.json"));
}

TEST(PeopleFiles, ScreenTimeIsWrittenForMachinesAndSpreadsheets) {
  const TempFolder folder;
  write_screentime_json(folder / "s.json", two_people());
  with_json_file(folder / "s.json", "", [](const nlohmann::json& json) {
    const auto& person = json.at("people").at(0);
    EXPECT_EQ(person.at("identity_ids"), nlohmann::json::array({"identity-00002"}));
    EXPECT_DOUBLE_EQ(person.at("first_s"), 0.5);
    EXPECT_DOUBLE_EQ(person.at("last_s"), 2.5);
    EXPECT_EQ(person.at("appearances"), nlohmann::json::parse("[[0.5,1.0],[1.75,2.5]]"));
    EXPECT_EQ(json.at("co_presence").at(0).at("b"), "identity-00001");
  });
  write_screentime_csv(folder / "s.csv", two_people());
  EXPECT_EQ(read_file(folder / "s.csv"),
            "person,visual_s,percent,first_s,last_s,appearances,tracks,faces,confidence\n"
            "identity-00002,1.250000,62.500000,0.500000,2.500000,2,2,30,0.900000\n"
            "identity-00001,0.500000,25.000000,2.000000,2.500000,1,1,7,0.800000\n");
  write_timeline(folder / "t.csv", two_people());
  EXPECT_EQ(read_file(folder / "t.csv"),
            "start_s,identity-00002,identity-00001\n"
            "0.500000,0.500000,0.000000\n"
            "1.500000,0.750000,0.500000\n");
}

TEST(PeopleFiles, AppearancesThatOverlapAreRefused) {
  const TempFolder folder;
  ScreenTimeReport report = two_people();
  report.people[0].appearances[1].first = report.start;
  const Error error = caught_error([&] { write_screentime_json(folder / "s.json", report); });
  EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
  EXPECT_THAT(error.what(), HasSubstr("appearances"));
}

}  // namespace
}  // namespace screenalytics
