#include "backend/replication/change_settings.h"

#include <utility>
#include <vector>

#include "backend/replication/link_rows.h"
#include "backend/replication/policy_refusals.h"
#include "backend/replication/policy_store.h"
#include "backend/replication/policy_tenants.h"

namespace replicafs {
namespace {

Status CheckNotNeeded(AccountSource& accounts, const std::string& account,
                      const SettingsChange& change, const std::vector<Policy>& policies) {
  for (const Policy& policy : policies) {
    if (change.versioning == false) return refusal::VersioningIsNeeded(account, policy);
    if (change.change_feed == false && policy.source_account == account)
      return refusal::ChangeFeedIsNeeded(account, policy);
    if (change.allow_cross_tenant_replication == false) {
      const PolicyIdentities identities = TRY(IdentitiesOf(accounts, policy));
      if (identities.IsCrossTenant()) return refusal::CrossTenantIsNeeded(account, policy);
    }
  }
  return Ok();
}

AccountSettings Changed(AccountSettings settings, const SettingsChange& change, Timestamp now) {
  if (change.versioning == true) settings.unversioned_since.reset();
  if (change.versioning == false && settings.versioning()) settings.unversioned_since = now;
  if (change.change_feed) settings.change_feed = *change.change_feed;
  if (change.allow_cross_tenant_replication)
    settings.allow_cross_tenant_replication = *change.allow_cross_tenant_replication;
  return settings;
}

}  // namespace

Result<AccountSettings> ReadSettings(Account& account) {
  const auto row = TRY(account.store().GetState(kSettingsKey));
  return ParseSettings(row);
}

Result<AccountSettings> ChangeSettings(AccountSource& accounts, const std::string& account,
                                       const SettingsChange& change, const Clock& clock) {
  const auto opened = TRY(accounts.OpenAccount(account));
  BlobStore& store = opened->store();
  // First: what changes after it is noticed.
  const auto generation = TRY(store.GetState(kPoliciesGenerationKey));
  const auto before = TRY(store.GetState(kSettingsKey));
  const auto policies = TRY(ListPolicies(*opened));
  TRY(CheckNotNeeded(accounts, account, change, policies));

  const AccountSettings set = TRY(ParseSettings(before));
  const AccountSettings settings = Changed(set, change, clock.Now());
  if (settings == set) return settings;
  const std::string key(kSettingsKey);
  std::vector<Mutation> mutations{ExpectState{std::string(kPoliciesGenerationKey), generation},
                                  ExpectState{key, before}};
  if (const auto row = EncodeSettings(settings)) {
    mutations.push_back(PutState{key, *row});
  } else {
    mutations.push_back(RemoveState{key});
  }
  const auto written = store.Apply(std::move(mutations), 0);
  if (!written && written.error().code == ErrorCode::kPrecondition)
    return refusal::AccountChangedMeanwhile(account);
  if (!written) return written.error();
  return settings;
}

Status CheckIdentityIsFree(AccountSource& accounts, const std::string& account) {
  const auto opened = TRY(accounts.OpenAccount(account));
  const auto policies = TRY(ListPolicies(*opened));
  if (policies.empty()) return Ok();
  return refusal::TenantIsNeeded(account, policies.front());
}

}  // namespace replicafs
