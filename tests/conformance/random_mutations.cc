#include "tests/conformance/random_mutations.h"

#include <array>

#include "backend/blob/account_settings.h"

namespace replicafs {

enum class RandomMutations::Kind {
  kCommit,
  kRename,
  kRemove,
  kRemoveVersion,
  kPatch,
  kRenamePrefix,
  kExchange,
  kExchangePrefixes,
  kProtect,
  kProtectContainer,
  kSnapshot,
  kCreateContainer,
  kDeleteContainer,
  kSetDestination,
  kPutState,
  kRemoveState,
  kExpectState,
};

namespace {

constexpr std::array<const char*, 3> kContainers{"photos", "music", "films"};
constexpr std::array<const char*, 10> kComponents{"a",  "b", "c",   "a!", "a-b",
                                                  "a0", "å", "x y", "%",  ""};
constexpr std::array<const char*, 3> kPolicies{"", "policy-1", "policy-2"};
constexpr std::array<const char*, 4> kPieces{"", "one", "another", "a third piece"};

VersionId VersionAt(Account& account, const BlobPath& path, size_t which) {
  const auto versions = account.store().ListVersions(path);
  return versions && which < versions->size() ? (*versions)[which].version : VersionId{12345};
}

Precondition PreconditionOf(Account& account, const BlobPath& path, size_t variant) {
  if (variant == 0) return {.if_none_match = true};
  if (variant == 1) return {.if_match = "\"none\""};
  if (variant > 3) return {};
  const auto info = account.store().Stat(path);
  return {.if_match = info ? info->etag : ""};
}

BlockList Stage(Account& account, std::initializer_list<const char*> pieces) {
  BlockList blocks;
  for (const std::string_view piece : pieces) {
    blocks.push_back({Sha256(AsBytes(piece)), piece.size()});
    const Status staged = account.store().StageBlock(blocks.back().digest, AsBytes(piece));
    REPLICAFS_CHECK(staged.has_value());
  }
  return blocks;
}

}  // namespace

std::string RandomMutations::Name() {
  std::string name = kComponents[Below(kComponents.size() - 1)];
  for (size_t depth = Below(3); depth > 0; --depth)
    name += std::string("/") + kComponents[Below(kComponents.size())];
  return name;
}

RandomMutations::Plan RandomMutations::DrawPlan() {
  static constexpr std::array<std::pair<Kind, size_t>, 17> kWeights{{{Kind::kCommit, 28},
                                                                     {Kind::kRename, 8},
                                                                     {Kind::kRemove, 12},
                                                                     {Kind::kRemoveVersion, 8},
                                                                     {Kind::kPatch, 10},
                                                                     {Kind::kRenamePrefix, 8},
                                                                     {Kind::kExchange, 2},
                                                                     {Kind::kExchangePrefixes, 4},
                                                                     {Kind::kProtect, 3},
                                                                     {Kind::kProtectContainer, 1},
                                                                     {Kind::kSnapshot, 2},
                                                                     {Kind::kCreateContainer, 3},
                                                                     {Kind::kDeleteContainer, 1},
                                                                     {Kind::kSetDestination, 3},
                                                                     {Kind::kPutState, 3},
                                                                     {Kind::kRemoveState, 1},
                                                                     {Kind::kExpectState, 3}}};
  size_t drawn = Below(100);
  Plan plan{.kind = Kind::kCommit};
  for (const auto& [kind, weight] : kWeights) {
    plan.kind = kind;
    if (drawn < weight) break;
    drawn -= weight;
  }
  // Most of the traffic stays in one container, so that histories meet.
  plan.path = {kContainers[Below(4) == 0 ? Below(kContainers.size()) : 0], Name()};
  plan.other = {Below(4) == 0 ? kContainers[Below(kContainers.size())] : plan.path.container,
                Name()};
  plan.text = kPieces[Below(kPieces.size())];
  plan.which = Below(3);
  plan.variant = Below(16);
  return plan;
}

BlobProperties RandomMutations::PropertiesOf(const Plan& plan) {
  if (plan.variant < 8) return {};
  if (plan.variant == 8) return {.tier = Tier::kArchive};
  return {.metadata = {{"hdi_isfolder", "true"}}};
}

std::vector<std::vector<Mutation>> RandomMutations::Draw(const std::vector<Account*>& accounts,
                                                         Timestamp now) {
  std::vector<Plan> plans;
  for (size_t count = 1 + Below(Below(4) == 0 ? 5 : 1); count > 0; --count)
    plans.push_back(DrawPlan());
  for (Plan& plan : plans) plan.now = now;
  std::vector<std::vector<Mutation>> lists;
  for (Account* account : accounts) {
    std::vector<Mutation>& list = lists.emplace_back();
    for (const Plan& plan : plans) {
      list.push_back(Say(plan, *account));
      if (plan.kind == Kind::kRename) list.push_back(RemoveBlob{.path = plan.other});
      if (plan.kind == Kind::kExchange) {
        list.push_back(
            CommitBlob{.path = plan.other,
                       .content = ContentOf{plan.path, VersionAt(*account, plan.path, 0)},
                       .properties = PropertiesOf(plan)});
      }
    }
  }
  return lists;
}

// Versioning off and on.
Mutation RandomMutations::SaySettings(const Plan& plan) {
  AccountSettings settings;
  if (plan.variant < 2) settings.unversioned_since = plan.now;
  const auto row = EncodeSettings(settings);
  if (!row) return RemoveState{std::string(kSettingsKey)};
  return PutState{std::string(kSettingsKey), *row};
}

Mutation RandomMutations::Say(const Plan& plan, Account& account) {
  const std::string key = plan.text + "key";
  switch (plan.kind) {
    case Kind::kCommit: return SayCommit(plan, account);
    case Kind::kRename:
    case Kind::kExchange:
      return CommitBlob{.path = plan.path,
                        .content = ContentOf{plan.other, {}},
                        .properties = PropertiesOf(plan)};
    case Kind::kExchangePrefixes:
      return ExchangePrefixes{plan.path.container, plan.path.name + "/", plan.other.name + "/"};
    case Kind::kRemove:
      return RemoveBlob{plan.path, PreconditionOf(account, plan.path, plan.variant + 2)};
    case Kind::kRemoveVersion:
      return RemoveVersion{plan.path, VersionAt(account, plan.path, plan.which)};
    case Kind::kPatch: return SayPatch(plan, account);
    case Kind::kRenamePrefix:
      return RenamePrefix{plan.path.container, plan.path.name + "/", plan.other.name + "/"};
    case Kind::kProtect: return SayProtect(plan, account);
    case Kind::kProtectContainer: return SayProtectContainer(plan);
    case Kind::kSnapshot: return SaySnapshot(plan, account);
    case Kind::kCreateContainer: return CreateContainer{plan.other.container};
    case Kind::kDeleteContainer: return DeleteContainer{plan.path.container, plan.variant < 4};
    case Kind::kSetDestination:
      return SetDestination{plan.other.container,
                            plan.variant < 8 ? "" : kPolicies[1 + plan.variant % 2]};
    case Kind::kPutState:
      if (plan.variant < 4) return SaySettings(plan);
      return PutState{key, plan.path.name};
    case Kind::kRemoveState: return RemoveState{key};
    case Kind::kExpectState: {
      auto value = account.store().GetState(key);
      if (plan.variant == 0 || !value) return ExpectState{key, "never"};
      return ExpectState{key, *value};
    }
  }
  return RemoveState{key};
}

Mutation RandomMutations::SayCommit(const Plan& plan, Account& account) {
  CommitBlob commit{.path = plan.path, .content = plan.text};
  if (plan.text == "one") commit.content = Stage(account, {"piece 1", "piece 2"});
  if (plan.text == "another") commit.content = Stage(account, {"piece 2", "piece 1", "piece 2"});
  if (plan.text.empty() && plan.which == 1) commit.content = ContentOf{plan.other, {}};
  if (plan.text.empty() && plan.which == 2)
    commit.content = ContentOf{plan.other, VersionAt(account, plan.other, plan.variant % 3)};
  commit.precondition = PreconditionOf(account, plan.path, plan.variant);
  if (plan.variant == 5) commit.replaces = VersionAt(account, plan.path, 0);
  if (plan.variant == 6) commit.replaces = VersionAt(account, plan.path, 1);
  if (plan.variant == 7) commit.properties.metadata = {{"hdi_isfolder", "true"}};
  if (plan.variant == 9) commit.kind = plan.which == 0 ? BlobKind::kPage : BlobKind::kAppend;
  if (plan.variant == 8) commit.properties.tags = {{"tag", plan.other.name}};
  if (plan.variant >= 12) {
    const auto container = account.store().GetContainer(plan.path.container);
    if (container && !container->destination_policy_id.empty()) {
      commit.origin = ReplicaOrigin{.policy_id = container->destination_policy_id,
                                    .rule_id = "rule",
                                    .account = "source",
                                    .path = plan.other,
                                    .version = VersionId{77}};
    }
  }
  return commit;
}

Mutation RandomMutations::SayPatch(const Plan& plan, Account& account) {
  PatchBlob patch{.path = plan.path};
  if (plan.which > 0) patch.version = VersionAt(account, plan.path, plan.which);
  if (plan.which == 0) patch.precondition = PreconditionOf(account, plan.path, plan.variant);
  if (plan.variant % 4 == 0) patch.tier = plan.variant == 0 ? Tier::kArchive : Tier::kCool;
  if (plan.variant % 4 == 1) patch.metadata = StringMap{{"key", plan.text}};
  if (plan.variant % 4 == 2) patch.tags = StringMap{{"tag", plan.text}};
  if (plan.variant % 4 == 3) patch.headers = ContentHeaders{.content_type = plan.text};
  return patch;
}

// For some milliseconds, so that there are more that have ended than that have not.
Mutation RandomMutations::SayProtect(const Plan& plan, Account& account) {
  const VersionId version =
      plan.which == 0 ? VersionId{} : VersionAt(account, plan.path, plan.which);
  if (plan.variant % 4 == 3) return SetLegalHold{plan.path, version, plan.variant == 15};
  if (plan.variant == 0) return SetImmutability{plan.path, version, {}};
  const auto ticks = static_cast<int64_t>(plan.variant) * 3 * (Timestamp::kTicksPerSecond / 1000);
  return SetImmutability{plan.path, version,
                         ImmutabilityPolicy{Timestamp{plan.now.ticks + ticks},
                                            plan.variant % 4 == 2 ? ImmutabilityMode::kLocked
                                                                  : ImmutabilityMode::kUnlocked}};
}

Mutation RandomMutations::SaySnapshot(const Plan& plan, Account& account) {
  const auto snapshots = account.store().ListSnapshots(plan.path);
  const bool removes = plan.variant % 2 == 0 && snapshots && !snapshots->empty();
  if (removes) return RemoveSnapshot{plan.path, snapshots->front().version};
  return CreateSnapshot{.path = plan.path,
                        .precondition = PreconditionOf(account, plan.path, plan.variant)};
}

// Seldom for good, and never where most of the traffic is.
Mutation RandomMutations::SayProtectContainer(const Plan& plan) {
  const std::string container = kContainers[plan.which];
  if (plan.variant < 7) return SetContainerImmutability{container, {}};
  if (plan.variant < 11) return ChangeContainerHolds{container, {}, {"case1", "case2"}};
  if (plan.variant < 13) return ChangeContainerHolds{container, {"case1"}, {"case2"}};
  const bool locked = plan.which == 2 && plan.variant == 15;
  return SetContainerImmutability{
      container, ContainerImmutabilityPolicy{
                     static_cast<uint32_t>(plan.variant),
                     locked ? ImmutabilityMode::kLocked : ImmutabilityMode::kUnlocked}};
}

}  // namespace replicafs
