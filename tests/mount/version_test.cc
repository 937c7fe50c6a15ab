#include <fcntl.h>
#include <unistd.h>

#include <filesystem>

#include "backend/past/past_account.h"
#include "tests/mount/mount_fixture.h"

namespace replicafs {
namespace {

using MountedVersion = MountTest;

TEST_F(MountedVersion, WhenWrittenTwiceThenBothVersionsAreFiles) {
  ASSERT_EQ(PutFile(Photo("f"), "first"), 0);
  const std::string first = GetXattr(Photo("f"), "user.version.id").value_or("");
  ASSERT_EQ(PutFile(Photo("f"), "second"), 0);

  const std::vector<std::string> versions = NamesIn(Photo(".versions/f"));

  ASSERT_EQ(versions.size(), 2U);
  EXPECT_EQ(versions.front(), first);
  EXPECT_EQ(GetFile(Photo(".versions/f/" + versions[0])), "first");
  EXPECT_EQ(GetFile(Photo(".versions/f/" + versions[1])), "second");
  EXPECT_EQ(NamesIn(At("west/photos")), std::vector<std::string>{"f"});
}

TEST_F(MountedVersion, WhenDeletedThenCopyingAVersionBackRestoresIt) {
  ASSERT_EQ(PutFile(Photo("f"), "content"), 0);
  ASSERT_EQ(::unlink(Photo("f").c_str()), 0);
  const std::vector<std::string> versions = NamesIn(Photo(".versions/f"));
  ASSERT_EQ(versions.size(), 1U);

  EXPECT_SHELL("cp '" + Photo(".versions/f/" + versions[0]) + "' '" + Photo("f") + "'");

  EXPECT_EQ(GetFile(Photo("f")), "content");
}

TEST_F(MountedVersion, WhenOpenedForWriteThenAVersionRefuses) {
  ASSERT_EQ(PutFile(Photo("f"), "content"), 0);
  const std::string version = Photo(".versions/f/" + NamesIn(Photo(".versions/f")).at(0));

  EXPECT_NE(ErrnoOf(::open(version.c_str(), O_WRONLY)), 0);
  EXPECT_NE(Touch(Photo(".versions/f/other")), 0);
  EXPECT_EQ(GetFile(version), "content");
}

TEST_F(MountedVersion, WhenUnlinkedThenThatVersionIsGoneForGood) {
  ASSERT_EQ(PutFile(Photo("f"), "first"), 0);
  ASSERT_EQ(PutFile(Photo("f"), "second"), 0);
  const std::vector<std::string> versions = NamesIn(Photo(".versions/f"));
  ASSERT_EQ(versions.size(), 2U);

  ASSERT_EQ(::unlink(Photo(".versions/f/" + versions[0]).c_str()), 0);

  EXPECT_EQ(NamesIn(Photo(".versions/f")), std::vector<std::string>{versions[1]});
  EXPECT_EQ(GetFile(Photo("f")), "second");
}

TEST_F(MountedVersion, S62_WhenThePastIsMountedThenItShowsWhatWasAndRefusesWrites) {
  namespace files = std::filesystem;
  files::create_directories(Photo("gone/deep"));
  ASSERT_EQ(PutFile(Photo("gone/deep/file"), "was here"), 0);
  ASSERT_EQ(PutFile(Photo("cat"), "kitten"), 0);
  ASSERT_EQ(PutFile(Photo("dir-or-file"), "a file"), 0);
  const auto west = Must(accounts_->OpenAccount("west"));
  const uint64_t head = Must(west->journal().Head());
  const Timestamp moment = Must(west->journal().Read(head - 1, 1)).at(0).time;
  files::rename(Photo("gone"), Photo("moved"));
  ASSERT_EQ(PutFile(Photo("cat"), "cat"), 0);
  ASSERT_EQ(::unlink(Photo("dir-or-file").c_str()), 0);
  files::create_directories(Photo("dir-or-file"));
  ASSERT_EQ(PutFile(Photo("dir-or-file/new"), "new"), 0);
  Unmount();
  const std::string past = Outside("past");
  files::create_directories(past);
  PastAccounts accounts(*accounts_, moment);

  const InProcessMount mount(accounts, past, Outside("past-scratch"),
                             {.account = "west", .container = "photos"},
                             SessionOptions::Writing::kRefused);

  EXPECT_EQ(NamesIn(past), (std::vector<std::string>{"cat", "dir-or-file", "gone"}));
  EXPECT_EQ(NamesIn(past + "/gone/deep"), std::vector<std::string>{"file"});
  EXPECT_EQ(GetFile(past + "/gone/deep/file"), "was here");
  EXPECT_EQ(GetFile(past + "/cat"), "kitten");
  EXPECT_EQ(GetFile(past + "/dir-or-file"), "a file");
  EXPECT_FALSE(Exists(past + "/moved"));
  EXPECT_EQ(NamesIn(past + "/.versions/cat").size(), 1U);
  EXPECT_EQ(PutFile(past + "/new", "x"), EROFS);
  EXPECT_EQ(ErrnoOf(::unlink((past + "/cat").c_str())), EROFS);
  EXPECT_EQ(ErrnoOf(::rename((past + "/cat").c_str(), (past + "/dog").c_str())), EROFS);
}

}  // namespace
}  // namespace replicafs
