#include "backend/replication/policy_store.h"

#include <map>
#include <optional>
#include <utility>

#include "backend/base/log.h"
#include "backend/replication/link_rows.h"
#include "backend/replication/policy_halves.h"

namespace replicafs {
namespace {

// Removes what this account has of the policy; nothing when it has nothing.
Status DeleteHalf(Account& account, const Policy& policy) {
  std::vector<Mutation> mutations;
  if (account.name() == policy.destination_account) {
    mutations = TRY(UnmakeDestinationHalf(account, policy));
  } else {
    mutations = TRY(UnmakeSourceHalf(account, policy));
  }
  TRY(account.store().Apply(std::move(mutations), 0));
  return Ok();
}

// nullptr when the account does not exist any more.
Result<std::shared_ptr<Account>> OpenIfThere(AccountSource& accounts, std::string_view name) {
  auto account = accounts.OpenAccount(name);
  if (!account && account.error().code == ErrorCode::kNotFound) return std::shared_ptr<Account>();
  return account;
}

Result<std::optional<Policy>> FindPolicy(AccountSource& accounts, std::string_view policy_id) {
  const auto names = TRY(accounts.AccountNames());
  for (const std::string& name : names) {
    const auto account = accounts.OpenAccount(name);
    if (!account) continue;
    const auto row = TRY((*account)->store().GetState(PolicyKey(policy_id)));
    if (!row) continue;
    auto policy = TRY(DecodePolicy(*row));
    return std::optional<Policy>(std::move(policy));
  }
  return std::optional<Policy>();
}

Result<std::vector<Policy>> PoliciesOf(AccountSource& accounts, std::string_view name) {
  const auto account = TRY(accounts.OpenAccount(name));
  return ListPolicies(*account);
}

}  // namespace

Status DeletePolicy(AccountSource& accounts, std::string_view policy_id) {
  const auto policy = TRY(FindPolicy(accounts, policy_id));
  if (!policy) {
    return Error{ErrorCode::kNotFound, "there is no policy '" + std::string(policy_id) + "'"};
  }
  for (const std::string& name : {policy->source_account, policy->destination_account}) {
    const auto account = TRY(OpenIfThere(accounts, name));
    if (account != nullptr) TRY(DeleteHalf(*account, *policy));
  }
  return Ok();
}

Result<bool> IsHalf(AccountSource& accounts, const Policy& policy) {
  std::optional<std::string> rows[2];
  size_t side = 0;
  for (const std::string& name : {policy.source_account, policy.destination_account}) {
    const auto account = TRY(OpenIfThere(accounts, name));
    if (account == nullptr) return true;
    rows[side++] = TRY(account->store().GetState(PolicyKey(policy.policy_id)));
  }
  return !rows[0] || rows[0] != rows[1];
}

Result<std::vector<Policy>> ListPolicies(Account& account) {
  const auto rows = TRY(account.store().ListState(kPolicyPrefix));
  std::vector<Policy> policies;
  for (const StateRow& row : rows) {
    auto policy = TRY(DecodePolicy(row.value));
    policies.push_back(std::move(policy));
  }
  return policies;
}

Result<std::vector<Policy>> ListAllPolicies(AccountSource& accounts) {
  const auto names = TRY(accounts.AccountNames());
  std::map<std::string, Policy> by_id;
  for (const std::string& name : names) {
    auto policies = PoliciesOf(accounts, name);
    if (!policies) {
      Log(LogLevel::kWarning, "the policies of account '{}' are not listed: {}", name,
          policies.error().message);
      continue;
    }
    for (Policy& policy : *policies) by_id.emplace(policy.policy_id, std::move(policy));
  }
  std::vector<Policy> all;
  for (auto& [id, policy] : by_id) all.push_back(std::move(policy));
  return all;
}

}  // namespace replicafs
