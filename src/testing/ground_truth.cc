// SPDX-License-Identifier: MIT
#include "testing/ground_truth.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <tuple>
#include <utility>

#include "base/check.h"
#include "base/error.h"
#include "testing/json_file.h"

namespace screenalytics {
namespace {

constexpr const char* kSchema = "episode_truth_v1";

std::vector<int> cuts_of(const std::vector<TrueShot>& shots) {
  std::vector<int> cuts;
  for (size_t i = 1; i < shots.size(); ++i) cuts.push_back(shots[i].start_frame);
  return cuts;
}

int shot_index(const std::vector<TrueShot>& shots, int frame) {
  const auto after =
      std::upper_bound(shots.begin(), shots.end(), frame,
                       [](int value, const TrueShot& shot) { return value < shot.start_frame; });
  SA_CHECK(after != shots.begin() && frame < std::prev(after)->end_frame);
  return static_cast<int>(std::prev(after) - shots.begin());
}

std::string face_json(const TrueFace& face) {
  return fmt::format(R"({{"person":{},"box":[{:.2f},{:.2f},{:.2f},{:.2f}],"visible":{:.4f}{}}})",
                     nlohmann::json(face.person).dump(), face.box.x1, face.box.y1, face.box.x2,
                     face.box.y2, face.visible, face.ignore ? R"(,"ignore":true)" : "");
}

TrueFace face_from(const nlohmann::json& json) {
  const auto& box = json.at("box");
  return {json.at("person").get<std::string>(),
          {box.at(0).get<float>(), box.at(1).get<float>(), box.at(2).get<float>(),
           box.at(3).get<float>()},
          json.at("visible").get<float>(),
          json.value("ignore", false)};
}

}  // namespace

int GroundTruth::shot_of(int frame) const { return shot_index(header.shots, frame); }

struct TruthWriter::Impl {
  std::filesystem::path path, part;
  TruthHeader header;
  std::ofstream out;
  std::map<std::string, TrueAppearance> open;
  std::vector<TrueAppearance> done;
  int frames = 0;

  void close_appearances(int frame, int shot, const TrueFrame* seen) {
    for (auto it = open.begin(); it != open.end();) {
      const bool goes_on =
          seen && it->second.shot == shot &&
          std::any_of(seen->faces.begin(), seen->faces.end(), [&](const TrueFace& face) {
            return face.person == it->first && face.visible >= kAppearanceVisible;
          });
      if (goes_on) {
        ++it;
      } else {
        it->second.end_frame = frame;
        done.push_back(it->second);
        it = open.erase(it);
      }
    }
  }
};

TruthWriter::TruthWriter(const std::filesystem::path& path, TruthHeader header)
    : impl_(std::make_unique<Impl>()) {
  impl_->path = path;
  impl_->part = path;
  impl_->part += ".part";
  impl_->header = std::move(header);
  impl_->out.open(impl_->part);
  const TruthHeader& h = impl_->header;
  nlohmann::json shots = nlohmann::json::array();
  for (const TrueShot& shot : h.shots) {
    shots.push_back(
        {{"start_frame", shot.start_frame}, {"end_frame", shot.end_frame}, {"photo", shot.photo}});
  }
  const nlohmann::ordered_json head = {
      {"schema_version", kSchema}, {"video", h.video},   {"width", h.size.width},
      {"height", h.size.height},   {"fps", h.rate},      {"seed", h.seed},
      {"options", h.options},      {"people", h.people}, {"cuts", cuts_of(h.shots)},
      {"shots", std::move(shots)}};
  std::string text = head.dump();
  text.pop_back();
  impl_->out << text << ",\n\"faces\":[";
  if (!impl_->out) {
    throw Error(ErrorCode::io, fmt::format("cannot write the ground truth '{}': check that its "
                                           "folder exists and has room",
                                           path.string()));
  }
}

TruthWriter::~TruthWriter() {
  if (!impl_->out.is_open()) return;
  impl_->out.close();
  std::error_code ignored;
  std::filesystem::remove(impl_->part, ignored);
}

void TruthWriter::add(const TrueFrame& frame) {
  SA_CHECK(frame.frame == impl_->frames);
  const int shot = shot_index(impl_->header.shots, frame.frame);
  impl_->close_appearances(frame.frame, shot, &frame);
  impl_->out << fmt::format("{}{{\"frame\":{},\"ts_s\":{:.6f},\"faces\":[",
                            frame.frame == 0 ? "\n" : ",\n", frame.frame, frame.ts.seconds());
  const char* separator = "";
  for (const TrueFace& face : frame.faces) {
    impl_->out << separator << face_json(face);
    separator = ",";
    if (face.visible >= kAppearanceVisible) {
      impl_->open.try_emplace(face.person,
                              TrueAppearance{face.person, shot, frame.frame, frame.frame});
    }
  }
  impl_->out << "]}";
  ++impl_->frames;
}

void TruthWriter::finish() {
  impl_->close_appearances(impl_->frames, -1, nullptr);
  std::sort(impl_->done.begin(), impl_->done.end(), [](const auto& a, const auto& b) {
    return std::tie(a.start_frame, a.person) < std::tie(b.start_frame, b.person);
  });
  nlohmann::json appearances = nlohmann::json::array();
  for (const TrueAppearance& a : impl_->done) {
    appearances.push_back({{"person", a.person},
                           {"shot", a.shot},
                           {"start_frame", a.start_frame},
                           {"end_frame", a.end_frame}});
  }
  impl_->out << "],\n\"appearances\":" << appearances.dump() << ",\n\"frames\":" << impl_->frames
             << "}\n";
  impl_->out.close();
  std::error_code failed;
  if (impl_->out) std::filesystem::rename(impl_->part, impl_->path, failed);
  if (!impl_->out || failed) {
    throw Error(ErrorCode::io, fmt::format("cannot complete the ground truth '{}': is the disk "
                                           "full?",
                                           impl_->path.string()));
  }
}

GroundTruth read_ground_truth(const std::filesystem::path& path) {
  return read_json_file(path, kSchema, [](const nlohmann::json& json) {
    GroundTruth truth;
    TruthHeader& h = truth.header;
    h.video = json.at("video").get<std::string>();
    h.size = {json.at("width").get<int>(), json.at("height").get<int>()};
    h.rate = json.at("fps").get<std::string>();
    h.seed = json.at("seed").get<uint64_t>();
    h.options = json.at("options").get<std::string>();
    h.people = json.at("people").get<std::vector<std::string>>();
    truth.cuts = json.at("cuts").get<std::vector<int>>();
    for (const auto& shot : json.at("shots")) {
      h.shots.push_back({shot.at("start_frame").get<int>(), shot.at("end_frame").get<int>(),
                         shot.at("photo").get<std::string>()});
    }
    for (const auto& entry : json.at("faces")) {
      TrueFrame frame{entry.at("frame").get<int>(),
                      Timestamp::from_seconds(entry.at("ts_s").get<double>()),
                      {}};
      for (const auto& face : entry.at("faces")) frame.faces.push_back(face_from(face));
      truth.frames.push_back(std::move(frame));
    }
    for (const auto& a : json.at("appearances")) {
      truth.appearances.push_back({a.at("person").get<std::string>(), a.at("shot").get<int>(),
                                   a.at("start_frame").get<int>(), a.at("end_frame").get<int>()});
    }
    return truth;
  });
}

}  // namespace screenalytics
