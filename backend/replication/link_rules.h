// Which rules a link's cursor has come so far with. A rule that is new, or has other filters, takes
// the cursor back to where it begins; what is at the destination already is adopted, not sent
// again.
//
// The row "link/<policy>/rules" at the destination: {"<rule id>": "<digest of the rule>", …}. With
// its progress a link writes the same at the source, where a watermark says nothing of other rules.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "backend/base/result.h"
#include "backend/replication/policy.h"

namespace replicafs {

std::string EncodeRules(const Policy& policy);
constexpr std::string_view kNoRules = "{}";

// Names the policy's rules, as they are now: the same for the same rules alone.
std::string RulesDigest(const Policy& policy);
std::string RulesDigest(std::string_view encoded);

// The ids of rules that are not in the row, or are otherwise there. kCorrupt.
Result<std::set<std::string>> NewRules(const Policy& policy, std::string_view row);
// The journal position to which the rules that are not in the row take the cursor; nullopt: none of
// them is new. kCorrupt.
Result<std::optional<uint64_t>> StartOfNewRules(const Policy& policy, std::string_view row);

}  // namespace replicafs
