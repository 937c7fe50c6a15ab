// A root with two embedded accounts, mounted in this process:
//   west: photos (source), spare      east: copy
// Mounts live in a mount namespace of their own where the user may make one, so that a crash of the
// test program leaves none behind.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>

#include "backend/account/account_catalog.h"
#include "backend/replication/policy.h"
#include "fs/core/file_system.h"
#include "fs/fuse/session.h"
#include "tests/mount/system_calls.h"
#include "tests/support/matchers.h"
#include "tests/support/temp_directory.h"

namespace replicafs {

// Served by threads of this process until destroyed.
class InProcessMount {
 public:
  InProcessMount(AccountSource& accounts, const std::string& mountpoint, const std::string& scratch,
                 MountScope scope = {},
                 SessionOptions::Writing writing = SessionOptions::Writing::kAllowed,
                 SessionOptions::Access access = SessionOptions::Access::kOwner);
  ~InProcessMount();

  const Status& ended() const { return ended_; }

 private:
  std::string mountpoint_;
  std::unique_ptr<FileSystem> file_system_;
  std::unique_ptr<Session> session_;
  Status ended_;
  std::thread server_;
};

class MountTest : public ::testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  void Remount();
  void Unmount() { mount_.reset(); }

  // A name in the source container, as a path; in any place below the mountpoint.
  std::string Photo(const std::string& name) const { return At("west/photos/" + name); }
  std::string At(const std::string& name) const { return mountpoint_ + "/" + name; }
  std::string Outside(const std::string& name) const { return outside_ / name; }

  // Makes east/copy the destination of west/photos. No link runs until Replicate.
  std::string MakePolicy();
  // Runs the link until it has caught up.
  void Replicate(const std::string& policy_id);

  TempDirectory root_;
  TempDirectory outside_;
  std::string mountpoint_;
  std::unique_ptr<AccountCatalog> accounts_;
  std::unique_ptr<InProcessMount> mount_;
};

#define EXPECT_SHELL(command)                                           \
  do {                                                                  \
    const ::replicafs::ShellResult shell = ::replicafs::Shell(command); \
    EXPECT_EQ(shell.exit_code, 0) << (command) << "\n" << shell.output; \
  } while (false)

}  // namespace replicafs
