#include "tests/fs/core/semantics.h"

namespace replicafs {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST_F(Semantics, S101_SnapshotsAreNoVersionsAndStayAtTheirName) {
  ASSERT_OK(WriteFile("a", "one"));
  const Outcome taken = Must(ApplyOne(store(), CreateSnapshot{.path = {"box", "a"}}, 0));
  ASSERT_OK(WriteFile("a", "two"));

  EXPECT_THAT(Must(List(".versions/a")), SizeIs(3));
  EXPECT_CODE(kNotFound, ReadFile(".versions/a/" + ToString(taken.snapshot)));
  ASSERT_OK(Rename("a", "b"));
  ASSERT_OK(Unlink("b"));
  EXPECT_THAT(Must(store().ListSnapshots({"box", "b"})), IsEmpty());
  EXPECT_THAT(Must(store().ListSnapshots({"box", "a"})), SizeIs(1));
}

}  // namespace
}  // namespace replicafs
