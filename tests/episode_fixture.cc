// SPDX-License-Identifier: MIT
#include "episode_fixture.h"

#include <fmt/format.h>

extern "C" {
#include <libavformat/avformat.h>
}

#include <algorithm>
#include <fstream>
#include <map>
#include <memory>
#include <set>

#include "base/check.h"
#include "base/error.h"

namespace screenalytics {

namespace fs = std::filesystem;

ProgramCall run_call(const fs::path& video, const fs::path& out_root,
                     const std::vector<std::string>& more) {
  ProgramCall call{
      {"run", "--video", video.string(), "--ep-id", kEpisode, "--out-root", out_root.string()}};
  call.args.insert(call.args.end(), more.begin(), more.end());
  return call;
}

EpisodePaths episode_paths(const fs::path& out_root) { return {out_root, EpisodeId(kEpisode)}; }

std::vector<TrackRow> read_tracks(const fs::path& out_root) {
  TrackReader reader(episode_paths(out_root).tracks());
  std::vector<TrackRow> rows;
  for (TrackRow row; reader.next(row);) rows.push_back(row);
  return rows;
}

std::vector<DetectionRow> read_detections(const fs::path& out_root) {
  DetectionReader reader(episode_paths(out_root).detections());
  std::vector<DetectionRow> rows;
  for (DetectionRow row; reader.next(row);) rows.push_back(row);
  return rows;
}

std::vector<SampleRow> read_samples(const fs::path& out_root) {
  SampleReader reader(episode_paths(out_root).samples());
  std::vector<SampleRow> rows;
  for (SampleRow row; reader.next(row);) rows.push_back(row);
  return rows;
}

namespace {

// What must hold between the rows of one episode.
class ArtifactCheck {
 public:
  explicit ArtifactCheck(const fs::path& out_root)
      : paths_(episode_paths(out_root)),
        samples_(read_samples(out_root)),
        detections_(read_detections(out_root)),
        tracks_(read_tracks(out_root)),
        shots_(read_shots(paths_.shots())),
        metrics_(read_track_metrics(paths_.track_metrics())) {}

  std::string faults() {
    check_samples();
    check_detections();
    check_tracks();
    check_shots();
    check_counts();
    check_leftovers();
    return faults_;
  }

 private:
  void expect(bool holds, const std::string& fault) {
    if (!holds) faults_ += fault + "\n";
  }

  void check_samples() {
    for (size_t i = 1; i < samples_.size(); ++i) {
      expect(
          samples_[i - 1].frame_idx < samples_[i].frame_idx && samples_[i - 1].ts < samples_[i].ts,
          fmt::format("sample {} is not after the one before", samples_[i].frame_idx));
    }
    for (const SampleRow& s : samples_) faces_[s.frame_idx] = s.faces;
  }

  void check_detections() {
    std::map<int64_t, int> found;
    std::set<std::pair<int64_t, int>> seen;
    for (const DetectionRow& d : detections_) {
      ++found[d.frame_idx];
      if (!d.track) continue;
      ++of_track_[*d.track];
      expect(seen.insert({d.frame_idx, *d.track}).second,
             fmt::format("track {} is twice in frame {}", *d.track, d.frame_idx));
    }
    for (const auto& [frame, count] : found) {
      expect(faces_.contains(frame) && faces_[frame] == count,
             fmt::format("frame {} has {} detections, not those of samples.csv", frame, count));
    }
    expect(metrics_.counts.at("detections") == static_cast<int64_t>(detections_.size()),
           "track_metrics.json counts other detections");
  }

  void check_tracks() {
    for (const TrackRow& t : tracks_) {
      expect(of_track_[t.track] == t.detections,
             fmt::format("track {} says {} detections and has {}", t.track, t.detections,
                         of_track_[t.track]));
      expect(!samples_.empty() && !shots_.empty() && t.start >= samples_.front().ts &&
                 t.end <= shots_.back().end && t.start < t.end,
             fmt::format("track {} is not inside the video", t.track));
    }
    expect(of_track_.size() == tracks_.size(), "a detection names a track that is not there");
    expect(metrics_.tracks_born == static_cast<int64_t>(tracks_.size()),
           "track_metrics.json counts other tracks");
  }

  void check_shots() {
    for (const ShotRow& shot : shots_) {
      expect(faces_.contains(shot.start_frame),
             fmt::format("the first frame of shot {} was not analysed", shot.shot));
    }
    if (!samples_.empty()) {
      expect(!shots_.empty() && shots_.front().start_frame == samples_.front().frame_idx &&
                 shots_.back().end_frame > samples_.back().frame_idx,
             "the shots do not cover the video");
    }
  }

  static int64_t files_under(const fs::path& folder) {
    int64_t files = 0;
    std::error_code absent;
    for (const auto& entry : fs::recursive_directory_iterator(folder, absent)) {
      files += entry.is_regular_file() && entry.file_size() > 0 ? 1 : 0;
    }
    return files;
  }

  void check_counts() {
    expect(metrics_.analyzed_frames == static_cast<int64_t>(samples_.size()),
           "track_metrics.json counts other analysed frames");
    for (const auto& [name, folder] : {std::pair("frames_exported", paths_.frames()),
                                       std::pair("crops_exported", paths_.crops())}) {
      expect(metrics_.counts.at(name) == files_under(folder),
             fmt::format("{} is {} and {} files are in {}", name, metrics_.counts.at(name),
                         files_under(folder), folder.string()));
    }
  }

  void check_leftovers() {
    for (const auto& entry : fs::recursive_directory_iterator(paths_.out_root())) {
      expect(entry.path().extension() != ".tmp" && entry.path().extension() != ".new",
             fmt::format("{} was left behind", entry.path().string()));
    }
  }

  EpisodePaths paths_;
  std::vector<SampleRow> samples_;
  std::vector<DetectionRow> detections_;
  std::vector<TrackRow> tracks_;
  std::vector<ShotRow> shots_;
  TrackMetrics metrics_;
  std::map<int64_t, int> faces_;
  std::map<int, int64_t> of_track_;
  std::string faults_;
};

}  // namespace

std::string artifact_faults(const fs::path& out_root) {
  try {
    return ArtifactCheck(out_root).faults();
  } catch (const Error& e) {
    return e.what();
  }
}

std::vector<int64_t> container_times_us(const fs::path& video) {
  AVFormatContext* input = nullptr;
  SA_CHECK(avformat_open_input(&input, video.c_str(), nullptr, nullptr) >= 0);
  const std::unique_ptr<AVFormatContext, void (*)(AVFormatContext*)> closer(
      input, [](AVFormatContext* p) { avformat_close_input(&p); });
  SA_CHECK(avformat_find_stream_info(input, nullptr) >= 0);
  const int stream = av_find_best_stream(input, AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
  SA_CHECK(stream >= 0);
  const AVRational base = input->streams[stream]->time_base;
  std::vector<int64_t> times;
  const std::unique_ptr<AVPacket, void (*)(AVPacket*)> packet(
      av_packet_alloc(), [](AVPacket* p) { av_packet_free(&p); });
  while (av_read_frame(input, packet.get()) >= 0) {
    const bool shown = packet->stream_index == stream &&
                       (packet->flags & AV_PKT_FLAG_DISCARD) == 0 && packet->pts != AV_NOPTS_VALUE;
    if (shown) times.push_back(av_rescale_q(packet->pts, base, AVRational{1, 1000000}));
    av_packet_unref(packet.get());
  }
  std::sort(times.begin(), times.end());
  return times;
}

std::string time_faults(const fs::path& video, const fs::path& out_root) {
  const std::vector<int64_t> times = container_times_us(video);
  for (const SampleRow& sample : read_samples(out_root)) {
    const auto frame = static_cast<size_t>(sample.frame_idx);
    if (frame >= times.size()) return fmt::format("there is no frame {}", frame);
    if (sample.ts.us != times[frame]) {
      return fmt::format("frame {} is at {} us, and the container says {} us", frame, sample.ts.us,
                         times[frame]);
    }
  }
  return {};
}

fs::path copy_home(const TempFolder& folder) {
  fs::path home = folder / "home";
  fs::create_directories(home / "models" / "weights");
  fs::create_directories(home / "config");
  fs::copy(source_root() / "config", home / "config", fs::copy_options::recursive);
  for (const auto& entry : fs::directory_iterator(source_root() / "models")) {
    if (entry.is_regular_file()) fs::copy(entry.path(), home / "models" / entry.path().filename());
  }
  for (const auto& entry : fs::directory_iterator(source_root() / "models" / "weights")) {
    fs::create_symlink(fs::canonical(entry.path()),
                       home / "models" / "weights" / entry.path().filename());
  }
  return home;
}

void edit_file(const fs::path& path, const std::string& from, const std::string& to) {
  std::string text = file_content(path);
  const size_t at = text.find(from);
  SA_CHECK(at != std::string::npos);
  text.replace(at, from.size(), to);
  std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
}

}  // namespace screenalytics
