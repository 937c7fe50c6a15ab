#include "tests/support/file_system_fixture.h"

#include <utility>

#include "tests/support/matchers.h"

namespace replicafs {

MountedFixture::MountedFixture(MountScope scope)
    : MountedFixture(std::move(scope), [](std::shared_ptr<Account> account) { return account; }) {}

MountedFixture::MountedFixture(MountScope scope, std::shared_ptr<Account> account)
    : MountedFixture(std::move(scope), [&](const std::shared_ptr<Account>&) { return account; }) {}

MountedFixture::MountedFixture(MountScope scope, const Front& front) : scope_(std::move(scope)) {
  clock_.SetAutoAdvance(std::chrono::milliseconds(1));
  account_ = front(std::make_shared<MemoryAccount>(MemoryAccountOptions{.clock = &clock_}));
  accounts_.Add(account_);
  Must(ApplyOne(store(), CreateContainer{"box"}, 0));
  Remount();
}

void MountedFixture::Remount() {
  fs_.reset();
  fs_ = Must(
      FileSystem::Open(accounts_, clock_, {.scope = scope_, .scratch_directory = scratch_.path()}));
}

void MountedFixture::Put(std::string_view name, std::string_view content, StringMap metadata) {
  CommitBlob commit{.path = {"box", std::string(name)}, .content = std::string(content)};
  commit.properties.metadata = std::move(metadata);
  Must(ApplyOne(store(), std::move(commit), 0));
}

size_t MountedFixture::VersionCount(std::string_view name) {
  return Must(store().ListVersions({"box", std::string(name)})).size();
}

void MountedFixture::SetDestination(std::string policy_id) {
  Must(ApplyOne(store(), replicafs::SetDestination{"box", std::move(policy_id)}, 0));
}

}  // namespace replicafs
