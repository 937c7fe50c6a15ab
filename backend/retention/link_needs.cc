#include "backend/retention/link_needs.h"

#include <algorithm>
#include <string>

#include "backend/replication/link_rules.h"
#include "backend/replication/link_state.h"
#include "backend/replication/policy_store.h"

namespace replicafs {

Status LinkNeeds::Refresh() {
  // First: what changes after it is read the next time.
  const uint64_t count = source_.journal().ChangeCount();
  if (read_at_ == count) return Ok();
  read_at_.reset();
  links_.clear();
  auto policies = TRY(ListPolicies(source_));
  for (Policy& policy : policies) {
    if (policy.source_account != source_.name()) continue;
    const std::string id = policy.policy_id;
    auto link = std::make_unique<LinkNeed>(std::move(policy));
    // The watermark first: a failure is recorded before the watermark passes its event.
    const LinkProgress progress = TRY(ReadProgress(source_.store(), id));
    // With rules that the link has not taken up yet, the watermark says nothing.
    if (progress.rules == RulesDigest(link->policy)) link->watermark = progress.watermark;
    const auto failures = TRY(ReadFailures(source_.store(), id));
    for (const Failure& failure : failures) link->failures.emplace(failure.path, failure.version);
    links_.push_back(std::move(link));
  }
  read_at_ = count;
  return Ok();
}

bool LinkNeeds::Needs(std::string_view container, const BlobInfo& version) const {
  return std::any_of(links_.begin(), links_.end(),
                     [&](const auto& link) { return link->Covers(container, version); });
}

bool LinkNeeds::LinkNeed::Covers(std::string_view container, const BlobInfo& version) const {
  const Rule* rule = rules.Find(container, version.name);
  if (rule == nullptr || !IsYoungEnough(*rule, version.created)) return false;
  // The newest change to a version is no older than the event that made it.
  if (version.sequence > std::max(watermark, rule->start_sequence)) return true;
  return !failures.empty() &&
         failures.contains({BlobPath{std::string(container), version.name}, version.version});
}

}  // namespace replicafs
