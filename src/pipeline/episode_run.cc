// SPDX-License-Identifier: MIT
#include "pipeline/episode_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>

#include "artifacts/atomic_file.h"
#include "artifacts/documents.h"
#include "artifacts/episode_lock.h"
#include "artifacts/episode_paths.h"
#include "base/cores.h"
#include "base/error.h"
#include "identities/find_people.h"
#include "pipeline/analysis.h"
#include "pipeline/artifact_builder.h"
#include "pipeline/earlier_run.h"
#include "pipeline/naming.h"
#include "pipeline/run_description.h"
#include "pipeline/run_journal.h"
#include "pipeline/thread_budget.h"
#include "report/report.h"

namespace screenalytics {

namespace fs = std::filesystem;

namespace {

// A container that promises this much more than can be read is truncated.
constexpr double kTruncated_s = 2.0;
// A GPU is kept busy by this many threads that prepare its input.
constexpr int kGpuDetectThreads = 4;
// More threads than this only hold more decoded frames in memory.
constexpr int kMaxThreads = 16;

SessionOptions session_options(const RunSettings& run) {
  SessionOptions o;
  o.device = run.device;
  o.threads = 1;  // the detect threads are the parallelism
  o.allow_cpu_fallback = run.allow_cpu_fallback;
  return o;
}

// One run of one episode, from the opened video to the written artifacts.
class EpisodeRun {
 public:
  EpisodeRun(const RunRequest& request, const CancelToken& cancel, const RunParts& parts)
      : request_(request),
        cancel_(cancel),
        parts_(parts),
        paths_(request.settings.run.out_root, request.episode),
        exports_(paths_.images() / ".work") {}

  RunResult run() {
    open_inputs();
    paths_.create_folders();
    const EpisodeLock lock(paths_);
    if (request_.reuse && nothing_changed(request_, paths_, video_)) return reused();
    ProgressReporter progress(progress_path(), request_.episode.str(), request_.on_progress);
    try {
      progress.set_video(video_.average_fps, video_.frames_estimate);
      return analyse(progress);
    } catch (const std::exception& e) {
      progress.finish("error", e.what());
      throw;
    }
  }

 private:
  const Settings& settings() const { return request_.settings; }
  int threads() const { return std::min({settings().run.threads, available_cores(), kMaxThreads}); }

  fs::path progress_path() const {
    const std::string& named = settings().run.progress_file;
    return named.empty() ? paths_.progress() : fs::path(named);
  }

  // Keeps the faces and tracks of the earlier run; people are cheap, and what humans or knobs say
  // of them may have changed.
  RunResult reused() {
    RunResult result;
    const RunRecord earlier = read_run(paths_.run());
    add_note(
        fmt::format("the video and the settings are those of the run of {}: its faces and "
                    "tracks are used again",
                    earlier.finished_at));
    StageClock clock;
    if (request_.wants(RunStage::cluster)) result.people = cluster(clock);
    result.metrics = read_track_metrics(paths_.track_metrics());
    result.detections = result.metrics.counts["detections"];
    result.analysed_s =
        result.metrics.analyzed_fps > 0
            ? static_cast<double>(result.metrics.analyzed_frames) / result.metrics.analyzed_fps
            : 0;
    write_run(paths_.run(), describe_run(request_, video_, "done", earlier.started_at, notes_));
    if (request_.wants(RunStage::cluster)) write_report(paths_, paths_.report());
    result.written = true;
    result.video = video_;
    result.folder = paths_.manifests();
    result.report = paths_.report();
    result.notes = notes_;
    return result;
  }

  // Everything that can be refused is refused before the first file is touched.
  void open_inputs() {
    const SamplingSettings& s = settings().sampling;
    source_options_ = {threads(), s.stride, s.fps, s.skip_non_reference, std::nullopt};
    source_ = parts_.open_source(source_options_);
    video_ = source_->info();
    check_episode_is_this_videos(request_, paths_);
    if (!settings().run.progress_file.empty()) check_progress_file(progress_path());
    detector_ = parts_.make_detector();
    add_note(detector_->note());
    if (settings().detection.coreml_det_size > 0 && detector_->device() != "coreml") {
      add_note(fmt::format("coreml_det_size has no effect: the detector runs on {}, not on CoreML",
                           detector_->device()));
    }
    if (needs_embedder(request_)) {
      embedder_ = parts_.make_embedder();
      add_note(embedder_->note());
    }
    for (const std::string& note : settings().notes) add_note(note);
    if (video_.interlaced) {
      add_note("the video is interlaced: faces that move fast may be missed or blurred");
    }
  }

  // Not by a profile, which is for many machines.
  bool asked_for(const char* knob) const {
    const auto found = settings().provenance.find(knob);
    return found != settings().provenance.end() && !found->second.source.starts_with("profile");
  }

  void add_note(const std::string& note) {
    if (!note.empty() && std::find(notes_.begin(), notes_.end(), note) == notes_.end()) {
      notes_.push_back(note);
    }
  }

  int det_size() const {
    const DetectionSettings& d = settings().detection;
    return detector_->device() == "coreml" && d.coreml_det_size > 0 ? d.coreml_det_size
                                                                    : d.det_size;
  }

  // Continues an interrupted run, or clears its remains away. Returns the journal to append to.
  JournalWriter open_journal(TrackStage& tracker, LetterboxFollower& letterbox) {
    const std::string fingerprint = run_fingerprint(request_, video_);
    if (request_.resume) {
      replayed_ = replay_journal(paths_.journal(), fingerprint, [&](const FrameRecord& f) {
        if (!exported(f)) return false;
        tracker.replay(f, video_.size);
        letterbox.resume_at(f.content, video_.size);
        return true;
      });
      add_note(replayed_.note);
    }
    if (replayed_.last) {
      const FrameRecord& last = *replayed_.last;
      source_options_.resume = ResumePoint{last.frame_idx, last.pts, last.sampler_next_due_s};
      source_ = parts_.open_source(source_options_);
      return {paths_.journal(), replayed_.good_offset};
    }
    std::error_code ec;
    fs::remove_all(exports_.root(), ec);
    if (ec) throw Error(ErrorCode::io, io_message("clear", exports_.root(), ec.value()));
    return {paths_.journal(), fingerprint};
  }

  bool has_pixels(const Detection& d) const {
    const Box region = crop_region(d.box, video_.size);
    return region.width() >= 1 && region.height() >= 1;
  }

  // Whether the pictures of a recorded frame reached the disk before the run was killed.
  bool exported(const FrameRecord& f) const {
    if (settings().exporting.save_frames && !fs::exists(exports_.frame(f.frame_idx))) return false;
    for (const FaceLook& look : f.looks) {
      const auto i = static_cast<size_t>(look.detection);
      if (look.portrait && has_pixels(f.detections[i]) &&
          !fs::exists(exports_.portrait(f.segments[i], f.frame_idx))) {
        return false;
      }
    }
    if (!settings().exporting.save_crops) return true;
    for (size_t i = 0; i < f.segments.size(); ++i) {
      if (f.segments[i] < 0 || !has_pixels(f.detections[i])) continue;
      if (!fs::exists(exports_.crop(f.segments[i], f.frame_idx))) return false;
    }
    return true;
  }

  RunResult analyse(ProgressReporter& progress) {
    const std::string started_at = utc_text();
    const auto start = std::chrono::steady_clock::now();
    StageClocks clocks;
    TrackStage tracker(settings().tracking, request_.wants(RunStage::track),
                       {request_.wants(RunStage::embed), embedder_.get(), face_limits(),
                        settings().run.embed_batch_size},
                       clocks.embed);
    LetterboxFollower letterbox(settings().detection.auto_crop_letterbox,
                                settings().detection.letterbox_threshold);
    JournalWriter journal = open_journal(tracker, letterbox);
    const double floor = request_.wants(RunStage::track) ? TrackerOptions{}.low_thresh : 1.0;
    const FaceFinder finder(*detector_, settings().detection, det_size(), floor);
    FrameReader reader(*source_, settings().tracking.gmc_method != "off", cancel_);
    progress.set_phase(request_.wants(RunStage::track) ? "track" : "detect");
    {
      Analysis* running = nullptr;
      ImageExporter exporter({settings().exporting.save_frames, settings().exporting.save_crops,
                              request_.wants(RunStage::embed), settings().exporting.jpeg_quality,
                              std::clamp(threads() / 2, 1, 4)},
                             exports_, clocks.exporting,
                             [&](std::exception_ptr e) { running->fail(std::move(e)); });
      const int detect_threads =
          detector_->device() == "cpu" ? threads() : std::min(threads(), kGpuDetectThreads);
      HeatGuard heat(settings().run.thermal_limit, parts_.sensors, steady_heat_clock());
      Analysis analysis({reader, letterbox, finder, tracker, exporter, journal, progress, clocks,
                         heat, detect_threads, replayed_.last ? replayed_.last->frame_idx + 1 : 0});
      running = &analysis;
      analysis.run();
      if (!heat.blind() || asked_for("thermal_limit")) add_note(heat.report());
    }
    progress.set_phase("summarize");
    RunResult result;
    result.cancelled = cancel_.cancelled();
    const TrackTable& table = tracker.finish();
    find_end(reader);
    result.analysed_s = total_frames_ > 0 ? std::max(0.0, end_.seconds() - video_.start_s) : 0;
    progress.update(total_frames_, clocks.track.counters().items,
                    replayed_.last ? replayed_.last->frame_idx + 1 : 0);
    progress.set_stage_rates(clocks.rates());
    note_source(result);
    const auto elapsed = std::chrono::steady_clock::now() - start;
    const char* status = result.cancelled ? "cancelled" : "done";
    if (result.cancelled && has_finished_results(paths_)) {
      add_note("stopped: the results of the earlier run, which came to its end, are kept");
    } else {
      const BuildResult built = build(table);
      result.detections = built.detections;
      if (request_.wants(RunStage::cluster)) {
        progress.set_phase("cluster");
        result.people = cluster(clocks.cluster);
      } else {
        remove_people();
      }
      if (settings().exporting.save_frames && built.frames_exported < built.analysed_frames) {
        add_note(fmt::format("{} of {} analysed frames have no picture",
                             built.analysed_frames - built.frames_exported, built.analysed_frames));
      }
      result.metrics =
          describe_metrics({request_, video_, built, clocks, source_->counters(),
                            detector_->device(), total_frames_, table.identity_changes(),
                            result.analysed_s, std::chrono::duration<double>(elapsed).count()});
      result.metrics.warnings.insert(result.metrics.warnings.end(), people_warnings_.begin(),
                                     people_warnings_.end());
      write_track_metrics(paths_.track_metrics(), result.metrics);
      write_run(paths_.run(), describe_run(request_, video_, status, started_at, notes_));
      if (request_.wants(RunStage::cluster)) write_report(paths_, paths_.report());
      result.written = true;
    }
    if (!result.cancelled) remove_work();
    progress.finish(status, {});
    add_note(progress.write_error());
    result.video = video_;
    result.folder = paths_.manifests();
    result.report = paths_.report();
    result.notes = notes_;
    result.resumed_frames = replayed_.frames;
    return result;
  }

  // Where the part of the video that was analysed ends.
  void find_end(const FrameReader& reader) {
    int64_t last_frame = reader.last_frame_idx();
    Timestamp last_ts = reader.last_ts();
    if (last_frame < 0 && replayed_.last) {
      last_frame = replayed_.last->frame_idx;
      last_ts = replayed_.last->ts;
    }
    total_frames_ = last_frame + 1;
    end_ = {last_ts.us + Timestamp::from_seconds(frame_duration_s()).us};
  }

  QualityLimits face_limits() const { return quality_limits(settings().faces, request_.embedder); }

  ScreenTimeReport cluster(StageClock& clock) {
    const auto span = clock.busy();
    FoundPeople found = find_people(paths_, {settings().clustering, settings().screen_time},
                                    name_lookup(paths_.out_root(), request_.embedder, settings()));
    clock.count(found.tracks);
    for (const std::string& note : found.notes) add_note(note);
    people_warnings_ = identity_warnings(found.identities);
    return std::move(found.report);
  }

  // Those of an earlier run speak of other tracks.
  void remove_people() const {
    for (const fs::path& path : {paths_.identities(), paths_.report(), paths_.screentime_json(),
                                 paths_.screentime_csv(), paths_.timeline()}) {
      std::error_code ec;
      fs::remove(path, ec);
      if (ec) throw Error(ErrorCode::io, io_message("remove", path, ec.value()));
    }
  }

  double frame_duration_s() const { return 1 / (video_.average_fps > 0 ? video_.average_fps : 25); }

  BuildResult build(const TrackTable& table) const {
    const Settings& set = settings();
    return build_artifacts({paths_, paths_.journal(), table, pictures_of(exports_), video_.size,
                            request_.detector.id, set.tracking.min_track_length_s,
                            set.tracking.track_thresh, face_limits(), selection_options(set.faces),
                            set.exporting.save_frames, set.exporting.save_crops, total_frames_,
                            end_, frame_duration_s()});
  }

  void note_source(const RunResult& result) {
    const SourceCounters c = source_->counters();
    if (c.packets_damaged > 0 || c.frames_concealed > 0) {
      add_note(
          fmt::format("the video is damaged: {} packet(s) could not be decoded, {} frame(s) were "
                      "decoded with errors; the rest was analysed",
                      c.packets_damaged, c.frames_concealed));
    }
    if (c.timestamps_repaired > 0) {
      add_note(
          fmt::format("{} frame(s) had no usable time in the container; theirs is derived from "
                      "their neighbours",
                      c.timestamps_repaired));
    }
    const bool damaged = c.packets_damaged > 0 || c.frames_concealed > 0;
    if (!result.cancelled && (video_.duration_is_the_videos || damaged) &&
        video_.duration_s - result.analysed_s > kTruncated_s) {
      add_note(
          fmt::format("the container promises {:.1f} s of video but only {:.1f} s can be read: the "
                      "file is truncated or damaged; what is readable was analysed",
                      video_.duration_s, result.analysed_s));
    }
  }

  // The artifacts are complete: the journal has done its work.
  void remove_work() {
    std::error_code ec;
    fs::remove_all(paths_.work(), ec);
    if (ec)
      add_note(fmt::format("could not remove '{}': {}", paths_.work().string(), ec.message()));
    fs::remove_all(exports_.root(), ec);
    if (ec)
      add_note(fmt::format("could not remove '{}': {}", exports_.root().string(), ec.message()));
    fs::remove(paths_.images(), ec);  // only where it is empty, else it stays
  }

  const RunRequest& request_;
  const CancelToken& cancel_;
  const RunParts& parts_;
  EpisodePaths paths_;
  ExportFolder exports_;
  VideoSourceOptions source_options_;
  std::unique_ptr<FrameSource> source_;
  std::unique_ptr<FaceDetector> detector_;
  std::unique_ptr<FaceEmbedder> embedder_;
  VideoInfo video_;
  ReplayedJournal replayed_;
  std::vector<std::string> notes_;
  std::vector<MetricWarning> people_warnings_;
  int64_t total_frames_ = 0;
  Timestamp end_;
};

}  // namespace

RunParts default_parts(const RunRequest& request, const CancelToken& cancel) {
  RunParts parts;
  parts.open_source = [&](const VideoSourceOptions& o) {
    return open_video(request.video, o, &cancel);
  };
  parts.make_detector = [&] {
    return make_face_detector(request.detector, session_options(request.settings.run));
  };
  parts.make_embedder = [&] {
    return make_face_embedder(request.embedder, session_options(request.settings.run),
                              request.settings.run.embed_batch_size);
  };
  return parts;
}

RunResult run_episode(const RunRequest& request, const CancelToken& cancel, const RunParts& parts) {
  return EpisodeRun(request, cancel, parts).run();
}

RunResult run_episode(const RunRequest& request, const CancelToken& cancel) {
  return run_episode(request, cancel, default_parts(request, cancel));
}

}  // namespace screenalytics
