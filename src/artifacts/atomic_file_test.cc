// Tests of AtomicFile, EpisodePaths and EpisodeLock, with the faults of a real file system.
// SPDX-License-Identifier: MIT
#include "artifacts/atomic_file.h"

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "artifacts/episode_lock.h"
#include "artifacts/episode_paths.h"
#include "testing/caught_error.h"
#include "testing/temp_folder.h"

namespace screenalytics {
namespace {

using ::testing::HasSubstr;

size_t files_in(const std::filesystem::path& folder) {
  size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder)) ++count;
  return count;
}

// Files may not grow beyond `bytes` while this lives: write(2) fails as on a full disk.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    rlimit limit = before_;
    limit.rlim_cur = bytes;
    handler_ = ::signal(SIGXFSZ, SIG_IGN);
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    ::signal(SIGXFSZ, handler_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit before_{};
  sighandler_t handler_ = nullptr;
};

TEST(AtomicFile, TheNameAppearsWithCommitAndNotBefore) {
  const TempFolder folder;
  AtomicFile file(folder / "a.txt");
  file.write("one ");
  file.write("two");
  EXPECT_FALSE(std::filesystem::exists(folder / "a.txt"));
  file.commit();
  EXPECT_EQ(file_content(folder / "a.txt"), "one two");
  EXPECT_EQ(files_in(folder.path()), 1u);
}

TEST(AtomicFile, WithoutCommitTheOldFileStaysAndNothingIsLeftBehind) {
  const TempFolder folder;
  folder.write("a.txt", "old");
  {
    AtomicFile file(folder / "a.txt");
    file.write(std::string(1 << 20, 'x'));
  }
  EXPECT_EQ(file_content(folder / "a.txt"), "old");
  EXPECT_EQ(files_in(folder.path()), 1u);
}

TEST(AtomicFile, AMovedFileIsCommittedOnce) {
  const TempFolder folder;
  AtomicFile first(folder / "a.txt");
  first.write("text");
  {
    AtomicFile second(std::move(first));
    second.commit();
  }
  EXPECT_EQ(file_content(folder / "a.txt"), "text");
}

TEST(AtomicFile, BytesBeyondTheBufferArriveInOrder) {
  const TempFolder folder;
  std::string expected;
  AtomicFile file(folder / "a.bin", Durability::volatile_);
  for (int i = 0; i < 200000; ++i) {
    const std::string text = std::to_string(i);
    expected += text;
    file.write(text);
  }
  file.commit();
  EXPECT_EQ(file_content(folder / "a.bin"), expected);
}

TEST(AtomicFile, AFullDiskIsNamedAndLeavesTheOldFile) {
  const TempFolder folder;
  folder.write("a.txt", "old");
  const FileSizeLimit limit(4096);
  const Error error = caught_error([&] {
    AtomicFile file(folder / "a.txt");
    file.write(std::string(1 << 20, 'x'));
    file.commit();
  });
  EXPECT_EQ(error.code(), ErrorCode::io);
  EXPECT_THAT(error.what(), HasSubstr("cannot write " + (folder / "a.txt").string() +
                                      ": File too large; the file may not grow further here"));
  EXPECT_EQ(file_content(folder / "a.txt"), "old");
  EXPECT_EQ(files_in(folder.path()), 1u);
}

TEST(AtomicFile, AFailedRenameLeavesWhatWasThereAndNoTemporaryFile) {
  const TempFolder folder;
  folder.write("a.txt/inside", "a folder is in the way");
  const Error error = caught_error([&] { write_file_atomically(folder / "a.txt", "new"); });
  EXPECT_EQ(error.code(), ErrorCode::io);
  EXPECT_THAT(error.what(), HasSubstr("cannot replace " + (folder / "a.txt").string()));
  EXPECT_EQ(files_in(folder.path()), 1u);
}

TEST(AtomicFile, AMissingFolderIsAnError) {
  const TempFolder folder;
  const Error error = caught_error([&] { AtomicFile file(folder / "none/a.txt"); });
  EXPECT_EQ(error.code(), ErrorCode::io);
  EXPECT_THAT(error.what(), HasSubstr("No such file or directory"));
}

TEST(IoMessage, EachOrdinaryFailureOfADiskComesWithAdvice) {
  const auto message = [](int error) { return io_message("write", "out/a.txt", error); };
  EXPECT_EQ(message(ENOSPC),
            "cannot write out/a.txt: No space left on device; free space or choose another "
            "--out-root");
  EXPECT_THAT(message(EDQUOT), HasSubstr("free space"));
  EXPECT_THAT(message(EACCES), HasSubstr("Permission denied; make it writable for this user"));
  EXPECT_THAT(message(EROFS), HasSubstr("the file system is read-only: choose another --out-root"));
  EXPECT_THAT(message(EFBIG), HasSubstr("ulimit -f"));
  EXPECT_THAT(message(ENOTDIR), HasSubstr("a part of the path is a file"));
  EXPECT_THAT(message(ENAMETOOLONG), HasSubstr("choose a shorter --out-root or --ep-id"));
  EXPECT_EQ(message(EIO), "cannot write out/a.txt: Input/output error");
}

TEST(EpisodePaths, AreThoseOfTheArtifactsDocument) {
  const EpisodePaths paths("root", EpisodeId("show-s01e02"));
  EXPECT_EQ(paths.detections(), "root/manifests/show-s01e02/detections.jsonl");
  EXPECT_EQ(paths.journal(), "root/manifests/show-s01e02/.work/journal");
  EXPECT_EQ(paths.frame(12), "root/frames/show-s01e02/frames/frame_000012.jpg");
  EXPECT_EQ(paths.frame(12345678), "root/frames/show-s01e02/frames/frame_12345678.jpg");
  EXPECT_EQ(paths.crop(3, 12), "root/frames/show-s01e02/crops/track-00003/frame_000012.jpg");
}

TEST(EpisodePaths, FoldersAreMadeTwiceWithoutHarmAndAFileInTheWayIsNamed) {
  const TempFolder folder;
  const EpisodePaths paths(folder / "out", EpisodeId("a"));
  paths.create_folders();
  paths.create_folders();
  EXPECT_TRUE(std::filesystem::is_directory(paths.work()));
  folder.write("file", "");
  const Error error =
      caught_error([&] { EpisodePaths(folder / "file", EpisodeId("a")).create_folders(); });
  EXPECT_EQ(error.code(), ErrorCode::io);
  EXPECT_THAT(error.what(), HasSubstr("cannot create the folder " + (folder / "file").string()));
  EXPECT_THAT(error.what(), HasSubstr("choose another --out-root"));
}

TEST(EpisodeLock, ASecondRunIsRefusedWithTheProcessThatHoldsItAndLaterAllowed) {
  const TempFolder folder;
  const EpisodePaths paths(folder.path(), EpisodeId("a"));
  paths.create_folders();
  {
    const EpisodeLock lock(paths);
    const Error error = caught_error([&] { EpisodeLock second(paths); });
    EXPECT_EQ(error.code(), ErrorCode::conflict);
    EXPECT_THAT(error.what(), HasSubstr("cannot run episode 'a' in " + folder.path().string()));
    EXPECT_THAT(error.what(), HasSubstr("process " + std::to_string(::getpid()) + " is writing"));
    const EpisodePaths other(folder.path(), EpisodeId("b"));
    other.create_folders();
    EXPECT_NO_THROW(EpisodeLock{other});
  }
  EXPECT_NO_THROW(EpisodeLock{paths});
}

TEST(EpisodeLock, IsGivenBackWhereTheHolderIsKilled) {
  const TempFolder folder;
  const EpisodePaths paths(folder.path(), EpisodeId("a"));
  paths.create_folders();
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const EpisodeLock lock(paths);
    if (::write(ready[1], "x", 1) == 1) ::pause();
    ::_exit(1);
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  EXPECT_EQ(caught_error([&] { EpisodeLock lock(paths); }).code(), ErrorCode::conflict);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_NO_THROW(EpisodeLock{paths});
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST(EpisodeLock, TakingItRemovesHalfFilesOfAKilledRunAndNothingElse) {
  const TempFolder folder;
  const EpisodePaths paths(folder.path(), EpisodeId("a"));
  paths.create_folders();
  folder.write("manifests/a/tracks.jsonl", "last good run");
  const pid_t child = ::fork();
  if (child == 0) {
    const AtomicFile half(paths.tracks());
    ::_exit(0);  // no destructor runs
  }
  ::waitpid(child, nullptr, 0);
  ASSERT_EQ(files_in(paths.manifests()), 3u);  // .work, tracks.jsonl, the half one
  const EpisodeLock lock(paths);
  EXPECT_EQ(file_content(paths.tracks()), "last good run");
  EXPECT_EQ(files_in(paths.manifests()), 3u);  // .lock, .work, tracks.jsonl
}

TEST(EpisodeLock, AMissingFolderIsAnError) {
  const TempFolder folder;
  const EpisodePaths paths(folder / "none", EpisodeId("a"));
  EXPECT_EQ(caught_error([&] { EpisodeLock lock(paths); }).code(), ErrorCode::io);
}

}  // namespace
}  // namespace screenalytics
