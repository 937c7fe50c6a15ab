#include "backend/replication/link_policy.h"

#include <utility>
#include <vector>

#include "backend/base/log.h"
#include "backend/replication/link_rows.h"
#include "backend/replication/link_rules.h"

namespace replicafs {

LinkPolicy::LinkPolicy(Account& source, Account& destination, std::string policy_id)
    : source_(source), destination_(destination), id_(std::move(policy_id)) {}

Result<bool> LinkPolicy::Load() {
  const std::string key = PolicyKey(id_);
  auto at_source = TRY(source_.store().GetState(key));
  auto at_destination = TRY(destination_.store().GetState(key));
  if (!at_source || !at_destination) return false;
  if (*at_source == source_row_ && *at_destination == destination_row_) return true;
  const Policy source = TRY(DecodePolicy(*at_source));
  const Policy destination = TRY(DecodePolicy(*at_destination));
  if (source.source_account != destination.source_account ||
      source.destination_account != destination.destination_account)
    return false;
  std::vector<std::string> differences;
  agreed_ = Agreed(source, destination, &differences);
  rules_.emplace(agreed_);
  encoded_rules_ = EncodeRules(agreed_);
  disputed_.clear();
  for (const Policy* half : {&source, &destination}) {
    for (const Rule& rule : half->rules) {
      if (FindRuleById(agreed_, rule.rule_id) == nullptr) disputed_.insert(rule.rule_id);
    }
  }
  source_row_ = *std::move(at_source);
  destination_row_ = *std::move(at_destination);
  for (const std::string& difference : differences)
    Log(LogLevel::kWarning, "policy {}: {}: it is not copied", id_, difference);
  return true;
}

Result<bool> LinkPolicy::Stands() const {
  const auto at_source = TRY(source_.store().GetState(PolicyKey(id_)));
  return at_source == source_row_;
}

}  // namespace replicafs
