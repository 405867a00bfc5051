// SPDX-License-Identifier: MIT
#include "config/knob_table.h"

#include <fmt/format.h>

#include <type_traits>
#include <utility>

namespace screenalytics {
namespace {

constexpr std::string_view kDetection = "detection.yaml";
constexpr std::string_view kTracking = "tracking.yaml";
constexpr std::string_view kFaces = "faces_embed_sampling.yaml";
constexpr std::string_view kClustering = "clustering.yaml";
constexpr std::string_view kFacebank = "facebank.yaml";
constexpr std::string_view kExport = "export.yaml";
constexpr std::string_view kRun = "run.yaml";

// An hour of frames at 30 a second: a limit against typing errors, not a recommendation.
constexpr double kMaxBuffer = 30 * 3600;

struct Range {
  double min, max;
};
constexpr Range kFraction{0, 1};

// Captureless, so that each becomes one plain function pointer.
#define SA_MEMBER(member) ([](Settings & s) -> auto& { return s.member; })

template <typename Member>
KnobRow make(std::string_view key, std::string_view file, KnobType type, Range range,
             std::vector<std::string_view> choices, Member member, std::string_view help) {
  using Value = std::remove_reference_t<std::invoke_result_t<Member, Settings&>>;
  std::string name = "--" + std::string(key);
  for (char& c : name) c = c == '_' ? '-' : c;
  return {{key, name, file, type, range.min, range.max, std::move(choices), "", help},
          static_cast<Value& (*)(Settings&)>(member)};
}

template <typename Member>
KnobRow toggle(std::string_view key, std::string_view file, Member member, std::string_view help) {
  return make(key, file, KnobType::boolean, {}, {}, member, help);
}
template <typename Member>
KnobRow whole(std::string_view key, std::string_view file, Range range, Member member,
              std::string_view help) {
  return make(key, file, KnobType::integer, range, {}, member, help);
}
template <typename Member>
KnobRow real(std::string_view key, std::string_view file, Range range, Member member,
             std::string_view help) {
  return make(key, file, KnobType::real, range, {}, member, help);
}
template <typename Member>
KnobRow words(std::string_view key, std::string_view file, Member member, std::string_view help) {
  return make(key, file, KnobType::text, {}, {}, member, help);
}
template <typename Member>
KnobRow choice(std::string_view key, std::string_view file, std::vector<std::string_view> choices,
               Member member, std::string_view help) {
  return make(key, file, KnobType::choice, {}, std::move(choices), member, help);
}

std::vector<KnobRow> detection_rows() {
  return {
      words("detector", kDetection, SA_MEMBER(detection.detector),
            "face detector: the id of a manifest in models/"),
      make("min_size", kDetection, KnobType::face_size, {0, 4320}, {},
           SA_MEMBER(detection.min_size),
           "smallest face kept: its shorter side in pixels of a 1080-line frame, scaled with the "
           "video; with px, absolute"),
      real("confidence_th", kDetection, kFraction, SA_MEMBER(detection.confidence_th),
           "smallest confidence of a face"),
      real("iou_th", kDetection, kFraction, SA_MEMBER(detection.iou_th),
           "two boxes that overlap more (IoU) are one face"),
      toggle("adaptive_confidence", kDetection, SA_MEMBER(detection.adaptive_confidence),
             "let the threshold follow the luma of the frame, in place of confidence_th"),
      real("min_confidence", kDetection, kFraction, SA_MEMBER(detection.min_confidence),
           "adaptive: smallest threshold"),
      real("max_confidence", kDetection, kFraction, SA_MEMBER(detection.max_confidence),
           "adaptive: largest threshold"),
      choice("nms_mode", kDetection, {"hard", "soft"}, SA_MEMBER(detection.nms_mode),
             "overlapping boxes: drop the weaker (hard) or lower its confidence (soft)"),
      real("soft_nms_sigma", kDetection, {0.01, 10}, SA_MEMBER(detection.soft_nms_sigma),
           "soft: width of the decay; smaller lowers more"),
      toggle("check_pose_quality", kDetection, SA_MEMBER(detection.check_pose_quality),
             "drop faces that are turned further than max_yaw_angle"),
      real("max_yaw_angle", kDetection, {0, 90}, SA_MEMBER(detection.max_yaw_angle),
           "pose check: largest turn to the side, in degrees"),
      toggle("auto_crop_letterbox", kDetection, SA_MEMBER(detection.auto_crop_letterbox),
             "find black bars and detect inside of them only"),
      whole("letterbox_threshold", kDetection, {0, 255}, SA_MEMBER(detection.letterbox_threshold),
            "a bar's largest luma, 0 to 255"),
      whole("det_size", kDetection, {64, 4096}, SA_MEMBER(detection.det_size),
            "long side of the detector's input, in pixels"),
      whole("coreml_det_size", kDetection, {0, 4096}, SA_MEMBER(detection.coreml_det_size),
            "det_size on a CoreML device; 0: det_size"),
  };
}

std::vector<KnobRow> tracking_rows() {
  return {
      real("track_thresh", kTracking, kFraction, SA_MEMBER(tracking.track_thresh),
           "confidence from which a face takes part in the first association"),
      real("new_track_thresh", kTracking, kFraction, SA_MEMBER(tracking.new_track_thresh),
           "confidence from which a face may begin a track"),
      real("match_thresh", kTracking, kFraction, SA_MEMBER(tracking.match_thresh),
           "largest accepted cost (1 - IoU) of an association"),
      whole("track_buffer", kTracking, {0, kMaxBuffer}, SA_MEMBER(tracking.track_buffer),
            "how long a track waits for its face, in frames at 30 a second (90 is 3 s)"),
      whole("max_track_buffer", kTracking, {0, kMaxBuffer}, SA_MEMBER(tracking.max_track_buffer),
            "upper limit of that wait, in frames at 30 a second (300 is 10 s)"),
      toggle("gate_enabled", kTracking, SA_MEMBER(tracking.gate_enabled),
             "split a track in which the person changes"),
      real("gate_hard", kTracking, {-1, 1}, SA_MEMBER(tracking.gate_hard),
           "gate: cosine similarity below which the person has changed"),
      real("gate_soft", kTracking, {-1, 1}, SA_MEMBER(tracking.gate_soft),
           "gate: cosine similarity below which a face is in doubt"),
      real("gate_join", kTracking, {-1, 1}, SA_MEMBER(tracking.gate_join),
           "gate: cosine similarity from which a face out of place is the same person"),
      whole("gate_streak", kTracking, {1, 1000}, SA_MEMBER(tracking.gate_streak),
            "gate: faces in doubt in a row that mean a change"),
      real("gate_interval_s", kTracking, {0.01, 60}, SA_MEMBER(tracking.gate_interval_s),
           "gate: seconds of video between two looks at a track"),
      choice("gmc_method", kTracking, {"sparse_opt_flow", "off"}, SA_MEMBER(tracking.gmc_method),
             "how the camera's own motion is measured"),
      real("min_track_length_s", kTracking, {0, 3600}, SA_MEMBER(tracking.min_track_length_s),
           "shorter tracks are left out, in seconds"),
  };
}

std::vector<KnobRow> people_rows() {
  return {
      real("min_quality", kFaces, kFraction, SA_MEMBER(faces.min_quality),
           "smallest quality of a face whose vector counts, 0 to 1"),
      whole("max_crops_per_track", kFaces, {1, 100000}, SA_MEMBER(faces.max_crops_per_track),
            "most faces of one track that are kept"),
      choice("sampling_mode", kFaces, {"quality_weighted", "uniform", "stratified"},
             SA_MEMBER(faces.sampling_mode), "which faces of a track are kept"),
      whole("max_faces_per_episode", kFaces, {0, 100'000'000},
            SA_MEMBER(faces.max_faces_per_episode),
            "most faces that are kept of all tracks, but one a track; 0: no limit"),
      real("cluster_thresh", kClustering, {-1, 1}, SA_MEMBER(clustering.cluster_thresh),
           "cosine similarity from which two groups of tracks are one identity"),
      choice("linkage", kClustering, {"average", "complete", "ward"}, SA_MEMBER(clustering.linkage),
             "what the similarity of two groups of tracks is"),
      whole("min_cluster_size", kClustering, {1, 100000}, SA_MEMBER(clustering.min_cluster_size),
            "identities of fewer tracks are given up, their tracks belong to nobody"),
      real("min_identity_sim", kClustering, {-1, 1}, SA_MEMBER(clustering.min_identity_sim),
           "a track less like the others of its identity (cosine similarity) leaves it; -1: never"),
      real("singleton_merge", kClustering, {-1, 1.01}, SA_MEMBER(clustering.singleton_merge),
           "cosine similarity from which a track that is alone joins an identity; 1.01: never"),
      real("group_thresh", kClustering, {-1, 1.01}, SA_MEMBER(clustering.group_thresh),
           "cosine similarity from which cleanup makes two identities one; 1.01: never"),
      real("person_thresh", kFacebank, {-1, 1}, SA_MEMBER(facebank.person_thresh),
           "cosine similarity to a person's nearest photo from which an identity is that person"),
      real("person_margin", kFacebank, {0, 2}, SA_MEMBER(facebank.person_margin),
           "by how much that must be more than the next person's"),
      words("smoothing", kScreenTimeFile, SA_MEMBER(screen_time.smoothing),
            "preset of smoothing_presets.yaml for the next three"),
      real("gap_tolerance_s", kScreenTimeFile, {0, 60}, SA_MEMBER(screen_time.gap_tolerance_s),
           "appearances with at most this many seconds between them are one"),
      real("edge_padding_s", kScreenTimeFile, {0, 10}, SA_MEMBER(screen_time.edge_padding_s),
           "seconds put before and behind each appearance"),
      real("min_appearance_s", kScreenTimeFile, {0, 60}, SA_MEMBER(screen_time.min_appearance_s),
           "shorter appearances are left out, in seconds"),
  };
}

std::vector<KnobRow> run_rows() {
  return {
      words("embedder", kRun, SA_MEMBER(run.embedder),
            "face embedder: the id of a manifest in models/"),
      words("out_root", kRun, SA_MEMBER(run.out_root), "folder for all results"),
      words("progress_file", kRun, SA_MEMBER(run.progress_file),
            "live progress; empty: progress.json of the episode"),
      real("thermal_limit", kRun, {0, 120}, SA_MEMBER(run.thermal_limit),
           "rest before the processor is hotter than this, in degrees Celsius; 0: never"),
      whole("nice", kRun, {0, 19}, SA_MEMBER(run.nice),
            "give way to other programs: 0 as they, 19 to all of them"),
      toggle("allow_cpu_fallback", kRun, SA_MEMBER(run.allow_cpu_fallback),
             "go on with the CPU where the device that was asked for is not there"),
      whole("jpeg_quality", kExport, {1, 100}, SA_MEMBER(exporting.jpeg_quality),
            "quality of saved frames and crops"),
  };
}

std::vector<KnobRow> profile_rows() {
  return {
      choice("device", kProfilesFile, {"auto", "cpu", "cuda", "coreml", "mps", "webgpu"},
             SA_MEMBER(run.device), "where models run; mps means coreml"),
      whole("stride", kProfilesFile, {1, 100000}, SA_MEMBER(sampling.stride),
            "analyse every Nth frame of the video"),
      real("fps", kProfilesFile, {0, 1000}, SA_MEMBER(sampling.fps),
           "analyse at most so many frames per second of video; 0: no cap"),
      toggle("skip_non_reference", kProfilesFile, SA_MEMBER(sampling.skip_non_reference),
             "do not decode frames that sampling drops and no other frame needs"),
      whole("embed_batch_size", kProfilesFile, {1, 1024}, SA_MEMBER(run.embed_batch_size),
            "faces per call of the embedder"),
      toggle("save_frames", kProfilesFile, SA_MEMBER(exporting.save_frames),
             "save every analysed frame as JPEG"),
      toggle("save_crops", kProfilesFile, SA_MEMBER(exporting.save_crops),
             "save the face crops of every track as JPEG"),
      whole("threads", kProfilesFile, {0, 4096}, SA_MEMBER(run.threads),
            "processor cores kept busy, all libraries together; 0: all"),
  };
}

#undef SA_MEMBER

std::vector<KnobRow> make_rows() {
  std::vector<KnobRow> rows;
  for (auto part : {detection_rows, tracking_rows, people_rows, run_rows, profile_rows}) {
    for (KnobRow& row : part()) rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace

std::string value_text(bool value) { return value ? "true" : "false"; }
std::string value_text(int value) { return fmt::format("{}", value); }
std::string value_text(double value) { return fmt::format("{}", value); }
std::string value_text(const std::string& value) { return value; }
std::string value_text(const FaceSize& value) {
  return fmt::format("{}{}", value.px, value.absolute ? kPixelUnit : "");
}

std::span<const KnobRow> knob_rows() {
  static const std::vector<KnobRow> rows = [] {
    std::vector<KnobRow> made = make_rows();
    Settings defaults;
    for (KnobRow& row : made) {
      row.knob.default_text =
          std::visit([&](auto member) { return value_text(member(defaults)); }, row.member);
    }
    return made;
  }();
  return rows;
}

}  // namespace screenalytics
