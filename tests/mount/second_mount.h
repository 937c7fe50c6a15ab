// The accounts of MountTest mounted a second time, by the program itself; the fixture's mount sees
// what is committed.
#pragma once

#include <sys/types.h>

#include <string>

#include "tests/mount/mount_fixture.h"

namespace replicafs {

class SecondMountTest : public MountTest {
 protected:
  void SetUp() override;
  void TearDown() override;

  // The program with the root of the test.
  ShellResult Run(const std::string& arguments) const;
  void MountSecond();
  void UmountSecond();
  // A name in the source container, as a path in the second mount.
  std::string Theirs(const std::string& name) const { return second_ + "/west/photos/" + name; }

  pid_t DaemonPid() const;
  // Returns when it is gone.
  void KillDaemon(int signal_number);

  std::string second_;  // its mountpoint
};

}  // namespace replicafs
