// Analysis: the threads and queues of one pass over the video.
// SPDX-License-Identifier: MIT
#pragma once

#include <exception>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "artifacts/journal.h"
#include "pipeline/bounded_queue.h"
#include "pipeline/face_finder.h"
#include "pipeline/frame_reader.h"
#include "pipeline/heat_guard.h"
#include "pipeline/image_exporter.h"
#include "pipeline/progress_reporter.h"
#include "pipeline/track_stage.h"

namespace screenalytics {

struct StageClocks {
  StageClock decode, detect, track, embed, exporting, cluster;

  // By the stages' names in track_metrics.json, in the order of the pipeline.
  std::vector<std::pair<std::string, StageCounters>> counters() const;
  // Items per second of work.
  std::map<std::string, double> rates() const;
};

struct AnalysisParts {
  FrameReader& reader;
  LetterboxFollower& letterbox;
  const FaceFinder& finder;
  TrackStage& tracker;
  ImageExporter& exporter;
  JournalWriter& journal;
  ProgressReporter& progress;
  StageClocks& clocks;
  HeatGuard& heat;
  int detect_threads = 1;
  int64_t resumed_source_frames = 0;  // finished by an interrupted run
};

//   reader (one thread) -> jobs -> detect (N threads) -> found, in order -> track + journal (here)
//
// Threads: run() once, on the caller's thread. The first failure of any thread closes the queues,
// joins the others, and is thrown.
class Analysis {
 public:
  explicit Analysis(AnalysisParts parts);

  // Returns when the video has ended or was cancelled and every analysed frame is in the journal.
  void run();

  // From any thread: stops the pass with this failure.
  void fail(std::exception_ptr error);

 private:
  struct Job {
    int64_t number = 0;
    AnalysedFrame frame;
    Box content;
  };
  struct Found {
    AnalysedFrame frame;
    FoundFaces faces;
  };

  void read();
  void detect();
  void track();
  template <typename Work>
  void guarded(Work&& work);

  AnalysisParts p_;
  BoundedQueue<Job> jobs_;
  OrderedQueue<Found> found_;
  std::mutex error_mutex_;
  std::exception_ptr error_;
};

}  // namespace screenalytics
