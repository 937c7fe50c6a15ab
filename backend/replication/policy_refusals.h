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
Error PairTaken(const Policy& existing);
Error PairHalfTaken(const Policy& existing, Side side);
Error TooManyDestinations(const Policy& policy);
Error TooManyIncoming(const Policy& policy);

// `container` as "account/container".
Error NoContainer(const std::string& container, Side side);
Error SourceIsDestination(const std::string& container, const std::string& policy_id);
Error DestinationIsSource(const std::string& container, const std::string& policy_id);
Error DestinationTaken(const std::string& container, const std::string& policy_id);

Error ChangedMeanwhile(const Policy& policy);

}  // namespace replicafs::refusal
