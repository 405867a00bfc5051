// SPDX-License-Identifier: MIT
#include "summarize/screen_time.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "summarize/intervals.h"

namespace screenalytics {
namespace {

constexpr int64_t kSecond_us = 1'000'000;

// Joins spans with at most `gap_us` between them. Returns: disjoint, in order, none empty.
std::vector<TimeSpan> merged(std::vector<TimeSpan> spans, int64_t gap_us) {
  std::erase_if(spans, [](const TimeSpan& s) { return s.end <= s.start; });
  std::sort(spans.begin(), spans.end(), [](const TimeSpan& a, const TimeSpan& b) {
    return std::tie(a.start, a.end) < std::tie(b.start, b.end);
  });
  std::vector<TimeSpan> out;
  for (const TimeSpan& s : spans) {
    if (!out.empty() && s.start.us - out.back().end.us <= gap_us) {
      out.back().end = std::max(out.back().end, s.end);
    } else {
      out.push_back(s);
    }
  }
  return out;
}

std::vector<TimeSpan> appearances_of(std::vector<TimeSpan> spans, const TimeSpan& video,
                                     const ScreenTimeOptions& options) {
  spans = merged(std::move(spans), Timestamp::from_seconds(options.gap_tolerance_s).us);
  const int64_t padding = Timestamp::from_seconds(options.edge_padding_s).us;
  for (TimeSpan& s : spans) {
    s.start.us = std::max(video.start.us, s.start.us - padding);
    s.end.us = std::min(video.end.us, s.end.us + padding);
  }
  spans = merged(std::move(spans), 0);
  std::erase_if(spans, [&](const TimeSpan& s) { return s.seconds() < options.min_appearance_s; });
  return spans;
}

int64_t length_us(const std::vector<TimeSpan>& spans) {
  int64_t sum = 0;
  for (const TimeSpan& s : spans) sum += s.end.us - s.start.us;
  return sum;
}

double to_seconds(int64_t us) { return static_cast<double>(us) / static_cast<double>(kSecond_us); }

}  // namespace

ScreenTime screen_time(const std::vector<SeenTrack>& tracks, const TimeSpan& video,
                       const ScreenTimeOptions& options) {
  std::map<int, std::vector<TimeSpan>> spans;
  for (const SeenTrack& t : tracks) spans[t.identity].push_back(t.seen);
  ScreenTime result;
  for (auto& [identity, seen] : spans) {
    if (identity < 0) {
      result.unassigned_s += to_seconds(length_us(appearances_of(std::move(seen), video, {})));
      continue;
    }
    IdentityScreenTime entry;
    entry.identity = identity;
    entry.appearances = appearances_of(std::move(seen), video, options);
    if (entry.appearances.empty()) continue;
    entry.visual_s = to_seconds(length_us(entry.appearances));
    entry.percent = video.seconds() > 0 ? 100 * entry.visual_s / video.seconds() : 0;
    result.identities.push_back(std::move(entry));
  }
  const auto& people = result.identities;
  for (size_t i = 0; i < people.size(); ++i) {
    for (size_t j = i + 1; j < people.size(); ++j) {
      const int64_t us = length_us(intersection(people[i].appearances, people[j].appearances));
      if (us > 0) {
        result.co_presence.push_back({people[i].identity, people[j].identity, to_seconds(us)});
      }
    }
  }
  std::stable_sort(result.identities.begin(), result.identities.end(),
                   [](const auto& a, const auto& b) { return a.visual_s > b.visual_s; });
  std::stable_sort(result.co_presence.begin(), result.co_presence.end(),
                   [](const auto& a, const auto& b) { return a.seconds > b.seconds; });
  return result;
}

std::vector<double> seconds_by_second(const std::vector<TimeSpan>& appearances,
                                      const TimeSpan& video) {
  std::vector<double> seconds;
  for (int64_t at = video.start.us; at < video.end.us; at += kSecond_us) {
    const TimeSpan second{{at}, {std::min(at + kSecond_us, video.end.us)}};
    seconds.push_back(to_seconds(length_us(intersection(appearances, {second}))));
  }
  return seconds;
}

}  // namespace screenalytics
