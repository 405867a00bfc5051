// Private to this module: SQLite handles that close themselves, and errors as ours.
// SPDX-License-Identifier: MIT
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace screenalytics {

// One statement: bind in the order of its question marks, then step. Throws: as check_sqlite().
class Statement {
 public:
  Statement(sqlite3* db, std::string_view sql);

  Statement& bind(std::string_view text);
  Statement& bind(int64_t number);
  Statement& bind(double number);
  Statement& bind(const std::vector<float>& blob);

  // Returns whether there is a row.
  bool step();
  void run() {
    while (step()) {
    }
  }

  std::string text(int column) const;
  int64_t integer(int column) const { return sqlite3_column_int64(handle_.get(), column); }
  double real(int column) const { return sqlite3_column_double(handle_.get(), column); }
  std::vector<float> floats(int column) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* s) const { sqlite3_finalize(s); }
  };
  sqlite3* db_;
  std::unique_ptr<sqlite3_stmt, Finalize> handle_;
  int bound_ = 0;
};

// Throws: conflict where another process holds the file, io where it cannot be written or the disk
// is full, corrupt_input where it is no database or a damaged one; nothing for a good code.
void check_sqlite(sqlite3* db, int code);

}  // namespace screenalytics
