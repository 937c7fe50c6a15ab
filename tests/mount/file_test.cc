#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <thread>
#include <vector>

#include "backend/base/unique_fd.h"
#include "tests/mount/mount_fixture.h"

namespace replicafs {
namespace {

using MountedFile = MountTest;

constexpr size_t kMiB = size_t{1} << 20;

std::string ReadAt(int fd, size_t size, off_t offset) {
  std::string bytes(size, '\0');
  const ssize_t length = ::pread(fd, bytes.data(), size, offset);
  bytes.resize(length > 0 ? static_cast<size_t>(length) : 0);
  return bytes;
}

TEST_F(MountedFile, WhenWrittenThenReadBackAtOnceAndAfterARemount) {
  for (const size_t size : {size_t{0}, size_t{1}, size_t{4096}, size_t{70'000}, 13 * kMiB + 7}) {
    const std::string name = "f" + std::to_string(size);
    const std::string content = Pattern(size);
    ASSERT_EQ(PutFile(Photo(name), content), 0);
    EXPECT_TRUE(GetFile(Photo(name)) == content) << size;
    EXPECT_EQ(StatOf(Photo(name)).st_size, static_cast<off_t>(size));
  }

  Remount();

  EXPECT_TRUE(GetFile(Photo("f13631495")) == Pattern(13 * kMiB + 7));
  EXPECT_TRUE(GetFile(Photo("f70000")) == Pattern(70'000));
  EXPECT_EQ(GetFile(Photo("f0")), "");
}

// Reads of many bytes are handed on from the block files.
TEST_F(MountedFile, WhenABlockFileIsChangedShortOrGoneThenItsBytesAreAnErrorAndTheOthersAreRead) {
  const size_t size = 12 * kMiB;
  const std::string content = Pattern(size);
  for (const char* name : {"changed", "short", "gone"}) {
    const std::string own = content.substr(0, 5 * kMiB) + name + content.substr(5 * kMiB);
    ASSERT_EQ(PutFile(Photo(name), own), 0);
    const Digest damaged = Sha256(AsBytes(std::string_view(own).substr(4 * kMiB, 4 * kMiB)));
    const std::string file =
        root_ / ("accounts/west/blocks/" + ToHex(damaged).substr(0, 2) + "/" + ToHex(damaged));
    ASSERT_TRUE(Exists(file)) << file;
    ASSERT_EQ(::chmod(file.c_str(), 0600), 0);
    const std::string_view damage = name;
    if (damage == "changed") {
      ASSERT_EQ(WriteAt(file, 3 * kMiB, "other"), 0);
    } else if (damage == "short") {
      ASSERT_EQ(::truncate(file.c_str(), 3 * kMiB), 0);
    } else {
      ASSERT_EQ(::unlink(file.c_str()), 0);
    }
  }
  Remount();

  for (const char* name : {"changed", "short", "gone"}) {
    const UniqueFd file(::open(Photo(name).c_str(), O_RDONLY));
    std::string bytes(kMiB, '\0');
    EXPECT_EQ(::pread(file.get(), bytes.data(), kMiB, 4 * kMiB), -1) << name;
    EXPECT_EQ(errno, EIO) << name;
    EXPECT_EQ(::pread(file.get(), bytes.data(), kMiB, 7 * kMiB), -1) << name;
    EXPECT_TRUE(ReadAt(file.get(), 4 * kMiB, 0) == content.substr(0, 4 * kMiB)) << name;
    EXPECT_EQ(ReadAt(file.get(), size, 8 * kMiB).size(), 4 * kMiB + std::string(name).size());
  }
}

// O_DIRECT reads past the kernel's cache.
TEST_F(MountedFile, WhenALargeFileIsWrittenThenReadsSeeItBeforeAndAfterItsCommit) {
  const size_t size = 9 * kMiB;
  std::string content = Pattern(size);
  ASSERT_EQ(PutFile(Photo("f"), content), 0);
  const UniqueFd reading(::open(Photo("f").c_str(), O_RDONLY | O_DIRECT));
  ASSERT_TRUE(reading.valid());
  // From three blocks.
  EXPECT_TRUE(ReadAt(reading.get(), size, 0) == content);
  UniqueFd writing(::open(Photo("f").c_str(), O_WRONLY));
  const std::string changed(300 << 10, 'x');

  ASSERT_EQ(::pwrite(writing.get(), changed.data(), changed.size(), 4 * kMiB - 5), 300 << 10);

  content.replace(4 * kMiB - 5, changed.size(), changed);
  EXPECT_TRUE(ReadAt(reading.get(), size, 0) == content);
  writing.Reset();
  EXPECT_TRUE(ReadAt(reading.get(), size, 0) == content);
}

TEST_F(MountedFile, WhenReadFromSeveralPlacesAtOnceThenEachGetsItsBytes) {
  const size_t size = 24 * kMiB + 5;
  const std::string content = Pattern(size);
  ASSERT_EQ(PutFile(Photo("f"), content), 0);
  Remount();
  std::atomic<int> wrong = 0;
  std::vector<std::thread> readers;
  for (size_t reader = 0; reader < 4; ++reader) {
    readers.emplace_back([&, reader] {
      const UniqueFd file(::open(Photo("f").c_str(), O_RDONLY));
      for (size_t step = 0; step < 40; ++step) {
        const size_t offset = (step * 7 + reader * 13) % 24 * kMiB + step % 2 * 300;
        const std::string got = ReadAt(file.get(), kMiB + 4097, static_cast<off_t>(offset));
        if (got != content.substr(offset, kMiB + 4097)) ++wrong;
      }
    });
  }
  for (std::thread& reader : readers) reader.join();

  EXPECT_EQ(wrong, 0);
}

TEST_F(MountedFile, WhenAppendedOverwrittenAndTruncatedThenItHoldsWhatALocalFileWould) {
  const std::string local = Outside("local");
  for (const std::string& path : {local, Photo("f")}) {
    ASSERT_EQ(PutFile(path, Pattern(5 * kMiB)), 0);
    ASSERT_EQ(AppendFile(path, Pattern(3000, 2)), 0);
    ASSERT_EQ(WriteAt(path, 4 * kMiB - 100, Pattern(200, 3)), 0);
    ASSERT_EQ(WriteAt(path, 6 * kMiB, "after a hole"), 0);
    ASSERT_EQ(::truncate(path.c_str(), 6 * kMiB + 5), 0);
    ASSERT_EQ(::truncate(path.c_str(), 6 * kMiB + 50), 0);
  }

  EXPECT_TRUE(GetFile(Photo("f")) == GetFile(local));
  Remount();
  EXPECT_TRUE(GetFile(Photo("f")) == GetFile(local));
}

TEST_F(MountedFile, WhenCreatedExclusivelyTwiceThenTheSecondFails) {
  const UniqueFd first(::open(Photo("f").c_str(), O_CREAT | O_EXCL | O_WRONLY, 0600));
  ASSERT_TRUE(first.valid());

  EXPECT_EQ(ErrnoOf(::open(Photo("f").c_str(), O_CREAT | O_EXCL | O_WRONLY, 0600)), EEXIST);
}

TEST_F(MountedFile, WhenOpenedForTruncationThenTheOldContentIsGoneAtOnce) {
  ASSERT_EQ(PutFile(Photo("f"), "old"), 0);

  const UniqueFd writer(::open(Photo("f").c_str(), O_WRONLY | O_TRUNC));

  EXPECT_EQ(StatOf(Photo("f")).st_size, 0);
  EXPECT_EQ(GetFile(Photo("f")), "");
}

TEST_F(MountedFile, WhenWrittenAndNotYetClosedThenReadersOfTheMountSeeIt) {
  const UniqueFd writer(::open(Photo("f").c_str(), O_CREAT | O_WRONLY, 0644));
  const std::string content = Pattern(9 * kMiB);
  ASSERT_OK(WriteFullAt(writer.get(), AsBytes(content), 0));

  EXPECT_TRUE(GetFile(Photo("f")) == content);
  EXPECT_EQ(StatOf(Photo("f")).st_size, static_cast<off_t>(content.size()));
}

TEST_F(MountedFile, WhenUnlinkedWhileOpenThenItStaysReadableAndWritable) {
  ASSERT_EQ(PutFile(Photo("f"), "content"), 0);
  const UniqueFd file(::open(Photo("f").c_str(), O_RDWR));

  ASSERT_EQ(::unlink(Photo("f").c_str()), 0);

  EXPECT_FALSE(Exists(Photo("f")));
  EXPECT_EQ(ReadAt(file.get(), 100, 0), "content");
  EXPECT_EQ(::pwrite(file.get(), "CON", 3, 0), 3);
  EXPECT_EQ(ReadAt(file.get(), 100, 0), "CONtent");
  EXPECT_EQ(NamesIn(At("west/photos")), std::vector<std::string>{});
}

TEST_F(MountedFile, WhenRenamedWhileOpenForWriteThenTheContentGoesToTheNewName) {
  {
    const UniqueFd file(::open(Photo("a").c_str(), O_CREAT | O_WRONLY, 0644));
    ASSERT_EQ(::write(file.get(), "one ", 4), 4);
    ASSERT_EQ(::rename(Photo("a").c_str(), Photo("b").c_str()), 0);
    ASSERT_EQ(::write(file.get(), "two", 3), 3);
  }
  EXPECT_FALSE(Exists(Photo("a")));
  EXPECT_EQ(GetFile(Photo("b")), "one two");
}

TEST_F(MountedFile, WhenReplacedByRenameThenAnOpenReaderKeepsTheOldContent) {
  ASSERT_EQ(PutFile(Photo("f"), "old"), 0);
  ASSERT_EQ(PutFile(Photo("g"), "new"), 0);
  const UniqueFd reader(::open(Photo("f").c_str(), O_RDONLY));

  ASSERT_EQ(::rename(Photo("g").c_str(), Photo("f").c_str()), 0);

  EXPECT_EQ(ReadAt(reader.get(), 100, 0), "old");
  EXPECT_EQ(GetFile(Photo("f")), "new");
}

TEST_F(MountedFile, WhenManyReadAndOneAppendsThenEachReaderSeesAPrefix) {
  const std::string content = Pattern(kMiB);
  std::atomic<bool> done = false;
  std::atomic<int> wrong = 0;
  ASSERT_EQ(PutFile(Photo("f"), ""), 0);
  std::vector<std::thread> readers;
  for (int i = 0; i < 6; ++i) {
    readers.emplace_back([&] {
      while (!done) {
        const auto seen = GetFile(Photo("f"));
        if (!seen || *seen != content.substr(0, seen->size())) ++wrong;
      }
    });
  }
  const UniqueFd writer(::open(Photo("f").c_str(), O_WRONLY | O_APPEND));
  for (size_t at = 0; at < content.size(); at += 8192) {
    ASSERT_EQ(::write(writer.get(), content.data() + at, 8192), 8192);
  }
  done = true;
  for (std::thread& reader : readers) reader.join();

  EXPECT_EQ(wrong, 0);
  EXPECT_TRUE(GetFile(Photo("f")) == content);
}

TEST_F(MountedFile, WhenMappedAndChangedThenTheChangeIsCommitted) {
  ASSERT_EQ(PutFile(Photo("f"), std::string(8192, 'a')), 0);
  {
    const UniqueFd file(::open(Photo("f").c_str(), O_RDWR));
    void* const memory = ::mmap(nullptr, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
    ASSERT_NE(memory, MAP_FAILED);
    static_cast<char*>(memory)[5000] = 'b';
    ASSERT_EQ(::msync(memory, 8192, MS_SYNC), 0);
    ::munmap(memory, 8192);
  }
  std::string expected(8192, 'a');
  expected[5000] = 'b';
  EXPECT_EQ(GetFile(Photo("f")), expected);
  Remount();
  EXPECT_EQ(GetFile(Photo("f")), expected);
}

// The kernel writes pages back through any handle that may write.
TEST_F(MountedFile, S32_WhenMappedWhileOpenToAppendThenPagesGoToTheirPlace) {
  std::string expected(8192, 'a');
  ASSERT_EQ(PutFile(Photo("f"), expected), 0);
  {
    const UniqueFd appender(::open(Photo("f").c_str(), O_RDWR | O_APPEND));
    void* const memory =
        ::mmap(nullptr, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, appender.get(), 0);
    ASSERT_NE(memory, MAP_FAILED);
    static_cast<char*>(memory)[5000] = 'b';
    ASSERT_EQ(::msync(memory, 8192, MS_SYNC), 0);
    ::munmap(memory, 8192);
    ASSERT_EQ(::write(appender.get(), "end", 3), 3);
  }
  expected[5000] = 'b';
  EXPECT_EQ(GetFile(Photo("f")), expected + "end");
}

TEST_F(MountedFile, WhenSyncedThenItIsCommittedBeforeTheClose) {
  const UniqueFd file(::open(Photo("f").c_str(), O_CREAT | O_WRONLY, 0644));
  ASSERT_EQ(::write(file.get(), "synced", 6), 6);

  ASSERT_EQ(::fsync(file.get()), 0);

  const auto account = Must(accounts_->OpenAccount("west"));
  EXPECT_EQ(Must(account->store().Stat({"photos", "f"})).size_bytes, 6U);
}

}  // namespace
}  // namespace replicafs
