// Tests of the screen time files: what is written is read again, and nonsense is refused.
// SPDX-License-Identifier: MIT
#include "artifacts/screentime_file.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "artifacts/atomic_file.h"
#include "testing/caught_error.h"
#include "testing/json_file.h"
#include "testing/temp_folder.h"

namespace screenalytics {
namespace {

using ::testing::HasSubstr;

ScreenTimeReport two_people() {
  const auto at = [](double s) { return Timestamp::from_seconds(s); };
  ScreenTimeReport r;
  r.ep_id = "ep";
  r.start = at(0.5);
  r.duration_s = 2;
  r.people = {
      {"", "", {2}, 1.25, 62.5, {{at(0.5), at(1)}, {at(1.75), at(2.5)}}, 0.9, 2, 30, {0.5, 0.75}},
      {"", "", {1}, 0.5, 25, {{at(2), at(2.5)}}, 0.8, 1, 7, {0, 0.5}}};
  r.co_presence = {{0, 1, 0.5}};
  r.unassigned_s = 0.25;
  return r;
}

TEST(ScreenTimeFile, ScreenTimeIsWrittenForMachinesAndSpreadsheets) {
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

TEST(ScreenTimeFile, AppearancesThatOverlapAreRefused) {
  const TempFolder folder;
  ScreenTimeReport report = two_people();
  report.people[0].appearances[1].first = report.start;
  const Error error = caught_error([&] { write_screentime_json(folder / "s.json", report); });
  EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
  EXPECT_THAT(error.what(), HasSubstr("appearances"));
}

}  // namespace
}  // namespace screenalytics
