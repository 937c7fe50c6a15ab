// Two accounts, a policy between them and a link to step.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "backend/base/mutex.h"
#include "backend/replication/link.h"
#include "backend/replication/link_state.h"
#include "backend/replication/policy_store.h"
#include "backend/replication/status.h"
#include "tests/support/faulty_store.h"
#include "tests/support/manual_clock.h"
#include "tests/support/matchers.h"
#include "tests/support/memory_account.h"
#include "tests/support/test_accounts.h"

namespace replicafs {

// The accounts "source" with the container "photos" and "destination" with "replica".
class LinkFixture {
 public:
  struct Options {
    uint64_t source_inline_max_bytes = 16;
    uint64_t destination_inline_max_bytes = 16;
    NameLimits source_names;
    NameLimits destination_names;
  };

  LinkFixture() : LinkFixture(Options{}) {}
  explicit LinkFixture(const Options& options)
      : source(MakeAccount("source", options.source_inline_max_bytes, options.source_names)),
        destination(MakeAccount("destination", options.destination_inline_max_bytes,
                                options.destination_names)) {
    accounts.Add(source);
    accounts.Add(destination);
    MakeContainer(*source, "photos");
    MakeContainer(*destination, "replica");
  }

  std::shared_ptr<FaultyAccount> MakeAccount(const std::string& name, uint64_t inline_max_bytes,
                                             const NameLimits& names = {}) {
    return std::make_shared<FaultyAccount>(std::make_unique<MemoryAccount>(MemoryAccountOptions{
        .name = name, .clock = &clock, .inline_max_bytes = inline_max_bytes, .names = names}));
  }

  static void MakeContainer(Account& account, const std::string& name) {
    ASSERT_OK(ApplyOne(account.store(), CreateContainer{name}, 0));
  }

  PolicyRequest Request() const {
    return {.source_account = "source",
            .destination_account = "destination",
            .rules = {{.source_container = "photos", .destination_container = "replica"}}};
  }
  Policy Create(ExistingBlobs existing = ExistingBlobs::kLeave,
                std::vector<std::string> prefixes = {}) {
    PolicyRequest request = Request();
    request.existing = existing;
    request.rules[0].prefixes = std::move(prefixes);
    policy = Must(CreatePolicy(accounts, request, clock));
    return policy;
  }

  std::unique_ptr<Link> MakeLink(LinkOptions options = {}) {
    return std::make_unique<Link>(source, destination, policy.policy_id, clock, options);
  }

  // Steps until nothing is left to do or a step fails.
  static Status CatchUp(Link& link) {
    for (;;) {
      const StepResult step = TRY(link.Step({}));
      if (step == StepResult::kCaughtUp) return Ok();
      if (step == StepResult::kPolicyGone) return Error{ErrorCode::kNotFound, "the policy is gone"};
    }
  }

  // Changes at the source, in its container.
  VersionId Write(const std::string& name, const std::string& bytes, VersionId replaces = {},
                  StringMap metadata = {}) {
    return Must(ApplyOne(source->inner().store(),
                         CommitBlob{.path = {"photos", name},
                                    .content = ContentFor(bytes),
                                    .properties = {.metadata = std::move(metadata)},
                                    .replaces = replaces},
                         0))
        .version;
  }
  void Remove(const std::string& name) {
    ASSERT_OK(ApplyOne(source->inner().store(), RemoveBlob{.path = {"photos", name}}, 0));
  }
  void Patch(const std::string& name, StringMap metadata, VersionId version = {}) {
    ASSERT_OK(ApplyOne(
        source->inner().store(),
        PatchBlob{.path = {"photos", name}, .version = version, .metadata = std::move(metadata)},
        0));
  }
  void SetReplicaTier(const std::string& name, Tier tier) {
    ASSERT_OK(ApplyOne(destination->inner().store(),
                       PatchBlob{.path = {"replica", name}, .tier = tier}, 0));
  }
  void Rename(const std::string& from, const std::string& to) {
    const BlobInfo info = Must(source->inner().store().Stat({"photos", from}));
    std::vector<Mutation> mutations;
    mutations.push_back(CommitBlob{.path = {"photos", to},
                                   .content = ContentOf{{"photos", from}, info.version},
                                   .properties = info.properties});
    mutations.push_back(RemoveBlob{.path = {"photos", from}});
    ASSERT_OK(source->inner().store().Apply(std::move(mutations), 0));
  }
  Content ContentFor(const std::string& bytes) {
    BlobStore& store = source->inner().store();
    if (bytes.size() <= store.capabilities().inline_max_bytes) return bytes;
    BlockList blocks;
    for (size_t offset = 0; offset < bytes.size(); offset += kBlockBytes) {
      const std::string block = bytes.substr(offset, kBlockBytes);
      const Digest digest = Sha256(AsBytes(block));
      EXPECT_OK(store.StageBlock(digest, AsBytes(block)));
      blocks.push_back({digest, block.size()});
    }
    return blocks;
  }
  // Small, so that tests are fast; a store takes blocks of any size.
  static constexpr size_t kBlockBytes = 32;

  std::string ReadAll(Account& account, const BlobPath& path, VersionId version = {}) {
    auto reader = Must(account.store().Open(path, version));
    std::string bytes(static_cast<size_t>(reader->info().size_bytes), '\0');
    EXPECT_OK(reader->ReadAt(0, std::as_writable_bytes(std::span(bytes.data(), bytes.size()))));
    return bytes;
  }

  // One line a version, oldest first: content, metadata and whether it is current.
  std::vector<std::string> History(Account& account, const BlobPath& path) {
    std::vector<std::string> lines;
    for (const BlobInfo& info : Must(account.store().ListVersions(path))) {
      std::string line = info.is_current ? "current " : "previous ";
      line += ReadAll(account, path, info.version);
      for (const auto& [key, value] : info.properties.metadata) line += " " + key + "=" + value;
      lines.insert(lines.begin(), line);
    }
    return lines;
  }
  std::vector<std::string> SourceHistory(const std::string& name) {
    return History(source->inner(), {"photos", name});
  }
  std::vector<std::string> ReplicaHistory(const std::string& name) {
    return History(destination->inner(), {"replica", name});
  }
  bool ReplicaExists(const std::string& name) {
    return destination->inner().store().Stat({"replica", name}).has_value();
  }
  // Of every blob that ever was.
  std::map<std::string, std::vector<std::string>> Histories(Account& account,
                                                            const std::string& container) {
    std::map<std::string, std::vector<std::string>> histories;
    const ListRequest all{.container = container, .hierarchical = false, .scope = ListScope::kAll};
    for (const ListItem& item : Must(account.store().List(all)).items) {
      const std::string& name = std::get<BlobInfo>(item).name;
      histories[name] = History(account, {container, name});
    }
    return histories;
  }
  void ExpectEqualHistories() {
    auto replicas = Histories(destination->inner(), "replica");
    for (const auto& [name, history] : Histories(source->inner(), "photos")) {
      EXPECT_EQ(history, replicas[name]) << name;
      replicas.erase(name);
    }
    EXPECT_TRUE(replicas.empty());
  }

  std::vector<Failure> Failures() {
    return Must(ReadFailures(source->inner().store(), policy.policy_id));
  }
  std::vector<Failure> Superseded() const {
    return Must(ReadSuperseded(source->inner().store(), policy.policy_id));
  }
  BlobStatus StatusOf(const std::string& name, VersionId version = {}) const {
    StatusReader reader(source);
    return Must(reader.StatusOf("photos",
                                Must(source->inner().store().Stat({"photos", name}, version))))
        .status;
  }
  LinkProgress Progress() { return Must(ReadProgress(source->inner().store(), policy.policy_id)); }

  ManualClock clock;
  TestAccounts accounts;
  std::shared_ptr<FaultyAccount> source;
  std::shared_ptr<FaultyAccount> destination;
  Policy policy;
};

}  // namespace replicafs
