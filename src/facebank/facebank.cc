// SPDX-License-Identifier: MIT
#include "facebank/facebank.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "artifacts/atomic_file.h"
#include "artifacts/episode_paths.h"
#include "artifacts/photo.h"
#include "artifacts/rows.h"
#include "base/error.h"
#include "base/image_warp.h"
#include "base/names.h"
#include "embed/face_quality.h"
#include "facebank/photo_faces.h"
#include "inference/sha256.h"

namespace screenalytics {

namespace fs = std::filesystem;

namespace {

constexpr float kMinFacePx = 96;
constexpr float kMinFaceShare = 0.05F;  // of the photo's shorter side
constexpr float kMinSharpness = 0.25F;  // of face_quality(); see docs/accuracy.md
constexpr int kDisplaySide = 512;

std::string database(const fs::path& folder) { return (folder / "screenalytics.db").string(); }

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

bool is_id(const std::string& text) {
  const auto plain = [](unsigned char c) {
    return std::islower(c) != 0 || std::isdigit(c) != 0 || c == '-';
  };
  return !text.empty() && text.size() <= 80 && text[0] != '-' &&
         std::all_of(text.begin(), text.end(), plain);
}

std::string face_list(const std::vector<Detection>& faces) {
  std::string text;
  for (size_t i = 0; i < faces.size(); ++i) {
    const Box& b = faces[i].box;
    text += fmt::format("\n  {}: {:.0f} x {:.0f} pixels at {:.0f}, {:.0f} (confidence {:.2f})",
                        i + 1, b.width(), b.height(), b.x1, b.y1, faces[i].confidence);
  }
  return text;
}

[[noreturn]] void refuse(const fs::path& photo, const std::string& why,
                         ErrorCode code = ErrorCode::unsupported) {
  throw Error(code, fmt::format("{} was not taken: {}", photo.string(), why));
}

const Detection& pick_face(const fs::path& photo, const std::vector<Detection>& faces, int number) {
  if (faces.empty())
    refuse(photo, "there is no face in it; give a photo of the face from the front");
  if (number > static_cast<int>(faces.size())) {
    refuse(photo, fmt::format("it has no face {}; there are{}", number, face_list(faces)));
  }
  if (number == 0 && faces.size() > 1) {
    refuse(photo,
           fmt::format("it has {} faces; say which with --face{}", faces.size(), face_list(faces)));
  }
  return faces[static_cast<size_t>(std::max(0, number - 1))];
}

void check_size(const fs::path& photo, const Image& image, const Detection& face) {
  const float px = face.box.shorter_side();
  const float share = px / static_cast<float>(std::min(image.width, image.height));
  if (px < kMinFacePx) {
    refuse(photo, fmt::format("the face is {:.0f} pixels wide, less than {:.0f}", px, kMinFacePx));
  }
  if (share < kMinFaceShare) {
    refuse(photo, fmt::format("the face takes {:.1f} % of the photo, less than {:.0f} %; cut the "
                              "photo to the person",
                              100 * share, 100 * kMinFaceShare));
  }
}

// The face with as much again around it.
Image display_picture(const Image& photo, const Box& face) {
  const Box b = clip({face.x1 - face.width() / 2, face.y1 - face.height() / 2,
                      face.x2 + face.width() / 2, face.y2 + face.height() / 2},
                     static_cast<float>(photo.width), static_cast<float>(photo.height));
  const double scale =
      std::max(1.0, static_cast<double>(std::max(b.width(), b.height())) / kDisplaySide);
  const Affine photo_from_picture{scale, 0,     static_cast<double>(b.x1),
                                  0,     scale, static_cast<double>(b.y1)};
  const auto side = [&](float length) {
    return std::max(1, static_cast<int>(static_cast<double>(length) / scale));
  };
  return warp(photo, photo_from_picture, {side(b.width()), side(b.height())});
}

// Takes what was written away again unless it is kept.
class WrittenFiles {
 public:
  ~WrittenFiles() {
    std::error_code ignored;
    for (const fs::path& file : files_) fs::remove(file, ignored);
  }
  void write(const fs::path& file, std::string_view bytes) {
    create_folder(file.parent_path());
    files_.push_back(file);
    write_file_atomically(file, bytes);
    std::error_code ignored;
    fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write, ignored);
  }
  void write(const fs::path& file, const std::vector<uint8_t>& bytes) {
    write(file, std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  }
  void keep() { files_.clear(); }

 private:
  std::vector<fs::path> files_;
};

std::vector<std::string> pictures_of(const fs::path& folder, const std::string& seed_id) {
  std::vector<std::string> names;
  std::error_code ec;
  for (const auto& entry : fs::directory_iterator(folder, ec)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(seed_id + "_")) names.push_back(name);
  }
  return names;
}

void remove_files(const fs::path& path) {
  std::error_code ec;
  fs::remove_all(path, ec);
  if (ec) throw Error(ErrorCode::io, io_message("delete", path, ec.value()));
}

}  // namespace

std::string embedder_model_id(const ModelManifest& manifest) {
  return manifest.id + ":" + manifest.sha256.substr(0, 16);
}

Facebank::Facebank(const fs::path& out_root, FaceModels models, MatchOptions options)
    : folder_(out_root / "facebank"),
      models_(std::move(models)),
      options_(options),
      store_(facebank_file(out_root)) {}

const FaceDetector& Facebank::detector() {
  if (!detector_) detector_ = models_.make_detector();
  return *detector_;
}

const FaceEmbedder& Facebank::embedder() {
  if (!embedder_) embedder_ = models_.make_embedder();
  return *embedder_;
}

PersonRecord Facebank::person(const std::string& name_or_id) const {
  std::vector<PersonRecord> found;
  for (const PersonRecord& p : store_.people()) {
    if (p.person_id == name_or_id) return p;
    if (lower(p.name) == lower(name_or_id)) found.push_back(p);
  }
  if (found.size() == 1) return found[0];
  if (found.empty()) {
    throw Error(
        ErrorCode::not_found,
        fmt::format("nobody in the facebank is called '{}'; see facebank list", name_or_id));
  }
  throw Error(ErrorCode::conflict, fmt::format("several people are called '{}': name the id, {} or "
                                               "another of facebank list",
                                               name_or_id, found[0].person_id));
}

std::string Facebank::new_person_id(const std::string& name) const {
  std::string id;
  for (const unsigned char c : lower(name)) {
    if (std::isalnum(c) != 0 && c < 0x80) {
      id += static_cast<char>(c);
    } else if (!id.empty() && id.back() != '-') {
      id += '-';
    }
  }
  while (!id.empty() && id.back() == '-') id.pop_back();
  id = id.substr(0, 60);
  if (id.empty()) id = "person";
  std::string free = id;
  for (int n = 2; store_.person(free); ++n) free = fmt::format("{}-{}", id, n);
  return free;
}

void Facebank::refuse_if_nearer_to_others(const std::string& person_id, const Embedding& vector) {
  double own = -1, other = -1;
  const Reference* nearest = nullptr;
  for (const Reference& r : references()) {
    const auto s = static_cast<double>(cosine_similarity(vector, r.vector));
    if (r.person_id == person_id) {
      own = std::max(own, s);
    } else if (s > other) {
      other = s;
      nearest = &r;
    }
  }
  if (nearest == nullptr || other < options_.threshold || other <= own) return;
  throw Error(ErrorCode::conflict,
              fmt::format("the face is nearer to {} (similarity {:.2f} to {}) than to the person "
                          "named{}; add --anyway if it is right",
                          nearest->name, other, nearest->origin,
                          own > -1 ? fmt::format(" ({:.2f})", own) : ""));
}

SeedRecord Facebank::add(const std::string& name, const fs::path& photo,
                         const AddOptions& options) {
  require_name(name);
  const Image image = read_photo(photo);
  const std::vector<Detection> faces = find_photo_faces(image, detector());
  const Detection& face = pick_face(photo, faces, options.face);
  if (!options.small) check_size(photo, image, face);
  const Image aligned = aligned_face(image, face.landmarks);
  const FaceQuality quality = face_quality(aligned, face);
  if (quality.sharpness < kMinSharpness) {
    refuse(photo, fmt::format("the face is blurred: sharpness {:.2f}, less than {:.2f}",
                              quality.sharpness, kMinSharpness));
  }
  SeedRecord seed;
  seed.photo_hash = sha256_of_file(photo);
  seed.seed_id = fmt::format("{}-{}", seed.photo_hash.substr(0, 16), &face - faces.data() + 1);
  for (const SeedRecord& s : store_.seeds()) {
    if (s.seed_id != seed.seed_id) continue;
    refuse(photo,
           fmt::format("this face is a photo of {} already", store_.person(s.person_id)->name),
           ErrorCode::conflict);
  }
  std::optional<PersonRecord> known;
  try {
    known = person(name);
  } catch (const Error& e) {
    if (e.code() != ErrorCode::not_found) throw;
  }
  const std::string now = utc_text();
  const PersonRecord who = known ? *known : PersonRecord{new_person_id(name), name, now};
  seed.person_id = who.person_id;
  seed.origin = options.origin.empty() ? photo.filename().string() : options.origin;
  seed.model_id = models_.model_id;
  seed.vector = reference_vector(aligned, embedder());
  seed.quality = static_cast<double>(quality.score());
  seed.created_at = now;
  if (!options.anyway) refuse_if_nearer_to_others(who.person_id, seed.vector);

  WrittenFiles files;
  files.write(picture(who.person_id, seed.seed_id + "_d.png"),
              encode_png(display_picture(image, face.box)));
  files.write(picture(who.person_id, seed.seed_id + "_e.png"), encode_png(aligned));
  files.write(picture(who.person_id, seed.seed_id + "_orig" + lower(photo.extension().string())),
              read_file(photo));
  Store::Transaction transaction(store_);
  if (!known) store_.add_person(who);
  store_.add_seed(seed);
  transaction.commit();
  files.keep();
  references_.reset();
  return seed;
}

void Facebank::rename(const std::string& who, const std::string& name) {
  require_name(name);
  store_.rename_person(person(who).person_id, name);
  references_.reset();
}

void Facebank::remove(const std::string& who) {
  const std::string id = person(who).person_id;
  store_.remove_person(id);
  references_.reset();
  remove_files(folder_ / id);
}

void Facebank::remove_seed(const std::string& who, const std::string& seed_id) {
  const std::string id = person(who).person_id;
  const std::vector<SeedRecord> seeds = store_.seeds_of(id);
  if (std::none_of(seeds.begin(), seeds.end(),
                   [&](const SeedRecord& s) { return s.seed_id == seed_id; })) {
    throw Error(ErrorCode::not_found,
                fmt::format("{} has no photo '{}'; see facebank show {}", who, seed_id, id));
  }
  store_.remove_seed(seed_id);
  references_.reset();
  for (const std::string& name : pictures_of(folder_ / id, seed_id)) {
    remove_files(picture(id, name));
  }
}

void Facebank::merge(const std::string& from, const std::string& into) {
  const PersonRecord source = person(from), target = person(into);
  if (source.person_id == target.person_id) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("'{}' and '{}' are one person already", from, into));
  }
  create_folder(folder_ / target.person_id);
  std::error_code ec;
  for (const SeedRecord& s : store_.seeds_of(source.person_id)) {
    for (const std::string& name : pictures_of(folder_ / source.person_id, s.seed_id)) {
      const fs::path to = picture(target.person_id, name);
      fs::copy_file(picture(source.person_id, name), to, fs::copy_options::overwrite_existing, ec);
      if (ec) throw Error(ErrorCode::io, io_message("copy to", to, ec.value()));
    }
  }
  Store::Transaction transaction(store_);
  store_.move_seeds(source.person_id, target.person_id);
  store_.remove_person(source.person_id);
  transaction.commit();
  references_.reset();
  remove_files(folder_ / source.person_id);
}

const std::vector<Reference>& Facebank::references() {
  if (references_) return *references_;
  std::vector<Reference> references;
  for (SeedRecord& s : store_.seeds()) {
    if (s.model_id != models_.model_id) {
      s.vector =
          reference_vector(read_photo(picture(s.person_id, s.seed_id + "_e.png")), embedder());
      store_.set_vector(s.seed_id, models_.model_id, s.vector);
    }
    const std::string name = store_.person(s.person_id)->name;
    references.push_back({s.person_id, name, s.seed_id, s.origin, std::move(s.vector)});
  }
  references_ = std::move(references);
  return *references_;
}

std::vector<FoundMatch> Facebank::match_photo(const fs::path& photo) {
  const Image image = read_photo(photo);
  std::vector<FoundMatch> found;
  for (const Detection& face : find_photo_faces(image, detector())) {
    const Embedding v = reference_vector(aligned_face(image, face.landmarks), embedder());
    found.push_back({match(v, references(), options_), face});
  }
  return found;
}

void Facebank::export_to(const fs::path& folder) const {
  if (fs::exists(folder)) {
    throw Error(ErrorCode::conflict,
                fmt::format("'{}' is there already; name a new folder", folder.string()));
  }
  create_folder(folder);
  std::error_code ec;
  fs::permissions(folder, fs::perms::owner_all, ec);
  Store copy(database(folder));
  Store::Transaction transaction(copy);
  for (const PersonRecord& p : store_.people()) {
    copy.add_person(p);
    for (const SeedRecord& s : store_.seeds_of(p.person_id)) {
      copy.add_seed(s);
      create_folder(folder / p.person_id);
      for (const std::string& name : pictures_of(folder_ / p.person_id, s.seed_id)) {
        const fs::path to = folder / p.person_id / name;
        fs::copy_file(picture(p.person_id, name), to, ec);
        if (ec) throw Error(ErrorCode::io, io_message("copy to", to, ec.value()));
      }
    }
  }
  transaction.commit();
}

int Facebank::import_from(const fs::path& folder) {
  std::optional<Store> other = Store::open_existing(database(folder));
  if (!other) {
    throw Error(
        ErrorCode::not_found,
        fmt::format("'{}' is no exported facebank: it has no screenalytics.db", folder.string()));
  }
  const auto corrupt = [&](const std::string& what) {
    return Error(ErrorCode::corrupt_input,
                 fmt::format("cannot import '{}': {}; nothing was taken", folder.string(), what));
  };
  WrittenFiles files;
  Store::Transaction transaction(store_);
  int taken = 0;
  for (const PersonRecord& p : other->people()) {
    if (!is_id(p.person_id)) throw corrupt(fmt::format("'{}' is no id of a person", p.person_id));
    if (!store_.person(p.person_id)) store_.add_person(p);
    for (const SeedRecord& s : other->seeds_of(p.person_id)) {
      if (!is_id(s.seed_id)) throw corrupt(fmt::format("'{}' is no id of a photo", s.seed_id));
      const std::vector<SeedRecord> ours = store_.seeds();
      if (std::any_of(ours.begin(), ours.end(),
                      [&](const SeedRecord& o) { return o.seed_id == s.seed_id; })) {
        continue;
      }
      const std::vector<std::string> pictures = pictures_of(folder / p.person_id, s.seed_id);
      if (std::find(pictures.begin(), pictures.end(), s.seed_id + "_e.png") == pictures.end()) {
        throw corrupt(fmt::format("the aligned picture of photo '{}' is missing", s.seed_id));
      }
      read_photo(folder / p.person_id / (s.seed_id + "_e.png"));
      for (const std::string& name : pictures) {
        files.write(picture(p.person_id, name), read_file(folder / p.person_id / name));
      }
      store_.add_seed(s);
      ++taken;
    }
  }
  transaction.commit();
  files.keep();
  references_.reset();
  return taken;
}

}  // namespace screenalytics
