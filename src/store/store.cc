// SPDX-License-Identifier: MIT
#include "store/store.h"

#include <fmt/format.h>

#include <system_error>

#include "base/check.h"
#include "base/error.h"
#include "store/sqlite.h"

namespace screenalytics {

namespace fs = std::filesystem;

namespace {

constexpr int kVersion = 1;
constexpr int kPatience_ms = 3000;

constexpr std::string_view kSchema = R"(
CREATE TABLE people (
  person_id TEXT PRIMARY KEY, name TEXT NOT NULL, created_at TEXT NOT NULL) STRICT;
CREATE TABLE seeds (
  seed_id TEXT PRIMARY KEY,
  person_id TEXT NOT NULL REFERENCES people(person_id) ON DELETE CASCADE ON UPDATE CASCADE,
  origin TEXT NOT NULL, model_id TEXT NOT NULL, vector BLOB NOT NULL, quality REAL NOT NULL,
  photo_hash TEXT NOT NULL, created_at TEXT NOT NULL) STRICT;
CREATE TABLE decisions (
  ep_id TEXT NOT NULL, seq INTEGER NOT NULL, at TEXT NOT NULL, op TEXT NOT NULL,
  payload TEXT NOT NULL, undone INTEGER NOT NULL, PRIMARY KEY (ep_id, seq)) STRICT;
CREATE TABLE episode_values (
  ep_id TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (ep_id, key)) STRICT;
PRAGMA user_version = 1;
)";

constexpr std::string_view kSeedColumns =
    "seed_id, person_id, origin, model_id, vector, quality, photo_hash, created_at";

SeedRecord read_seed(const Statement& s) {
  return {s.text(0), s.text(1), s.text(2), s.text(3), s.floats(4), s.real(5), s.text(6), s.text(7)};
}

void make_private_folder(const fs::path& folder) {
  std::error_code ec;
  if (fs::exists(folder, ec)) return;
  fs::create_directories(folder, ec);
  if (!ec) fs::permissions(folder, fs::perms::owner_all, ec);
  if (ec) {
    throw Error(ErrorCode::io, fmt::format("cannot create the folder '{}': {}; choose another "
                                           "--out-root",
                                           folder.string(), ec.message()));
  }
}

}  // namespace

fs::path facebank_file(const fs::path& out_root) {
  return out_root / "facebank" / "screenalytics.db";
}

struct Store::Impl {
  struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close(handle); }
  };
  std::unique_ptr<sqlite3, Close> db;
  int depth = 0;  // of transactions

  Statement statement(std::string_view sql) const { return {db.get(), sql}; }
  void execute(std::string_view sql) const {
    check_sqlite(db.get(),
                 sqlite3_exec(db.get(), std::string(sql).c_str(), nullptr, nullptr, nullptr));
  }
};

Store::Store(const fs::path& file) : impl_(std::make_unique<Impl>()) {
  make_private_folder(file.parent_path());
  sqlite3* db = nullptr;
  const int code =
      sqlite3_open_v2(file.c_str(), &db,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX, nullptr);
  impl_->db.reset(db);
  check_sqlite(db, code);
  sqlite3_busy_timeout(db, kPatience_ms);
  // secure_delete: biometric data that is deleted must be gone from the file, too.
  impl_->execute("PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; PRAGMA synchronous = FULL;");
  const auto version = [&] {
    Statement s = impl_->statement("PRAGMA user_version");
    s.step();
    return s.integer(0);
  };
  const int64_t found = version();
  if (found > kVersion) {
    throw Error(ErrorCode::unsupported,
                fmt::format("cannot use the database '{}': it is of version {}, this program knows "
                            "up to {}; use a newer program",
                            file.string(), found, kVersion));
  }
  if (found == kVersion) return;
  Transaction transaction(*this);
  if (version() == 0) impl_->execute(kSchema);  // nobody else has made it in between
  transaction.commit();
  std::error_code ec;
  fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write, ec);
}

std::optional<Store> Store::open_existing(const fs::path& file) {
  std::error_code ec;
  if (!fs::exists(file, ec)) return std::nullopt;
  return Store(file);
}

Store::~Store() = default;
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;

Store::Transaction::Transaction(Store& store) : store_(&store) {
  SA_CHECK(store.impl_->depth == 0);
  store.impl_->execute("BEGIN IMMEDIATE");
  store.impl_->depth = 1;
}

Store::Transaction::~Transaction() {
  if (store_ == nullptr) return;
  sqlite3_exec(store_->impl_->db.get(), "ROLLBACK", nullptr, nullptr, nullptr);
  store_->impl_->depth = 0;
}

void Store::Transaction::commit() {
  store_->impl_->execute("COMMIT");
  store_->impl_->depth = 0;
  store_ = nullptr;
}

std::vector<PersonRecord> Store::people() const {
  Statement s = impl_->statement(
      "SELECT person_id, name, created_at FROM people ORDER BY name COLLATE NOCASE, person_id");
  std::vector<PersonRecord> people;
  while (s.step()) people.push_back({s.text(0), s.text(1), s.text(2)});
  return people;
}

std::optional<PersonRecord> Store::person(std::string_view person_id) const {
  Statement s =
      impl_->statement("SELECT person_id, name, created_at FROM people WHERE person_id = ?");
  s.bind(person_id);
  if (!s.step()) return std::nullopt;
  return PersonRecord{s.text(0), s.text(1), s.text(2)};
}

void Store::add_person(const PersonRecord& person) {
  impl_->statement("INSERT INTO people VALUES (?, ?, ?)")
      .bind(person.person_id)
      .bind(person.name)
      .bind(person.created_at)
      .run();
}

void Store::rename_person(std::string_view person_id, std::string_view name) {
  impl_->statement("UPDATE people SET name = ? WHERE person_id = ?")
      .bind(name)
      .bind(person_id)
      .run();
}

void Store::remove_person(std::string_view person_id) {
  impl_->statement("DELETE FROM people WHERE person_id = ?").bind(person_id).run();
}

std::vector<SeedRecord> Store::seeds() const {
  Statement s = impl_->statement(
      fmt::format("SELECT {} FROM seeds ORDER BY person_id, created_at, seed_id", kSeedColumns));
  std::vector<SeedRecord> seeds;
  while (s.step()) seeds.push_back(read_seed(s));
  return seeds;
}

std::vector<SeedRecord> Store::seeds_of(std::string_view person_id) const {
  Statement s = impl_->statement(fmt::format(
      "SELECT {} FROM seeds WHERE person_id = ? ORDER BY created_at, seed_id", kSeedColumns));
  s.bind(person_id);
  std::vector<SeedRecord> seeds;
  while (s.step()) seeds.push_back(read_seed(s));
  return seeds;
}

void Store::add_seed(const SeedRecord& seed) {
  impl_->statement("INSERT INTO seeds VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
      .bind(seed.seed_id)
      .bind(seed.person_id)
      .bind(seed.origin)
      .bind(seed.model_id)
      .bind(seed.vector)
      .bind(seed.quality)
      .bind(seed.photo_hash)
      .bind(seed.created_at)
      .run();
}

void Store::move_seeds(std::string_view from_person, std::string_view to_person) {
  impl_->statement("UPDATE seeds SET person_id = ? WHERE person_id = ?")
      .bind(to_person)
      .bind(from_person)
      .run();
}

void Store::set_vector(std::string_view seed_id, std::string_view model_id,
                       const Embedding& vector) {
  impl_->statement("UPDATE seeds SET model_id = ?, vector = ? WHERE seed_id = ?")
      .bind(model_id)
      .bind(vector)
      .bind(seed_id)
      .run();
}

void Store::remove_seed(std::string_view seed_id) {
  impl_->statement("DELETE FROM seeds WHERE seed_id = ?").bind(seed_id).run();
}

std::vector<DecisionRecord> Store::decisions(std::string_view ep_id) const {
  Statement s = impl_->statement(
      "SELECT seq, at, op, payload, undone FROM decisions WHERE ep_id = ? ORDER BY seq");
  s.bind(ep_id);
  std::vector<DecisionRecord> decisions;
  while (s.step()) {
    decisions.push_back({s.integer(0), s.text(1), s.text(2), s.text(3), s.integer(4) != 0});
  }
  return decisions;
}

int64_t Store::append_decision(std::string_view ep_id, std::string_view at, std::string_view op,
                               std::string_view payload) {
  Statement s = impl_->statement(
      "INSERT INTO decisions SELECT ?1, coalesce(max(seq), 0) + 1, ?2, ?3, ?4, 0 FROM decisions "
      "WHERE ep_id = ?1 RETURNING seq");
  s.bind(ep_id).bind(at).bind(op).bind(payload);
  SA_CHECK(s.step());
  const int64_t seq = s.integer(0);
  s.run();
  return seq;
}

void Store::set_undone(std::string_view ep_id, int64_t seq, bool undone) {
  impl_->statement("UPDATE decisions SET undone = ? WHERE ep_id = ? AND seq = ?")
      .bind(int64_t{undone})
      .bind(ep_id)
      .bind(seq)
      .run();
}

std::optional<std::string> Store::episode_value(std::string_view ep_id,
                                                std::string_view key) const {
  Statement s = impl_->statement("SELECT value FROM episode_values WHERE ep_id = ? AND key = ?");
  s.bind(ep_id).bind(key);
  if (!s.step()) return std::nullopt;
  return s.text(0);
}

void Store::set_episode_value(std::string_view ep_id, std::string_view key, std::string_view text) {
  impl_->statement("INSERT OR REPLACE INTO episode_values VALUES (?, ?, ?)")
      .bind(ep_id)
      .bind(key)
      .bind(text)
      .run();
}

void Store::forget_episode(std::string_view ep_id) {
  for (const std::string_view table : {"decisions", "episode_values"}) {
    impl_->statement(fmt::format("DELETE FROM {} WHERE ep_id = ?", table)).bind(ep_id).run();
  }
}

}  // namespace screenalytics
