// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "cli/command.h"
#include "cli/open_facebank.h"
#include "facebank/facebank.h"

namespace screenalytics {
namespace {

struct FacebankOptions {
  std::string out_root, person, other, photo, folder;
  std::vector<std::string> photos;
  AddOptions add;
};

// Each photo stands for itself: a bad one does not keep the others out.
int add(const FacebankOptions& o) {
  Facebank bank = open_facebank(o.out_root);
  bool all = true;
  for (const std::string& photo : o.photos) {
    try {
      const SeedRecord seed = bank.add(o.person, photo, o.add);
      fmt::print("{}: taken as a photo of {}, quality {:.2f}\n", photo, o.person, seed.quality);
    } catch (const Error& e) {
      if (o.photos.size() == 1) throw;
      fmt::print(stderr, "error: {}\n", e.what());
      all = false;
    }
  }
  return all ? kExitDone : kExitFailed;
}

int list(const FacebankOptions& o) {
  const Facebank bank = open_facebank(o.out_root);
  const std::vector<PersonRecord> people = bank.people();
  if (people.empty()) {
    fmt::print("nobody yet; add somebody with: screenalytics facebank add \"NAME\" PHOTO\n");
    return kExitDone;
  }
  fmt::print("{:<24} {:<32} {:>6}\n", "id", "name", "photos");
  for (const PersonRecord& p : people) {
    fmt::print("{:<24} {:<32} {:>6}\n", p.person_id, p.name, bank.seeds_of(p.person_id).size());
  }
  return kExitDone;
}

int show(const FacebankOptions& o) {
  const Facebank bank = open_facebank(o.out_root);
  const PersonRecord p = bank.person(o.person);
  fmt::print("{}  {}\n", p.person_id, p.name);
  for (const SeedRecord& s : bank.seeds_of(p.person_id)) {
    fmt::print("  {}  quality {:.2f}  {}  {}\n", s.seed_id, s.quality, s.created_at, s.origin);
  }
  return kExitDone;
}

int remove(const FacebankOptions& o) {
  Facebank bank = open_facebank(o.out_root);
  if (!o.photo.empty()) {
    bank.remove_seed(o.person, o.photo);
    fmt::print("deleted: photo {} of {}\n", o.photo, o.person);
    return kExitDone;
  }
  bank.remove(o.person);
  fmt::print(
      "deleted: {}, with photos and vectors; episodes keep the name until they are clustered "
      "again\n",
      o.person);
  return kExitDone;
}

int rename(const FacebankOptions& o) {
  Facebank bank = open_facebank(o.out_root);
  bank.rename(o.person, o.other);
  fmt::print("{} is now called {}\n", o.person, o.other);
  return kExitDone;
}

int merge(const FacebankOptions& o) {
  Facebank bank = open_facebank(o.out_root);
  bank.merge(o.person, o.other);
  fmt::print("{} is now part of {}\n", o.person, o.other);
  return kExitDone;
}

int match_faces(const FacebankOptions& o) {
  Facebank bank = open_facebank(o.out_root);
  const std::vector<FoundMatch> found = bank.match_photo(o.photo);
  if (found.empty()) fmt::print("there is no face in {}\n", o.photo);
  for (size_t i = 0; i < found.size(); ++i) {
    const Match& m = found[i].match;
    const Box& b = found[i].face.box;
    fmt::print("face {} ({:.0f} x {:.0f} at {:.0f}, {:.0f}): {}{}; {}\n", i + 1, b.width(),
               b.height(), b.x1, b.y1, to_string(m.verdict),
               m.verdict == Verdict::known ? " as " + m.best->name : "", m.evidence());
  }
  return kExitDone;
}

int export_all(const FacebankOptions& o) {
  open_facebank(o.out_root).export_to(o.folder);
  fmt::print("{}\n", o.folder);
  return kExitDone;
}

int import_all(const FacebankOptions& o) {
  fmt::print("{} new photos\n", open_facebank(o.out_root).import_from(o.folder));
  return kExitDone;
}

}  // namespace

Action define_facebank(CLI::App& command) {
  auto o = std::make_shared<FacebankOptions>();
  auto action = std::make_shared<Action>();
  command.require_subcommand(1);
  const auto define = [&](const char* name, const char* what, int (*act)(const FacebankOptions&)) {
    CLI::App* sub = command.add_subcommand(name, what);
    sub->add_option("--out-root", o->out_root, "folder of all results");
    sub->callback([o, action, act] { *action = [o, act] { return act(*o); }; });
    return sub;
  };
  CLI::App* sub = define("add", "add photos of a person, who may be new", add);
  sub->add_option("PERSON", o->person, "name or id")->required();
  sub->add_option("PHOTO", o->photos, "JPEG or PNG with the face from the front")->required();
  sub->add_option("--face", o->add.face, "which of several faces, from 1")
      ->check(CLI::PositiveNumber);
  sub->add_flag("--anyway", o->add.anyway, "also where the face is nearer to somebody else");
  define("list", "everybody", list);
  define("show", "one person's photos", show)
      ->add_option("PERSON", o->person, "name or id")
      ->required();
  sub = define("remove", "delete a person, or one photo", remove);
  sub->add_option("PERSON", o->person, "name or id")->required();
  sub->add_option("--photo", o->photo, "this one alone, as facebank show names it");
  sub = define("rename", "give a person another name", rename);
  sub->add_option("PERSON", o->person, "name or id")->required();
  sub->add_option("NAME", o->other, "the new name")->required();
  sub = define("merge", "make two people one", merge);
  sub->add_option("FROM", o->person, "name or id of the one who goes")->required();
  sub->add_option("INTO", o->other, "name or id of the one who stays")->required();
  define("match", "who is in a photo", match_faces)
      ->add_option("PHOTO", o->photo, "JPEG or PNG")
      ->required();
  define("export", "copy all people and photos to a new folder", export_all)
      ->add_option("DIR", o->folder, "the new folder")
      ->required();
  define("import", "take people and photos from such a copy", import_all)
      ->add_option("DIR", o->folder, "the folder")
      ->required();
  return [action] { return (*action)(); };
}

}  // namespace screenalytics
