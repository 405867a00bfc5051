// Store: the SQLite file with what outlives an episode: people, their reference faces, and the
// journal of what humans decided about identities.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/face.h"

namespace screenalytics {

struct PersonRecord {
  std::string person_id, name;
  std::string created_at;  // utc_text()
};

// A reference face of a person.
struct SeedRecord {
  std::string seed_id, person_id;
  std::string origin;    // where it came from: the photo's name, or the episode and identity
  std::string model_id;  // of the embedder that made the vector
  Embedding vector;      // of unit length
  double quality = 0;    // 0..1
  std::string photo_hash;
  std::string created_at;
};

// An entry of the journal of an episode.
struct DecisionRecord {
  int64_t seq = 0;  // from 1, in the order they were made
  std::string at;   // utc_text()
  std::string op;
  std::string payload;  // JSON
  bool undone = false;
};

// The one file of all that lies below this output root. Pure.
std::filesystem::path facebank_file(const std::filesystem::path& out_root);

// Every call Throws: conflict where another process holds the file for more than three seconds; io
// where it cannot be written, or the disk is full; corrupt_input where it is damaged.
// What is deleted is overwritten in the file. Threads: one at a time. Memory: what is asked for.
class Store {
 public:
  // Opens or makes the file and its folder, for this user's eyes only, and brings an older one up
  // to date. Throws: also unsupported for the file of a newer version.
  explicit Store(const std::filesystem::path& file);
  // Nothing where there is no file.
  static std::optional<Store> open_existing(const std::filesystem::path& file);
  ~Store();
  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;

  // Rolls back unless committed.
  class Transaction {
   public:
    explicit Transaction(Store& store);
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    void commit();

   private:
    Store* store_;
  };

  // By name.
  std::vector<PersonRecord> people() const;
  std::optional<PersonRecord> person(std::string_view person_id) const;
  void add_person(const PersonRecord& person);
  void rename_person(std::string_view person_id, std::string_view name);
  void remove_person(std::string_view person_id);  // and the seeds

  // By person, the oldest first.
  std::vector<SeedRecord> seeds() const;
  std::vector<SeedRecord> seeds_of(std::string_view person_id) const;
  void add_seed(const SeedRecord& seed);
  void move_seeds(std::string_view from_person, std::string_view to_person);
  void set_vector(std::string_view seed_id, std::string_view model_id, const Embedding& vector);
  void remove_seed(std::string_view seed_id);

  // The journal of an episode.
  std::vector<DecisionRecord> decisions(std::string_view ep_id) const;
  int64_t append_decision(std::string_view ep_id, std::string_view at, std::string_view op,
                          std::string_view payload);
  void set_undone(std::string_view ep_id, int64_t seq, bool undone);
  // A small document that belongs to an episode.
  std::optional<std::string> episode_value(std::string_view ep_id, std::string_view key) const;
  void set_episode_value(std::string_view ep_id, std::string_view key, std::string_view text);
  // All of the above of this episode.
  void forget_episode(std::string_view ep_id);

 private:
  struct Impl;
  explicit Store(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace screenalytics
