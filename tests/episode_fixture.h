// What the end-to-end tests share: made videos, runs of the program on them, and their results.
// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "artifacts/documents.h"
#include "artifacts/episode_paths.h"
#include "artifacts/row_files.h"
#include "program_run.h"
#include "testing/episode_plan.h"
#include "testing/ground_truth.h"
#include "testing/temp_folder.h"

namespace screenalytics {

inline constexpr const char* kEpisode = "episode";

// The program's call for `video` as episode kEpisode under `out_root`.
ProgramCall run_call(const std::filesystem::path& video, const std::filesystem::path& out_root,
                     const std::vector<std::string>& more = {});

// The files of episode kEpisode under `out_root`.
EpisodePaths episode_paths(const std::filesystem::path& out_root);

// Read with the artifacts' own readers, which check every field. Throw: what those throw.
std::vector<TrackRow> read_tracks(const std::filesystem::path& out_root);
std::vector<DetectionRow> read_detections(const std::filesystem::path& out_root);
std::vector<SampleRow> read_samples(const std::filesystem::path& out_root);

// Reads all of an episode's artifacts and compares them with each other: counts, references,
// order, times inside the video. Returns: what is wrong, empty where nothing is.
std::string artifact_faults(const std::filesystem::path& out_root);

// The container's time of every frame of the first video stream, ascending, in microseconds. Taken
// from the packets, so that no decoder has a say.
std::vector<int64_t> container_times_us(const std::filesystem::path& video);

// Returns: the first analysed frame whose ts_s is not the container's time of its frame_idx, in
// words; empty where all agree to the microsecond.
std::string time_faults(const std::filesystem::path& video, const std::filesystem::path& out_root);

// A sample episode as tools/sample_episode makes it.
struct MadeEpisode {
  std::filesystem::path video;
  GroundTruth truth;
};
MadeEpisode make_sample_episode(const EpisodeOptions& options, const TempFolder& folder,
                                const std::string& name);

struct FaceClipOptions {
  double seconds = 60;
  std::string fps = "24";  // 24, 23.976, 25, 29.97, 50, or vfr
  Size size{640, 360};
};

// One shot: a camera that moves slowly over one face, which stays inside the picture.
std::filesystem::path make_face_clip(const FaceClipOptions& options, const TempFolder& folder,
                                     const std::string& name);

// One shot: in its middle another face stands where the first one was, from one frame to the next.
std::filesystem::path make_hand_over_clip(double seconds, const TempFolder& folder,
                                          const std::string& name);

// A folder for SCREENALYTICS_HOME with the configuration and the models' manifests of the source
// tree; weights are links to the real ones.
std::filesystem::path copy_home(const TempFolder& folder);

// Replaces `from`, which must be in the file.
void edit_file(const std::filesystem::path& path, const std::string& from, const std::string& to);

}  // namespace screenalytics
