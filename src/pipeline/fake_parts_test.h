// Fakes for the tests of runs: a drawn video, a detector of squares, an embedder of colours.
// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "artifacts/documents.h"
#include "artifacts/episode_paths.h"
#include "artifacts/row_files.h"
#include "pipeline/episode_run.h"
#include "testing/temp_folder.h"

namespace screenalytics {

using Rgb = std::array<uint8_t, 3>;

// One colour a person, all unlike each other and unlike any background below.
inline constexpr std::array<Rgb, 6> kPeople{Rgb{255, 0, 0}, {0, 255, 0},   {0, 0, 255},
                                            {255, 255, 0},  {0, 255, 255}, {255, 0, 255}};
inline constexpr std::array<Rgb, 3> kBackgrounds{Rgb{90, 40, 40}, {40, 40, 90}, {40, 90, 40}};

inline void fill(Image& image, const Box& box, const Rgb& colour) {
  const Box b = clip(box, static_cast<float>(image.width), static_cast<float>(image.height));
  for (int y = static_cast<int>(b.y1); y < static_cast<int>(b.y2); ++y) {
    for (int x = static_cast<int>(b.x1); x < static_cast<int>(b.x2); ++x) {
      std::copy(colour.begin(), colour.end(), image.row(y) + static_cast<size_t>(x) * 3);
    }
  }
}

// Landmarks of a face that looks straight ahead, or to the side: nose 0 is straight, 0.5 a profile.
inline Landmarks frontal(const Box& b, float nose = 0) {
  const auto at = [&](float x, float y) {
    return Point{b.x1 + x * b.width(), b.y1 + y * b.height()};
  };
  return {at(0.3F, 0.4F), at(0.7F, 0.4F), at(0.5F + nose, 0.6F), at(0.35F, 0.8F), at(0.65F, 0.8F)};
}

struct FakeFace {
  int person = 0;
  std::function<std::optional<Box>(double)> box;  // by seconds; nothing while not to be seen
};

inline FakeFace standing_face(int person, const Box& box) {
  return {person, [box](double) { return std::optional<Box>(box); }};
}

struct FakeVideo {
  Size size{96, 54};
  std::vector<Timestamp> times;
  std::vector<double> cuts_s;
  std::vector<double> flashes_s;  // one frame each that looks like another place
  std::vector<FakeFace> faces;

  void set_rate(double fps, double duration_s) {
    times.clear();
    for (int i = 0; i / fps < duration_s; ++i) times.push_back(Timestamp::from_seconds(i / fps));
  }

  Image draw(size_t frame) const {
    const double t = times[frame].seconds();
    Image image(size.width, size.height, 3);
    const auto shot = std::count_if(cuts_s.begin(), cuts_s.end(), [&](double c) { return c <= t; });
    size_t place = static_cast<size_t>(shot) % 2;
    for (const double flash : flashes_s) {
      const bool before = frame == 0 || times[frame - 1].seconds() < flash;
      if (flash <= t && before) place = 2;
    }
    fill(image, {0, 0, static_cast<float>(size.width), static_cast<float>(size.height)},
         kBackgrounds[place]);
    for (const FakeFace& face : faces) {
      const std::optional<Box> box = face.box(t);
      if (box) fill(image, *box, kPeople[static_cast<size_t>(face.person)]);
    }
    return image;
  }
};

// What a test counts, and where it interferes: each hook gets the number of the call, from 1.
struct FakeEvents {
  std::atomic<int> decoded{0}, detected{0}, embedded{0}, opened{0}, warm_ups{0};
  std::atomic<int> largest_batch{0};
  std::function<void(int)> on_decode = [](int) {};
  std::function<void(int)> on_detect = [](int) {};
  std::function<void(int)> on_embed = [](int) {};
};

class FakeSource final : public FrameSource {
 public:
  FakeSource(const FakeVideo& video, const VideoSourceOptions& options, const CancelToken* cancel,
             FakeEvents* events)
      : video_(video),
        options_(options),
        cancel_(cancel),
        events_(events),
        sampler_(options.stride, options.max_fps) {
    info_.path = "fake.mp4";
    info_.container = info_.codec = info_.pixel_format = "fake";
    info_.size = video.size;
    info_.frames_estimate = static_cast<int64_t>(video.times.size());
    info_.time_base_s = 1e-6;
    if (video.times.size() > 1) {
      const double span = seconds_between(video.times.front(), video.times.back());
      info_.average_fps = static_cast<double>(video.times.size() - 1) / span;
      info_.duration_s = span + 1 / info_.average_fps;
    }
    if (!video.times.empty()) info_.start_s = video.times.front().seconds();
    if (options_.resume) {
      sampler_.resume_at(options_.resume->sampler_next_due_s);
      next_ = static_cast<size_t>(std::max<int64_t>(0, options_.resume->frame_idx - kWarmUp + 1));
    }
  }

  const VideoInfo& info() const override { return info_; }

  std::optional<VideoFrame> next() override {
    if (cancel_ != nullptr && cancel_->cancelled()) return std::nullopt;
    if (next_ >= video_.times.size()) return std::nullopt;
    if (events_ != nullptr) events_->on_decode(++events_->decoded);
    VideoFrame frame = VideoFrame::from_rgb(video_.draw(next_));
    frame.frame_idx = static_cast<int64_t>(next_);
    frame.ts = video_.times[next_];
    frame.pts = frame.ts.us;
    frame.warm_up = options_.resume && frame.frame_idx <= options_.resume->frame_idx;
    if (frame.warm_up && events_ != nullptr) ++events_->warm_ups;
    frame.sampled = !frame.warm_up && sampler_.take(frame.frame_idx, frame.ts);
    ++next_;
    ++counters_.frames_decoded;
    return frame;
  }

  SourceCounters counters() const override { return counters_; }
  std::optional<double> sampler_next_due_s() const override { return sampler_.next_due_s(); }

 private:
  static constexpr int kWarmUp = 12;  // as much history as the shot detector looks at, and more

  FakeVideo video_;
  VideoSourceOptions options_;
  const CancelToken* cancel_;
  FakeEvents* events_;
  FrameSampler sampler_;
  VideoInfo info_;
  SourceCounters counters_;
  size_t next_ = 0;
};

// A face is the box around all pixels of one person's colour.
class FakeDetector final : public FaceDetector {
 public:
  explicit FakeDetector(FakeEvents* events) : events_(events) {}

  std::vector<Detection> detect(const Image& rgb, float min_confidence) const override {
    if (events_ != nullptr) events_->on_detect(++events_->detected);
    std::vector<Detection> found;
    for (const Rgb& person : kPeople) {
      Box box{1e9F, 1e9F, -1, -1};
      for (int y = 0; y < rgb.height; ++y) {
        const uint8_t* row = rgb.row(y);
        for (int x = 0; x < rgb.width; ++x) {
          const uint8_t* p = row + static_cast<size_t>(x) * 3;
          bool same = true;
          for (size_t c = 0; c < 3; ++c) same = same && std::abs(p[c] - person[c]) < 100;
          if (!same) continue;
          const auto fx = static_cast<float>(x), fy = static_cast<float>(y);
          box = {std::min(box.x1, fx), std::min(box.y1, fy), std::max(box.x2, fx + 1),
                 std::max(box.y2, fy + 1)};
        }
      }
      if (box.width() >= 4 && box.height() >= 4 && min_confidence <= kConfidence) {
        found.push_back({box, frontal(box), kConfidence});
      }
    }
    return found;
  }
  // The shape of the content; never enlarged, for a picture this small would only get slower.
  Size input_size(Size content, int det_size) const override {
    const double longer = std::max(content.width, content.height);
    const double scale = std::min(1.0, det_size / longer);
    return {std::max(1, static_cast<int>(content.width * scale)),
            std::max(1, static_cast<int>(content.height * scale))};
  }
  const std::string& device() const override { return device_; }
  const std::string& note() const override { return note_; }

  static constexpr float kConfidence = 0.95F;

 private:
  FakeEvents* events_;
  std::string device_ = "cpu", note_;
};

// The vector of a crop is that of the person whose colour is in its middle.
class FakeEmbedder final : public FaceEmbedder {
 public:
  explicit FakeEmbedder(FakeEvents* events) : events_(events) {}

  std::vector<Embedding> embed(std::span<const Image> crops,
                               std::vector<float>* norms) const override {
    if (events_ != nullptr) {
      events_->on_embed(++events_->embedded);
      const int size = static_cast<int>(crops.size());
      if (size > events_->largest_batch) events_->largest_batch = size;
    }
    std::vector<Embedding> vectors;
    if (norms != nullptr) norms->assign(crops.size(), 20);
    for (const Image& crop : crops) {
      const uint8_t* middle = crop.row(crop.height / 2) + (crop.stride() / 6) * 3;
      Embedding v(kPeople.size() + 1);
      size_t nearest = kPeople.size();
      for (size_t p = 0; p < kPeople.size(); ++p) {
        bool same = true;
        for (size_t c = 0; c < 3; ++c) same = same && std::abs(middle[c] - kPeople[p][c]) < 100;
        if (same) nearest = p;
      }
      v[nearest] = 1;
      vectors.push_back(std::move(v));
    }
    return vectors;
  }
  int dim() const override { return static_cast<int>(kPeople.size()) + 1; }
  const std::string& device() const override { return device_; }
  const std::string& note() const override { return note_; }

 private:
  FakeEvents* events_;
  std::string device_ = "cpu", note_;
};

// An episode with an output root of its own.
struct FakeEpisode {
  explicit FakeEpisode(FakeVideo its_video) : video(std::move(its_video)) {
    settings.run.out_root = (folder / "out").string();
    settings.run.threads = 2;
    settings.sampling = {1, 0, false};
    settings.exporting = {false, false, 85};
  }

  EpisodePaths paths() const { return {settings.run.out_root, EpisodeId("ep")}; }

  RunRequest request(bool resume = false) const {
    RunRequest r{EpisodeId("ep"), true,  "fake.mp4", settings, {}, {},
                 last_stage,      reuse, resume,     {}};
    r.detector.id = "fake_detector";
    r.detector.sha256 = "d";
    r.embedder.id = "fake_embedder";
    r.embedder.sha256 = "e";
    r.detector.file = r.embedder.file = "fake.onnx";
    return r;
  }

  RunParts parts(const CancelToken& token) {
    return {[this, &token](const VideoSourceOptions& o) -> std::unique_ptr<FrameSource> {
              ++events.opened;
              return std::make_unique<FakeSource>(video, o, &token, &events);
            },
            [this] { return std::make_unique<FakeDetector>(&events); },
            [this] { return std::make_unique<FakeEmbedder>(&events); }};
  }

  // Runs with a token of its own, which hooks may set through `cancel`.
  RunResult run(bool resume = false) {
    CancelToken token;
    cancel = [&token] { token.cancel(); };
    return run_episode(request(resume), token, parts(token));
  }

  std::vector<DetectionRow> detections() const {
    return all_rows<DetectionReader, DetectionRow>(paths().detections());
  }
  std::vector<TrackRow> tracks() const { return all_rows<TrackReader, TrackRow>(paths().tracks()); }
  std::vector<SampleRow> samples() const {
    return all_rows<SampleReader, SampleRow>(paths().samples());
  }

  // The artifacts that must not depend on how a run went, one after the other.
  std::string artifacts() const {
    std::string all;
    for (const auto& path : {paths().detections(), paths().tracks(), paths().samples(),
                             paths().shots(), paths().screentime_json(), paths().timeline()}) {
      all += path.filename().string() + "\n" + file_content(path);
    }
    return all;
  }

  FakeVideo video;
  FakeEvents events;
  Settings settings;
  RunStage last_stage = RunStage::cluster;
  bool reuse = false;
  std::function<void()> cancel = [] {};
  TempFolder folder;

 private:
  template <typename Reader, typename Row>
  static std::vector<Row> all_rows(const std::filesystem::path& path) {
    std::vector<Row> rows;
    Reader reader(path);
    for (Row row; reader.next(row);) rows.push_back(row);
    return rows;
  }
};

// Of this process, now. The first thread of a process brings one that the thread sanitizer keeps
// for itself, so that one is had before anything is counted.
inline long thread_count() {
  static const bool had_a_thread = [] {
    std::thread([] {}).join();
    return true;
  }();
  static_cast<void>(had_a_thread);
  std::error_code ec;
  const std::filesystem::directory_iterator tasks("/proc/self/task", ec);
  return std::distance(begin(tasks), end(tasks));
}

// Whether no more threads than `before` are left. A thread that was joined is listed for a moment
// longer, hence the patience.
inline bool threads_are_back_to(long before) {
  for (int i = 0; i < 1000; ++i) {
    if (thread_count() <= before) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return false;
}

// Every file below `folder`, relative to it, sorted; folders that are empty count.
inline std::vector<std::string> files_below(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  std::error_code ec;
  for (const auto& e : std::filesystem::recursive_directory_iterator(folder, ec)) {
    if (e.is_directory() && !std::filesystem::is_empty(e.path())) continue;
    names.push_back(e.path().lexically_relative(folder).generic_string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace screenalytics
