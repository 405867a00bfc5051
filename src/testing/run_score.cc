// SPDX-License-Identifier: MIT
#include "testing/run_score.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "base/error.h"
#include "testing/json_file.h"

namespace screenalytics {
namespace {

struct Sample {
  int frame = 0;
  double ts_s = 0, confidence_th = 0;
};

struct RunDetection {
  FoundFace face;
  double confidence = 0;
};

std::vector<std::string> split(const std::string& line) {
  std::vector<std::string> cells(1);
  for (const char c : line) {
    if (c == ',') {
      cells.emplace_back();
    } else if (c != '\r') {
      cells.back() += c;
    }
  }
  return cells;
}

std::vector<Sample> read_samples(const std::filesystem::path& path) {
  std::ifstream in(path);
  std::string line;
  if (!in || !std::getline(in, line)) {
    throw Error(ErrorCode::not_found,
                fmt::format("cannot read '{}': no such file or it is empty, run the episode first",
                            path.string()));
  }
  const std::vector<std::string> names = split(line);
  const auto column = [&](const char* name) {
    const auto it = std::find(names.begin(), names.end(), name);
    if (it == names.end()) {
      throw Error(ErrorCode::corrupt_input,
                  fmt::format("cannot use '{}': it has no column '{}'", path.string(), name));
    }
    return static_cast<size_t>(it - names.begin());
  };
  const size_t frame = column("frame_idx"), ts = column("ts_s"), th = column("confidence_th");
  std::vector<Sample> samples;
  while (std::getline(in, line)) {
    if (line.empty()) continue;
    const std::vector<std::string> cells = split(line);
    try {
      samples.push_back(
          {std::stoi(cells.at(frame)), std::stod(cells.at(ts)), std::stod(cells.at(th))});
    } catch (const std::logic_error&) {
      throw Error(
          ErrorCode::corrupt_input,
          fmt::format("cannot use '{}': '{}' is not a row of numbers", path.string(), line));
    }
  }
  return samples;
}

using DetectionsByFrame = std::map<int, std::vector<RunDetection>>;

DetectionsByFrame read_detections(const std::filesystem::path& path, Size size) {
  DetectionsByFrame by_frame;
  std::map<std::string, int> tracks;
  const float w = static_cast<float>(size.width), h = static_cast<float>(size.height);
  with_json_lines(path, [&](const nlohmann::json& json) {
    const auto& box = json.at("bbox");
    RunDetection detection;
    detection.face.box = {box.at(0).get<float>() * w, box.at(1).get<float>() * h,
                          box.at(2).get<float>() * w, box.at(3).get<float>() * h};
    detection.confidence = json.at("conf").get<double>();
    if (const auto& id = json.at("track_id"); !id.is_null()) {
      const int next = static_cast<int>(tracks.size());
      detection.face.track = tracks.try_emplace(id.get<std::string>(), next).first->second;
    }
    by_frame[json.at("frame_idx").get<int>()].push_back(detection);
  });
  return by_frame;
}

std::vector<int> read_cuts(const std::filesystem::path& path) {
  return read_json_file(path, "", [](const nlohmann::json& json) {
    std::vector<int> cuts;
    for (const auto& shot : json.at("shots")) {
      if (shot.at("boundary") == "cut") cuts.push_back(shot.at("start_frame").get<int>());
    }
    return cuts;
  });
}

// Numbers each (person, shot).
class IdentityNumbers {
 public:
  int of(const std::string& person, int shot) {
    const int next = static_cast<int>(numbers_.size());
    return numbers_.try_emplace({person, shot}, next).first->second;
  }

 private:
  std::map<std::pair<std::string, int>, int> numbers_;
};

std::vector<CountedFace> counted_faces(const GroundTruth& truth, const TrueFrame& frame,
                                       const ScoreOptions& options, IdentityNumbers& numbers) {
  const Size size = truth.header.size;
  const float px_min = options.face_px_min * static_cast<float>(size.height) / 1080;
  std::vector<CountedFace> faces;
  for (const TrueFace& face : frame.faces) {
    const Box shown =
        clip(face.box, static_cast<float>(size.width), static_cast<float>(size.height));
    const bool dont_care =
        face.ignore || face.visible < options.visible_min || shown.shorter_side() < px_min;
    faces.push_back({shown, numbers.of(face.person, truth.shot_of(frame.frame)), dont_care});
  }
  return faces;
}

}  // namespace

RunScore score_run(const GroundTruth& truth, const std::filesystem::path& manifest_dir,
                   const ScoreOptions& options) {
  const std::vector<Sample> samples = read_samples(manifest_dir / "samples.csv");
  const DetectionsByFrame found =
      read_detections(manifest_dir / "detections.jsonl", truth.header.size);
  RunScore score;
  IdentityNumbers numbers;
  std::vector<ScoredFrame> confident, tracked;
  for (const Sample& sample : samples) {
    if (sample.frame < 0 || static_cast<size_t>(sample.frame) >= truth.frames.size()) {
      throw Error(
          ErrorCode::corrupt_input,
          fmt::format("cannot score '{}': it analysed frame {} and the truth of '{}' has {} "
                      "frames, is it the run of another video?",
                      manifest_dir.string(), sample.frame, truth.header.video,
                      truth.frames.size()));
    }
    const TrueFrame& frame = truth.frames[static_cast<size_t>(sample.frame)];
    score.time_error_s = std::max(score.time_error_s, std::abs(sample.ts_s - frame.ts.seconds()));
    ScoredFrame sure{{}, counted_faces(truth, frame, options, numbers)};
    ScoredFrame all{{}, sure.truth};
    if (const auto it = found.find(sample.frame); it != found.end()) {
      for (const RunDetection& detection : it->second) {
        all.found.push_back(detection.face);
        if (detection.confidence >= sample.confidence_th) sure.found.push_back(detection.face);
      }
    }
    confident.push_back(std::move(sure));
    tracked.push_back(std::move(all));
  }
  score.frames = static_cast<int>(samples.size());
  score.detection = score_detections(confident);
  score.faces = score.detection.right + score.detection.missed;
  score.tracks = score_tracks(tracked);
  score.cuts =
      score_cuts(truth.cuts, read_cuts(manifest_dir / "shots.json"), options.cut_tolerance);
  return score;
}

std::string score_json(const RunScore& s) {
  const auto counts = [](const MatchCounts& c) {
    return nlohmann::ordered_json{
        {"precision", c.precision()}, {"recall", c.recall()}, {"f1", c.f1()},
        {"right", c.right},           {"wrong", c.wrong},     {"missed", c.missed}};
  };
  const nlohmann::ordered_json json = {{"frames", s.frames},
                                       {"faces", s.faces},
                                       {"time_error_s", s.time_error_s},
                                       {"detection", counts(s.detection)},
                                       {"cuts", counts(s.cuts)},
                                       {"tracks",
                                        {{"tracks", s.tracks.tracks},
                                         {"appearances", s.tracks.identities},
                                         {"tracks_per_appearance", s.tracks.tracks_per_identity()},
                                         {"idf1", s.tracks.idf1()},
                                         {"id_precision", s.tracks.id_precision()},
                                         {"id_recall", s.tracks.id_recall()},
                                         {"idtp", s.tracks.idtp},
                                         {"idfp", s.tracks.idfp},
                                         {"idfn", s.tracks.idfn},
                                         {"id_switches", s.tracks.id_switches},
                                         {"fragments", s.tracks.fragments}}}};
  return json.dump(2);
}

std::string score_table(const RunScore& s) {
  std::string text = fmt::format("{} analysed frames, {} faces, time error {:.6f} s\n", s.frames,
                                 s.faces, s.time_error_s);
  text += fmt::format("{:<12}{:>10}{:>10}{:>10}{:>8}{:>8}{:>8}\n", "", "precision", "recall", "F1",
                      "right", "wrong", "missed");
  const auto row = [&](const char* name, const MatchCounts& c) {
    text += fmt::format("{:<12}{:>10.4f}{:>10.4f}{:>10.4f}{:>8}{:>8}{:>8}\n", name, c.precision(),
                        c.recall(), c.f1(), c.right, c.wrong, c.missed);
  };
  row("detection", s.detection);
  row("cuts", s.cuts);
  row("identity", {s.tracks.idtp, s.tracks.idfp, s.tracks.idfn});
  text += fmt::format("{} tracks for {} appearances ({:.3f}), {} identity switches, {} fragments\n",
                      s.tracks.tracks, s.tracks.identities, s.tracks.tracks_per_identity(),
                      s.tracks.id_switches, s.tracks.fragments);
  return text;
}

}  // namespace screenalytics
