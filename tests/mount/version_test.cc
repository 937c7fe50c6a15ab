#include <fcntl.h>
#include <unistd.h>

#include <filesystem>

#include "backend/base/unique_fd.h"
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

// How many versions programs make.
class VersionCount : public MountTest {
 protected:
  size_t Versions(const std::string& name) { return NamesIn(Photo(".versions/" + name)).size(); }
  // That ever were at the container's root and begin so.
  size_t Names(const std::string& prefix) {
    size_t count = 0;
    for (const std::string& name : NamesIn(Photo(".versions"))) count += name.starts_with(prefix);
    return count;
  }
  // And one that makes the table.
  std::string TenTransactions(const std::string& journal_mode) {
    return "cd '" + At("west/photos") +
           "' && python3 -c '\n"
           "import sqlite3\n"
           "db = sqlite3.connect(\"db\", isolation_level=None)\n"
           "mode = db.execute(\"pragma journal_mode=" +
           journal_mode +
           "\").fetchone()[0]\n"
           "assert mode == \"" +
           journal_mode +
           "\", mode\n"
           "db.execute(\"create table t(x)\")\n"
           "for i in range(10): db.execute(\"insert into t values(1)\")\n"
           "db.close()'";
  }
};

TEST_F(VersionCount, S65_AnEditorThatSavesByRenameThenOneASave) {
  for (int i = 0; i < 5; ++i) {
    ASSERT_EQ(PutFile(Photo("text.tmp"), "save " + std::to_string(i)), 0);
    ASSERT_EQ(::rename(Photo("text.tmp").c_str(), Photo("text").c_str()), 0);
  }

  EXPECT_EQ(Versions("text"), 5U);
  EXPECT_EQ(Versions("text.tmp"), 5U);
}

TEST_F(VersionCount, S66_ALogThatIsSyncedThroughOneOpenThenOne) {
  const UniqueFd log(::open(Photo("log").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644));
  for (int i = 0; i < 1000; ++i) {
    ASSERT_EQ(::write(log.get(), "line\n", 5), 5);
    ASSERT_EQ(::fsync(log.get()), 0);
  }

  EXPECT_EQ(Versions("log"), 1U);
  EXPECT_EQ(GetFile(Photo("log")).value_or("").size(), 5000U);
}

TEST_F(VersionCount, S67_ALogThatIsOpenedForEachLineThenOneALineAtMost) {
  for (int i = 0; i < 20; ++i) ASSERT_EQ(AppendFile(Photo("log"), "line\n"), 0);

  // The kernel gives a handle back some time after close(2): an open that is faster joins the
  // session.
  EXPECT_LE(Versions("log"), 20U);
  EXPECT_EQ(GetFile(Photo("log")).value_or("").size(), 100U);
}

TEST_F(VersionCount, S68_OneForEachCopyThatChangesTheFile) {
  for (int i = 1; i <= 3; ++i) {
    const std::string from = Outside("from");
    ASSERT_EQ(PutFile(from, "content " + std::to_string(i)), 0);
    EXPECT_SHELL("touch -d 2020-01-0" + std::to_string(i) + " '" + from + "' && cp '" + from +
                 "' '" + Photo("copied") + "'");
    if (Shell("command -v rsync").exit_code != 0) continue;
    EXPECT_SHELL("rsync -a --inplace '" + from + "' '" + Photo("in-place") + "'");
    // Nothing to send.
    EXPECT_SHELL("rsync -a --inplace '" + from + "' '" + Photo("in-place") + "'");
    EXPECT_SHELL("rsync -a '" + from + "' '" + Photo("renamed") + "'");
  }

  EXPECT_EQ(Versions("copied"), 3U);
  if (Shell("command -v rsync").exit_code != 0) GTEST_SKIP() << "rsync is not installed";
  EXPECT_EQ(Versions("in-place"), 3U);
  EXPECT_EQ(Versions("renamed"), 3U);
  EXPECT_EQ(Names(".renamed."), 3U);
}

TEST_F(VersionCount, S69_SqliteWithARollbackJournalThenOneOfTheDatabaseAndOneAJournal) {
  EXPECT_SHELL(TenTransactions("delete"));

  EXPECT_EQ(Versions("db"), 1U);
  EXPECT_EQ(Versions("db-journal"), 11U);
}

TEST_F(VersionCount, S69_SqliteWithAWriteAheadLogThenOneOfEach) {
  EXPECT_SHELL(TenTransactions("wal"));

  EXPECT_EQ(Versions("db"), 1U);
  EXPECT_EQ(Versions("db-wal"), 1U);
}

}  // namespace
}  // namespace replicafs
