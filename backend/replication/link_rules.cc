#include "backend/replication/link_rules.h"

#include <algorithm>

#include "backend/base/digest.h"
#include "backend/replication/json.h"

namespace replicafs {
namespace {

constexpr size_t kDigestChars = 16;

std::string ShortDigest(std::string_view text) {
  return ToHex(Sha256(AsBytes(text))).substr(0, kDigestChars);
}

std::string DigestOf(const Rule& rule) {
  return ShortDigest(EncodeRule(rule));
}

}  // namespace

std::string EncodeRules(const Policy& policy) {
  auto rules = nlohmann::json::object();
  for (const Rule& rule : policy.rules) rules[rule.rule_id] = DigestOf(rule);
  return json::Encode(rules);
}

std::string RulesDigest(const Policy& policy) {
  return RulesDigest(EncodeRules(policy));
}

std::string RulesDigest(std::string_view encoded) {
  return ShortDigest(encoded);
}

Result<std::set<std::string>> NewRules(const Policy& policy, std::string_view row) {
  const auto known = TRY(json::DecodeObject(row, "rules"));
  std::set<std::string> ids;
  for (const Rule& rule : policy.rules) {
    const auto found = known.find(rule.rule_id);
    if (found == known.end() || *found != DigestOf(rule)) ids.insert(rule.rule_id);
  }
  return ids;
}

Result<std::optional<uint64_t>> StartOfNewRules(const Policy& policy, std::string_view row) {
  const std::set<std::string> ids = TRY(NewRules(policy, row));
  std::optional<uint64_t> start;
  for (const Rule& rule : policy.rules) {
    if (ids.contains(rule.rule_id))
      start = std::min(start.value_or(rule.start_sequence), rule.start_sequence);
  }
  return start;
}

}  // namespace replicafs
