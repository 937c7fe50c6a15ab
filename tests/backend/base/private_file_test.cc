#include "backend/base/private_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <fstream>

#include "tests/support/matchers.h"
#include "tests/support/temp_directory.h"

namespace replicafs {
namespace {

class PrivateFile : public ::testing::Test {
 protected:
  PrivateFile() {
    std::ofstream(path_) << "secret";
    ::chmod(path_.c_str(), 0600);
  }
  Result<size_t> Read(FileOwner owner = FileOwner::kThisUser) {
    return ReadPrivateFile(path_, "key file", owner, bytes_);
  }

  TempDirectory temp_;
  const std::string path_ = temp_ / "key";
  std::array<std::byte, 4> bytes_{};
};

TEST_F(PrivateFile, OfItsOwnerAloneThenReadAsFarAsThereIsRoom) {
  EXPECT_EQ(Must(Read()), 4U);
  EXPECT_EQ(bytes_[3], std::byte{'r'});
  ::chmod(path_.c_str(), 0400);
  EXPECT_OK(Read());
}

TEST_F(PrivateFile, OpenToOthersThenTheRemedy) {
  for (const mode_t mode : {0640U, 0604U, 0620U, 0601U}) {
    ::chmod(path_.c_str(), mode);
    const auto read = Read();
    EXPECT_CODE(kPermission, read);
    EXPECT_NE(read.error().message.find("chmod 600 " + path_), std::string::npos);
  }
}

TEST_F(PrivateFile, OfAnotherUserThenRefusedWhereThatMatters) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  ASSERT_EQ(::chown(path_.c_str(), 12345, 0), 0);
  EXPECT_OK(Read(FileOwner::kAnybody));
  const auto read = Read();
  EXPECT_CODE(kPermission, read);
  EXPECT_NE(read.error().message.find("chown 0 " + path_), std::string::npos);
}

TEST_F(PrivateFile, NoRegularFileThenRefused) {
  EXPECT_CODE(kInvalid, ReadPrivateFile(temp_.path(), "key file", FileOwner::kAnybody, bytes_));
  ASSERT_EQ(::mkfifo((temp_ / "pipe").c_str(), 0600), 0);
  EXPECT_CODE(kInvalid, ReadPrivateFile(temp_ / "pipe", "key file", FileOwner::kAnybody, bytes_));
  EXPECT_CODE(kNotFound, ReadPrivateFile(temp_ / "none", "key file", FileOwner::kAnybody, bytes_));
}

}  // namespace
}  // namespace replicafs
