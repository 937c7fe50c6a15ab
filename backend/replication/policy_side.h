// One account's half of a policy: what must hold of the account, and the changes that write it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "backend/base/result.h"
#include "backend/blob/account.h"
#include "backend/blob/account_settings.h"
#include "backend/replication/policy.h"
#include "backend/replication/policy_refusals.h"
#include "backend/replication/policy_tenants.h"

namespace replicafs {

// What the account has of policies, as it was read at one moment. Another process may change it
// meanwhile: then Write is refused.
class PolicySide {
 public:
  static Result<PolicySide> Read(std::shared_ptr<Account> account, refusal::Side side);

  Account& account() const { return *account_; }
  refusal::Side side() const { return side_; }
  const AccountSettings& settings() const { return settings_; }
  const std::vector<Policy>& policies() const { return policies_; }
  const Policy* Find(std::string_view policy_id) const;
  // Another policy between the same two accounts.
  const Policy* FindPair(const Policy& policy) const;

  // Limits and settings of the account, whose accounts the policy joins, and what its containers
  // are; a policy of the same id counts as replaced.
  Status Check(const Policy& policy, Limits limits, const PolicyIdentities& identities) const;
  // Writes the half in one step, in place of one of the same id; nullopt removes that of
  // `policy_id` with everything that the link left. kBusy when the account's policies or settings
  // changed since Read. An answer that is lost is made up for by looking.
  Status Write(std::string_view policy_id, const std::optional<Policy>& half);
  // Whether the account has just this half now.
  Result<bool> Has(const Policy& half) const;

 private:
  PolicySide(std::shared_ptr<Account> account, refusal::Side side)
      : account_(std::move(account)), side_(side) {}

  Status CheckSettings() const;
  Status CheckLimits(const Policy& policy) const;
  Status CheckSourceContainer(const Rule& rule) const;
  Status CheckDestinationContainer(const Policy& policy, const Rule& rule) const;
  // "account/container"
  std::string In(const std::string& container) const;

  std::shared_ptr<Account> account_;
  refusal::Side side_;
  std::vector<Policy> policies_;
  std::optional<std::string> settings_row_;
  AccountSettings settings_;
  // A row that every change of the account's policies changes; absent when it has none.
  std::optional<std::string> generation_;
};

}  // namespace replicafs
