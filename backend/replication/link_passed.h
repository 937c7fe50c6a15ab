// What a link had done when new rules took its cursor back (link_rules.h): of the events up to a
// position, those that its rules of that time copied. They are not done again, or a replica that
// was deleted since would come back.
//
// The row "link/<policy>/forms" at the destination: the policy with the rules that stand in
// "link/<policy>/rules", whole. "link/<policy>/passed", for as long as the cursor is below one of
// the positions, or the halves disagree on one of the rules, which may come back:
// {"passed": [{"until": <sequence>, "policy": "<the policy, with its rules then>"}, …]}. Both are
// written in the steps that write the cursor.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "backend/base/result.h"
#include "backend/blob/journal.h"
#include "backend/replication/policy.h"
#include "backend/replication/rule_index.h"

namespace replicafs {

// A value; thread-safe where it is not changed.
class PassedRules {
 public:
  // nullopt: nothing. kCorrupt.
  static Result<PassedRules> Decode(const std::optional<std::string>& row);
  // Without what says nothing of events above `cursor` nor of rules that may come back; nullopt
  // when nothing is left.
  std::optional<std::string> Encode(uint64_t cursor, const std::set<std::string>& disputed) const;

  void Add(uint64_t until, const Policy& policy);
  // Whether the event was done when the rule, or what it was then, copied it to the same container.
  bool Contains(const Event& event, const Rule& rule) const;

 private:
  struct Entry {
    uint64_t until = 0;
    std::shared_ptr<const Policy> policy;
    RuleIndex rules;  // into the policy
  };
  std::vector<Entry> entries_;
};

// The rules that a link had taken up: as its row of forms says, or where a release wrote none,
// those of the policy that are as `rules_row` says.
Result<Policy> TakenUpForms(const std::optional<std::string>& forms_row, const Policy& policy,
                            std::string_view rules_row);

}  // namespace replicafs
