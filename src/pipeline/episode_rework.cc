// SPDX-License-Identifier: MIT
#include "pipeline/episode_rework.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <system_error>
#include <utility>

#include "artifacts/atomic_file.h"
#include "artifacts/documents.h"
#include "base/error.h"
#include "pipeline/artifact_builder.h"
#include "pipeline/face_pixels.h"
#include "pipeline/face_taker.h"
#include "pipeline/recorded_frames.h"
#include "pipeline/run_description.h"

namespace screenalytics {

namespace fs = std::filesystem;

namespace {

std::string video_value(const RunRecord& run, const char* key) {
  const auto found = run.video.find(key);
  return found == run.video.end() ? std::string() : found->second;
}

class EpisodeRework {
 public:
  EpisodeRework(const ReworkRequest& request, const CancelToken& cancel, const RunParts& parts)
      : request_(request),
        cancel_(cancel),
        parts_(parts),
        paths_(request.paths),
        run_(read_run(paths_.run())),
        size_(frame_size()),
        tracks_(paths_),
        exports_(paths_.images() / ".rework") {
    for (const auto& [track, frames] : request.splits) tracks_.split(track, frames);
  }
  ~EpisodeRework() {
    std::error_code ignored;
    fs::remove(journal(), ignored);
    fs::remove_all(exports_.root(), ignored);
    fs::remove(paths_.work(), ignored);    // where empty
    fs::remove(paths_.images(), ignored);  // so, too
  }
  EpisodeRework(const EpisodeRework&) = delete;
  EpisodeRework& operator=(const EpisodeRework&) = delete;

  ReworkResult run() {
    if (run_.last_stage == "detect") {
      throw Error(ErrorCode::not_found,
                  fmt::format("episode '{}' has no tracks, its run stopped after detect; run its "
                              "video again with more --stages",
                              paths_.episode().str()));
    }
    std::unique_ptr<FacePixels> pixels;
    if (request_.embed) pixels = open_pixels();
    paths_.create_folders();
    std::error_code ec;
    fs::remove_all(exports_.root(), ec);
    ProgressReporter progress(paths_.progress(), paths_.episode().str(), request_.on_progress);
    try {
      const TrackMetrics metrics = read_track_metrics(paths_.track_metrics());
      progress.set_video(0, metrics.total_frames);
      progress.set_phase("embed");
      if (request_.embed) {
        embed(*pixels, progress);
      } else {
        record_looks();
      }
      if (cancel_.cancelled()) {
        result_.cancelled = true;
      } else {
        progress.set_phase("summarize");
        write(metrics);
      }
      progress.finish(result_.cancelled ? "cancelled" : "done", {});
      return std::move(result_);
    } catch (const std::exception& e) {
      progress.finish("error", e.what());
      throw;
    }
  }

 private:
  fs::path journal() const { return paths_.work() / "rework"; }
  const Settings& settings() const { return request_.settings; }
  QualityLimits limits() const { return quality_limits(settings().faces, request_.embedder); }

  Size frame_size() const {
    Size size;
    const std::string text = video_value(run_, "size");
    if (std::sscanf(text.c_str(), "%dx%d", &size.width, &size.height) == 2 && size.width > 0 &&
        size.height > 0) {
      return size;
    }
    throw Error(ErrorCode::corrupt_input,
                fmt::format("cannot use '{}': video.size is '{}', not WIDTHxHEIGHT",
                            paths_.run().string(), text));
  }

  std::unique_ptr<FacePixels> open_pixels() {
    if (has_all_crops(paths_, size_, tracks_)) {
      result_.notes.emplace_back("faces were taken from the crops on the disk, without the video");
      return pixels_of_crops(paths_, size_, tracks_);
    }
    const SamplingSettings& s = settings().sampling;
    std::unique_ptr<FrameSource> source = parts_.open_source(
        {settings().run.threads, s.stride, s.fps, s.skip_non_reference, std::nullopt});
    const std::string bytes = std::to_string(source->info().file_size);
    if (bytes != video_value(run_, "bytes")) {
      throw Error(ErrorCode::conflict,
                  fmt::format("'{}' is no longer the video that was analysed: it has {} bytes, it "
                              "had {}; run it again",
                              source->info().path, bytes, video_value(run_, "bytes")));
    }
    result_.notes.emplace_back(
        "not every face has its crop on the disk (--save-crops): the video was decoded once more");
    return pixels_of_video(std::move(source), cancel_);
  }

  void embed(FacePixels& pixels, ProgressReporter& progress) {
    const std::unique_ptr<FaceEmbedder> embedder = parts_.make_embedder();
    StageClock exporting;
    std::exception_ptr failed;
    std::mutex mutex;
    JournalWriter journal(this->journal(), "rework");
    {
      ImageExporter exporter({false, false, true, settings().exporting.jpeg_quality, 1}, exports_,
                             exporting, [&](std::exception_ptr e) {
                               const std::lock_guard lock(mutex);
                               failed = std::move(e);
                             });
      FaceTaker taker({true, embedder.get(), limits(), settings().run.embed_batch_size},
                      settings().tracking.gate_interval_s, clock_);
      RecordedFrames frames(paths_, size_, tracks_);
      int64_t analysed = 0;
      while (std::optional<FrameRecord> f = frames.next()) {
        const bool any = std::any_of(f->segments.begin(), f->segments.end(),
                                     [](int segment) { return segment >= 0; });
        if (any) {
          if (cancel_.cancelled() || !pixels.go_to(*f)) return;
          FaceLooks looks = taker.looks(pixels.cutter(*f), f->detections);
          taker.take(looks, *f, {});
          pixels.add_portraits(*f, exporter);
        }
        journal.append(*f);
        progress.update(f->frame_idx + 1, ++analysed, 0);
      }
      exporter.finish();
    }
    if (failed) std::rethrow_exception(failed);
    result_.embedded = clock_.counters().items;
  }

  // The looks as they were recorded.
  void record_looks() {
    JournalWriter journal(this->journal(), "rework");
    RecordedFrames frames(paths_, size_, tracks_);
    RecordedFaces faces(paths_, limits().min_norm);
    while (std::optional<FrameRecord> f = frames.next()) {
      f->looks = faces.looks(*f, tracks_);
      journal.append(*f);
    }
  }

  // Without new pictures a track that was not split keeps its own.
  fs::path portrait(int segment, int64_t frame) const {
    if (request_.embed) return exports_.portrait(segment, frame);
    const int track = tracks_.track_of(segment);
    const fs::path crop = paths_.crop(track, frame);
    return request_.splits.contains(track) ? crop : paths_.track_thumb(track);
  }

  void write(TrackMetrics metrics) {
    const std::vector<ShotRow> shots = read_shots(paths_.shots());
    const int64_t end_frame = shots.empty() ? 0 : shots.back().end_frame;
    const Timestamp end = shots.empty() ? Timestamp() : shots.back().end;
    const double fps = std::strtod(video_value(run_, "average_fps").c_str(), nullptr);
    const TrackTable table = tracks_.table();
    const TakenPictures pictures{
        [&](int64_t frame) { return paths_.frame(frame); },
        [&](int segment, int64_t frame) { return paths_.crop(tracks_.track_of(segment), frame); },
        [&](int segment, int64_t frame) { return portrait(segment, frame); }};
    const BuildResult built =
        build_artifacts({paths_, journal(), table, pictures, size_, metrics.detector,
                         settings().tracking.min_track_length_s, settings().tracking.track_thresh,
                         limits(), selection_options(settings().faces), fs::exists(paths_.frames()),
                         fs::exists(paths_.crops()), end_frame, end, 1 / (fps > 0 ? fps : 25)});
    result_.tracks = std::ssize(built.tracks);
    for (const auto& [track, frames] : request_.splits) metrics.id_switches += std::ssize(frames);
    const double analysed_s =
        metrics.analyzed_fps > 0
            ? static_cast<double>(metrics.analyzed_frames) / metrics.analyzed_fps
            : 0;
    set_track_quality(metrics, track_quality(built.tracks, metrics.id_switches,
                                             built.analysed_frames, analysed_s));
    metrics.counts["frames_exported"] = built.frames_exported;
    metrics.counts["crops_exported"] = built.crops_exported;
    if (request_.embed) {
      for (auto& [name, counters] : metrics.stages) {
        if (name == "embed") counters = clock_.counters();
      }
    }
    write_track_metrics(paths_.track_metrics(), metrics);
    describe();
  }

  void describe() {
    if (request_.embed) {
      set_stage_settings(run_, RunStage::embed, settings());
      const RunModel model{"embedder", request_.embedder.id, request_.embedder.sha256,
                           request_.embedder.file.filename().string()};
      std::erase_if(run_.models, [](const RunModel& m) { return m.role == "embedder"; });
      run_.models.push_back(model);
      if (run_.last_stage == "track") run_.last_stage = "embed";
    }
    run_.notes.push_back(fmt::format("{}: {}", utc_text(),
                                     request_.splits.empty() ? "faces were embedded again"
                                     : request_.embed
                                         ? "tracks were split, and faces embedded again"
                                         : "tracks were split"));
    write_run(paths_.run(), run_);
  }

  const ReworkRequest& request_;
  const CancelToken& cancel_;
  const RunParts& parts_;
  const EpisodePaths& paths_;
  RunRecord run_;
  Size size_;
  TrackParts tracks_;
  ExportFolder exports_;
  StageClock clock_;
  ReworkResult result_;
};

}  // namespace

ReworkResult rework_episode(const ReworkRequest& request, const CancelToken& cancel,
                            const RunParts& parts) {
  return EpisodeRework(request, cancel, parts).run();
}

ReworkResult rework_episode(const ReworkRequest& request, const CancelToken& cancel) {
  const fs::path video = video_value(read_run(request.paths.run()), "path");
  SessionOptions session;
  session.device = request.settings.run.device;
  session.threads = request.settings.run.threads;
  session.allow_cpu_fallback = request.settings.run.allow_cpu_fallback;
  RunParts parts;
  parts.open_source = [&](const VideoSourceOptions& o) {
    if (!fs::exists(video)) {
      throw Error(ErrorCode::not_found,
                  fmt::format("faces cannot be embedded again: not every one has its crop on the "
                              "disk, and the video is not at '{}'; run the episode again",
                              video.string()));
    }
    return open_video(video, o, &cancel);
  };
  parts.make_embedder = [&] {
    return make_face_embedder(request.embedder, session, request.settings.run.embed_batch_size);
  };
  return rework_episode(request, cancel, parts);
}

}  // namespace screenalytics
