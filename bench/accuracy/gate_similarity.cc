// Similarities that the appearance gate sees: faces of one person half a second apart, and faces of
// different people, over clips that show one person each.
//   gate_similarity CLIP…
// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <vector>

#include "base/error.h"
#include "config/home.h"
#include "config/model_manifests.h"
#include "decode/video_source.h"
#include "detect/detection_rules.h"
#include "detect/face_detector.h"
#include "detect/nms.h"
#include "embed/align.h"
#include "embed/face_embedder.h"
#include "testing/tool_main.h"

namespace screenalytics {
namespace {

constexpr double kLooksPerSecond = 2;
constexpr int kDetSize = 640;
constexpr float kMinConfidence = 0.7F;
constexpr float kMaxYaw_degrees = 35;  // as pipeline/appearance.cc

struct Face {
  Embedding vector;
  bool usable = false;  // by norm and yaw
};

struct Models {
  ModelManifest embedder_manifest;
  std::unique_ptr<FaceDetector> detector;
  std::unique_ptr<FaceEmbedder> embedder;
};

Models load_models() {
  const std::filesystem::path dir = find_home() / "models";
  Models m;
  m.embedder_manifest = find_model_manifest(dir, "arcface_mobilefacenet");
  SessionOptions cpu;
  cpu.device = "cpu";
  m.detector = make_face_detector(find_model_manifest(dir, "retinaface_mnet025_v2"), cpu);
  m.embedder = make_face_embedder(m.embedder_manifest, cpu, 1);
  return m;
}

// The largest face of every half second.
std::vector<Face> faces_of(const std::filesystem::path& clip, const Models& models) {
  std::vector<Face> faces;
  VideoSourceOptions options;
  options.threads = 2;
  options.max_fps = kLooksPerSecond;
  const auto source = open_video(clip, options);
  while (const auto frame = source->next()) {
    if (!frame->sampled) continue;
    const Size size = frame->size();
    const Size input = models.detector->input_size(size, kDetSize);
    const auto width = static_cast<float>(size.width), height = static_cast<float>(size.height);
    const Image picture = frame->rgb({0, 0, width, height}, input);
    NmsOptions nms;
    nms.min_confidence = kMinConfidence;
    const auto found = non_max_suppression(models.detector->detect(picture, kMinConfidence), nms);
    const auto largest = std::max_element(
        found.begin(), found.end(),
        [](const Detection& a, const Detection& b) { return a.box.area() < b.box.area(); });
    if (largest == found.end()) continue;
    Landmarks landmarks = largest->landmarks;
    for (Point& p : landmarks) {
      p = {p.x * width / static_cast<float>(input.width),
           p.y * height / static_cast<float>(input.height)};
    }
    const Image crop = frame->warp(frame_from_crop(landmarks), {kCropSize, kCropSize});
    std::vector<float> norms;
    Face face;
    face.vector = models.embedder->embed({&crop, 1}, &norms).front();
    face.usable = norms.front() >= models.embedder_manifest.min_norm &&
                  std::abs(yaw_degrees(landmarks)) <= kMaxYaw_degrees;
    faces.push_back(std::move(face));
  }
  return faces;
}

void print_row(const char* what, std::vector<float> values) {
  if (values.empty()) return;
  std::sort(values.begin(), values.end());
  const auto at = [&](double q) {
    return values[static_cast<size_t>(q * static_cast<double>(values.size() - 1))];
  };
  fmt::print("| {} | {} | {:.2f} | {:.2f} | {:.2f} | {:.2f} | {:.2f} | {:.2f} |\n", what,
             values.size(), values.front(), at(0.01), at(0.05), at(0.5), at(0.99), values.back());
}

void compare(const std::vector<std::vector<Face>>& clips, bool usable_only, const char* suffix) {
  std::vector<float> consecutive, prototype, different;
  const auto counts = [&](const Face& f) { return !usable_only || f.usable; };
  for (size_t c = 0; c < clips.size(); ++c) {
    Embedding sum;
    const Face* last = nullptr;
    for (const Face& f : clips[c]) {
      if (!counts(f)) continue;
      if (last != nullptr) {
        consecutive.push_back(cosine_similarity(last->vector, f.vector));
        Embedding mean = sum;
        normalize(mean);
        prototype.push_back(cosine_similarity(mean, f.vector));
      }
      if (sum.empty()) sum.assign(f.vector.size(), 0);
      for (size_t i = 0; i < sum.size(); ++i) sum[i] += f.vector[i];
      last = &f;
      for (size_t other = 0; other < c; ++other) {
        for (const Face& g : clips[other]) {
          if (counts(g)) different.push_back(cosine_similarity(f.vector, g.vector));
        }
      }
    }
  }
  print_row(fmt::format("one person, 0.5 s apart{}", suffix).c_str(), consecutive);
  print_row(fmt::format("one person, against the mean so far{}", suffix).c_str(), prototype);
  print_row(fmt::format("different people{}", suffix).c_str(), different);
}

int run(int argc, char** argv) {
  const Models models = load_models();
  std::vector<std::vector<Face>> clips;
  for (int i = 1; i < argc; ++i) {
    if (!std::filesystem::exists(argv[i])) {
      fmt::print(stderr, "SKIPPED {}: not there\n", argv[i]);
      continue;
    }
    clips.push_back(faces_of(argv[i], models));
    fmt::print(stderr, "{}: {} faces\n", argv[i], clips.back().size());
  }
  fmt::print("| pairs | count | min | 1 % | 5 % | median | 99 % | max |\n");
  fmt::print("| --- | --- | --- | --- | --- | --- | --- | --- |\n");
  compare(clips, false, ", all faces");
  compare(clips, true, ", usable faces");
  return kExitDone;
}

}  // namespace
}  // namespace screenalytics

int main(int argc, char** argv) {
  return screenalytics::tool_main("gate_similarity", screenalytics::run, argc, argv);
}
