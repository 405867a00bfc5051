// Settings: every knob of a run, read from files, profile, environment and flags, and validated.
// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace screenalytics {

// A face's shorter side. Relative: in pixels of a 1080-line frame, scaled with the video's height.
struct FaceSize {
  double px = 90;
  bool absolute = false;
  friend bool operator==(const FaceSize&, const FaceSize&) = default;
};

// What each member means, its unit and range: knobs.cc, or `config/pipeline/*.yaml`.
struct DetectionSettings {
  std::string detector = "retinaface_mnet025_v2";
  FaceSize min_size;
  double confidence_th = 0.8;
  double iou_th = 0.5;
  bool adaptive_confidence = false;
  double min_confidence = 0.6;
  double max_confidence = 0.9;
  std::string nms_mode = "hard";  // hard | soft
  double soft_nms_sigma = 0.5;
  bool check_pose_quality = false;
  double max_yaw_angle = 45;
  bool auto_crop_letterbox = true;
  int letterbox_threshold = 20;
  int det_size = 640;
  int coreml_det_size = 0;  // 0: det_size
};

struct TrackingSettings {
  double track_thresh = 0.70;
  double new_track_thresh = 0.85;
  double match_thresh = 0.85;
  int track_buffer = 90;       // frames at 30 a second
  int max_track_buffer = 300;  // frames at 30 a second
  bool gate_enabled = true;
  double gate_hard = 0.65;
  double gate_soft = 0.75;
  double gate_join = 0.75;
  int gate_streak = 3;
  double gate_interval_s = 0.5;
  std::string gmc_method = "sparse_opt_flow";  // sparse_opt_flow | off
  double min_track_length_s = 0;

  double keep_lost_s() const { return track_buffer / 30.0; }
  double max_keep_lost_s() const { return max_track_buffer / 30.0; }
};

struct SamplingSettings {
  int stride = 5;
  double fps = 8;  // 0: no cap
  bool skip_non_reference = false;
};

struct FaceSettings {
  double min_quality = 0;
  int max_crops_per_track = 50;
  std::string sampling_mode = "quality_weighted";  // quality_weighted | uniform | stratified
  int max_faces_per_episode = 0;                   // 0: no limit
};

struct ClusteringSettings {
  double cluster_thresh = 0.42;
  std::string linkage = "average";  // average | complete | ward
  int min_cluster_size = 1;
  double min_identity_sim = 0.3;
  double singleton_merge = 0.45;
  double group_thresh = 0.50;
};

struct ScreenTimeSettings {
  std::string smoothing = "standard";  // a preset for the three below
  double gap_tolerance_s = 0.5;
  double edge_padding_s = 0;
  double min_appearance_s = 0;
};

struct FacebankSettings {
  double person_thresh = 0.46;
  double person_margin = 0.05;
};

struct ExportSettings {
  bool save_frames = true;
  bool save_crops = false;
  int jpeg_quality = 85;
};

struct RunSettings {
  std::string device = "auto";  // auto | cpu | cuda | coreml | mps | webgpu
  bool allow_cpu_fallback = false;
  int threads = 4;  // after load_settings() always at least 1
  int embed_batch_size = 2;
  double thermal_limit = 0;  // degrees Celsius; 0: none
  int nice = 0;              // of the process, 0 to 19
  std::string embedder = "arcface_mobilefacenet";
  std::string out_root = "data";
  std::string progress_file;  // empty: the episode's progress.json
};

// The effective value of one knob and where it came from: `flag --stride`, `environment NAME`,
// `profile balanced (FILE:LINE)`, `FILE:LINE`, or `default`.
struct Origin {
  std::string value, source;
  bool text = false;  // the value is a string, not a number or a boolean
};
using Provenance = std::map<std::string, Origin>;

struct Settings {
  std::string profile = "balanced";
  std::string profile_source = "default";
  DetectionSettings detection;
  TrackingSettings tracking;
  SamplingSettings sampling;
  FaceSettings faces;
  ClusteringSettings clustering;
  ScreenTimeSettings screen_time;
  FacebankSettings facebank;
  ExportSettings exporting;
  RunSettings run;
  Provenance provenance;           // by key, every knob
  std::vector<std::string> notes;  // lines worth showing: an ignored variable, say
};

struct SettingsSources {
  std::filesystem::path config_dir;          // holds detection.yaml and its siblings
  std::map<std::string, std::string> env;    // process_environment(), or a test's own
  std::optional<std::string> profile;        // --profile
  std::map<std::string, std::string> flags;  // key ("confidence_th") -> text
  int cores = 0;                             // 0: ask the machine
};

// Flags win over environment, profile, YAML files, smoothing preset and built-in defaults, in this
// order.
// Pure, but for reading config_dir. Throws: invalid_argument, naming the place, the key, what is
// allowed and the nearest valid name.
Settings load_settings(const SettingsSources& sources);

// Every variable of this process that load_settings() looks at.
std::map<std::string, std::string> process_environment();

// Returns the names of the profiles in config_dir, aliases included, in the file's order.
std::vector<std::string> profile_names(const std::filesystem::path& config_dir);

}  // namespace screenalytics
