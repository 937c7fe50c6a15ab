#include "fs/core/shown_replication.h"

#include <gtest/gtest.h>

namespace replicafs {
namespace {

constexpr NodeId kNode{7};
constexpr int64_t kFreshTicks = 500'000;

BlobInfo Version(int64_t ticks) {
  BlobInfo info;
  info.version.ticks = ticks;
  return info;
}

TEST(ShownReplication, AMomentLaterWhatWasListedIsShown) {
  ShownReplication shown;
  const Timestamp listed{.ticks = 5 * kFreshTicks};
  shown.Note(kNode, Version(1), listed, {{"user.replication.progress", "50"}});

  const auto soon = shown.Recall(kNode, Version(1), {.ticks = listed.ticks + kFreshTicks / 2});
  const auto later = shown.Recall(kNode, Version(1), {.ticks = listed.ticks + kFreshTicks});

  ASSERT_TRUE(soon.has_value());
  EXPECT_EQ(soon->at("user.replication.progress"), "50");
  EXPECT_FALSE(later.has_value());
}

TEST(ShownReplication, ANewVersionIsNotShownWithAnOldOnesState) {
  ShownReplication shown;
  const Timestamp listed{.ticks = 5 * kFreshTicks};
  shown.Note(kNode, Version(1), listed, {});

  EXPECT_FALSE(shown.Recall(kNode, Version(2), listed).has_value());
  EXPECT_FALSE(shown.Recall(NodeId{8}, Version(1), listed).has_value());
}

}  // namespace
}  // namespace replicafs
