// EpisodePaths: where each file of an episode lives under the output root.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

#include "base/episode_id.h"

namespace screenalytics {

// Pure, but for create_folders(). Threads: any.
class EpisodePaths {
 public:
  EpisodePaths(std::filesystem::path out_root, EpisodeId episode);

  const std::filesystem::path& out_root() const { return out_root_; }
  const EpisodeId& episode() const { return episode_; }

  std::filesystem::path manifests() const { return out_root_ / "manifests" / episode_.str(); }
  std::filesystem::path detections() const { return manifests() / "detections.jsonl"; }
  std::filesystem::path tracks() const { return manifests() / "tracks.jsonl"; }
  std::filesystem::path track_metrics() const { return manifests() / "track_metrics.json"; }
  std::filesystem::path samples() const { return manifests() / "samples.csv"; }
  std::filesystem::path shots() const { return manifests() / "shots.json"; }
  std::filesystem::path progress() const { return manifests() / "progress.json"; }
  std::filesystem::path run() const { return manifests() / "run.json"; }
  std::filesystem::path identities() const { return manifests() / "identities.json"; }
  std::filesystem::path cleanup() const { return manifests() / "cleanup.json"; }
  std::filesystem::path faces() const { return manifests() / "faces.jsonl"; }
  std::filesystem::path lock() const { return manifests() / ".lock"; }
  std::filesystem::path work() const { return manifests() / ".work"; }
  std::filesystem::path journal() const { return work() / "journal"; }

  std::filesystem::path embeds() const { return out_root_ / "embeds" / episode_.str(); }
  std::filesystem::path face_vectors() const { return embeds() / "faces.npy"; }
  std::filesystem::path track_vectors() const { return embeds() / "tracks.npy"; }
  std::filesystem::path track_embeddings() const { return embeds() / "track_embeddings.jsonl"; }

  std::filesystem::path analytics() const { return out_root_ / "analytics" / episode_.str(); }
  std::filesystem::path screentime_json() const { return analytics() / "screentime.json"; }
  std::filesystem::path screentime_csv() const { return analytics() / "screentime.csv"; }
  std::filesystem::path timeline() const { return analytics() / "timeline.csv"; }
  std::filesystem::path report() const { return analytics() / "report.html"; }

  std::filesystem::path images() const { return out_root_ / "frames" / episode_.str(); }
  std::filesystem::path frames() const { return images() / "frames"; }
  std::filesystem::path crops() const { return images() / "crops"; }
  std::filesystem::path thumbs() const { return images() / "thumbs"; }
  std::filesystem::path track_thumb(int track) const;              // thumbs/tracks/track-00001.jpg
  std::filesystem::path identity_thumb(int identity) const;        // thumbs/identity-00001/rep.jpg
  std::filesystem::path frame(int64_t frame_idx) const;            // frames/frame_000120.jpg
  std::filesystem::path crop(int track, int64_t frame_idx) const;  // crops/track-00001/frame_…

  // Makes the folders of the manifests, of the work in progress, of the vectors and of the
  // analytics. Throws: io where that cannot be.
  void create_folders() const;

 private:
  std::filesystem::path out_root_;
  EpisodeId episode_;
};

// Makes a folder and its parents. Throws: io, naming the folder and what to do.
void create_folder(const std::filesystem::path& folder);

}  // namespace screenalytics
