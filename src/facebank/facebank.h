// Facebank: people who are known by name, and the photos that they are known by.
// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/model_manifest.h"
#include "detect/face_detector.h"
#include "embed/face_embedder.h"
#include "facebank/match.h"
#include "store/store.h"

namespace screenalytics {

// Made when the first photo needs them: most calls do without.
struct FaceModels {
  std::function<std::unique_ptr<FaceDetector>()> make_detector;
  std::function<std::unique_ptr<FaceEmbedder>()> make_embedder;
  std::string model_id;  // of the embedder: vectors of another are never compared
};

// The name under which vectors of this embedder are kept.
std::string embedder_model_id(const ModelManifest& manifest);

struct AddOptions {
  int face = 0;         // number of the face in the photo, from 1; 0: there must be only one
  bool anyway = false;  // also where the face is nearer to somebody else
  bool small = false;   // take a face below the limits of size: a picture cut from a video
  std::string origin;   // empty: the name of the file
};

struct FoundMatch {
  Match match;
  Detection face;
};

// Pictures lie below OUT_ROOT/facebank/PERSON: SEED_d.png to look at, SEED_e.png aligned, SEED_orig
// as it came. Threads: one at a time.
// Throws: as Store; io; not_found for a person or a seed that is not there, naming the nearest.
class Facebank {
 public:
  Facebank(const std::filesystem::path& out_root, FaceModels models, MatchOptions options);

  // A new person where nobody has this name or id. Returns the seed; all of it is kept, or nothing.
  // Throws: as read_photo(); conflict for a photo that is there already or a face nearer to
  // somebody else; unsupported for a photo without a face, with several, or with one too small or
  // blurred: the message has the value and the limit.
  SeedRecord add(const std::string& person, const std::filesystem::path& photo,
                 const AddOptions& options);

  std::vector<PersonRecord> people() const { return store_.people(); }
  PersonRecord person(const std::string& name_or_id) const;
  std::vector<SeedRecord> seeds_of(const std::string& person_id) const {
    return store_.seeds_of(person_id);
  }
  void rename(const std::string& person, const std::string& name);
  // The rows, the vectors and the pictures.
  void remove(const std::string& person);
  void remove_seed(const std::string& person, const std::string& seed_id);
  void merge(const std::string& from, const std::string& into);

  // All vectors, made anew from the aligned pictures where they are of another model.
  const std::vector<Reference>& references();

  // The faces of a photo, the largest first.
  std::vector<FoundMatch> match_photo(const std::filesystem::path& photo);

  // A copy that import_from() reads. `folder` must not be there. Throws: also conflict.
  void export_to(const std::filesystem::path& folder) const;
  // Returns: how many photos were new. Throws: corrupt_input for a folder that is no such copy.
  int import_from(const std::filesystem::path& folder);

 private:
  std::filesystem::path picture(const std::string& person_id, const std::string& name) const {
    return folder_ / person_id / name;
  }
  const FaceDetector& detector();
  const FaceEmbedder& embedder();
  void refuse_if_nearer_to_others(const std::string& person_id, const Embedding& vector);
  std::string new_person_id(const std::string& name) const;

  std::filesystem::path folder_;
  FaceModels models_;
  MatchOptions options_;
  Store store_;
  std::unique_ptr<FaceDetector> detector_;
  std::unique_ptr<FaceEmbedder> embedder_;
  std::optional<std::vector<Reference>> references_;
};

}  // namespace screenalytics
