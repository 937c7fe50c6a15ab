// Removals that are answered before they are made (fs/SEMANTICS.md, S54).
#include <fcntl.h>
#include <sys/stat.h>

#include "tests/support/file_system_fixture.h"
#include "tests/support/gated_account.h"
#include "tests/support/matchers.h"

namespace replicafs {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

class LateUnlink : public ::testing::Test, public MountedFixture {};

TEST_F(LateUnlink, S54_RemovedThenGoneForWhoeverAsksNext) {
  ASSERT_OK(Mkdir("d"));
  for (int i = 0; i < 600; ++i) ASSERT_OK(WriteFile("d/" + std::to_string(i), "x"));
  for (int i = 0; i < 599; ++i) {
    ASSERT_OK(Unlink("d/" + std::to_string(i)));
    if (i % 100 == 0) {
      EXPECT_CODE(kNotFound, Walk("d/" + std::to_string(i)));
    }
  }

  EXPECT_THAT(Must(List("d")), ElementsAre("599"));
  EXPECT_CODE(kNotEmpty, Rmdir("d"));
  ASSERT_OK(Unlink("d/599"));
  EXPECT_OK(Rmdir("d"));
}

TEST_F(LateUnlink, RemovedAndMadeAgainThenTheNewFileStays) {
  ASSERT_OK(WriteFile("f", "old"));
  ASSERT_OK(Unlink("f"));
  ASSERT_OK(WriteFile("f", "new"));

  EXPECT_EQ(Must(ReadFile("f")), "new");
  EXPECT_EQ(VersionCount("f"), 2U);
}

TEST_F(LateUnlink, DirectoryEmptiedThenItStays) {
  Put("implied/a", "x");
  Put("implied/b", "x");
  ASSERT_OK(Walk("implied/a"));
  ASSERT_OK(Unlink("implied/a"));
  ASSERT_OK(Unlink("implied/b"));

  EXPECT_THAT(Must(List("")), ElementsAre("implied"));
  Remount();
  EXPECT_OK(Walk("implied"));
}

TEST_F(LateUnlink, MountEndsThenWhatWasRemovedIsGone) {
  for (int i = 0; i < 100; ++i) ASSERT_OK(WriteFile(std::to_string(i), "x"));
  for (int i = 0; i < 100; ++i) ASSERT_OK(Unlink(std::to_string(i)));

  Remount();

  EXPECT_TRUE(Must(List("")).empty());
}

TEST_F(LateUnlink, DirectoryRenamedBehindItThenTheFileDoesNotComeAlong) {
  ASSERT_OK(Mkdir("d"));
  ASSERT_OK(WriteFile("d/a", "x"));
  ASSERT_OK(WriteFile("d/b", "x"));
  ASSERT_OK(Unlink("d/a"));
  ASSERT_OK(Rename("d", "e"));

  EXPECT_THAT(Must(List("e")), ElementsAre("b"));
}

TEST_F(LateUnlink, TimeOfTheDirectorySetBehindItThenItStays) {
  ASSERT_OK(Mkdir("d"));
  ASSERT_OK(WriteFile("d/a", "x"));
  ASSERT_OK(Unlink("d/a"));
  ASSERT_OK(SetAttributes("d", {.mtime_ns = 1'000}));

  fs().Settle();

  EXPECT_EQ(Must(Stat("d")).mtime_ns, 1'000);
}

// Nothing is made until Open().
class GatedUnlink : public ::testing::Test, public MountedFixture {
 protected:
  GatedUnlink() : MountedFixture({.account = "memory", .container = "box"}, Gated) {}

  GatedAccount& gated() {
    return dynamic_cast<GatedAccount&>(*Must(accounts().OpenAccount("memory")));
  }
  GatedStore& gate() { return gated().gate(); }
  // Past the gate and what waits.
  BlobStore& stored() { return gated().inner().store(); }
};

TEST_F(GatedUnlink, S54_WhileItWaitsThenTheMountAnswersAsIfItWereMade) {
  ASSERT_OK(Mkdir("d"));
  ASSERT_OK(WriteFile("d/a", "a"));
  ASSERT_OK(WriteFile("d/b", "b"));
  const int64_t before = Must(Stat("d")).mtime_ns;
  gate().Hold();

  ASSERT_OK(Unlink("d/a"));

  EXPECT_CODE(kNotFound, Walk("d/a"));
  EXPECT_THAT(Must(List("d")), ElementsAre("b"));
  EXPECT_EQ(Must(ReadFile("d/b")), "b");
  const int64_t removed = Must(Stat("d")).mtime_ns;
  EXPECT_GT(removed, before);
  EXPECT_EQ(Must(stored().Stat({"box", "d/a"})).size_bytes, 1U);
  gate().Release();
  fs().Settle();
  EXPECT_EQ(Must(Stat("d")).mtime_ns, removed);
  EXPECT_CODE(kNotFound, stored().Stat({"box", "d/a"}));
}

TEST_F(GatedUnlink, S54_WhileItWaitsThenOtherNamesDoNot) {
  ASSERT_OK(Mkdir("d"));
  ASSERT_OK(Mkdir("e"));
  for (const char* name : {"d/a", "d/b", "e/c"}) ASSERT_OK(WriteFile(name, "x"));
  gate().Hold();

  ASSERT_OK(Unlink("d/a"));
  ASSERT_OK(Unlink("d/b"));
  ASSERT_OK(Unlink("e/c"));

  EXPECT_OK(Walk("d"));
  EXPECT_THAT(Must(List("")), UnorderedElementsAre("d", "e"));
  EXPECT_TRUE(Must(List("d")).empty());
  const HandleId made = Must(Open("d/a", O_WRONLY | O_CREAT | O_EXCL));
  ASSERT_OK(WriteAt(made, 0, "new"));
  EXPECT_THAT(Must(List("d")), ElementsAre("a"));
  gate().Release();
  ASSERT_OK(Close(made));
  EXPECT_EQ(Must(ReadFile("d/a")), "new");
}

}  // namespace
}  // namespace replicafs
