#include "backend/replication/policy_tenants.h"

#include "backend/replication/policy_refusals.h"
#include "backend/replication/resource_id.h"

namespace replicafs {
namespace {

Result<std::optional<AccountIdentity>> FindIdentity(AccountSource& accounts,
                                                    const std::string& name) {
  auto identity = accounts.IdentityOf(name);
  if (!identity && identity.error().code == ErrorCode::kNotFound)
    return std::optional<AccountIdentity>();
  return std::optional(TRY(std::move(identity)));
}

// An account says what it is called, if it does.
Status CheckResourceId(const std::string& account, const std::string& given,
                       const std::optional<AccountIdentity>& identity) {
  if (given.empty() || !identity || identity->resource_id.empty()) return Ok();
  const ResourceId said = TRY(ParseResourceId(given));
  const ResourceId own = TRY(ParseResourceId(identity->resource_id));
  if (said == own) return Ok();
  return refusal::OtherResourceId(account, given, identity->resource_id);
}

bool HaveNoTenants(const PolicyIdentities& identities) {
  const auto has_none = [](const std::optional<AccountIdentity>& identity) {
    return !identity || identity->tenant.empty();
  };
  return has_none(identities.source) && has_none(identities.destination);
}

}  // namespace

bool PolicyIdentities::IsCrossTenant() const {
  if (HaveNoTenants(*this)) return false;
  return !source || !destination || source->tenant != destination->tenant;
}

Result<PolicyIdentities> IdentitiesOf(AccountSource& accounts, const Policy& policy) {
  return PolicyIdentities{.source = TRY(FindIdentity(accounts, policy.source_account)),
                          .destination = TRY(FindIdentity(accounts, policy.destination_account))};
}

Status CheckTenants(const Policy& policy, const std::string& account,
                    const AccountSettings& settings, const PolicyIdentities& identities) {
  TRY(CheckResourceId(policy.source_account, policy.source_resource_id, identities.source));
  TRY(CheckResourceId(policy.destination_account, policy.destination_resource_id,
                      identities.destination));
  if (settings.allow_cross_tenant_replication || HaveNoTenants(identities)) return Ok();
  if (policy.source_resource_id.empty() || policy.destination_resource_id.empty())
    return refusal::NameAlone(account, policy);
  if (identities.IsCrossTenant()) return refusal::CrossTenant(account, policy);
  return Ok();
}

}  // namespace replicafs
