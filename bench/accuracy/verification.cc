// How well face vectors tell people apart on labelled stills: pairs, clusters, the facebank, and
// what the quality of a face says of its vector.
//   verification DATA    with DATA/identities_lfw/PERSON/*.jpg and DATA/identities_bbt/PERSON/*
// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "artifacts/photo.h"
#include "base/error.h"
#include "base/image_warp.h"
#include "cluster/agglomerate.h"
#include "config/home.h"
#include "config/model_manifests.h"
#include "config/settings.h"
#include "embed/align.h"
#include "embed/face_quality.h"
#include "facebank/match.h"
#include "facebank/photo_faces.h"
#include "testing/tool_main.h"

namespace screenalytics {
namespace {

namespace fs = std::filesystem;

constexpr size_t kTuningPeople = 100;  // of LFW, by name; the others are for testing

struct Still {
  int person = 0;
  Embedding single,
      mirrored;  // of the crop alone, as in a run; with its mirror, as in the facebank
  FaceQuality quality;
};

struct Models {
  std::unique_ptr<FaceDetector> detector;
  std::unique_ptr<FaceEmbedder> embedder;
};

struct StillSet {
  std::string name;
  int people = 0, missed = 0;
  std::vector<Still> stills;
};

const Detection* main_face(const std::vector<Detection>& faces, const Image& photo) {
  const Point middle{static_cast<float>(photo.width) / 2, static_cast<float>(photo.height) / 2};
  const Detection* best = nullptr;
  float nearest = 0;
  for (const Detection& d : faces) {
    const float away = std::hypot(d.box.center().x - middle.x, d.box.center().y - middle.y);
    if (best == nullptr || away < nearest) {
      best = &d;
      nearest = away;
    }
  }
  return best;
}

std::vector<fs::path> sorted_entries(const fs::path& folder) {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(folder)) paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  return paths;
}

StillSet read_set(const std::string& name, const std::vector<fs::path>& people, const Models& m) {
  StillSet set;
  set.name = name;
  for (const fs::path& person : people) {
    for (const fs::path& file : sorted_entries(person)) {
      const Image photo = read_photo(file);
      const std::vector<Detection> faces = find_photo_faces(photo, *m.detector);
      const Detection* face = main_face(faces, photo);
      if (face == nullptr) {
        ++set.missed;
        continue;
      }
      const Image crop = aligned_face(photo, face->landmarks);
      Still still;
      still.person = set.people;
      still.single = m.embedder->embed(std::span(&crop, 1))[0];
      still.mirrored = reference_vector(crop, *m.embedder);
      still.quality = face_quality(crop, *face);
      set.stills.push_back(std::move(still));
    }
    ++set.people;
  }
  return set;
}

struct Pairs {
  std::vector<float> same, different;  // cosine similarities, ascending
};

Pairs pairs_of(const StillSet& set) {
  Pairs pairs;
  for (size_t i = 0; i < set.stills.size(); ++i) {
    for (size_t j = i + 1; j < set.stills.size(); ++j) {
      const float s = cosine_similarity(set.stills[i].single, set.stills[j].single);
      (set.stills[i].person == set.stills[j].person ? pairs.same : pairs.different).push_back(s);
    }
  }
  std::sort(pairs.same.begin(), pairs.same.end());
  std::sort(pairs.different.begin(), pairs.different.end());
  return pairs;
}

double share_from(const std::vector<float>& sorted, double threshold) {
  const auto first = std::lower_bound(sorted.begin(), sorted.end(), static_cast<float>(threshold));
  return static_cast<double>(sorted.end() - first) /
         static_cast<double>(std::max<size_t>(1, sorted.size()));
}

void report_pairs(const StillSet& set, double shipped) {
  const Pairs pairs = pairs_of(set);
  fmt::print(
      "\n{}: {} people, {} stills ({} without a face found), {} pairs of one person, {} of "
      "two\n",
      set.name, set.people, set.stills.size(), set.missed, pairs.same.size(),
      pairs.different.size());
  const auto accuracy = [&](double t) {
    return (share_from(pairs.same, t) + 1 - share_from(pairs.different, t)) / 2;
  };
  fmt::print(
      "  at {:.2f} (cluster_thresh): balanced accuracy {:.2f} %, true accepts {:.2f} %, "
      "false accepts {:.4f} %\n",
      shipped, 100 * accuracy(shipped), 100 * share_from(pairs.same, shipped),
      100 * share_from(pairs.different, shipped));
  for (const double far : {1e-2, 1e-3, 1e-4}) {
    const auto place = static_cast<size_t>((1 - far) * static_cast<double>(pairs.different.size()));
    if (place >= pairs.different.size()) continue;
    const auto t = static_cast<double>(pairs.different[place]);
    fmt::print("  false accepts {:g}: true accepts {:.2f} % (threshold {:.3f})\n", far,
               100 * share_from(pairs.same, t), t);
  }
  fmt::print("  threshold  true accepts  false accepts  balanced accuracy\n");
  for (double t = 0.20; t < 0.605; t += 0.04) {
    fmt::print("  {:>9.2f} {:>11.2f} % {:>12.4f} % {:>16.2f} %\n", t,
               100 * share_from(pairs.same, t), 100 * share_from(pairs.different, t),
               100 * accuracy(t));
  }
}

struct Clusters {
  double f = 0;  // B-cubed
  int count = 0, mixed = 0;
};

// Bagga & Baldwin 1998.
Clusters score(const std::vector<int>& truth, const std::vector<int>& found) {
  std::map<int, int> people, clusters;
  std::map<std::pair<int, int>, int> both;
  std::map<int, std::map<int, int>> of_cluster;
  for (size_t i = 0; i < truth.size(); ++i) {
    ++people[truth[i]];
    ++clusters[found[i]];
    ++both[{truth[i], found[i]}];
    ++of_cluster[found[i]][truth[i]];
  }
  double precision = 0, recall = 0;
  for (size_t i = 0; i < truth.size(); ++i) {
    const double shared = both[{truth[i], found[i]}];
    precision += shared / clusters[found[i]];
    recall += shared / people[truth[i]];
  }
  Clusters result;
  result.f = 2 * precision * recall / (precision + recall) / static_cast<double>(truth.size());
  result.count = static_cast<int>(clusters.size());
  for (const auto& [cluster, members] : of_cluster) result.mixed += members.size() > 1 ? 1 : 0;
  return result;
}

// faces: so many stills of a person make one vector, as the faces of a track do.
void report_clusters(const StillSet& set, size_t faces) {
  std::vector<Embedding> vectors;
  std::vector<int> truth;
  size_t in_group = 0;
  for (const Still& s : set.stills) {
    const bool fresh = truth.empty() || truth.back() != s.person || in_group == faces;
    if (fresh) {
      truth.push_back(s.person);
      vectors.emplace_back(s.single.size(), 0.F);
      in_group = 0;
    }
    for (size_t k = 0; k < s.single.size(); ++k) vectors.back()[k] += s.single[k];
    ++in_group;
  }
  for (Embedding& v : vectors) normalize(v);
  fmt::print("\n{}: {} vectors of {} still(s) each, {} people; B-cubed F (clusters, mixed ones)\n",
             set.name, vectors.size(), faces, set.people);
  fmt::print("  threshold {:>20} {:>20} {:>20}\n", "average", "complete", "ward");
  for (double t = 0.30; t < 0.605; t += 0.05) {
    std::string line = fmt::format("  {:>9.2f}", t);
    for (const Linkage linkage : {Linkage::average, Linkage::complete, Linkage::ward}) {
      const Clusters c = score(truth, agglomerate(vectors, {}, {linkage, t}));
      line += fmt::format(" {:>20}", fmt::format("{:.3f} ({}, {})", c.f, c.count, c.mixed));
    }
    fmt::print("{}\n", line);
  }
}

// The first half of the people are known by three stills each, the others are strangers.
void report_facebank(const StillSet& set, const MatchOptions& shipped) {
  const int known_people = set.people / 2;
  std::vector<Reference> references;
  std::vector<const Still*> known, strangers;
  std::map<int, int> taken;
  for (const Still& s : set.stills) {
    if (s.person >= known_people) {
      strangers.push_back(&s);
    } else if (taken[s.person]++ < 3) {
      const std::string id = std::to_string(s.person);
      references.push_back({id, id, "", "", s.mirrored});
    } else {
      known.push_back(&s);
    }
  }
  fmt::print("\n{}, facebank: {} people with 3 photos, {} faces of them, {} of strangers\n",
             set.name, known_people, known.size(), strangers.size());
  fmt::print("  threshold margin   found   wrong  ambiguous  unknown | strangers named\n");
  std::vector<MatchOptions> options;
  for (const double t : {0.34, 0.38, 0.42, 0.46, 0.50}) {
    for (const double margin : {0.0, 0.05, 0.10}) options.push_back({t, margin});
  }
  for (const MatchOptions& o : options) {
    std::array<int, 4> counts{};  // found, wrong, ambiguous, unknown
    int named = 0;
    for (const Still* s : known) {
      const Match m = match(s->single, references, o);
      if (m.verdict == Verdict::known) {
        ++counts[m.best->person_id == std::to_string(s->person) ? 0 : 1];
      } else {
        ++counts[m.verdict == Verdict::ambiguous ? 2 : 3];
      }
    }
    for (const Still* s : strangers) {
      named += match(s->single, references, o).verdict == Verdict::known ? 1 : 0;
    }
    const auto percent = [](int n, size_t of) {
      return 100.0 * n / static_cast<double>(std::max<size_t>(1, of));
    };
    const bool is_shipped = o.threshold == shipped.threshold && o.margin == shipped.margin;
    fmt::print("  {:>9.2f} {:>6.2f} {:>6.2f}% {:>6.2f}% {:>9.2f}% {:>7.2f}% | {:>6.2f}%{}\n",
               o.threshold, o.margin, percent(counts[0], known.size()),
               percent(counts[1], known.size()), percent(counts[2], known.size()),
               percent(counts[3], known.size()), percent(named, strangers.size()),
               is_shipped ? "  shipped" : "");
  }
}

Image worse(const Image& crop, double factor) {
  const int side = std::max(4, static_cast<int>(std::lround(kCropSize / factor)));
  const double by = static_cast<double>(kCropSize) / side;
  const Image small = warp(crop, {by, 0, 0, 0, by, 0}, {side, side});
  return warp(small, {1 / by, 0, 0, 0, 1 / by, 0}, {kCropSize, kCropSize});
}

// Crops that were made smaller and blown up again, against good ones of the same and of another
// person: the sharpness that is measured, and how many are still told apart.
void report_sharpness(const std::string& name, const std::vector<fs::path>& people, const Models& m,
                      double threshold) {
  fmt::print("\n{}, one still a person made smaller and blown up again\n", name);
  fmt::print("  shrunk to  sharpness (10 % to 90 %)  same person from {:.2f}  another person\n",
             threshold);
  std::vector<Image> crops;
  std::vector<Embedding> others;
  std::vector<Detection> faces;
  for (const fs::path& person : people) {
    const std::vector<fs::path> files = sorted_entries(person);
    std::vector<Embedding> clean;
    for (size_t i = 0; i < 2 && i < files.size(); ++i) {
      const Image photo = read_photo(files[i]);
      const std::vector<Detection> found = find_photo_faces(photo, *m.detector);
      const Detection* face = main_face(found, photo);
      if (face == nullptr) break;
      const Image crop = aligned_face(photo, face->landmarks);
      if (i == 0) {
        crops.push_back(crop);
        faces.push_back(*face);
      } else {
        others.push_back(m.embedder->embed(std::span(&crop, 1))[0]);
      }
    }
    crops.resize(others.size());
    faces.resize(others.size());
  }
  for (const double factor : {1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0}) {
    std::vector<float> sharpness;
    int same = 0, different = 0;
    for (size_t i = 0; i < crops.size(); ++i) {
      const Image crop = worse(crops[i], factor);
      sharpness.push_back(face_quality(crop, faces[i]).sharpness);
      const Embedding v = m.embedder->embed(std::span(&crop, 1))[0];
      same += static_cast<double>(cosine_similarity(v, others[i])) >= threshold ? 1 : 0;
      const size_t next = (i + 1) % others.size();
      different += static_cast<double>(cosine_similarity(v, others[next])) >= threshold ? 1 : 0;
    }
    std::sort(sharpness.begin(), sharpness.end());
    const size_t n = sharpness.size();
    fmt::print("  {:>6.0f} px  {:>8.2f} to {:.2f} {:>25.1f} % {:>14.1f} %\n", kCropSize / factor,
               sharpness[n / 10], sharpness[n * 9 / 10], 100.0 * same / static_cast<double>(n),
               100.0 * different / static_cast<double>(n));
  }
}

int run(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: verification DATA\n");
    return kExitUsage;
  }
  const fs::path data = argv[1];
  if (!fs::exists(data / "identities_lfw")) {
    fmt::print("SKIPPED: there is no identities_lfw in {}\n", data.string());
    return kExitDone;
  }
  const fs::path home = find_home();
  SettingsSources sources;
  sources.config_dir = home / "config" / "pipeline";
  const Settings settings = load_settings(sources);
  SessionOptions cpu;
  cpu.device = "cpu";
  const Models models{
      make_face_detector(find_model_manifest(home / "models", settings.detection.detector), cpu),
      make_face_embedder(find_model_manifest(home / "models", settings.run.embedder), cpu, 1)};
  const std::vector<fs::path> lfw = sorted_entries(data / "identities_lfw");
  const auto split = lfw.begin() + std::min<std::ptrdiff_t>(kTuningPeople, std::ssize(lfw));
  const std::vector<fs::path> tuning_people(lfw.begin(), split), test_people(split, lfw.end());
  const StillSet tuning = read_set("LFW, first 100 names (tuning)", tuning_people, models);
  const StillSet test = read_set("LFW, last 58 names (test)", test_people, models);
  std::vector<StillSet> sets{tuning, test};
  if (fs::exists(data / "identities_bbt")) {
    sets.push_back(
        read_set("TV series crops (test)", sorted_entries(data / "identities_bbt"), models));
  }
  const double shipped = settings.clustering.cluster_thresh;
  for (const StillSet& set : sets) report_pairs(set, shipped);
  for (const StillSet& set : sets) {
    report_clusters(set, 1);
    report_clusters(set, 5);
  }
  for (const StillSet& set : {tuning, test}) {
    report_facebank(set, {settings.facebank.person_thresh, settings.facebank.person_margin});
  }
  report_sharpness(tuning.name, tuning_people, models, shipped);
  return kExitDone;
}

}  // namespace
}  // namespace screenalytics

int main(int argc, char** argv) {
  return screenalytics::tool_main("verification", screenalytics::run, argc, argv);
}
