// Why a policy cannot be made, changed or removed: every message of it, each naming what is wrong
// and the remedy.
#pragma once

#include <string>
#include <string_view>

#include "backend/base/result.h"
#include "backend/replication/policy.h"

namespace replicafs::refusal {

// Which account a policy is written to.
enum class Side { kSource, kDestination };
std::string_view ToString(Side side);  // "source", "destination"

Error AccountIsNoPart(const std::string& account, const Policy& policy);
Error DefaultIdAtSource(const Policy& policy);
Error OwnIdAtDestination(const Policy& policy);
Error RuleWithoutId(const Rule& rule);
Error RuleIdAtDestination(const Rule& rule);
Error UnknownId(const std::string& account, std::string_view policy_id);
Error UnknownRule(const Policy& policy, std::string_view rule_id);
Error LastRule(const Policy& policy);
Error OtherAccounts(const Policy& policy);

Error IdTaken(const std::string& account, const Policy& policy);
Error IdOfOthers(const Policy& existing);
Error IdOfTwo(const Policy& one, const Policy& other);
Error PairTaken(const Policy& existing);
Error PairHalfTaken(const Policy& existing, Side side);
Error TooManyDestinations(const Policy& policy);
Error TooManyIncoming(const Policy& policy);

Error VersioningIsOff(const std::string& account, Side side);
Error ChangeFeedIsOff(const std::string& account);
Error OtherResourceId(const std::string& account, const std::string& given, const std::string& own);
// Neither can be said of an account that allows cross-tenant replication.
Error NameAlone(const std::string& account, const Policy& policy);
Error CrossTenant(const std::string& account, const Policy& policy);
// Of settings and tenants that a policy needs as they are.
Error VersioningIsNeeded(const std::string& account, const Policy& policy);
Error ChangeFeedIsNeeded(const std::string& account, const Policy& policy);
Error CrossTenantIsNeeded(const std::string& account, const Policy& policy);
Error TenantIsNeeded(const std::string& account, const Policy& policy);

// `container` as "account/container".
Error NoContainer(const std::string& container, Side side);
Error SourceIsDestination(const std::string& container, const std::string& policy_id);
Error DestinationIsSource(const std::string& container, const std::string& policy_id);
Error DestinationTaken(const std::string& container, const std::string& policy_id);

Error ChangedMeanwhile(const Policy& policy);
Error AccountChangedMeanwhile(const std::string& account);

}  // namespace replicafs::refusal
