#include "backend/base/file_lock.h"

#include <gtest/gtest.h>

#include "tests/support/matchers.h"
#include "tests/support/temp_directory.h"

namespace replicafs {
namespace {

TEST(FileLock, HeldThenNobodyElseGetsItUntilItIsGone) {
  const TempDirectory directory;
  const std::string path = directory / "lock";
  EXPECT_FALSE(Must(FileLock::IsHeld(path)));

  auto lock = Must(FileLock::TryAcquire(path));
  ASSERT_TRUE(lock);
  EXPECT_TRUE(Must(FileLock::IsHeld(path)));
  EXPECT_FALSE(Must(FileLock::TryAcquire(path)));
  lock.reset();

  EXPECT_FALSE(Must(FileLock::IsHeld(path)));
  EXPECT_TRUE(Must(FileLock::TryAcquire(path)));
}

TEST(FileLock, WithoutItsDirectoryThenAnError) {
  const TempDirectory directory;
  EXPECT_CODE(kNotFound, FileLock::TryAcquire(directory / "none/lock"));
}

}  // namespace
}  // namespace replicafs
