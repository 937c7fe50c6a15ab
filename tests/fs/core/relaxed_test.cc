// Closes in accounts of relaxed durability (fs/SEMANTICS.md, S55 to S57).
#include <fcntl.h>
#include <sys/stat.h>

#include "fs/core/posix_metadata.h"
#include "tests/support/faulty_store.h"
#include "tests/support/file_system_fixture.h"
#include "tests/support/gated_account.h"
#include "tests/support/matchers.h"

namespace replicafs {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

// Nothing is made while the gate is closed.
class Relaxed : public ::testing::Test, public MountedFixture {
 protected:
  Relaxed() : MountedFixture({.account = "memory", .container = "box"}, Gated) {
    accounts().SetDurability(Durability::kRelaxed);
    Remount();
  }

  GatedAccount& gated() {
    return dynamic_cast<GatedAccount&>(*Must(accounts().OpenAccount("memory")));
  }
  GatedStore& gate() { return gated().gate(); }
  // From now on what is closed waits, behind a file whose commit stands at the gate.
  void HoldEverything() {
    gate().Hold();
    ASSERT_OK(WriteFile("held", "x"));
    gate().AwaitCaller();
  }
  // Past the gate and what waits.
  BlobStore& stored() { return gated().inner().store(); }
};

TEST_F(Relaxed, S55_ClosedThenSeenThroughTheMountBeforeItIsCommitted) {
  ASSERT_OK(Mkdir("d"));
  const int64_t before = Must(Stat("d")).mtime_ns;
  gate().Hold();

  ASSERT_OK(WriteFile("d/a", "hello"));
  ASSERT_OK(WriteFile("d/b", "world"));

  EXPECT_EQ(Must(ReadFile("d/a")), "hello");
  EXPECT_EQ(Must(Stat("d/a")).size_bytes, 5U);
  EXPECT_THAT(Must(List("d")), ElementsAre("a", "b"));
  EXPECT_GT(Must(Stat("d")).mtime_ns, before);
  EXPECT_CODE(kExists, Open("d/a", O_WRONLY | O_CREAT | O_EXCL));
  EXPECT_CODE(kNotEmpty, Rmdir("d"));
  EXPECT_CODE(kNotFound, stored().Stat({"box", "d/a"}));
  const int64_t changed = Must(Stat("d")).mtime_ns;
  const uint64_t inode = Must(Stat("d/a")).inode;
  gate().Release();
  fs().Settle();
  EXPECT_OK(stored().Stat({"box", "d/a"}));
  EXPECT_EQ(Must(ReadFile("d/a")), "hello");
  EXPECT_EQ(Must(Stat("d")).mtime_ns, changed);
  EXPECT_EQ(Must(Stat("d/a")).inode, inode);
  EXPECT_EQ(VersionCount("d/a"), 1U);
}

TEST_F(Relaxed, S55_ManyClosedThenCommittedTogetherInTheirOrder) {
  constexpr int kFiles = 100;
  ASSERT_OK(WriteFile("old", "x"));
  fs().Settle();
  gate().Hold();
  for (int i = 0; i < kFiles; ++i) ASSERT_OK(WriteFile(std::to_string(i), "x"));
  ASSERT_OK(Unlink("old"));
  ASSERT_OK(WriteFile("last", "x"));

  gate().Release();
  fs().Settle();

  EXPECT_LT(gate().batches().size(), 10U);
  std::vector<std::string> made;
  for (const Event& event : Must(account().journal().Read(0, 1000)))
    if (!event.name.empty()) made.push_back(event.name);
  ASSERT_EQ(made.size(), kFiles + 3U);
  EXPECT_EQ(made[0], "old");
  for (int i = 0; i < kFiles; ++i) EXPECT_EQ(made[static_cast<size_t>(i) + 1], std::to_string(i));
  EXPECT_EQ(made[kFiles + 1], "old");
  EXPECT_EQ(made[kFiles + 2], "last");
}

TEST_F(Relaxed, S56_SyncedThenItAndWhatWasClosedBeforeAreDurable) {
  ASSERT_OK(WriteFile("before", "x"));
  const HandleId handle = Must(Open("a", O_WRONLY | O_CREAT));
  ASSERT_OK(WriteAt(handle, 0, "synced"));

  ASSERT_OK(fs().Sync(handle));

  EXPECT_OK(stored().Stat({"box", "before"}));
  EXPECT_EQ(Must(stored().Stat({"box", "a"})).size_bytes, 6U);
  ASSERT_OK(Close(handle));
}

TEST_F(Relaxed, S56_MountEndsThenEverythingIsDurable) {
  for (int i = 0; i < 300; ++i) ASSERT_OK(WriteFile(std::to_string(i), "x"));

  Remount();

  EXPECT_EQ(Must(List("")).size(), 300U);
  EXPECT_EQ(Must(stored().List({.container = "box"})).items.size(), 300U);
}

TEST_F(Relaxed, S56_RenamedThenTheFileLiesAtItsNewName) {
  ASSERT_OK(Mkdir("d"));
  ASSERT_OK(WriteFile("d/a", "one"));
  ASSERT_OK(Rename("d/a", "d/b"));
  ASSERT_OK(WriteFile("d/c", "two"));
  ASSERT_OK(Rename("d", "e"));
  ASSERT_OK(WriteFile("e/x", "left"));
  ASSERT_OK(WriteFile("e/y", "right"));
  ASSERT_OK(Rename("e/x", "e/y", RenameMode::kExchange));
  ASSERT_OK(WriteFile("target", "old"));
  ASSERT_OK(WriteFile("source", "new"));
  ASSERT_OK(Rename("source", "target"));

  Remount();

  EXPECT_EQ(Must(ReadFile("e/b")), "one");
  EXPECT_EQ(Must(ReadFile("e/c")), "two");
  EXPECT_EQ(Must(ReadFile("e/x")), "right");
  EXPECT_EQ(Must(ReadFile("e/y")), "left");
  EXPECT_EQ(Must(ReadFile("target")), "new");
  EXPECT_THAT(Must(List("")), UnorderedElementsAre("e", "target"));
}

TEST_F(Relaxed, ReopenedWhileItWaitsThenBothSessionsAreVersions) {
  ASSERT_OK(WriteFile("log", "0"));
  fs().Settle();
  gate().Hold();
  for (const char* line : {"1", "2", "3"}) {
    const HandleId handle = Must(Open("log", O_WRONLY | O_APPEND));
    ASSERT_OK(WriteAt(handle, 0, line));
    ASSERT_OK(Close(handle));
  }
  EXPECT_EQ(Must(ReadFile("log")), "0123");

  gate().Release();
  fs().Settle();

  EXPECT_EQ(Must(ReadFile("log")), "0123");
  EXPECT_EQ(VersionCount("log"), 4U);
}

TEST_F(Relaxed, OneSessionClosedTwiceThenOneVersion) {
  const HandleId handle = Must(Open("a", O_WRONLY | O_CREAT));
  ASSERT_OK(WriteAt(handle, 0, "one"));
  ASSERT_OK(fs().Sync(handle));
  ASSERT_OK(WriteAt(handle, 3, "two"));
  ASSERT_OK(fs().Sync(handle));
  ASSERT_OK(WriteAt(handle, 6, "three"));
  ASSERT_OK(Close(handle));

  fs().Settle();

  EXPECT_EQ(VersionCount("a"), 1U);
  EXPECT_EQ(Must(ReadFile("a")), "onetwothree");
}

TEST_F(Relaxed, S55_RemovedWhileItWaitsThenItLeavesNothing) {
  HoldEverything();
  ASSERT_OK(WriteFile("a", "x"));
  const HandleId reader = Must(Open("a", O_RDONLY));

  ASSERT_OK(Unlink("a"));

  EXPECT_CODE(kNotFound, Walk("a"));
  EXPECT_EQ(Must(ReadAll(reader)), "x");
  gate().Release();
  fs().Release(reader);
  EXPECT_EQ(VersionCount("a"), 0U);
}

TEST_F(Relaxed, S56_RenamedToAFreeNameWhileItWaitsThenItIsCommittedThere) {
  HoldEverything();
  ASSERT_OK(WriteFile("f.tmp", "content"));
  const uint64_t inode = Must(Stat("f.tmp")).inode;

  ASSERT_OK(Rename("f.tmp", "f"));

  EXPECT_EQ(Must(ReadFile("f")), "content");
  EXPECT_CODE(kNotFound, Walk("f.tmp"));
  EXPECT_THAT(Must(List("")), ElementsAre("f", "held"));
  gate().Release();
  Remount();
  EXPECT_EQ(Must(ReadFile("f")), "content");
  EXPECT_EQ(Must(Stat("f")).inode, inode);
  EXPECT_EQ(VersionCount("f"), 1U);
  EXPECT_EQ(VersionCount("f.tmp"), 0U);
}

TEST_F(Relaxed, RewrittenThenRemovedThenGone) {
  ASSERT_OK(WriteFile("a", "one"));
  fs().Settle();
  ASSERT_OK(WriteFile("a", "two"));

  ASSERT_OK(Unlink("a"));

  EXPECT_CODE(kNotFound, Walk("a"));
  EXPECT_EQ(VersionCount("a"), 2U);
  EXPECT_TRUE(Must(List("")).empty());
}

TEST_F(Relaxed, MadeAgainWhileItsRemovalWaitsThenTheNewFileStays) {
  ASSERT_OK(WriteFile("a", "old"));
  fs().Settle();
  gate().Hold();
  ASSERT_OK(Unlink("a"));
  ASSERT_OK(WriteFile("a", "new"));
  EXPECT_EQ(Must(ReadFile("a")), "new");

  gate().Release();
  Remount();

  EXPECT_EQ(Must(ReadFile("a")), "new");
  EXPECT_EQ(VersionCount("a"), 2U);
}

TEST_F(Relaxed, S54_MadeAndRemovedAgainWhileItsRemovalWaitsThenNotListed) {
  ASSERT_OK(WriteFile("a", "old"));
  fs().Settle();
  gate().Hold();
  ASSERT_OK(Unlink("a"));
  ASSERT_OK(WriteFile("a", "new"));

  ASSERT_OK(Unlink("a"));

  EXPECT_TRUE(Must(List("")).empty());
  gate().Release();
  EXPECT_CODE(kNotFound, Walk("a"));
  EXPECT_EQ(VersionCount("a"), 1U);
}

TEST_F(Relaxed, S55_AttributesChangedWhileItWaitsThenTheyGoIntoTheCommit) {
  HoldEverything();
  ASSERT_OK(WriteFile("a", "x"));
  ASSERT_OK(SetAttributes("a", {.mode = 0600, .mtime_ns = 1'000}));
  ASSERT_OK(SetXattr("a", "user.colour", "red"));
  EXPECT_EQ(Must(Stat("a")).mtime_ns, 1'000);

  gate().Release();
  Remount();

  EXPECT_EQ(Must(Stat("a")).mode & 07777, 0600U);
  EXPECT_EQ(Must(Stat("a")).mtime_ns, 1'000);
  EXPECT_EQ(Must(GetXattr("a", "user.colour")), "red");
  EXPECT_EQ(VersionCount("a"), 1U);
}

TEST_F(Relaxed, S55_AttributesChangedWhileItIsOpenAndWaitsThenTheyGoIntoTheCommit) {
  HoldEverything();
  const HandleId handle = Must(Open("a", O_WRONLY | O_CREAT));
  ASSERT_OK(WriteAt(handle, 0, "x"));
  ASSERT_OK(fs().Flush(handle));
  ASSERT_OK(SetAttributes("a", {.mtime_ns = 1'000}));

  gate().Release();
  fs().Settle();

  EXPECT_EQ(FileAttributes(Must(stored().Stat({"box", "a"})), {}).mtime_ns, 1'000);
  ASSERT_OK(Close(handle));
  EXPECT_EQ(VersionCount("a"), 1U);
}

TEST_F(Relaxed, ARenameThatIsRefusedWhileItWaitsThenWhatIsNotClosedIsNotCommitted) {
  ASSERT_OK(WriteFile("b", "theirs"));
  const HandleId handle = Must(Open("a", O_WRONLY | O_CREAT));
  ASSERT_OK(WriteAt(handle, 0, "closed"));
  ASSERT_OK(fs().Flush(handle));
  ASSERT_OK(WriteAt(handle, 0, "not closed"));

  EXPECT_CODE(kExists, Rename("a", "b", RenameMode::kNoReplace));

  fs().Settle();
  EXPECT_EQ(Must(stored().Stat({"box", "a"})).size_bytes, std::string("closed").size());
  ASSERT_OK(Close(handle));
}

TEST_F(Relaxed, TruncatedByNameThenCommittedLater) {
  ASSERT_OK(WriteFile("a", "hello"));
  fs().Settle();
  gate().Hold();

  ASSERT_OK(SetAttributes("a", {.size_bytes = 2}));

  EXPECT_EQ(Must(ReadFile("a")), "he");
  gate().Release();
  fs().Settle();
  EXPECT_EQ(Must(stored().Stat({"box", "a"})).size_bytes, 2U);
}

TEST_F(Relaxed, S06_AttributesChangedInTheNextSessionThenWhatWasClosedStays) {
  HoldEverything();
  const HandleId first = Must(Open("a", O_WRONLY | O_CREAT));
  ASSERT_OK(WriteAt(first, 0, "one"));
  ASSERT_OK(fs().Flush(first));
  const HandleId second = Must(Open("a", O_WRONLY));
  ASSERT_OK(SetAttributes("a", {.mode = 0600}));
  gate().Release();

  ASSERT_OK(WriteAt(second, 0, "two"));
  ASSERT_OK(Close(second));
  ASSERT_OK(Close(first));

  fs().Settle();
  EXPECT_EQ(VersionCount("a"), 2U);
}

TEST_F(Relaxed, S06_TruncatedWithoutAHandleThenWhatWasClosedStays) {
  ASSERT_OK(WriteFile("a", "hello"));
  ASSERT_OK(SetAttributes("a", {.size_bytes = 2}));
  const HandleId reader = Must(Open("a", O_RDONLY | O_TRUNC));
  ASSERT_OK(Close(reader));

  fs().Settle();

  EXPECT_EQ(VersionCount("a"), 3U);
  EXPECT_EQ(Must(ReadFile("a")), "");
}

TEST_F(Relaxed, S57_LittleRoomIsLeftThenACloseIsACommit) {
  constexpr uint64_t kLittle = 32 << 20;
  gate().SetAvailable(kLittle);
  ASSERT_OK(WriteFile("f", "x"));
  EXPECT_OK(stored().Stat({"box", "f"}));

  gate().SetAvailable(UINT64_MAX);
  gate().Hold();
  ASSERT_OK(WriteFile("g", "x"));
  EXPECT_CODE(kNotFound, stored().Stat({"box", "g"}));
  gate().Release();
}

TEST_F(Relaxed, S57_AnotherTookTheNameThenTheirsStaysAndSyncTells) {
  gate().Hold();
  const HandleId handle = Must(Open("a", O_WRONLY | O_CREAT | O_EXCL));
  ASSERT_OK(WriteAt(handle, 0, "mine"));
  ASSERT_OK(fs().Flush(handle));
  Must(ApplyOne(stored(), CommitBlob{.path = {"box", "a"}, .content = std::string("theirs")}, 0));
  gate().Release();

  EXPECT_CODE(kExists, fs().Sync(handle));

  fs().Release(handle);
  EXPECT_EQ(Must(ReadFile("a")), "theirs");
  EXPECT_OK(WriteFile("b", "others go on"));
}

TEST_F(Relaxed, S57_PolicyCameInBetweenThenTheFileShowsWhatTheStoreHas) {
  ASSERT_OK(WriteFile("a", "old"));
  fs().Settle();
  gate().Hold();
  ASSERT_OK(WriteFile("a", "newer"));
  ASSERT_OK(WriteFile("b", "new"));
  Must(ApplyOne(stored(), replicafs::SetDestination{"box", "policy"}, 0));
  gate().Release();

  fs().Settle();
  Remount();

  EXPECT_EQ(Must(ReadFile("a")), "old");
  EXPECT_CODE(kNotFound, Walk("b"));
}

class RelaxedOnAFailingStore : public ::testing::Test, public MountedFixture {
 protected:
  RelaxedOnAFailingStore() : MountedFixture({.account = "memory", .container = "box"}, MakeFaulty) {
    accounts().SetDurability(Durability::kRelaxed);
    Remount();
  }

  static std::shared_ptr<Account> MakeFaulty(const std::shared_ptr<Account>& inner) {
    return std::make_shared<FaultyAccount>(std::make_unique<Shared>(inner));
  }
  FaultScript& script() {
    return dynamic_cast<FaultyAccount&>(*Must(accounts().OpenAccount("memory"))).script();
  }

 private:
  // FaultyAccount wants one of its own.
  class Shared final : public Account {
   public:
    explicit Shared(std::shared_ptr<Account> inner) : inner_(std::move(inner)) {}
    const std::string& name() const override { return inner_->name(); }
    BlobStore& store() override { return inner_->store(); }
    Journal& journal() override { return inner_->journal(); }
    const std::string& local_directory() const override { return inner_->local_directory(); }

   private:
    const std::shared_ptr<Account> inner_;
  };
};

TEST_F(RelaxedOnAFailingStore, S57_NotCommittedThenLaterClosesWaitAndSayWhy) {
  script().Add({.call = StoreCall::kApply, .count = 1000, .error = ErrorCode::kNoSpace});
  ASSERT_OK(WriteFile("lost", "x"));
  fs().Settle();

  EXPECT_CODE(kNoSpace, WriteFile("refused", "x"));

  script().Clear();
  EXPECT_OK(WriteFile("kept", "x"));
  EXPECT_OK(WriteFile("late", "x"));
  Remount();
  EXPECT_THAT(Must(List("")), ElementsAre("kept", "late"));
}

TEST_F(RelaxedOnAFailingStore, S57_NotCommittedWhileOpenThenSyncTellsAndTheNextOneMayHelp) {
  const HandleId handle = Must(Open("a", O_RDWR | O_CREAT));
  ASSERT_OK(WriteAt(handle, 0, "kept"));
  script().Add({.call = StoreCall::kApply, .count = 2, .error = ErrorCode::kNoSpace});
  ASSERT_OK(fs().Flush(handle));

  EXPECT_CODE(kNoSpace, fs().Sync(handle));
  EXPECT_OK(fs().Sync(handle));

  ASSERT_OK(Close(handle));
  EXPECT_EQ(Must(ReadFile("a")), "kept");
}

TEST_F(RelaxedOnAFailingStore, S57_ReplacedContentIsLostThenSyncOfTheFileTellsOnce) {
  ASSERT_OK(WriteFile("a", "old"));
  fs().Settle();
  script().Add({.call = StoreCall::kApply, .count = 2, .error = ErrorCode::kNoSpace});
  ASSERT_OK(WriteFile("a", "lost"));
  fs().Settle();

  const HandleId handle = Must(Open("a", O_RDONLY));
  EXPECT_CODE(kNoSpace, fs().Sync(handle));
  EXPECT_OK(fs().Sync(handle));
  fs().Release(handle);
}

}  // namespace
}  // namespace replicafs
