// Tests of the page: it says what the files say, needs nothing else, and nothing breaks out of it.
// SPDX-License-Identifier: MIT
#include "report/report.h"

#include <gmock/gmock.h>

#include "artifacts/atomic_file.h"
#include "artifacts/documents.h"
#include "artifacts/identities_file.h"
#include "artifacts/screentime_file.h"
#include "report/html.h"
#include "testing/caught_error.h"
#include "testing/temp_folder.h"

namespace screenalytics {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Timestamp at(double s) { return Timestamp::from_seconds(s); }

class Report : public ::testing::Test {
 protected:
  Report() {
    paths_.create_folders();
    time_.ep_id = "ep";
    time_.duration_s = 60;
    time_.people = {
        {"<script>alert(1)</script>", "", {3}, 12.5, 20.8, {{at(1), at(13.5)}}, 0.9, 1, 7, {}},
        {"", "", {4}, 2, 3.3, {{at(5), at(6)}, {at(8), at(9)}}, 0.9, 1, 7, {}}};
    time_.co_presence = {{0, 1, 2}};
    run_.ep_id = "ep";
    run_.status = "done";
    run_.profile = run_.profile_source = run_.started_at = run_.finished_at = "x";
    run_.video = {{"path", "/videos/a&b.mp4"}, {"size", "640x360"}};
    run_.settings = {{"stride", "5", "default", false}};
    metrics_.ep_id = "ep";
    metrics_.device = "cpu";
    metrics_.detector = metrics_.tracker = "x";
    metrics_.warnings = {{"short_track_fraction", 0.4, 0.3, "raise min_size"}};
    identities_.ep_id = "ep";
    identities_.linkage = "average";
    identities_.created_at = "x";
    identities_.tracks = 4;
    identities_.identities = {{3, 1, {1}, "", 1, 0, 7, {}, false, "x", "x"},
                              {4, 2, {2}, "", 1, 0, 7, {}, false, "x", "x"}};
  }

  std::string page() {
    write_screentime_json(paths_.screentime_json(), time_);
    write_identities(paths_.identities(), identities_);
    write_run(paths_.run(), run_);
    write_track_metrics(paths_.track_metrics(), metrics_);
    write_shots(paths_.shots(),
                {{0, 0, 30, at(0), at(30), "start"}, {1, 30, 60, at(30), at(60), "cut"}});
    return report_html(paths_);
  }

  TempFolder folder_;
  EpisodePaths paths_{folder_ / "out", EpisodeId("ep")};
  ScreenTimeReport time_;
  RunRecord run_;
  TrackMetrics metrics_;
  IdentityList identities_;
};

TEST_F(Report, NoTextFromOutsideBreaksOutOfThePage) {
  const std::string html = page();
  EXPECT_THAT(html, Not(HasSubstr("<script")));
  EXPECT_THAT(html, HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt;"));
  EXPECT_THAT(html, HasSubstr("a&amp;b.mp4"));
}

TEST_F(Report, NeedsNoNetwork) {
  identities_.identities[0].canonical_face = "face.jpg";
  write_file_atomically(paths_.out_root() / "face.jpg", "Man");
  const std::string html = page();
  EXPECT_THAT(html, Not(HasSubstr("http")));
  EXPECT_THAT(html, Not(HasSubstr("<link")));
  EXPECT_THAT(html, HasSubstr("src=\"data:image/jpeg;base64,TWFu\""));
}

TEST_F(Report, SaysHowLongWhenAndWithWhom) {
  const std::string html = page();
  EXPECT_THAT(html, HasSubstr("<b>12.5 s</b>"));
  EXPECT_THAT(html, HasSubstr("identity-00004: 0:05.0 to 0:06.0 (1.00 s)"));
  EXPECT_THAT(html, HasSubstr("2 appearances"));
  EXPECT_THAT(html, HasSubstr("<h2>Seen together</h2>"));
  EXPECT_THAT(html, HasSubstr("Shots (2)"));
  EXPECT_THAT(html, HasSubstr("raise min_size"));
  EXPECT_THAT(html, HasSubstr("<td>stride</td><td>5</td>"));
}

TEST_F(Report, AnEpisodeWithNobodyIsAPage) {
  time_.people.clear();
  time_.co_presence.clear();
  identities_.identities.clear();
  EXPECT_THAT(page(), HasSubstr("Nobody was seen"));
}

TEST_F(Report, HundredsOfPeopleGiveAPageOfBoundedSize) {
  const PersonRow one = time_.people[1];
  for (int i = 0; i < 300; ++i) {
    PersonRow p = one;
    p.identities = {10 + i};
    time_.people.push_back(p);
  }
  const std::string html = page();
  EXPECT_THAT(html, HasSubstr("and 266 more people"));
  EXPECT_LT(html.size(), 400'000U);
}

TEST_F(Report, WithoutResultsThereIsNoPage) {
  EXPECT_EQ(caught_error([&] { report_html(paths_); }).code(), ErrorCode::not_found);
}

TEST(Html, Base64AndClocksAreAsTheyShouldBe) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64("\xff\xfe"), "//4=");
  EXPECT_EQ(clock_text(0), "0:00.0");
  EXPECT_EQ(clock_text(59.96), "1:00.0");
  EXPECT_EQ(clock_text(3723.44), "1:02:03.4");
  EXPECT_EQ(html_text("a<b>&\"'"), "a&lt;b&gt;&amp;&quot;&#39;");
}

}  // namespace
}  // namespace screenalytics
