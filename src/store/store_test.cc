// Tests of the database: what is put in comes out, what goes wrong is said.
// SPDX-License-Identifier: MIT
#include "store/store.h"

#include <gmock/gmock.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "testing/caught_error.h"
#include "testing/temp_folder.h"

namespace screenalytics {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class StoreTest : public ::testing::Test {
 protected:
  void execute(const char* sql) {
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open(file_.c_str(), &db), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(db, sql, nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(db);
  }
  TempFolder folder_;
  fs::path file_ = folder_ / "facebank" / "screenalytics.db";
};

TEST_F(StoreTest, PeopleAndTheirSeedsAreReadAsTheyWereWritten) {
  {
    Store store(file_);
    store.add_person({"bob", "Bob", "then"});
    store.add_person({"ann", "ann O'Hara", "then"});
    store.add_seed({"s1", "ann", "a.jpg", "arcface", {0.6F, 0.8F}, 0.7, "hash", "then"});
  }
  Store store(file_);
  ASSERT_THAT(store.people(), SizeIs(2));
  EXPECT_EQ(store.people()[0].name, "ann O'Hara");
  ASSERT_THAT(store.seeds(), SizeIs(1));
  EXPECT_EQ(store.seeds()[0].vector, (Embedding{0.6F, 0.8F}));
  EXPECT_EQ(store.seeds()[0].quality, 0.7);
  store.set_vector("s1", "other", {1, 0});
  EXPECT_EQ(store.seeds_of("ann")[0].model_id, "other");
  store.move_seeds("ann", "bob");
  store.rename_person("bob", "Robert");
  EXPECT_EQ(store.person("bob")->name, "Robert");
  store.remove_person("ann");
  EXPECT_THAT(store.seeds_of("bob"), SizeIs(1));
  store.remove_person("bob");
  EXPECT_THAT(store.seeds(), IsEmpty()) << "a person's seeds go with the person";
  EXPECT_FALSE(store.person("bob").has_value());
}

TEST_F(StoreTest, WhatIsDeletedIsNoLongerInTheFile) {
  Store store(file_);
  store.add_person({"ann", "Annabel Featherstone", "then"});
  EXPECT_THAT(file_content(file_), HasSubstr("Annabel Featherstone"));
  store.remove_person("ann");
  EXPECT_THAT(file_content(file_), testing::Not(HasSubstr("Annabel Featherstone")));
}

TEST_F(StoreTest, DecisionsAreNumberedWithinTheirEpisode) {
  Store store(file_);
  EXPECT_EQ(store.append_decision("e1", "t1", "label", "{}"), 1);
  EXPECT_EQ(store.append_decision("e2", "t2", "merge", "{}"), 1);
  EXPECT_EQ(store.append_decision("e1", "t3", "lock", "{\"a\":1}"), 2);
  store.set_undone("e1", 1, true);
  const std::vector<DecisionRecord> decisions = store.decisions("e1");
  ASSERT_THAT(decisions, SizeIs(2));
  EXPECT_TRUE(decisions[0].undone);
  EXPECT_EQ(decisions[1].payload, "{\"a\":1}");
  store.set_episode_value("e1", "base", "one");
  store.set_episode_value("e1", "base", "two");
  EXPECT_EQ(store.episode_value("e1", "base"), "two");
  store.forget_episode("e1");
  EXPECT_THAT(store.decisions("e1"), IsEmpty());
  EXPECT_EQ(store.episode_value("e1", "base"), std::nullopt);
  EXPECT_THAT(store.decisions("e2"), SizeIs(1));
}

TEST_F(StoreTest, ATransactionThatIsNotCommittedLeavesNothing) {
  Store store(file_);
  {
    const Store::Transaction transaction(store);
    store.add_person({"ann", "Ann", "then"});
  }
  EXPECT_THAT(store.people(), IsEmpty());
  Store::Transaction transaction(store);
  store.add_person({"ann", "Ann", "then"});
  transaction.commit();
  EXPECT_THAT(store.people(), SizeIs(1));
}

TEST_F(StoreTest, TheFileIsForItsOwnerAlone) {
  const Store store(file_);
  struct stat status {};
  ASSERT_EQ(stat(file_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  ASSERT_EQ(stat(file_.parent_path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700U);
}

TEST_F(StoreTest, WithoutAFileThereIsNothingToOpen) {
  EXPECT_FALSE(Store::open_existing(file_).has_value());
  EXPECT_FALSE(fs::exists(file_));
}

TEST_F(StoreTest, AFileThatAnotherProcessHoldsIsAConflict) {
  Store store(file_);
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(file_.c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "BEGIN EXCLUSIVE", nullptr, nullptr, nullptr), SQLITE_OK);
  const Error error = caught_error([&] { store.add_person({"ann", "Ann", "then"}); });
  sqlite3_close(other);
  EXPECT_EQ(error.code(), ErrorCode::conflict);
  EXPECT_THAT(error.what(), HasSubstr("another process holds it"));
  EXPECT_THAT(error.what(), HasSubstr("screenalytics.db"));
}

TEST_F(StoreTest, ADamagedFileIsRefused) {
  folder_.write("facebank/screenalytics.db", std::string(5000, 'x'));
  const Error error = caught_error([&] { Store{file_}; });
  EXPECT_EQ(error.code(), ErrorCode::corrupt_input);
  EXPECT_THAT(error.what(), HasSubstr("from a backup"));
}

TEST_F(StoreTest, AFileOfANewerVersionIsRefusedAndKept) {
  { const Store store(file_); }
  execute("PRAGMA user_version = 7");
  const Error error = caught_error([&] { Store{file_}; });
  EXPECT_EQ(error.code(), ErrorCode::unsupported);
  EXPECT_THAT(error.what(), HasSubstr("version 7, this program knows up to 1"));
}

TEST_F(StoreTest, AReadOnlyFileCanBeReadAndSaysWhyItIsNotWritten) {
  { Store(file_).add_person({"ann", "Ann", "then"}); }
  fs::permissions(file_, fs::perms::owner_read);
  Store store(file_);
  EXPECT_THAT(store.people(), SizeIs(1));
  if (geteuid() != 0) {  // permissions do not bind root
    const Error error = caught_error([&] { store.remove_person("ann"); });
    EXPECT_EQ(error.code(), ErrorCode::io);
    EXPECT_THAT(error.what(), HasSubstr("permissions"));
  }
}

TEST_F(StoreTest, AFolderInTheFilesPlaceIsRefused) {
  fs::create_directories(file_);
  const Error error = caught_error([&] { Store{file_}; });
  EXPECT_EQ(error.code(), ErrorCode::io);
  EXPECT_THAT(error.what(), HasSubstr("choose another --out-root"));
}

}  // namespace
}  // namespace screenalytics
