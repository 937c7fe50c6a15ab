#include "backend/replication/version_map.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <tuple>
#include <utility>

#include "backend/replication/policy_store.h"
#include "backend/replication/replication_plan.h"

namespace replicafs {
namespace {

struct Route {
  std::string source_account;
  BlobPath source;
  std::string destination_account;
  BlobPath destination;

  auto operator<=>(const Route&) const = default;
};

// No versions where the container is gone.
Result<std::vector<BlobInfo>> VersionsOf(Account& account, const BlobPath& blob) {
  auto versions = account.store().ListVersions(blob);
  if (!versions && versions.error().code == ErrorCode::kNotFound) return std::vector<BlobInfo>();
  return versions;
}

void AddAsSource(const Policy& policy, const std::string& account, const BlobPath& blob,
                 std::set<Route>& routes) {
  const Rule* rule = FindRule(policy, blob.container, blob.name);
  if (policy.source_account != account || rule == nullptr) return;
  routes.insert(
      {account, blob, policy.destination_account, {rule->destination_container, blob.name}});
}

// Also when nothing has arrived yet.
void AddAsDestination(const Policy& policy, const std::string& account, const BlobPath& blob,
                      std::set<Route>& routes) {
  if (policy.destination_account != account) return;
  for (const Rule& rule : policy.rules) {
    if (rule.destination_container == blob.container &&
        Matches(rule, rule.source_container, blob.name))
      routes.insert({policy.source_account, {rule.source_container, blob.name}, account, blob});
  }
}

BlobStatus StatusUnder(const BlobReplication& replication, const std::set<std::string>& policies) {
  for (const RuleStatus& rule : replication.rules) {
    if (policies.contains(rule.policy_id)) return rule.status;
  }
  return BlobStatus::kNone;
}

// Source versions, with the status under the policies between the two accounts.
Status AddSources(const std::shared_ptr<Account>& account, const Route& route,
                  const std::vector<Policy>& policies,
                  std::multimap<VersionId, VersionPair>& pairs) {
  std::set<std::string> ids;
  for (const Policy& policy : policies) {
    if (policy.source_account == route.source_account &&
        policy.destination_account == route.destination_account)
      ids.insert(policy.policy_id);
  }
  StatusReader reader(account);
  auto versions = TRY(VersionsOf(*account, route.source));
  for (BlobInfo& info : versions) {
    const BlobReplication replication = TRY(reader.StatusOf(route.source.container, info));
    const VersionId version = info.version;
    pairs.emplace(version, VersionPair{.source_version = version,
                                       .source = std::move(info),
                                       .status = StatusUnder(replication, ids)});
  }
  return Ok();
}

// The first replica of a version joins it; a version that was copied twice has two pairs.
Status AddReplicas(Account& account, const Route& route,
                   std::multimap<VersionId, VersionPair>& pairs) {
  auto versions = TRY(VersionsOf(account, route.destination));
  for (BlobInfo& info : versions) {
    if (!IsReplicaOf(info, route.source_account, route.source)) continue;
    const VersionId version = info.origin->version;
    const std::string policy_id = info.origin->policy_id;
    auto found = pairs.find(version);
    if (found == pairs.end() || found->second.replica) {
      VersionPair pair{.source_version = version};
      if (found != pairs.end()) pair.source = found->second.source;
      found = pairs.emplace(version, std::move(pair));
    }
    found->second.replica = std::move(info);
    found->second.policy_id = policy_id;
  }
  return Ok();
}

Result<BlobMap> MapRoute(AccountSource& accounts, const Route& route,
                         const std::vector<Policy>& policies) {
  std::multimap<VersionId, VersionPair> pairs;
  // The account of a former policy may be gone.
  const auto source = accounts.OpenAccount(route.source_account);
  if (source) TRY(AddSources(*source, route, policies, pairs));
  const auto destination = TRY(accounts.OpenAccount(route.destination_account));
  TRY(AddReplicas(*destination, route, pairs));
  BlobMap map{.source_account = route.source_account,
              .source = route.source,
              .destination_account = route.destination_account,
              .destination = route.destination};
  for (auto pair = pairs.rbegin(); pair != pairs.rend(); ++pair)
    map.versions.push_back(std::move(pair->second));
  return map;
}

}  // namespace

Result<std::vector<BlobMap>> MapVersions(AccountSource& accounts, const std::string& account,
                                         const BlobPath& blob) {
  const auto opened = TRY(accounts.OpenAccount(account));
  const auto versions = TRY(VersionsOf(*opened, blob));
  const auto policies = TRY(ListAllPolicies(accounts));
  std::set<Route> routes;
  for (const Policy& policy : policies) {
    AddAsSource(policy, account, blob, routes);
    AddAsDestination(policy, account, blob, routes);
  }
  for (const BlobInfo& info : versions) {
    if (info.origin) routes.insert({info.origin->account, info.origin->path, account, blob});
  }
  std::vector<BlobMap> maps;
  bool found = !versions.empty();
  for (const Route& route : routes) {
    auto map = TRY(MapRoute(accounts, route, policies));
    found = found || !map.versions.empty();
    maps.push_back(std::move(map));
  }
  if (!found)
    return Error{ErrorCode::kNotFound,
                 "there is no blob '" + account + "/" + ToString(blob) + "', and never was"};
  return maps;
}

}  // namespace replicafs
