#include "backend/replication/link_rules.h"

#include <algorithm>

#include "backend/base/digest.h"
#include "backend/replication/json.h"

namespace replicafs {
namespace {

constexpr size_t kDigestChars = 16;

std::string ShortDigest(const std::string& text) {
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
  return ShortDigest(EncodeRules(policy));
}

Result<std::optional<uint64_t>> StartOfNewRules(const Policy& policy, std::string_view row) {
  const auto known = TRY(json::DecodeObject(row, "rules"));
  std::optional<uint64_t> start;
  for (const Rule& rule : policy.rules) {
    const auto found = known.find(rule.rule_id);
    if (found != known.end() && *found == DigestOf(rule)) continue;
    start = std::min(start.value_or(rule.start_sequence), rule.start_sequence);
  }
  return start;
}

}  // namespace replicafs
