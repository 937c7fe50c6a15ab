#include "backend/retention/retention_pass.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "backend/retention/link_needs.h"
#include "backend/retention/retention_decision.h"
#include "backend/retention/retention_rules.h"

namespace replicafs {
namespace {

constexpr size_t kPageItems = 500;

// One container's turn.
class ContainerPass {
 public:
  ContainerPass(Account& account, const ContainerRetention& retention, Timestamp now,
                const RetentionPassOptions& options, LinkNeeds& needs, RetentionReport& report)
      : store_(account.store()),
        retention_(retention),
        now_(now),
        options_(options),
        needs_(needs),
        report_(report) {}

  Status Run() {
    std::string start;
    if (!IsDryRun()) {
      const auto position = TRY(store_.GetState(PositionKey()));
      has_position_ = position.has_value();
      start = position.value_or("");
    }
    TRY(Walk(start, std::nullopt));
    if (!start.empty()) TRY(Walk("", start));
    return IsOver() ? Ok() : End();
  }

 private:
  struct Change {
    std::string name;
    RetentionAction action;
  };

  bool IsDryRun() const { return options_.mode == RetentionPassOptions::Mode::kDryRun; }
  bool IsOver() const { return rules_changed_ || options_.stop.stop_requested(); }
  std::string PositionKey() const { return RetentionPositionKey(retention_.container); }

  // Names after `after`, up to and with `last` (nullopt: to the end).
  Status Walk(const std::string& after, const std::optional<std::string>& last) {
    ListRequest request{.container = retention_.container, .hierarchical = false, .after = after};
    request.limit = kPageItems;
    request.scope = ListScope::kAll;
    done_until_ = after;
    bool more = true;
    while (more && !IsOver()) {
      const ListPage page = TRY(store_.List(request));
      more = page.more && (!last || std::get<BlobInfo>(page.items.back()).name < *last);
      TRY(needs_.Refresh());
      const ContainerInfo container = TRY(store_.GetContainer(retention_.container));
      for (const ListItem& item : page.items) {
        if (IsOver()) return Ok();
        const std::string& name = std::get<BlobInfo>(item).name;
        if (last && name > *last) break;
        TRY(Look(name, container.protection));
        request.after = name;
      }
      // What waits was decided by these needs.
      TRY(Flush());
      if (options_.progress) options_.progress(report_, request.after);
    }
    return Ok();
  }

  Status Look(const std::string& name, const ContainerProtection& protection) {
    ++report_.blobs;
    const RetentionRules* rules = retention_.Find(name);
    if (rules != nullptr) TRY(LookByRules(name, *rules, protection));
    done_until_ = name;
    return Ok();
  }

  Status LookByRules(const std::string& name, const RetentionRules& rules,
                     const ContainerProtection& protection) {
    const auto versions = TRY(store_.ListVersions({retention_.container, name}));
    auto decision = DecideRetention(versions, rules, now_, [&](const BlobInfo& version) {
      return needs_.Needs(retention_.container, version);
    });
    report_.held_versions += decision.held;
    report_.immutable_versions += DropImmutable(versions, protection, decision.actions);
    for (const RetentionAction& action : decision.actions) {
      changes_.push_back({name, action});
      if (changes_.size() >= kRetentionStepChanges) TRY(Flush());
    }
    return Ok();
  }

  // How many. Tiers are free.
  size_t DropImmutable(const std::vector<BlobInfo>& versions, const ContainerProtection& protection,
                       std::vector<RetentionAction>& actions) const {
    return std::erase_if(actions, [&](const RetentionAction& action) {
      if (action.kind == RetentionAction::Kind::kMove) return false;
      const auto version = std::find_if(versions.begin(), versions.end(), [&](const BlobInfo& one) {
        return one.version == action.version;
      });
      return !CheckMutable(protection, version->protection, version->version, version->name, now_);
    });
  }

  Mutation ToMutation(const Change& change) const {
    const BlobPath path{retention_.container, change.name};
    switch (change.action.kind) {
      case RetentionAction::Kind::kRemove: return RemoveVersion{path, change.action.version};
      case RetentionAction::Kind::kEnd:
        return RemoveBlob{.path = path, .precondition = {.if_match = change.action.etag}};
      case RetentionAction::Kind::kMove: break;
    }
    return PatchBlob{.path = path, .version = change.action.version, .tier = change.action.tier};
  }

  void Count(const RetentionAction& action) {
    switch (action.kind) {
      case RetentionAction::Kind::kMove: ++report_.moved_versions; return;
      case RetentionAction::Kind::kEnd: ++report_.ended_blobs; return;
      case RetentionAction::Kind::kRemove: break;
    }
    ++report_.removed_versions;
    report_.removed_bytes += action.size_bytes;
  }

  Status Flush() {
    std::vector<Change> changes = std::exchange(changes_, {});
    if (changes.empty()) return Ok();
    if (!IsDryRun()) {
      const bool all = TRY(Apply(changes));
      if (!all) {
        for (const Change& change : changes) TRY(ApplyAlone(change));
        return Ok();
      }
    }
    for (const Change& change : changes) Count(change.action);
    return Ok();
  }

  // False when one of them is overtaken, or the rules are.
  Result<bool> Apply(const std::vector<Change>& changes) {
    std::vector<Mutation> mutations;
    mutations.push_back(ExpectState{RetentionKey(retention_.container), retention_.row});
    for (const Change& change : changes) mutations.push_back(ToMutation(change));
    mutations.push_back(PutState{PositionKey(), done_until_});
    const auto applied = store_.Apply(std::move(mutations), 0);
    if (applied) has_position_ = true;
    if (applied) return true;
    const ErrorCode code = applied.error().code;
    if (code == ErrorCode::kNotFound || code == ErrorCode::kPrecondition ||
        code == ErrorCode::kImmutable) {
      return false;
    }
    return applied.error();
  }

  // A version that somebody else deleted meanwhile needs nothing, nor one that is protected now, or
  // that was changed.
  Status ApplyAlone(const Change& change) {
    if (rules_changed_) return Ok();
    std::vector<Mutation> mutations;
    mutations.push_back(ExpectState{RetentionKey(retention_.container), retention_.row});
    mutations.push_back(ToMutation(change));
    const auto applied = store_.Apply(std::move(mutations), 0);
    if (applied) {
      Count(change.action);
    } else if (applied.error().code == ErrorCode::kPrecondition) {
      const auto row = TRY(store_.GetState(RetentionKey(retention_.container)));
      rules_changed_ = row != retention_.row;
    } else if (applied.error().code == ErrorCode::kImmutable) {
      ++report_.immutable_versions;
    } else if (applied.error().code != ErrorCode::kNotFound) {
      return applied.error();
    }
    return Ok();
  }

  Status End() {
    if (IsDryRun() || !has_position_) return Ok();
    TRY(ApplyOne(store_, RemoveState{PositionKey()}, 0));
    return Ok();
  }

  BlobStore& store_;
  const ContainerRetention& retention_;
  const Timestamp now_;
  const RetentionPassOptions& options_;
  LinkNeeds& needs_;
  RetentionReport& report_;
  std::vector<Change> changes_;
  // Every name of the walk up to it needs nothing more than `changes_`, which the next step makes
  // whole.
  std::string done_until_;
  bool has_position_ = false;
  bool rules_changed_ = false;
};

}  // namespace

Result<std::optional<FileLock>> AcquireRetention(Account& account) {
  TRY(MakeDirectories(account.local_directory()));
  return FileLock::TryAcquire(account.local_directory() + "/retention.lock");
}

Result<RetentionReport> RunRetentionPass(Account& account, const Clock& clock,
                                         const RetentionPassOptions& options) {
  const auto containers = TRY(ListRetention(account.store()));
  const Timestamp now = clock.Now();
  LinkNeeds needs(account);
  RetentionReport report;
  for (const ContainerRetention& retention : containers) {
    if (!options.container.empty() && retention.container != options.container) continue;
    if (options.stop.stop_requested()) break;
    TRY(ContainerPass(account, retention, now, options, needs, report).Run());
  }
  return report;
}

}  // namespace replicafs
