#include "tests/mount/mount_fixture.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <filesystem>
#include <future>
#include <stop_token>

#include "backend/base/clock.h"
#include "backend/replication/link.h"
#include "backend/replication/policy_store.h"
#include "fs/fuse/mountpoint.h"

namespace replicafs {
namespace {

class OwnMountNamespace final : public ::testing::Environment {
 public:
  void SetUp() override {
    if (::geteuid() != 0 || ::unshare(CLONE_NEWNS) != 0) return;
    ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
  }
};

[[maybe_unused]] const auto* const kNamespace =
    ::testing::AddGlobalTestEnvironment(new OwnMountNamespace);

void CreateContainers(AccountCatalog& accounts, const std::string& account,
                      const std::vector<std::string>& containers) {
  Must(accounts.Create({.name = account, .tenant = {}, .region = {}, .path = {}}));
  const std::shared_ptr<Account> opened = Must(accounts.OpenAccount(account));
  for (const std::string& container : containers) {
    Must(ApplyOne(opened->store(), CreateContainer{container}, 0));
  }
}

}  // namespace

InProcessMount::InProcessMount(AccountSource& accounts, const std::string& mountpoint,
                               const std::string& scratch, MountScope scope,
                               SessionOptions::Writing writing, SessionOptions::Access access)
    : mountpoint_(mountpoint) {
  std::filesystem::create_directories(scratch);
  file_system_ = Must(FileSystem::Open(accounts, SystemClock(),
                                       {.scope = std::move(scope),
                                        .uid = ::geteuid(),
                                        .gid = ::getegid(),
                                        .scratch_directory = scratch}));
  session_ = Must(Session::Mount(
      *file_system_,
      {.mountpoint = mountpoint, .source = "test", .access = access, .writing = writing}));
  std::promise<void> ready;
  server_ =
      std::thread([this, &ready] { ended_ = session_->Serve([&ready] { ready.set_value(); }); });
  ready.get_future().wait();
}

InProcessMount::~InProcessMount() {
  // A file that a test has not closed must not keep the server alive for ever.
  if (!replicafs::Unmount(mountpoint_, Detach::kNow)) {
    ADD_FAILURE() << mountpoint_ << " is busy at the end of the test";
    ::umount2(mountpoint_.c_str(), MNT_FORCE | MNT_DETACH);
  }
  server_.join();
  EXPECT_OK(ended_);
}

void MountTest::SetUp() {
  if (::access("/dev/fuse", R_OK | W_OK) != 0) GTEST_SKIP() << "/dev/fuse may not be opened";
  mountpoint_ = outside_ / "mount";
  std::filesystem::create_directory(mountpoint_);
  accounts_ = std::make_unique<AccountCatalog>(root_.path());
  CreateContainers(*accounts_, "west", {"photos", "spare"});
  CreateContainers(*accounts_, "east", {"copy"});
  Remount();
}

void MountTest::TearDown() {
  Unmount();
}

void MountTest::Remount() {
  Unmount();
  mount_ = std::make_unique<InProcessMount>(*accounts_, mountpoint_, outside_ / "scratch");
}

std::string MountTest::MakePolicy() {
  const PolicyRequest request{
      .source_account = "west",
      .destination_account = "east",
      .rules = {{.source_container = "photos", .destination_container = "copy", .prefixes = {}}},
      .existing = ExistingBlobs::kCopy};
  return Must(CreatePolicy(*accounts_, request, SystemClock())).policy_id;
}

void MountTest::Replicate(const std::string& policy_id) {
  Link link(Must(accounts_->OpenAccount("west")), Must(accounts_->OpenAccount("east")), policy_id,
            SystemClock());
  while (Must(link.Step(std::stop_token())) == StepResult::kAdvanced) {
  }
  EXPECT_OK(link.PublishProgress());
}

}  // namespace replicafs
