#include <fcntl.h>

#include "tests/fs/core/semantics.h"

namespace replicafs {
namespace {

using ::testing::Contains;
using ::testing::Not;

constexpr std::chrono::hours kDay{24};

class ImmutableFiles : public Semantics {
 protected:
  void Change(Mutation mutation) { Must(ApplyOne(store(), std::move(mutation), 0)); }
  Timestamp Tomorrow() {
    return Timestamp{clock().Now().ticks + 86'400 * Timestamp::kTicksPerSecond};
  }
  void Hold(std::string_view name, bool hold) {
    Change(SetLegalHold{{"box", std::string(name)}, {}, hold});
  }
};

TEST_F(ImmutableFiles, S95_AProtectedFileCanBeReadAndNothingElse) {
  ASSERT_OK(Mkdir("d"));
  ASSERT_OK(WriteFile("d/a", "a"));
  ASSERT_OK(WriteFile("other", "o"));
  Change(SetImmutability{{"box", "d/a"}, {}, ImmutabilityPolicy{Tomorrow()}});

  EXPECT_CODE(kImmutable, Open("d/a", O_WRONLY));
  EXPECT_CODE(kImmutable, Open("d/a", O_RDONLY | O_TRUNC));
  EXPECT_CODE(kImmutable, SetAttributes("d/a", {.size_bytes = 0}));
  EXPECT_CODE(kImmutable, SetAttributes("d/a", {.mode = 0600}));
  EXPECT_CODE(kImmutable, SetAttributes("d/a", {.mtime_ns = 1}));
  EXPECT_CODE(kImmutable, SetXattr("d/a", "user.x", "1"));
  EXPECT_CODE(kImmutable, Unlink("d/a"));
  EXPECT_CODE(kImmutable, Rename("d/a", "d/b"));
  EXPECT_CODE(kImmutable, Rename("other", "d/a"));
  EXPECT_CODE(kImmutable, Rename("other", "d/a", RenameMode::kExchange));
  EXPECT_CODE(kImmutable, Rename("d", "e"));
  EXPECT_EQ(Must(ReadFile("d/a")), "a");
  EXPECT_OK(SetXattr("d/a", "user.blob.tier", "Cool"));
  EXPECT_OK(WriteFile("d/b", "b"));
  EXPECT_OK(Unlink("d/b"));
  EXPECT_OK(Unlink("other"));
  EXPECT_EQ(VersionCount("d/a"), 1U);
}

TEST_F(ImmutableFiles, S95_WhenTheTimeIsOverThenEverythingWorks) {
  ASSERT_OK(WriteFile("a", "a"));
  Change(SetContainerImmutability{"box", ContainerImmutabilityPolicy{1}});
  EXPECT_CODE(kImmutable, WriteFile("a", "b"));
  EXPECT_CODE(kImmutable, Unlink("a"));

  clock().Advance(2 * kDay);

  EXPECT_OK(WriteFile("a", "b"));
  EXPECT_CODE(kImmutable, Unlink("a"));
  clock().Advance(2 * kDay);
  EXPECT_OK(Unlink("a"));
}

TEST_F(ImmutableFiles, S95_AProtectedDirectoryStays) {
  ASSERT_OK(Mkdir("d"));
  Hold("d", true);

  EXPECT_CODE(kImmutable, Rmdir("d"));
  EXPECT_CODE(kImmutable, SetAttributes("d", {.mode = 0700}));
  EXPECT_CODE(kImmutable, Rename("d", "e"));
  Hold("d", false);

  EXPECT_OK(Rmdir("d"));
}

TEST_F(ImmutableFiles, S96_AContainersPolicyProtectsFromTheFirstCommit) {
  Change(SetContainerImmutability{"box", ContainerImmutabilityPolicy{1}});
  const HandleId handle = Must(Open("a", O_WRONLY | O_CREAT));
  ASSERT_OK(WriteAt(handle, 0, "first"));
  ASSERT_OK(fs().Sync(handle));
  ASSERT_OK(WriteAt(handle, 0, "other"));

  EXPECT_CODE(kImmutable, Close(handle));

  EXPECT_EQ(Must(ReadFile("a")), "first");
}

TEST_F(ImmutableFiles, S97_ADirectoryWithAProtectedMarkerStaysWhenItsLastFileGoes) {
  ASSERT_OK(Mkdir("d"));
  ASSERT_OK(WriteFile("d/a", "a"));
  Hold("d", true);

  EXPECT_OK(Unlink("d/a"));

  EXPECT_OK(Stat("d"));
  EXPECT_THAT(Must(List("d")), ::testing::IsEmpty());
}

TEST_F(ImmutableFiles, XattrsTellWhatProtects) {
  ASSERT_OK(WriteFile("a", "a"));
  EXPECT_CODE(kNoAttribute, GetXattr("a", "user.blob.immutable-until"));
  EXPECT_CODE(kNoAttribute, GetXattr("a", "user.blob.legal-hold"));
  EXPECT_THAT(Must(ListXattrs("a")), Not(Contains("user.blob.legal-hold")));

  const Timestamp until = Tomorrow();
  Change(SetImmutability{{"box", "a"}, {}, ImmutabilityPolicy{until}});
  Change(ChangeContainerHolds{"box", {"case1"}, {}});

  EXPECT_EQ(Must(GetXattr("a", "user.blob.immutable-until")), ToString(until));
  EXPECT_EQ(Must(GetXattr("a", "user.blob.legal-hold")), "true");
  EXPECT_THAT(Must(ListXattrs("a")), Contains("user.blob.legal-hold"));
  EXPECT_OK(SetXattr("a", "user.blob.legal-hold", "false"));
  EXPECT_EQ(Must(GetXattr("a", "user.blob.legal-hold")), "true");
}

}  // namespace
}  // namespace replicafs
