// Tests of exports: each format as its readers want it.
// SPDX-License-Identifier: MIT
#include "report/exports.h"

#include <gmock/gmock.h>

#include "artifacts/documents.h"
#include "artifacts/identities_file.h"
#include "artifacts/row_files.h"
#include "testing/caught_error.h"
#include "testing/temp_folder.h"

namespace screenalytics {
namespace {

using ::testing::HasSubstr;

Timestamp at(double s) { return Timestamp::from_seconds(s); }

ScreenTimeReport two_people() {
  ScreenTimeReport r;
  r.ep_id = "ep";
  r.duration_s = 10;
  r.people = {{"Ann", "ann", {1}, 4, 40, {{at(1), at(3)}, {at(5), at(7)}}, 0.9, 1, 7, {}},
              {"", "", {2}, 4, 40, {{at(2), at(6)}}, 0.9, 1, 7, {}}};
  return r;
}

People all(const ScreenTimeReport& r) { return {&r.people[0], &r.people[1]}; }

TEST(Exports, APersonIsFoundByNameIdOrIdentity) {
  const ScreenTimeReport r = two_people();
  for (const char* name : {"Ann", "ann", "ANN", "1", "identity-00001"}) {
    EXPECT_EQ(&person_named(r, name), &r.people[0]) << name;
  }
  EXPECT_EQ(&person_named(r, "2"), &r.people[1]);
  EXPECT_THAT(caught_error([&] { person_named(r, "Anne"); }).what(),
              HasSubstr("did you mean 'Ann'?"));
  const Error error = caught_error([&] { person_named(r, "Roberta"); });
  EXPECT_EQ(error.code(), ErrorCode::not_found);
  EXPECT_THAT(error.what(), HasSubstr("there are Ann, identity-00002"));
}

TEST(Exports, AppearancesAreThoseWithAllAndWithoutTheOthers) {
  const ScreenTimeReport r = two_people();
  const PersonRow *ann = &r.people[0], *other = &r.people[1];
  EXPECT_EQ(appearances_where({ann, other}, {}, 0),
            (std::vector<TimeSpan>{{at(2), at(3)}, {at(5), at(6)}}));
  EXPECT_EQ(appearances_where({other}, {ann}, 0), (std::vector<TimeSpan>{{at(3), at(5)}}));
  EXPECT_EQ(appearances_where({ann}, {}, 2), appearances_of(*ann));
  EXPECT_TRUE(appearances_where({ann}, {}, 2.1).empty());
}

TEST(Exports, WebVttHasACueForEveryChangeOfWhoIsThere) {
  ScreenTimeReport r = two_people();
  r.people[0].name = "A & <B>";
  EXPECT_EQ(web_vtt(r, all(r)),
            "WEBVTT - ep\n"
            "\n00:00:01.000 --> 00:00:02.000\nA &amp; &lt;B&gt;\n"
            "\n00:00:02.000 --> 00:00:03.000\nA &amp; &lt;B&gt;, identity-00002\n"
            "\n00:00:03.000 --> 00:00:05.000\nidentity-00002\n"
            "\n00:00:05.000 --> 00:00:06.000\nA &amp; &lt;B&gt;, identity-00002\n"
            "\n00:00:06.000 --> 00:00:07.000\nA &amp; &lt;B&gt;\n");
}

TEST(Exports, PlayersCountFromTheFirstPictureAndSeeNoEmptyCue) {
  ScreenTimeReport r = two_people();
  r.start = at(1.4);
  r.people[0].appearances = {{at(2.4), at(4.4)}};
  r.people[1].appearances = {{at(2.4003), at(3.4)}};
  EXPECT_EQ(web_vtt(r, all(r)),
            "WEBVTT - ep\n"
            "\n00:00:01.000 --> 00:00:02.000\nAnn, identity-00002\n"
            "\n00:00:02.000 --> 00:00:03.000\nAnn\n");
  EXPECT_THAT(edit_list(r, {&r.people[0]}, 25), HasSubstr("00:00:01:00 00:00:03:00"));
}

TEST(Exports, ANameThatSeveralHaveIsRefused) {
  ScreenTimeReport r = two_people();
  r.people[0].name = "ANN";
  r.people[1].name = "aNN";
  r.people[0].person_id.clear();
  EXPECT_EQ(caught_error([&] { person_named(r, "ann"); }).code(), ErrorCode::conflict);
}

TEST(Exports, TheTableHasALineAnAppearance) {
  const ScreenTimeReport r = two_people();
  EXPECT_EQ(appearances_csv({&r.people[0]}),
            "person,start_s,end_s,duration_s\nAnn,1.000000,3.000000,2.000000\n"
            "Ann,5.000000,7.000000,2.000000\n");
}

TEST(Exports, TheEditListHasTheFramesOfEachAppearanceOneBehindTheOther) {
  const ScreenTimeReport r = two_people();
  EXPECT_EQ(edit_list(r, {&r.people[0]}, 25),
            "TITLE: ep\nFCM: NON-DROP FRAME\n"
            "\n001  AX       V     C        00:00:01:00 00:00:03:00 00:00:00:00 00:00:02:00\n"
            "* FROM CLIP NAME: Ann\n"
            "\n002  AX       V     C        00:00:05:00 00:00:07:00 00:00:02:00 00:00:04:00\n"
            "* FROM CLIP NAME: Ann\n");
}

TEST(Exports, DropFrameTimecodesKeepStepWithTheClock) {
  ScreenTimeReport r = two_people();
  r.people[0].appearances = {{at(60.06), at(600)}, {at(3600), at(3601)}};
  const std::string edl = edit_list(r, {&r.people[0]}, 30000.0 / 1001);
  EXPECT_THAT(edl, HasSubstr("FCM: DROP FRAME"));
  // Frame 1800 is the first of the second minute: numbers 0 and 1 are left out.
  EXPECT_THAT(edl, HasSubstr("00:01:00;02 00:10:00;00"));
  EXPECT_THAT(edl, HasSubstr("01:00:00;00 01:00:01;00"));
}

TEST(Exports, AssDrawsABoxAndANameUntilTheNextAnalysedFrame) {
  const TempFolder folder;
  const EpisodePaths paths(folder / "out", EpisodeId("ep"));
  paths.create_folders();
  RunRecord run;
  run.ep_id = "ep";
  run.status = "done";
  run.profile = run.profile_source = run.started_at = run.finished_at = "x";
  run.video = {{"size", "200x100"}};
  write_run(paths.run(), run);
  IdentityList list;
  list.ep_id = "ep";
  list.linkage = "average";
  list.created_at = "x";
  list.tracks = 2;
  list.identities = {{1, 1, {1}, "", 1, 0, 7, {}, false, "x", "x"}};
  write_identities(paths.identities(), list);
  SampleWriter samples(paths.samples());
  DetectionWriter detections(paths.detections(), paths.episode(), "det");
  for (int i = 0; i < 3; ++i) {
    samples.write({i * 5, at(0.2 * i), 1, 50, 0.8});
    if (i == 2) continue;
    DetectionRow row{i * 5, at(0.2 * i), {0.1F, 0.2F, 0.3F, 0.6F}, {}, 0.9F, i + 1};
    detections.write(row);  // the second face is nobody's
  }
  samples.commit();
  detections.commit();
  ScreenTimeReport report = two_people();
  report.people[0].name = "{Ann}";
  std::string text;
  write_ass(paths, report, {&report.people[0]}, [&](std::string_view part) { text += part; });
  EXPECT_THAT(text, HasSubstr("PlayResX: 200\nPlayResY: 100\n"));
  EXPECT_THAT(text,
              HasSubstr("Dialogue: 0,0:00:00.00,0:00:00.20,Box,,0,0,0,,{\\pos(0,0)\\p1}m 20 20 "
                        "l 60 20 60 60 20 60{\\p0}\n"));
  EXPECT_THAT(text, HasSubstr("Name,,0,0,0,,{\\pos(20,18)}(Ann)\n"));
  EXPECT_EQ(text.find("Dialogue: 0,0:00:00.20"), std::string::npos) << "nobody that is known";
}

}  // namespace
}  // namespace screenalytics
