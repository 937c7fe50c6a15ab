#include "backend/replication/policy_store.h"

#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "backend/base/log.h"
#include "backend/replication/link_rows.h"
#include "backend/replication/policy_side.h"

namespace replicafs {
namespace {

// nullptr when the account does not exist any more; one that cannot be opened is an error.
Result<std::shared_ptr<Account>> OpenIfThere(AccountSource& accounts, std::string_view name) {
  const auto identity = accounts.IdentityOf(name);
  if (!identity && identity.error().code == ErrorCode::kNotFound) return std::shared_ptr<Account>();
  return accounts.OpenAccount(name);
}

Result<std::vector<Policy>> PoliciesOf(AccountSource& accounts, std::string_view name) {
  const auto account = TRY(accounts.OpenAccount(name));
  return ListPolicies(*account);
}

struct Halves {
  std::optional<Policy> at_source;
  std::optional<Policy> at_destination;
};

Result<Halves> HalvesOf(AccountSource& accounts, const Policy& policy) {
  Halves halves;
  for (const auto& [name, half] :
       {std::pair(&policy.source_account, &halves.at_source),
        std::pair(&policy.destination_account, &halves.at_destination)}) {
    const auto account = TRY(OpenIfThere(accounts, *name));
    if (account == nullptr) continue;
    const auto row = TRY(account->store().GetState(PolicyKey(policy.policy_id)));
    if (row) half->emplace(TRY(DecodePolicy(*row)));
  }
  return halves;
}

}  // namespace

Result<Policy> FindPolicy(AccountSource& accounts, std::string_view policy_id) {
  const auto names = TRY(accounts.AccountNames());
  std::optional<Policy> found;
  for (const std::string& name : names) {
    const auto account = accounts.OpenAccount(name);
    if (!account) continue;
    const auto row = TRY((*account)->store().GetState(PolicyKey(policy_id)));
    if (!row) continue;
    Policy policy = TRY(DecodePolicy(*row));
    if (found && !SamePair(*found, policy)) return refusal::IdOfTwo(*found, policy);
    if (!found) found = std::move(policy);
  }
  if (!found)
    return Error{ErrorCode::kNotFound, "there is no policy '" + std::string(policy_id) + "'"};
  return *std::move(found);
}

Status DeletePolicy(AccountSource& accounts, std::string_view policy_id) {
  const Policy policy = TRY(FindPolicy(accounts, policy_id));
  std::vector<PolicySide> sides;  // the source's first; both are read before one is written
  for (const std::string& name : {policy.source_account, policy.destination_account}) {
    auto account = TRY(OpenIfThere(accounts, name));
    if (account == nullptr) continue;
    const bool is_source = name == policy.source_account;
    sides.push_back(TRY(PolicySide::Read(
        std::move(account), is_source ? refusal::Side::kSource : refusal::Side::kDestination)));
  }
  for (PolicySide& side : sides) {
    if (side.Find(policy_id) != nullptr) TRY(side.Write(policy_id, std::nullopt));
  }
  return Ok();
}

Result<bool> IsHalf(AccountSource& accounts, const Policy& policy) {
  const Halves halves = TRY(HalvesOf(accounts, policy));
  return !halves.at_source || !halves.at_destination;
}

Result<std::vector<std::string>> DifferencesOf(AccountSource& accounts, const Policy& policy) {
  const Halves halves = TRY(HalvesOf(accounts, policy));
  std::vector<std::string> differences;
  if (halves.at_source && halves.at_destination)
    Agreed(*halves.at_source, *halves.at_destination, &differences);
  return differences;
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

Result<PoliciesAsRead> ReadPolicies(Account& account) {
  // First: what changes after it is noticed.
  auto generation = TRY(account.store().GetState(kPoliciesGenerationKey));
  auto policies = TRY(ListPolicies(account));
  return PoliciesAsRead{.policies = std::move(policies),
                        .unchanged = {std::string(kPoliciesGenerationKey), std::move(generation)}};
}

Result<std::vector<Policy>> ListAllPolicies(AccountSource& accounts) {
  const auto names = TRY(accounts.AccountNames());
  std::map<std::tuple<std::string, std::string, std::string>, Policy> by_id;
  for (const std::string& name : names) {
    auto policies = PoliciesOf(accounts, name);
    if (!policies) {
      Log(LogLevel::kWarning, "the policies of account '{}' are not listed: {}", name,
          policies.error().message);
      continue;
    }
    for (Policy& policy : *policies) {
      const std::tuple id(policy.policy_id, policy.source_account, policy.destination_account);
      by_id.emplace(id, std::move(policy));
    }
  }
  std::vector<Policy> all;
  for (auto& [id, policy] : by_id) all.push_back(std::move(policy));
  return all;
}

}  // namespace replicafs
