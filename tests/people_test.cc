// Whose faces are taken for one person, and their screen time, on made episodes with exact truth.
// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "artifacts/identities_file.h"
#include "artifacts/screentime_file.h"
#include "episode_fixture.h"
#include "testing/json_file.h"

namespace screenalytics {
namespace {

// The true person of each track: the one that most of its faces lie on; "" for none.
std::map<int, std::string> people_of_tracks(const MadeEpisode& episode,
                                            const std::filesystem::path& out) {
  std::map<int, std::map<std::string, int>> votes;
  const auto width = static_cast<float>(episode.truth.header.size.width);
  const auto height = static_cast<float>(episode.truth.header.size.height);
  for (const DetectionRow& d : read_detections(out)) {
    if (!d.track) continue;
    const Box box{d.bbox.x1 * width, d.bbox.y1 * height, d.bbox.x2 * width, d.bbox.y2 * height};
    std::string person;
    float best = 0.3F;
    for (const TrueFace& face : episode.truth.frames.at(static_cast<size_t>(d.frame_idx)).faces) {
      if (iou(face.box, box) <= best) continue;
      best = iou(face.box, box);
      person = face.person;
    }
    ++votes[*d.track][person];
  }
  std::map<int, std::string> people;
  for (const auto& [track, counts] : votes) {
    people[track] =
        std::max_element(counts.begin(), counts.end(), [](const auto& a, const auto& b) {
          return a.second < b.second;
        })->first;
  }
  return people;
}

// Bagga & Baldwin 1998, over the tracks that show somebody.
double b_cubed_f(const std::map<int, std::string>& truth, const std::map<int, int>& found) {
  double precision = 0, recall = 0;
  for (const auto& [a, person] : truth) {
    double same_cluster = 0, same_person = 0, both = 0;
    for (const auto& [b, other] : truth) {
      const bool cluster = found.at(a) == found.at(b);
      same_cluster += cluster ? 1 : 0;
      same_person += person == other ? 1 : 0;
      both += cluster && person == other ? 1 : 0;
    }
    precision += both / same_cluster;
    recall += both / same_person;
  }
  return 2 * precision * recall / (precision + recall) / static_cast<double>(truth.size());
}

struct Bounds {
  double least = 0, most = 0;  // seconds
};

// How long each person's face is on screen. What is barely large enough, or half hidden, is neither
// right nor wrong to count.
std::map<std::string, Bounds> true_seconds(const GroundTruth& truth, float face_px_min) {
  std::map<std::string, Bounds> seconds;
  for (size_t i = 0; i + 1 < truth.frames.size(); ++i) {
    const double step = seconds_between(truth.frames[i].ts, truth.frames[i + 1].ts);
    for (const TrueFace& face : truth.frames[i].faces) {
      const float side = face.box.shorter_side();
      Bounds& bounds = seconds[face.person];
      if (face.visible >= 0.2F && side >= 0.8F * face_px_min) bounds.most += step;
      if (!face.ignore && face.visible >= 0.6F && side >= face_px_min) bounds.least += step;
    }
  }
  return seconds;
}

void expect_people(const std::string& profile, float face_px_min, double share, double seconds) {
  const TempFolder folder, out;
  EpisodeOptions options;
  options.seconds = 60;
  const MadeEpisode episode = make_sample_episode(options, folder, "sample");
  const ProgramResult run = run_program(run_call(
      episode.video, out.path(), {"--profile", profile, "--no-save-frames", "--no-save-crops"}));
  ASSERT_EQ(run.exit_code, 0) << run.text();
  const EpisodePaths paths = episode_paths(out.path());
  const IdentityList list = read_identities(paths.identities());
  std::map<int, std::string> people = people_of_tracks(episode, out.path());
  std::map<int, int> found;
  int unknown = -1;
  for (const auto& [track, person] : people) found[track] = unknown--;
  for (const IdentityRow& row : list.identities) {
    for (const int t : row.tracks) found[t] = row.identity;
  }

  std::map<int64_t, std::set<int>> seen;
  for (const DetectionRow& d : read_detections(out.path())) {
    if (!d.track) continue;
    EXPECT_TRUE(seen[d.frame_idx].insert(found.at(*d.track)).second)
        << "two faces of one frame in " << identity_name(found.at(*d.track));
  }

  // Of each identity, the person that most of its tracks show.
  std::map<std::string, double> measured;
  double pure = 0;
  for (const IdentityRow& row : list.identities) {
    std::map<std::string, size_t> counts;
    for (const int t : row.tracks) ++counts[people.at(t)];
    const auto most =
        std::max_element(counts.begin(), counts.end(),
                         [](const auto& a, const auto& b) { return a.second < b.second; });
    pure += static_cast<double>(most->second);
    with_json_file(paths.screentime_json(), "", [&](const nlohmann::json& json) {
      for (const auto& person : json.at("people")) {
        if (person.at("identity_ids").at(0) == identity_name(row.identity)) {
          measured[most->first] += person.at("visual_s").get<double>();
        }
      }
    });
  }
  size_t clustered = 0;
  for (const IdentityRow& row : list.identities) clustered += row.tracks.size();
  std::erase_if(people, [](const auto& entry) { return entry.second.empty(); });
  EXPECT_GE(b_cubed_f(people, found), 0.95);
  EXPECT_GE(pure / static_cast<double>(clustered), 0.97);  // weighted cluster purity
  // Nobody is credited with a track whose face was never clear enough to tell by.
  std::set<std::string> not_assigned;
  for (const auto& [track, person] : people) {
    if (found.at(track) < 0) not_assigned.insert(person);
  }
  EXPECT_LE(not_assigned.size(), 1U);
  for (const auto& [person, truth] : true_seconds(episode.truth, face_px_min)) {
    if (not_assigned.contains(person)) continue;
    EXPECT_GE(measured[person], truth.least - std::max(share * truth.least, seconds)) << person;
    EXPECT_LE(measured[person], truth.most + std::max(share * truth.most, seconds)) << person;
  }
  fmt::print("{}: B-cubed F {:.3f}, purity {:.3f}\n", profile, b_cubed_f(people, found),
             pure / static_cast<double>(clustered));
}

TEST(People, OfTheSampleEpisodeInBalanced) { expect_people("balanced", 90, 0.03, 0.5); }
TEST(People, OfTheSampleEpisodeInFastCpu) { expect_people("fast_cpu", 120, 0.05, 1); }
TEST(SlowPeople, OfTheSampleEpisodeInHighAccuracy) {
  expect_people("high_accuracy", 64, 0.03, 0.5);
}

}  // namespace
}  // namespace screenalytics
