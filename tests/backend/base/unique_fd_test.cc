#include "backend/base/unique_fd.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <filesystem>

#include "backend/base/digest.h"
#include "tests/support/matchers.h"
#include "tests/support/temp_directory.h"

namespace replicafs {
namespace {

bool IsOpen(int fd) {
  return ::fcntl(fd, F_GETFD) >= 0;
}

mode_t ModeOf(const std::string& path) {
  struct stat status {};
  EXPECT_EQ(::stat(path.c_str(), &status), 0);
  return status.st_mode & 0777;
}

TEST(UniqueFd, OutOfScopeThenClosed) {
  int number = -1;
  {
    const UniqueFd fd = Must(OpenFile("/dev/null", O_RDONLY));
    number = fd.get();
    EXPECT_TRUE(IsOpen(number));
    EXPECT_NE(::fcntl(number, F_GETFD) & FD_CLOEXEC, 0);
  }
  EXPECT_FALSE(IsOpen(number));
}

TEST(UniqueFd, MovedThenOwnedOnce) {
  UniqueFd first = Must(OpenFile("/dev/null", O_RDONLY));
  const int number = first.get();

  UniqueFd second = std::move(first);

  EXPECT_FALSE(first.valid());  // NOLINT(bugprone-use-after-move)
  EXPECT_EQ(second.get(), number);
  second.Reset();
  EXPECT_FALSE(IsOpen(number));
}

TEST(Files, MissingThenNotFoundAndNamed) {
  const TempDirectory directory;

  const auto result = OpenFile(directory / "missing", O_RDONLY);

  EXPECT_CODE(kNotFound, result);
  EXPECT_NE(result.error().message.find("missing"), std::string::npos);
  EXPECT_CODE(kNotFound, ReadWholeFile(directory / "missing"));
}

TEST(Files, WrittenThenReadAtAnyOffset) {
  const TempDirectory directory;
  const UniqueFd fd = Must(OpenFile(directory / "f", O_RDWR | O_CREAT));
  ASSERT_OK(WriteFullAt(fd.get(), AsBytes("world"), 6));
  ASSERT_OK(WriteFullAt(fd.get(), AsBytes("hello "), 0));
  std::string text(20, '?');
  const auto into = std::as_writable_bytes(std::span(text.data(), text.size()));

  EXPECT_EQ(Must(ReadFullAt(fd.get(), into, 0)), 11U);
  EXPECT_EQ(text.substr(0, 11), "hello world");
  EXPECT_EQ(Must(ReadFullAt(fd.get(), into, 6)), 5U);
  EXPECT_EQ(Must(ReadFullAt(fd.get(), into, 100)), 0U);
  EXPECT_OK(SyncData(fd.get(), directory / "f"));
}

size_t EntriesOf(const std::filesystem::path& directory) {
  size_t entries = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory))
    entries += entry.exists() ? 1U : 0U;
  return entries;
}

TEST(Files, WrittenAtomicallyThenWholeAndAlone) {
  const TempDirectory directory;
  const std::string path = directory / "f";

  ASSERT_OK(WriteFileAtomically(path, "old", 0640));
  ASSERT_OK(WriteFileAtomically(path, "new content", 0600));

  EXPECT_EQ(Must(ReadWholeFile(path)), "new content");
  EXPECT_EQ(ModeOf(path), 0600U);
  EXPECT_EQ(EntriesOf(directory.path()), 1U) << "no temporary file stays";
}

TEST(Files, WrittenAtomicallyWhereItCannotBeThenOldContentStays) {
  const TempDirectory directory;

  EXPECT_CODE(kNotFound, WriteFileAtomically(directory / "missing/f", "x"));
}

TEST(Files, WrittenAtomicallyInVainThenNoTemporaryFileStays) {
  const TempDirectory directory;
  ASSERT_OK(MakeDirectories(directory / "taken/below"));

  EXPECT_FALSE(WriteFileAtomically(directory / "taken", "x").has_value());

  EXPECT_EQ(EntriesOf(directory.path()), 1U);
}

TEST(Files, DirectoriesMadeThenThereAndAgainNoError) {
  const TempDirectory directory;

  EXPECT_OK(MakeDirectories(directory / "a/b/c"));
  EXPECT_OK(MakeDirectories(directory / "a/b/c"));
  EXPECT_TRUE(std::filesystem::is_directory(directory / "a/b/c"));
  EXPECT_OK(SyncDirectory(directory / "a/b"));
}

TEST(Files, DirectoryWhereAFileIsThenNotDirectory) {
  const TempDirectory directory;
  ASSERT_OK(WriteFileAtomically(directory / "file", ""));

  EXPECT_CODE(kNotDirectory, MakeDirectories(directory / "file"));
}

TEST(Files, DirectoryBelowAFileThenError) {
  const TempDirectory directory;
  ASSERT_OK(WriteFileAtomically(directory / "f", "x"));

  EXPECT_FALSE(MakeDirectories(directory / "f/a").has_value());
}

TEST(Files, LargeFileThenReadWhole) {
  const TempDirectory directory;
  const std::string text(1'000'003, 'x');

  ASSERT_OK(WriteFileAtomically(directory / "f", text));

  EXPECT_TRUE(Must(ReadWholeFile(directory / "f")) == text);
}

}  // namespace
}  // namespace replicafs
