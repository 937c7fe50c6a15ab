// Object replication policies: which containers of one account are copied to which of another.
// Words, shapes and rules are Azure's ("Object replication for block blobs").
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "backend/base/result.h"
#include "backend/base/time.h"

namespace replicafs {

struct Rule {
  std::string rule_id;  // a GUID
  std::string source_container;
  std::string destination_container;
  std::vector<std::string> prefixes;  // one of them must begin the name; none: every name matches
  // Source journal position above which changes are copied: 0 copies all that exists too.
  uint64_t start_sequence = 0;

  bool operator==(const Rule&) const = default;
};

struct Policy {
  std::string policy_id;  // a GUID
  std::string source_account;
  std::string destination_account;
  Timestamp enabled_time;
  std::vector<Rule> rules;

  bool operator==(const Policy&) const = default;
};

constexpr size_t kRulesMax = 1000;   // of a policy
constexpr size_t kPrefixesMax = 10;  // of a rule

// Whether the rule's filters let this blob through.
bool Matches(const Rule& rule, std::string_view container, std::string_view name);
// The rule that copies this blob, or nullptr. A source container stands in one rule of a policy.
const Rule* FindRule(const Policy& policy, std::string_view container, std::string_view name);
const Rule* FindRuleById(const Policy& policy, std::string_view rule_id);

// Everything that can be said of a policy without looking at the accounts: names, limits, each
// container in one rule, prefixes not empty and unique, source and destination not the same.
Status Validate(const Policy& policy);

// One JSON object, stable over releases: what a state row holds.
std::string EncodePolicy(const Policy& policy);
Result<Policy> DecodePolicy(std::string_view text);

}  // namespace replicafs
