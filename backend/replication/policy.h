// Object replication policies: which containers of one account are copied to which of another.
// Words, shapes and rules are Azure's ("Object replication for block blobs").
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backend/base/result.h"
#include "backend/base/time.h"
#include "backend/replication/policy_limits.h"

namespace replicafs {

struct Rule {
  std::string rule_id;  // a GUID
  std::string source_container;
  std::string destination_container;
  std::vector<std::string> prefixes;  // one of them must begin the name; none: every name matches
  // Blobs that were created before it are not copied, nor are their later versions. nullopt: what
  // changes from the rule's creation on is copied, of every blob.
  std::optional<Timestamp> min_creation_time;
  // Source journal position above which changes are copied: 0 where min_creation_time says which.
  uint64_t start_sequence = 0;

  bool operator==(const Rule&) const = default;
};

// What one account has of a policy: its half. Both halves have the same ids; see Agreed.
struct Policy {
  std::string policy_id;  // a GUID
  std::string source_account;
  std::string destination_account;
  // As they were given, by full resource id; empty: by name.
  std::string source_resource_id;
  std::string destination_resource_id;
  Timestamp enabled_time;  // of the source's half; zero in the destination's
  std::vector<Rule> rules;
  // nullopt: not said, which is no.
  std::optional<bool> metrics;
  std::optional<bool> priority_replication;
  std::optional<bool> tags_replication;

  bool operator==(const Policy&) const = default;
};

// 1601-01-01T00:00:00Z as a minimum creation time: every blob.
constexpr Timestamp kEverything{-116'444'736'000'000'000};

// Whether the rule's filters let this blob through.
bool Matches(const Rule& rule, std::string_view container, std::string_view name);
// Whether the rule copies blobs that were created then.
inline bool IsYoungEnough(const Rule& rule, Timestamp created) {
  return !rule.min_creation_time || created >= *rule.min_creation_time;
}
// The rule that copies this blob, or nullptr. A source container stands in one rule of a policy.
const Rule* FindRule(const Policy& policy, std::string_view container, std::string_view name);
// The id of a policy that is created on its destination: it gets one there.
constexpr std::string_view kDefaultPolicyId = "default";

bool SamePair(const Policy& a, const Policy& b);  // of accounts
const Rule* FindRuleById(const Policy& policy, std::string_view rule_id);

// Everything that can be said of a policy without looking at the accounts: names, limits, each
// container in one rule, prefixes not empty and unique, source and destination not the same. The
// message names the member and the remedy.
Status Validate(const Policy& policy, Limits limits = Limits::kAzure);

// The policy that both halves agree on: the source's, without the rules that the destination has
// not, or has otherwise. A sentence for each of those is added to `differences`.
Policy Agreed(const Policy& at_source, const Policy& at_destination,
              std::vector<std::string>* differences = nullptr);

// JSON objects, stable over releases: what a state row holds.
std::string EncodeRule(const Rule& rule);
std::string EncodePolicy(const Policy& policy);
Result<Policy> DecodePolicy(std::string_view text);

}  // namespace replicafs
