#include "tests/mount/second_mount.h"

#include <signal.h>

#include <cstdlib>
#include <filesystem>

namespace replicafs {

void SecondMountTest::SetUp() {
  MountTest::SetUp();
  if (IsSkipped()) return;
  second_ = Outside("second");
  std::filesystem::create_directory(second_);
}

void SecondMountTest::TearDown() {
  if (!second_.empty()) Shell("umount -l '" + second_ + "'");
  MountTest::TearDown();
}

ShellResult SecondMountTest::Run(const std::string& arguments) const {
  return Shell(std::string(REPLICAFS_BINARY) + " " + arguments + " --root '" + root_.path() + "'");
}

void SecondMountTest::MountSecond() {
  const ShellResult mounted = Run("mount '" + second_ + "'");
  ASSERT_EQ(mounted.exit_code, 0) << mounted.output;
}

void SecondMountTest::UmountSecond() {
  const ShellResult unmounted = Run("umount '" + second_ + "'");
  EXPECT_EQ(unmounted.exit_code, 0) << unmounted.output;
}

pid_t SecondMountTest::DaemonPid() const {
  const std::string found =
      Shell("sed -n 's/.*\"pid\": *\\([0-9]*\\).*/\\1/p' '" + root_.path() + "'/mounts/*.json")
          .output;
  return static_cast<pid_t>(std::atoi(found.c_str()));
}

void SecondMountTest::KillDaemon(int signal_number) {
  const pid_t daemon = DaemonPid();
  ASSERT_GT(daemon, 0);
  ASSERT_EQ(::kill(daemon, signal_number), 0);
  ASSERT_TRUE(Eventually([&] { return ::kill(daemon, 0) != 0; }, std::chrono::seconds(10)));
}

}  // namespace replicafs
