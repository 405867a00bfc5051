// SPDX-License-Identifier: MIT
#include "store/sqlite.h"

#include <fmt/format.h>

#include <cstring>

#include "base/error.h"

namespace screenalytics {

void check_sqlite(sqlite3* db, int code) {
  if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE) return;
  const char* name = db == nullptr ? nullptr : sqlite3_db_filename(db, "main");
  const auto error = [&](ErrorCode kind, std::string_view what) {
    return Error(kind, fmt::format("cannot use the database '{}': {}", name ? name : "", what));
  };
  const std::string reason = db == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(db);
  switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      throw error(ErrorCode::conflict, "another process holds it; wait for it to end, or stop it");
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      throw error(
          ErrorCode::corrupt_input,
          fmt::format("it is damaged, or no SQLite file ({}); put a copy from a backup there, or "
                      "move it away to begin with an empty one",
                      reason));
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
    case SQLITE_AUTH:
      throw error(
          ErrorCode::io,
          fmt::format("this user may not write to it or its folder ({}); change their permissions, "
                      "or choose another --out-root",
                      reason));
    case SQLITE_FULL:
      throw error(ErrorCode::io, "the disk is full; make room and try again");
    default:
      throw error(ErrorCode::io, reason);
  }
}

Statement::Statement(sqlite3* db, std::string_view sql) : db_(db) {
  sqlite3_stmt* statement = nullptr;
  const int code =
      sqlite3_prepare_v2(db, sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
  handle_.reset(statement);
  check_sqlite(db, code);
}

Statement& Statement::bind(std::string_view text) {
  check_sqlite(db_, sqlite3_bind_text(handle_.get(), ++bound_, text.data(),
                                      static_cast<int>(text.size()), SQLITE_TRANSIENT));
  return *this;
}

Statement& Statement::bind(int64_t number) {
  check_sqlite(db_, sqlite3_bind_int64(handle_.get(), ++bound_, number));
  return *this;
}

Statement& Statement::bind(double number) {
  check_sqlite(db_, sqlite3_bind_double(handle_.get(), ++bound_, number));
  return *this;
}

Statement& Statement::bind(const std::vector<float>& blob) {
  check_sqlite(db_,
               sqlite3_bind_blob(handle_.get(), ++bound_, blob.data(),
                                 static_cast<int>(blob.size() * sizeof(float)), SQLITE_TRANSIENT));
  return *this;
}

bool Statement::step() {
  const int code = sqlite3_step(handle_.get());
  check_sqlite(db_, code);
  return code == SQLITE_ROW;
}

std::string Statement::text(int column) const {
  const unsigned char* text = sqlite3_column_text(handle_.get(), column);
  const auto size = static_cast<size_t>(sqlite3_column_bytes(handle_.get(), column));
  return text == nullptr ? std::string() : std::string(reinterpret_cast<const char*>(text), size);
}

std::vector<float> Statement::floats(int column) const {
  const auto size = static_cast<size_t>(sqlite3_column_bytes(handle_.get(), column));
  std::vector<float> values(size / sizeof(float));
  if (!values.empty()) {
    std::memcpy(values.data(), sqlite3_column_blob(handle_.get(), column),
                values.size() * sizeof(float));
  }
  return values;
}

}  // namespace screenalytics
