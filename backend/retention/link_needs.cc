#include "backend/retention/link_needs.h"

#include <algorithm>
#include <string>

#include "backend/replication/link_rules.h"
#include "backend/replication/link_state.h"
#include "backend/replication/policy_store.h"

namespace replicafs {

Result<LinkNeeds> LinkNeeds::Read(Account& source) {
  LinkNeeds needs;
  auto policies = TRY(ListPolicies(source));
  for (Policy& policy : policies) {
    if (policy.source_account != source.name()) continue;
    LinkNeed need;
    // The watermark first: a failure is recorded before the watermark passes its event.
    const LinkProgress progress = TRY(ReadProgress(source.store(), policy.policy_id));
    // With rules that the link has not taken up yet, the watermark says nothing.
    if (progress.rules == RulesDigest(policy)) need.watermark = progress.watermark;
    const auto failures = TRY(ReadFailures(source.store(), policy.policy_id));
    for (const Failure& failure : failures) need.failures.emplace(failure.path, failure.version);
    need.policy = std::move(policy);
    needs.links_.push_back(std::move(need));
  }
  return needs;
}

bool LinkNeeds::Needs(std::string_view container, const BlobInfo& version) const {
  const BlobPath path{std::string(container), version.name};
  return std::any_of(links_.begin(), links_.end(), [&](const LinkNeed& link) {
    const Rule* rule = FindRule(link.policy, container, version.name);
    if (rule == nullptr || !IsYoungEnough(*rule, version.created)) return false;
    // The newest change to a version is no older than the event that made it.
    return version.sequence > std::max(link.watermark, rule->start_sequence) ||
           link.failures.contains({path, version.version});
  });
}

}  // namespace replicafs
