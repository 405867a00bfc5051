// SPDX-License-Identifier: MIT
#include "pipeline/analysis.h"

#include <algorithm>
#include <thread>
#include <vector>

namespace screenalytics {
namespace {

constexpr int64_t kRatePeriod = 16;  // analysed frames between two looks at the stages' rates

}  // namespace

std::map<std::string, double> StageClocks::rates() const {
  std::map<std::string, double> rates;
  for (const auto& [name, c] : counters()) {
    if (c.busy_s > 0) rates[name] = static_cast<double>(c.items) / c.busy_s;
  }
  return rates;
}

std::vector<std::pair<std::string, StageCounters>> StageClocks::counters() const {
  StageCounters tracking = track.counters();
  const StageCounters embedding = embed.counters();
  // The tracker asks for vectors in the middle of its work.
  tracking.busy_s = std::max(0.0, tracking.busy_s - embedding.busy_s);
  return {{"decode", decode.counters()},
          {"detect", detect.counters()},
          {"track", tracking},
          {"embed", embedding},
          {"export", exporting.counters()},
          {"cluster", cluster.counters()}};
}

Analysis::Analysis(AnalysisParts parts)
    : p_(parts),
      jobs_(static_cast<size_t>(parts.detect_threads) + 1),
      found_(2 * static_cast<int64_t>(parts.detect_threads) + 2) {}

void Analysis::fail(std::exception_ptr error) {
  {
    const std::lock_guard lock(error_mutex_);
    if (!error_) error_ = std::move(error);
  }
  jobs_.close();
  found_.close();
}

template <typename Work>
void Analysis::guarded(Work&& work) {
  try {
    work();
  } catch (...) {
    fail(std::current_exception());
  }
}

void Analysis::read() {
  int64_t number = 0, counted = 0;
  while (true) {
    std::optional<AnalysedFrame> frame;
    {
      const auto span = p_.clocks.decode.busy();
      frame = p_.reader.next();
    }
    p_.clocks.decode.count(p_.reader.frames_seen() - counted);
    counted = p_.reader.frames_seen();
    if (!frame) break;
    const Box content = p_.letterbox.update(*frame);
    const auto span = p_.clocks.decode.waiting();
    if (!jobs_.push({number, std::move(*frame), content})) return;
    ++number;
    p_.heat.breathe();
  }
  found_.finish(number);
  jobs_.close();
}

void Analysis::detect() {
  while (true) {
    std::optional<Job> job;
    {
      const auto span = p_.clocks.detect.waiting();
      job = jobs_.pop();
    }
    if (!job) return;
    FoundFaces faces;
    {
      const auto span = p_.clocks.detect.busy();
      faces = p_.finder.find(job->frame, job->content);
    }
    p_.clocks.detect.count(1, 1);
    if (!found_.push(job->number, {std::move(job->frame), std::move(faces)})) return;
  }
}

void Analysis::track() {
  int64_t analysed = 0;
  while (true) {
    std::optional<Found> found;
    {
      const auto span = p_.clocks.track.waiting();
      found = found_.pop();
    }
    if (!found) return;
    FrameRecord record;
    {
      const auto span = p_.clocks.track.busy();
      record = p_.tracker.step(found->frame, std::move(found->faces));
      p_.journal.append(record);
    }
    p_.clocks.track.count(1);
    p_.exporter.add(found->frame.frame, record);
    p_.progress.update(record.frame_idx + 1, ++analysed, p_.resumed_source_frames);
    if (analysed % kRatePeriod == 0) p_.progress.set_stage_rates(p_.clocks.rates());
  }
}

void Analysis::run() {
  std::vector<std::thread> threads;
  guarded([&] {
    threads.reserve(static_cast<size_t>(p_.detect_threads) + 1);
    threads.emplace_back([this] { guarded([this] { read(); }); });
    for (int i = 0; i < p_.detect_threads; ++i) {
      threads.emplace_back([this] { guarded([this] { detect(); }); });
    }
    track();
  });
  for (std::thread& t : threads) t.join();
  guarded([this] { p_.exporter.finish(); });
  const std::lock_guard lock(error_mutex_);
  if (error_) std::rethrow_exception(error_);
}

}  // namespace screenalytics
