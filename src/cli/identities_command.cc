// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "artifacts/atomic_file.h"
#include "artifacts/episode_lock.h"
#include "artifacts/identities_file.h"
#include "artifacts/row_files.h"
#include "artifacts/rows.h"
#include "artifacts/screentime_file.h"
#include "base/error.h"
#include "cli/command.h"
#include "cli/episode_args.h"
#include "cli/open_facebank.h"
#include "identities/moderator.h"
#include "report/report.h"

namespace screenalytics {
namespace {

struct IdentitiesOptions {
  EpisodeArgs episode;
  std::string identity, target, name, track;
  std::vector<std::string> list;
  std::optional<int64_t> to;
  bool json = false, anyway = false;
};

std::optional<int> whole_number(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number < 1) return std::nullopt;
  return number;
}

// "identity-00003" or "3".
int parse_identity(const std::string& text) {
  const std::optional<int> number = identity_number(text);
  if (number) return *number;
  if (const auto plain = whole_number(text)) return *plain;
  throw Error(ErrorCode::invalid_argument,
              fmt::format("'{}' is no identity; write identity-00003, or 3", text));
}

// "track-00003", "t3" or "3".
int parse_track(const std::string& text) {
  if (const auto number = track_number(text)) return *number;
  if (const auto plain = whole_number(text.starts_with('t') ? text.substr(1) : text)) return *plain;
  throw Error(ErrorCode::invalid_argument,
              fmt::format("'{}' is no track; write track-00003, or t3", text));
}

std::vector<int> parse_tracks(const std::vector<std::string>& texts) {
  std::vector<int> tracks;
  tracks.reserve(texts.size());
  for (const std::string& text : texts) tracks.push_back(parse_track(text));
  return tracks;
}

Moderator moderator_of(const EpisodeArgs& episode) {
  const Settings settings = episode.settings();
  return {episode.paths(), {settings.clustering, settings.screen_time}, episode.lookup(settings)};
}

// Screen time of each identity's person.
std::map<int, double> seconds_of(const EpisodePaths& paths) {
  std::map<int, double> seconds;
  for (const PersonRow& p : read_screentime_json(paths.screentime_json()).people) {
    for (const int i : p.identities) seconds[i] = p.visual_s;
  }
  return seconds;
}

int list(const IdentitiesOptions& o) {
  const EpisodePaths paths = o.episode.paths();
  const IdentityList identities = read_identities(paths.identities());
  if (o.json) {
    fmt::print("{}", read_file(paths.identities()));
    return kExitDone;
  }
  const std::map<int, double> seconds = seconds_of(paths);
  fmt::print("{:<16} {:<24} {:>11} {:>7} {:>7} {:>8}\n", "identity", "name", "screen time",
             "tracks", "faces", "likeness");
  for (const IdentityRow& i : identities.identities) {
    const auto found = seconds.find(i.identity);
    const auto& like = i.label.similarity;  // to the best photo of the facebank
    fmt::print("{:<16} {:<24} {:>9.1f} s {:>7} {:>7} {:>8}{}\n", identity_name(i.identity),
               i.label.name, found == seconds.end() ? 0 : found->second, i.tracks.size(), i.faces,
               like ? fmt::format("{:.2f}", *like) : "", i.locked ? "  locked" : "");
  }
  return kExitDone;
}

const IdentityRow& row_of(const IdentityList& list, int number) {
  const IdentityRow* nearest = nullptr;
  for (const IdentityRow& row : list.identities) {
    if (row.identity == number) return row;
    if (nearest == nullptr ||
        std::abs(row.identity - number) < std::abs(nearest->identity - number)) {
      nearest = &row;
    }
  }
  throw Error(
      ErrorCode::not_found,
      fmt::format("there is no {} in episode '{}'{}", identity_name(number), list.ep_id,
                  nearest == nullptr ? "; it has no identities"
                                     : "; the nearest is " + identity_name(nearest->identity)));
}

int show_json(const EpisodePaths& paths, const IdentityRow& row) {
  std::vector<TrackRow> tracks;
  TrackReader reader(paths.tracks());
  for (TrackRow t; reader.next(t);) tracks.push_back(t);
  fmt::print("{}", identity_text(row, tracks));
  return kExitDone;
}

int show(const IdentitiesOptions& o) {
  const EpisodePaths paths = o.episode.paths();
  const int number = parse_identity(o.identity);
  const EpisodeTracks episode = read_episode_tracks(paths);
  const IdentityList identities = read_people(paths, episode);
  const IdentityRow& i = row_of(identities, number);
  if (o.json) return show_json(paths, i);
  fmt::print("{}{}{}\n", identity_name(number), i.label.name.empty() ? "" : "  " + i.label.name,
             i.locked ? "  locked" : "");
  if (!i.label.evidence.empty()) fmt::print("  {}\n", i.label.evidence);
  if (!i.canonical_face.empty()) {
    fmt::print("  picture {}\n", (paths.out_root() / i.canonical_face).string());
  }
  for (const int t : i.tracks) {
    const EpisodeTrack& track = episode.tracks[static_cast<size_t>(t - 1)];
    fmt::print("  {} {:>9.2f} s to {:>9.2f} s  {:>6} faces, best quality {:.2f}{}\n", track_name(t),
               track.seen.start.seconds(), track.seen.end.seconds(), track.detections,
               track.quality,
               track.vector.empty() ? ", no vector"
               : track.fallback     ? ", no good face"
                                    : "");
  }
  return kExitDone;
}

int history(const IdentitiesOptions& o) {
  const std::vector<HistoryEntry> entries = read_history(o.episode.paths());
  if (o.json) {
    fmt::print("{}", history_text(entries));
    return kExitDone;
  }
  if (entries.empty()) fmt::print("nothing was corrected yet\n");
  for (const HistoryEntry& e : entries) {
    fmt::print("{:>4}  {}  {}{}\n", e.seq, e.at, e.summary, e.undone ? "  (undone)" : "");
  }
  return kExitDone;
}

// A change of the identities: what is asked for of the state they are in.
using Change = Decision (*)(const IdentitiesOptions&, const ModerationState&);

int change(const IdentitiesOptions& o, const std::string& op, Change make) {
  const EpisodePaths paths = o.episode.paths();
  const EpisodeLock lock(paths);
  Moderator moderator = moderator_of(o.episode);
  Decision decision = make(o, moderator.state());
  const std::string summary = decision.summary;
  const int64_t seq = moderator.carry_out(op, std::move(decision));
  write_report(paths, paths.report());
  fmt::print("{} (decision {}; `identities undo {}` takes it back)\n", summary, seq,
             o.episode.episode);
  return kExitDone;
}

// The best pictures of an identity become photos of a person.
int export_seeds(const IdentitiesOptions& o) {
  constexpr size_t kSeeds = 3;
  const EpisodePaths paths = o.episode.paths();
  const int number = parse_identity(o.identity);
  const EpisodeTracks episode = read_episode_tracks(paths);
  const IdentityList identities = read_people(paths, episode);
  const IdentityRow& row = row_of(identities, number);
  const std::string name = o.name.empty() ? row.label.name : o.name;
  if (name.empty()) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("{} has no name yet; give one", identity_name(number)));
  }
  std::vector<const EpisodeTrack*> tracks;
  for (const int t : row.tracks) {
    const EpisodeTrack& track = episode.tracks[static_cast<size_t>(t - 1)];
    if (!track.fallback && !track.thumb.empty()) tracks.push_back(&track);
  }
  std::sort(tracks.begin(), tracks.end(),
            [](const EpisodeTrack* a, const EpisodeTrack* b) { return a->quality > b->quality; });
  Facebank bank = open_facebank(o.episode.out_root);
  size_t taken = 0;
  std::string why = "none of its tracks has a picture of a good face";
  for (const EpisodeTrack* track : tracks) {
    if (taken == kSeeds) break;
    const std::string origin = fmt::format("{}/{} at {:.2f} s", o.episode.episode,
                                           identity_name(number), track->seen.start.seconds());
    try {
      bank.add(name, paths.out_root() / track->thumb, {1, o.anyway, true, origin});
      ++taken;
    } catch (const Error& e) {
      why = e.what();  // of one picture; the next may do
    }
  }
  if (taken == 0) {
    throw Error(ErrorCode::conflict,
                fmt::format("nothing of {} was taken: {}", identity_name(number), why));
  }
  fmt::print("{} picture{} of {} taken as photos of {}\n", taken, taken == 1 ? "" : "s",
             identity_name(number), name);
  return kExitDone;
}

int undo(const IdentitiesOptions& o) {
  const EpisodePaths paths = o.episode.paths();
  const EpisodeLock lock(paths);
  Moderator moderator = moderator_of(o.episode);
  std::vector<std::string> summaries;
  if (o.to) {
    summaries = moderator.undo_to(*o.to);
  } else if (std::optional<std::string> last = moderator.undo()) {
    summaries.push_back(std::move(*last));
  }
  if (summaries.empty()) {
    throw Error(ErrorCode::not_found,
                fmt::format("nothing is left to undo in episode '{}'{}", o.episode.episode,
                            o.to ? " after that decision" : ""));
  }
  write_report(paths, paths.report());
  for (const std::string& s : summaries) fmt::print("undone: {}\n", s);
  return kExitDone;
}

Decision label(const IdentitiesOptions& o, const ModerationState& s) {
  return label_identity(s, parse_identity(o.identity), o.name, "");
}
Decision lock(const IdentitiesOptions& o, const ModerationState& s) {
  return lock_identity(s, parse_identity(o.identity), true);
}
Decision unlock(const IdentitiesOptions& o, const ModerationState& s) {
  return lock_identity(s, parse_identity(o.identity), false);
}
Decision merge(const IdentitiesOptions& o, const ModerationState& s) {
  std::vector<int> sources;
  for (const std::string& text : o.list) sources.push_back(parse_identity(text));
  return merge_identities(s, sources, parse_identity(o.target));
}
Decision split(const IdentitiesOptions& o, const ModerationState& s) {
  return split_identity(s, parse_identity(o.identity), parse_tracks(o.list));
}
Decision move(const IdentitiesOptions& o, const ModerationState& s) {
  if (o.target == "new") return move_track(s, parse_track(o.track), std::nullopt);
  return move_track(s, parse_track(o.track), parse_identity(o.target));
}
Decision drop(const IdentitiesOptions& o, const ModerationState& s) {
  if (identity_number(o.list.front()) && o.list.size() == 1) {
    return drop_identity(s, parse_identity(o.list.front()));
  }
  if (std::any_of(o.list.begin(), o.list.end(), [](const auto& t) { return identity_number(t); })) {
    throw Error(ErrorCode::invalid_argument, "drop either one identity, or tracks, at a time");
  }
  return drop_tracks(s, parse_tracks(o.list));
}

}  // namespace

Action define_identities(CLI::App& command) {
  auto o = std::make_shared<IdentitiesOptions>();
  auto action = std::make_shared<Action>();
  command.require_subcommand(1);
  const auto add = [&](const char* name, const char* what, Action act) {
    CLI::App* sub = command.add_subcommand(name, what);
    o->episode.define(*sub);
    sub->callback([action, act = std::move(act)] { *action = act; });
    return sub;
  };
  const auto add_change = [&](const char* name, const char* what, Change make) {
    return add(name, what, [o, name = std::string(name), make] { return change(*o, name, make); });
  };
  add("list", "the identities of an episode", [o] {
    return list(*o);
  })->add_flag("--json", o->json, "identities.json as it is");
  CLI::App* sub = add("show", "one identity and its tracks", [o] { return show(*o); });
  sub->add_option("ID", o->identity, "identity-00003, or 3")->required();
  sub->add_flag("--json", o->json, "as JSON");
  sub = add_change("label", "say who an identity is", label);
  sub->add_option("ID", o->identity, "identity-00003, or 3")->required();
  sub->add_option("NAME", o->name, "the name; \"\" takes it away")->required();
  add_change("lock", "let re-clustering neither add nor remove tracks", lock)
      ->add_option("ID", o->identity, "identity-00003, or 3")
      ->required();
  add_change("unlock", "let re-clustering add tracks again", unlock)
      ->add_option("ID", o->identity, "identity-00003, or 3")
      ->required();
  sub = add_change("merge", "make identities one: the first takes in the others", merge);
  sub->add_option("INTO", o->target, "the identity that stays")->required();
  sub->add_option("ID", o->list, "identities that it takes in")->required();
  sub = add_change("split", "make some tracks of an identity another one", split);
  sub->add_option("ID", o->identity, "identity-00003, or 3")->required();
  sub->add_option("TRACK", o->list, "track-00012, or t12")->required();
  sub = add_change("move", "give a track to another identity", move);
  sub->add_option("TRACK", o->track, "track-00012, or t12")->required();
  sub->add_option("ID", o->target, "identity-00003, or new")->required();
  add_change("drop", "throw out tracks, or an identity with all of its tracks", drop)
      ->add_option("TRACK", o->list, "track-00012, t12, or identity-00003")
      ->required();
  sub = add("export-seeds", "make photos of a person in the facebank from an identity's pictures",
            [o] { return export_seeds(*o); });
  sub->add_option("ID", o->identity, "identity-00003, or 3")->required();
  sub->add_option("PERSON", o->name, "name or id; the identity's own name if not given");
  sub->add_flag("--anyway", o->anyway, "also where a face is nearer to somebody else");
  add("undo", "take the last correction back", [o] {
    return undo(*o);
  })->add_option("--to", o->to, "take back all after this decision of the history; 0: all");
  add("history", "every correction that was made", [o] {
    return history(*o);
  })->add_flag("--json", o->json, "as JSON");
  return [action] { return (*action)(); };
}

}  // namespace screenalytics
