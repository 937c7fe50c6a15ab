#include "backend/replication/replication_plan.h"

#include <algorithm>
#include <tuple>

#include "backend/replication/faults.h"

namespace replicafs {
namespace {

// The destination's current version of a blob, after the actions decided so far.
struct Current {
  VersionId source;   // that it is a replica of; zero: it is no replica of this blob
  VersionId version;  // at the destination; zero: not committed yet
  Tier tier = Tier::kHot;
  Protection protection;
};

// A blob at the destination, after the actions decided so far.
struct Blob {
  const DestinationBlob* before = nullptr;
  std::optional<Current> current;
  std::set<VersionId> committed;  // source versions that the window commits
};

class Decider {
 public:
  Decider(const Policy& policy, const std::vector<SourceChange>& changes,
          const DestinationFacts& facts)
      : policy_(policy), facts_(facts) {
    for (const SourceChange& change : changes) {
      const Event& event = change.event;
      if (event.replaces) replaced_.insert({PathOf(event), event.replaces});
      if (event.kind == EventKind::kDeleted && !event.other_name.empty()) {
        moved_.emplace(std::tuple(event.group_end, event.container, event.name, event.other_name),
                       event.version);
      }
    }
  }

  Action DecideOne(const SourceChange& change) {
    if (change.rule == nullptr) return {};
    switch (change.event.kind) {
      case EventKind::kCreated: return Create(change);
      case EventKind::kDeleted: return Remove(change);
      case EventKind::kPropertiesChanged: return Patch(change);
      case EventKind::kVersionDeleted: return RemoveIfCurrent(change);
      case EventKind::kTierChanged:
      case EventKind::kContainerCreated:
      case EventKind::kContainerDeleted:
      case EventKind::kDestinationChanged:
      case EventKind::kImmutabilityChanged:
      case EventKind::kSnapshotCreated:
      case EventKind::kSnapshotDeleted: return {};
    }
    return {};
  }

 private:
  static BlobPath PathOf(const Event& event) { return {event.container, event.name}; }
  static Action Failed(const BlobFault& fault) {
    return {.kind = Action::Kind::kFault, .fault = fault};
  }

  bool IsOurs(const BlobInfo& version, const BlobPath& source) const {
    return IsReplicaOf(version, policy_.source_account, source);
  }

  // Why a version at the destination may not be changed now; one that is not committed yet is as
  // old as the moment.
  std::optional<BlobFault> Immutable(const SourceChange& change, const Protection& protection,
                                     VersionId version) const {
    const BlobPath path = DestinationPath(change);
    const auto container = facts_.protections.find(path.container);
    if (container == facts_.protections.end()) return std::nullopt;
    const Status free =
        CheckMutable(container->second, protection, version ? version : VersionId{facts_.now.ticks},
                     ToString(path), facts_.now);
    return free ? std::nullopt : std::optional(DestinationFault(free.error()));
  }

  std::optional<BlobFault> Immutable(const SourceChange& change, const Current& current) const {
    return Immutable(change, current.protection, current.version);
  }

  Blob& BlobOf(const SourceChange& change) {
    const BlobPath path = DestinationPath(change);
    const auto [found, is_new] = blobs_.try_emplace(path);
    Blob& blob = found->second;
    if (!is_new) return blob;
    static const DestinationBlob kNone;
    const auto before = facts_.blobs.find(path);
    blob.before = before == facts_.blobs.end() ? &kNone : &before->second;
    for (const BlobInfo& version : blob.before->versions) {
      if (!version.is_current) continue;
      const bool ours = IsOurs(version, PathOf(change.event));
      blob.current = {.source = ours ? version.origin->version : VersionId{},
                      .version = version.version,
                      .tier = version.properties.tier,
                      .protection = version.protection};
    }
    return blob;
  }

  // Whether the destination has, or had and lost again, this version or a newer one.
  bool IsCopied(const SourceChange& change, const Blob& blob) const {
    const Event& event = change.event;
    if (blob.current && blob.current->source >= event.version) return true;
    if (event.sequence > facts_.maybe_copied_until || blob.before->versions.empty()) return false;
    if (!blob.committed.empty()) return false;
    const BlobInfo& newest = blob.before->versions.front();
    if (!IsOurs(newest, PathOf(event)) || newest.origin->version < event.version) return false;
    // Removed at the destination before this policy: an explicit wish to copy what exists brings it
    // back.
    const bool wanted_back = newest.origin->policy_id != policy_.policy_id && !newest.is_current &&
                             change.info->is_current;
    return !wanted_back;
  }

  VersionId ReplacedAtDestination(const Event& event, const Blob& blob) const {
    if (!event.replaces || !blob.current || !blob.current->source) return {};
    const VersionId source = blob.current->source;
    // Versions between the two were replaced before they could be copied.
    const std::pair origin(PathOf(event), source);
    const bool stands_for_it = source <= event.replaces &&
                               (replaced_.contains(origin) || facts_.gone_origins.contains(origin));
    return stands_for_it ? blob.current->version : VersionId{};
  }

  // The place of the content at the destination when the event is half of a rename.
  std::optional<ContentOf> MovedContent(const SourceChange& change) {
    const Event& event = change.event;
    const auto moved =
        moved_.find(std::tuple(event.group_end, event.container, event.other_name, event.name));
    if (event.other_name.empty() || moved == moved_.end()) return std::nullopt;
    SourceChange old = change;
    old.event.name = event.other_name;
    if (!Matches(*change.rule, old.event.container, old.event.name)) return std::nullopt;
    const auto& current = BlobOf(old).current;
    if (!current || current->source != moved->second || current->tier == Tier::kArchive)
      return std::nullopt;
    return ContentOf{DestinationPath(old), current->version};
  }

  Action Create(const SourceChange& change) {
    const Event& event = change.event;
    if (!change.info || replaced_.contains({PathOf(event), event.version})) return {};
    const auto unwritable = facts_.containers.find(change.rule->destination_container);
    if (unwritable != facts_.containers.end()) return Failed(unwritable->second);
    Blob& blob = BlobOf(change);
    if (IsCopied(change, blob)) return {};
    if (change.fault) return Failed(*change.fault);
    if (blob.current && blob.current->tier == Tier::kArchive) {
      return Failed({"DestinationBlobArchived",
                     "the blob '" + ToString(DestinationPath(change)) +
                         "' at the destination is in the archive tier: set another tier there"});
    }
    if (blob.current) {
      if (const auto fault = Immutable(change, *blob.current)) return Failed(*fault);
    }
    Action action{.kind = Action::Kind::kCommit};
    if (auto content = MovedContent(change)) {
      action.kind = Action::Kind::kMove;
      action.content = *content;
    }
    action.replaces = ReplacedAtDestination(event, blob);
    blob.current = {.source = event.version};
    blob.committed.insert(event.version);
    return action;
  }

  Action Remove(const SourceChange& change) {
    Blob& blob = BlobOf(change);
    // Never what is newer than the removal, nor what no link wrote.
    if (!blob.current || !blob.current->source || blob.current->source > change.event.version)
      return {};
    if (change.fault) return Failed(*change.fault);
    if (const auto fault = Immutable(change, *blob.current)) return Failed(*fault);
    blob.current.reset();
    return {.kind = Action::Kind::kRemove};
  }

  // A current version that is deleted for good leaves its blob without one. A version that the
  // destination never got was the current one if the source has none now.
  Action RemoveIfCurrent(const SourceChange& change) {
    const Blob& blob = BlobOf(change);
    const bool was_current =
        blob.current && (blob.current->source == change.event.version || !change.info);
    return was_current ? Remove(change) : Action{};
  }

  Action Patch(const SourceChange& change) {
    const Event& event = change.event;
    if (!change.info) return {};
    Blob& blob = BlobOf(change);
    // A version that this window commits gets the present properties.
    if (blob.committed.contains(event.version)) return {};
    for (const BlobInfo& version : blob.before->versions) {
      if (!IsOurs(version, PathOf(event)) || version.origin->version != event.version) continue;
      const BlobProperties& wanted = change.info->properties;
      const bool same =
          version.properties.headers == wanted.headers &&
          version.properties.metadata == wanted.metadata &&
          (!policy_.tags_replication.value_or(false) || version.properties.tags == wanted.tags);
      if (same || !patched_.insert({PathOf(event), event.version}).second) return {};
      if (change.fault) return Failed(*change.fault);
      if (const auto fault = Immutable(change, version.protection, version.version))
        return Failed(*fault);
      return {.kind = Action::Kind::kPatch, .version = version.version};
    }
    return {};
  }

  const Policy& policy_;
  const DestinationFacts& facts_;
  std::set<std::pair<BlobPath, VersionId>> replaced_;  // by a later event of the window
  // (group, container, old name, new name) of the window's renames to the version that moved.
  std::map<std::tuple<uint64_t, std::string, std::string, std::string>, VersionId> moved_;
  std::map<BlobPath, Blob> blobs_;
  std::set<std::pair<BlobPath, VersionId>> patched_;
};

}  // namespace

BlobPath DestinationPath(const SourceChange& change) {
  return {change.rule->destination_container, change.event.name};
}

bool IsReplicaOf(const BlobInfo& version, const std::string& account, const BlobPath& source) {
  return version.origin && version.origin->account == account && version.origin->path == source;
}

std::vector<Action> Decide(const Policy& policy, const std::vector<SourceChange>& changes,
                           const DestinationFacts& facts) {
  Decider decider(policy, changes, facts);
  std::vector<Action> actions;
  actions.reserve(changes.size());
  for (const SourceChange& change : changes) actions.push_back(decider.DecideOne(change));
  return actions;
}

}  // namespace replicafs
