#include <fcntl.h>

#include "tests/fs/core/semantics.h"

namespace replicafs {
namespace {

TEST_F(Semantics, S98_AnArchivedFileIsReadableOnceItsRehydrationIsOver) {
  Must(ApplyOne(store(), PutState{std::string(kRehydrationKey), "3600"}, 0));
  ASSERT_OK(WriteFile("a", "a"));
  ASSERT_OK(SetXattr("a", "user.blob.tier", "Archive"));
  EXPECT_CODE(kArchived, ReadFile("a"));
  EXPECT_CODE(kNoAttribute, GetXattr("a", "user.blob.archive-status"));

  ASSERT_OK(SetXattr("a", "user.blob.tier", "Cool"));

  EXPECT_EQ(Must(GetXattr("a", "user.blob.tier")), "Archive");
  EXPECT_EQ(Must(GetXattr("a", "user.blob.archive-status")), "rehydrate-pending-to-cool");
  EXPECT_CODE(kBusy, SetXattr("a", "user.blob.tier", "Hot"));
  EXPECT_CODE(kArchived, ReadFile("a"));
  clock().Advance(std::chrono::hours(1));

  EXPECT_EQ(Must(ReadFile("a")), "a");
  EXPECT_EQ(Must(GetXattr("a", "user.blob.tier")), "Cool");
  EXPECT_CODE(kNoAttribute, GetXattr("a", "user.blob.archive-status"));
  EXPECT_EQ(VersionCount("a"), 1U);
}

TEST_F(Semantics, S98_WithoutATimeItIsReadableAtOnce) {
  ASSERT_OK(WriteFile("a", "a"));
  ASSERT_OK(SetXattr("a", "user.blob.tier", "Archive"));
  ASSERT_OK(SetXattr("a", "user.blob.tier", "Hot"));

  EXPECT_EQ(Must(ReadFile("a")), "a");
}

}  // namespace
}  // namespace replicafs
