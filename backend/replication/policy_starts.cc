#include "backend/replication/policy_starts.h"

namespace replicafs {
namespace {

bool GoesOn(const Rule& before, const Rule& rule) {
  return !before.min_creation_time && before.source_container == rule.source_container &&
         before.destination_container == rule.destination_container;
}

}  // namespace

void TakeStarts(const Policy* before, uint64_t head, Policy& policy) {
  for (Rule& rule : policy.rules) {
    const Rule* same = before == nullptr ? nullptr : FindRuleById(*before, rule.rule_id);
    if (rule.min_creation_time) {
      rule.start_sequence = 0;
    } else {
      rule.start_sequence = same != nullptr && GoesOn(*same, rule) ? same->start_sequence : head;
    }
  }
}

}  // namespace replicafs
