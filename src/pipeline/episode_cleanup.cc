// SPDX-License-Identifier: MIT
#include "pipeline/episode_cleanup.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <cmath>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "artifacts/documents.h"
#include "artifacts/identities_file.h"
#include "artifacts/screentime_file.h"
#include "base/error.h"
#include "identities/find_people.h"
#include "identities/group_identities.h"
#include "identities/moderator.h"
#include "pipeline/mixed_tracks.h"
#include "pipeline/naming.h"
#include "pipeline/run_description.h"
#include "report/report.h"

namespace screenalytics {
namespace {

constexpr std::array<std::string_view, 4> kActions = {"split_tracks", "reembed", "recluster",
                                                      "group_clusters"};
// A smaller change of somebody's screen time is not worth a line.
constexpr double kLeastChange_s = 0.05;

struct Snapshot {
  std::map<std::string, double> figures;
  std::map<std::string, double> seconds;  // by person
};

// What there is of tracks, identities and people.
Snapshot snapshot(const EpisodePaths& paths, double similarity) {
  Snapshot s;
  const TrackMetrics metrics = read_track_metrics(paths.track_metrics());
  s.figures["tracks"] = static_cast<double>(metrics.tracks_born);
  s.figures["short_track_fraction"] = metrics.short_track_fraction;
  if (!has_track_vectors(paths)) return s;
  s.figures["tracks_of_several_people"] =
      static_cast<double>(find_mixed_tracks(paths, similarity).size());
  const EpisodeTracks episode = read_episode_tracks(paths);
  for (const EpisodeTrack& t : episode.tracks) {
    s.figures["tracks_without_good_face"] += t.vector.empty() || t.fallback ? 1 : 0;
  }
  if (!std::filesystem::exists(paths.identities())) return s;
  const IdentityList list = read_people(paths, episode);
  s.figures["identities"] = static_cast<double>(list.identities.size());
  s.figures["singleton_fraction"] = singleton_fraction(list);
  s.figures["largest_cluster_fraction"] = largest_cluster_fraction(list);
  for (const IdentityRow& row : list.identities) {
    s.figures["identities_with_name"] += row.label.name.empty() ? 0 : 1;
  }
  const ScreenTimeReport report = read_screentime_json(paths.screentime_json());
  s.figures["people"] = static_cast<double>(report.people.size());
  s.figures["unassigned_s"] = report.unassigned_s;
  for (const PersonRow& p : report.people) s.seconds[p.label()] = p.visual_s;
  return s;
}

void compare(const Snapshot& before, const Snapshot& after, CleanupReport& report) {
  static constexpr std::array<const char*, 10> kOrder = {"tracks",
                                                         "tracks_of_several_people",
                                                         "tracks_without_good_face",
                                                         "short_track_fraction",
                                                         "identities",
                                                         "identities_with_name",
                                                         "singleton_fraction",
                                                         "largest_cluster_fraction",
                                                         "people",
                                                         "unassigned_s"};
  const auto value = [](const std::map<std::string, double>& of, const std::string& key) {
    const auto found = of.find(key);
    return found == of.end() ? 0.0 : found->second;
  };
  for (const char* name : kOrder) {
    report.figures.push_back({name, value(before.figures, name), value(after.figures, name)});
  }
  std::map<std::string, double> all = before.seconds;
  all.insert(after.seconds.begin(), after.seconds.end());
  for (const auto& [label, any] : all) {
    const double a = value(before.seconds, label), b = value(after.seconds, label);
    if (std::abs(a - b) >= kLeastChange_s) report.people.push_back({label, a, b});
  }
}

class EpisodeCleanup {
 public:
  EpisodeCleanup(const CleanupRequest& request, const CancelToken& cancel, const RunParts* parts)
      : request_(request), cancel_(cancel), parts_(parts), paths_(request.paths) {}

  CleanupResult run() {
    if (!wants(CleanupAction::reembed) && !has_track_vectors(paths_)) {
      throw Error(ErrorCode::not_found,
                  fmt::format("episode '{}' has no face vectors; add reembed to --actions",
                              paths_.episode().str()));
    }
    const double similarity = request_.settings.tracking.gate_soft;
    const Snapshot before = snapshot(paths_, similarity);
    CleanupResult result;
    if (!rework()) {
      result.cancelled = true;
      return result;
    }
    if (reworked_ || wants(CleanupAction::recluster)) recluster();
    if (wants(CleanupAction::group_clusters)) group();
    report_.ep_id = paths_.episode().str();
    report_.at = utc_text();
    compare(before, snapshot(paths_, similarity), report_);
    write_cleanup(paths_.cleanup(), report_);
    write_report(paths_, paths_.report());
    result.report = std::move(report_);
    return result;
  }

 private:
  bool wants(CleanupAction action) const { return request_.actions.contains(action); }
  PeopleSettings people_settings() const {
    return {request_.settings.clustering, request_.settings.screen_time};
  }
  NameLookup lookup() const {
    return name_lookup(paths_.out_root(), request_.embedder, request_.settings);
  }
  void done(CleanupAction action, std::string result) {
    report_.steps.push_back({std::string(to_string(action)), std::move(result)});
  }

  // Returns false where it was cancelled.
  bool rework() {
    ReworkRequest rework{
        paths_, request_.settings,   request_.embedder, wants(CleanupAction::reembed),
        {},     request_.on_progress};
    const bool split = wants(CleanupAction::split_tracks) && has_track_vectors(paths_);
    if (split) rework.splits = find_mixed_tracks(paths_, request_.settings.tracking.gate_soft);
    if (rework.splits.empty() && !rework.embed) {
      if (split) done(CleanupAction::split_tracks, "no track holds more than one person");
      return true;
    }
    const ReworkResult result = parts_ != nullptr ? rework_episode(rework, cancel_, *parts_)
                                                  : rework_episode(rework, cancel_);
    if (result.cancelled) return false;
    reworked_ = true;
    report_.notes = result.notes;
    if (split) {
      std::vector<std::string> names;
      for (const auto& [track, frames] : rework.splits) {
        names.push_back(fmt::format("{} at frame {}", track_name(track), fmt::join(frames, ", ")));
      }
      done(CleanupAction::split_tracks, names.empty() ? "no track holds more than one person"
                                                      : fmt::format("{}", fmt::join(names, "; ")));
    }
    if (rework.embed) {
      done(CleanupAction::reembed,
           fmt::format("{} faces of {} tracks", result.embedded, result.tracks));
    }
    return true;
  }

  void recluster() {
    const FoundPeople found = find_people(paths_, people_settings(), lookup());
    done(CleanupAction::recluster, fmt::format("{} tracks are {} identities", found.tracks,
                                               found.identities.identities.size()));
    report_.notes.insert(report_.notes.end(), found.notes.begin(), found.notes.end());
    RunRecord run = read_run(paths_.run());
    set_stage_settings(run, RunStage::cluster, request_.settings);
    run.last_stage = "cluster";
    write_run(paths_.run(), run);
  }

  void group() {
    const EpisodeTracks episode = read_episode_tracks(paths_);
    const std::vector<IdentityGroup> groups = group_identities(
        read_people(paths_, episode), episode, request_.settings.clustering.group_thresh);
    if (groups.empty()) {
      done(CleanupAction::group_clusters, "no two identities are one person");
      return;
    }
    Moderator moderator(paths_, people_settings(), lookup());
    std::vector<std::string> summaries;
    for (const IdentityGroup& g : groups) {
      Decision merge = merge_identities(moderator.state(), g.sources, g.target);
      summaries.push_back(merge.summary);
      moderator.carry_out("group", std::move(merge));
    }
    done(CleanupAction::group_clusters, fmt::format("{}", fmt::join(summaries, "; ")));
  }

  const CleanupRequest& request_;
  const CancelToken& cancel_;
  const RunParts* parts_;
  const EpisodePaths& paths_;
  CleanupReport report_;
  bool reworked_ = false;
};

}  // namespace

std::string_view to_string(CleanupAction action) {
  return kActions.at(static_cast<size_t>(action));
}

CleanupAction parse_cleanup_action(std::string_view text) {
  for (size_t i = 0; i < kActions.size(); ++i) {
    if (text == kActions[i]) return static_cast<CleanupAction>(i);
  }
  throw Error(ErrorCode::invalid_argument,
              fmt::format("'{}' is no action; there are {}", text, fmt::join(kActions, ", ")));
}

CleanupResult clean_up(const CleanupRequest& request, const CancelToken& cancel,
                       const RunParts& parts) {
  return EpisodeCleanup(request, cancel, &parts).run();
}

CleanupResult clean_up(const CleanupRequest& request, const CancelToken& cancel) {
  return EpisodeCleanup(request, cancel, nullptr).run();
}

}  // namespace screenalytics
