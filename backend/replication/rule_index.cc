#include "backend/replication/rule_index.h"

#include "backend/replication/event_window.h"

namespace replicafs {

RuleIndex::RuleIndex(const Policy& policy) {
  Policy alone = policy;
  by_container_.reserve(policy.rules.size());
  for (const Rule& rule : policy.rules) {
    alone.rules = {rule};
    by_container_.try_emplace(rule.source_container, Entry{&rule, alone});
  }
}

const Rule* RuleIndex::RuleOf(const Event& event) const {
  const auto found = by_container_.find(std::string_view(event.container));
  if (found == by_container_.end()) return nullptr;
  return replicafs::RuleOf(found->second.alone, event) == nullptr ? nullptr : found->second.rule;
}

const Rule* RuleIndex::Find(std::string_view container, std::string_view name) const {
  const auto found = by_container_.find(container);
  if (found == by_container_.end()) return nullptr;
  return FindRule(found->second.alone, container, name) == nullptr ? nullptr : found->second.rule;
}

}  // namespace replicafs
