// Finds the rule of an event or a blob in the same time however many rules a policy has.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "backend/blob/journal.h"
#include "backend/replication/policy.h"

namespace replicafs {

// Made once for a policy, which stands for as long as the index. Thread-safe.
class RuleIndex {
 public:
  explicit RuleIndex(const Policy& policy);

  // RuleOf(policy, event): a source container stands in one rule of a policy, so that rule alone is
  // asked. The pointer is into the policy.
  const Rule* RuleOf(const Event& event) const;
  // FindRule(policy, container, name), in the same way.
  const Rule* Find(std::string_view container, std::string_view name) const;
  // Whether a rule copies blobs of this container.
  bool Copies(std::string_view container) const { return by_container_.contains(container); }

 private:
  struct Entry {
    const Rule* rule = nullptr;
    Policy alone;  // the policy with this rule alone
  };
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };

  std::unordered_map<std::string, Entry, Hash, std::equal_to<>> by_container_;
};

}  // namespace replicafs
