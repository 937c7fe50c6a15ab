#include "backend/replication/link_passed.h"

#include <algorithm>
#include <utility>

#include "backend/replication/json.h"
#include "backend/replication/link_rules.h"

namespace replicafs {

Result<PassedRules> PassedRules::Decode(const std::optional<std::string>& row) {
  PassedRules passed;
  if (!row) return passed;
  const auto object = TRY(json::DecodeObject(*row, "passed rules"));
  json::Members members(object);
  for (const nlohmann::json& entry : members.Objects("passed")) {
    json::Members of_entry(entry);
    const uint64_t until = of_entry.Number("until");
    const std::string text = of_entry.Text("policy");
    if (!of_entry.complete()) return Error{ErrorCode::kCorrupt, "passed rules are incomplete"};
    passed.Add(until, TRY(DecodePolicy(text)));
  }
  if (!members.complete()) return Error{ErrorCode::kCorrupt, "passed rules are incomplete"};
  return passed;
}

std::optional<std::string> PassedRules::Encode(uint64_t cursor,
                                               const std::set<std::string>& disputed) const {
  auto passed = nlohmann::json::array();
  for (const Entry& entry : entries_) {
    const auto& rules = entry.policy->rules;
    const bool may_come_back = std::any_of(rules.begin(), rules.end(), [&](const Rule& rule) {
      return disputed.contains(rule.rule_id);
    });
    if (entry.until > cursor || may_come_back)
      passed.push_back({{"until", entry.until}, {"policy", EncodePolicy(*entry.policy)}});
  }
  if (passed.empty()) return std::nullopt;
  return json::Encode({{"passed", std::move(passed)}});
}

void PassedRules::Add(uint64_t until, const Policy& policy) {
  auto kept = std::make_shared<const Policy>(policy);
  RuleIndex rules(*kept);
  entries_.push_back({until, std::move(kept), std::move(rules)});
}

bool PassedRules::Contains(const Event& event, const Rule& rule) const {
  return std::any_of(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    if (event.sequence > entry.until) return false;
    const Rule* then = entry.rules.RuleOf(event);
    return then != nullptr && then->rule_id == rule.rule_id &&
           then->destination_container == rule.destination_container;
  });
}

Result<Policy> TakenUpForms(const std::optional<std::string>& forms_row, const Policy& policy,
                            std::string_view rules_row) {
  if (forms_row) return DecodePolicy(*forms_row);
  const auto changed = TRY(NewRules(policy, rules_row));
  Policy forms = policy;
  std::erase_if(forms.rules, [&](const Rule& rule) { return changed.contains(rule.rule_id); });
  return forms;
}

}  // namespace replicafs
