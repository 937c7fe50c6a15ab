#include <map>
#include <optional>
#include <set>
#include <utility>

#include "backend/base/mutex.h"
#include "backend/replication/link_rows.h"
#include "backend/replication/link_rules.h"
#include "backend/replication/policy_store.h"
#include "backend/replication/rule_index.h"
#include "backend/replication/status.h"

namespace replicafs {
namespace {

struct LinkView {
  explicit LinkView(Policy its_policy) : policy(std::move(its_policy)), rules(policy) {}
  LinkView(LinkView&&) = default;

  Policy policy;
  RuleIndex rules;  // into the policy, whose rules stay where they are when this is moved
  LinkProgress progress;
  std::set<std::string> new_rules;  // which the watermark says nothing of
  std::map<std::pair<BlobPath, VersionId>, std::string> failures;  // to "CODE: sentence"
};

// What the account's rows said at one moment.
struct View {
  uint64_t change_count = 0;
  std::vector<LinkView> links;  // that copy from this account
  std::set<std::string, std::less<>> destinations;
};

Result<std::shared_ptr<const View>> ReadView(Account& account, uint64_t change_count) {
  auto view = std::make_shared<View>();
  view->change_count = change_count;
  auto policies = TRY(ListPolicies(account));
  for (Policy& policy : policies) {
    if (policy.source_account != account.name()) {
      for (const Rule& rule : policy.rules) view->destinations.insert(rule.destination_container);
      continue;
    }
    LinkView link(std::move(policy));
    // First: a watermark of rules that are taken up meanwhile is below what is new. Absent from a
    // link of an older release, or one that never ran.
    const auto rules = TRY(account.store().GetState(RulesKey(link.policy.policy_id)));
    if (rules) link.new_rules = TRY(NewRules(link.policy, *rules));
    link.progress = TRY(ReadProgress(account.store(), link.policy.policy_id));
    for (const auto read : {ReadFailures, ReadSuperseded}) {
      const auto failures = TRY(read(account.store(), link.policy.policy_id));
      for (const Failure& failure : failures)
        link.failures[{failure.path, failure.version}] = failure.code + ": " + failure.reason;
    }
    view->links.push_back(std::move(link));
  }
  return std::shared_ptr<const View>(std::move(view));
}

// A version from before the policy, whose properties were changed after it, was not copied.
bool IsOlderThan(const Policy& policy, const Rule& rule, const BlobInfo& info) {
  return info.sequence <= rule.start_sequence ||
         (rule.start_sequence > 0 && info.version.time() < policy.enabled_time);
}

// nullopt when no rule of the policy copies the version.
std::optional<RuleStatus> StatusUnder(const LinkView& link, const BlobPath& path,
                                      const BlobInfo& info) {
  const Rule* rule = link.rules.Find(path.container, path.name);
  if (info.kind != BlobKind::kBlock) return std::nullopt;
  if (rule == nullptr || IsOlderThan(link.policy, *rule, info)) return std::nullopt;
  if (!IsYoungEnough(*rule, info.created)) return std::nullopt;
  RuleStatus status{.policy_id = link.policy.policy_id, .rule_id = rule->rule_id};
  const auto failure = link.failures.find({path, info.version});
  if (failure != link.failures.end()) {
    status.status = BlobStatus::kFailed;
    status.reason = failure->second;
  } else {
    const bool done =
        info.sequence <= link.progress.watermark && !link.new_rules.contains(rule->rule_id);
    status.status = done ? BlobStatus::kComplete : BlobStatus::kPending;
  }
  return status;
}

int PercentOf(const LinkProgress& progress, const BlobPath& path, VersionId version) {
  if (progress.current_name != ToString(path) || progress.current_version != version ||
      progress.current_total_bytes == 0) {
    return 0;
  }
  return static_cast<int>(progress.current_done_bytes * 100 / progress.current_total_bytes);
}

// The heaviest status of a blob's rules is that of the blob.
int Weight(BlobStatus status) {
  switch (status) {
    case BlobStatus::kNone:
    case BlobStatus::kReplica: return 0;
    case BlobStatus::kComplete: return 1;
    case BlobStatus::kPending: return 2;
    case BlobStatus::kFailed: return 3;
  }
  return 0;
}

// The least percentage of the rules that are pending; the first reason of a failure.
void Combine(BlobReplication& all, const RuleStatus& status, int percent) {
  if (status.status == BlobStatus::kPending) {
    const bool first = all.status == BlobStatus::kNone || all.status == BlobStatus::kComplete;
    all.percent = first ? percent : std::min(all.percent, percent);
  }
  if (status.status == BlobStatus::kFailed && all.reason.empty()) all.reason = status.reason;
  if (Weight(status.status) > Weight(all.status)) all.status = status.status;
  all.rules.push_back(status);
}

}  // namespace

std::string_view ToString(BlobStatus status) {
  switch (status) {
    case BlobStatus::kNone: return "none";
    case BlobStatus::kPending: return "pending";
    case BlobStatus::kComplete: return "complete";
    case BlobStatus::kFailed: return "failed";
    case BlobStatus::kReplica: return "replica";
  }
  return "none";
}

class StatusReader::State {
 public:
  explicit State(std::shared_ptr<Account> account) : account_(std::move(account)) {}

  Result<std::shared_ptr<const View>> Fresh() EXCLUDES(mutex_) {
    const uint64_t change_count = account_->journal().ChangeCount();
    {
      MutexLock lock(mutex_);
      if (view_ != nullptr && view_->change_count == change_count) return view_;
    }
    auto view = TRY(ReadView(*account_, change_count));
    MutexLock lock(mutex_);
    view_ = view;
    return view;
  }

 private:
  const std::shared_ptr<Account> account_;
  Mutex mutex_;
  std::shared_ptr<const View> view_ GUARDED_BY(mutex_);
};

StatusReader::StatusReader(std::shared_ptr<Account> account)
    : state_(std::make_unique<State>(std::move(account))) {}
StatusReader::~StatusReader() = default;

Result<BlobReplication> StatusReader::StatusOf(std::string_view container, const BlobInfo& info) {
  const auto view = TRY(state_->Fresh());
  BlobReplication all;
  if (view->destinations.contains(container)) {
    all.status = BlobStatus::kReplica;
    return all;
  }
  const BlobPath path{std::string(container), info.name};
  for (const LinkView& link : view->links) {
    const auto status = StatusUnder(link, path, info);
    if (status) Combine(all, *status, PercentOf(link.progress, path, info.version));
  }
  if (all.rules.empty() && info.origin) all.status = BlobStatus::kReplica;
  return all;
}

}  // namespace replicafs
