#include "backend/replication/policy_definition.h"

#include <algorithm>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>

#include "backend/replication/resource_id.h"

namespace replicafs {
namespace {

using Json = nlohmann::json;  // members in order of their names, as az prints them

Error Wrong(const std::string& member, const std::string& what) {
  return Error{ErrorCode::kInvalid, "policy definition: " + member + ": " + what};
}

// An object of the definition, and where it stands.
class Reader {
 public:
  Reader(const Json& object, std::string path) : object_(&object), path_(std::move(path)) {}

  static Result<Reader> Of(const Json& value, std::string path) {
    if (!value.is_object()) return Wrong(path, "is no object");
    return Reader(value, std::move(path));
  }

  Status AllowOnly(std::initializer_list<std::string_view> known,
                   std::initializer_list<std::string_view> ignored = {}) const {
    for (const auto& [key, value] : object_->items()) {
      const auto is = [&](std::string_view name) { return name == key; };
      if (std::any_of(known.begin(), known.end(), is) ||
          std::any_of(ignored.begin(), ignored.end(), is))
        continue;
      std::string names;
      for (const std::string_view name : known)
        names += (names.empty() ? "" : ", ") + std::string(name);
      return Wrong(At(key), "is unknown; there are: " + names);
    }
    return Ok();
  }

  std::string At(std::string_view key) const {
    return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
  }

  // nullptr: absent or null.
  const Json* Find(const char* key) const {
    const auto found = object_->find(key);
    return found == object_->end() || found->is_null() ? nullptr : &*found;
  }

  Result<std::optional<std::string>> Text(const char* key) const {
    const Json* value = Find(key);
    if (value == nullptr) return std::optional<std::string>();
    if (!value->is_string()) return Wrong(At(key), "is no string");
    return std::optional(value->get<std::string>());
  }

  Result<std::string> RequiredText(const char* key) const {
    auto text = TRY(Text(key));
    if (!text) return Wrong(At(key), "is missing");
    return *std::move(text);
  }

  // {"enabled": true}
  Result<std::optional<bool>> Enabled(const char* key) const {
    const Json* value = Find(key);
    if (value == nullptr) return std::optional<bool>();
    const Reader flag = TRY(Of(*value, At(key)));
    TRY(flag.AllowOnly({"enabled"}));
    const Json* enabled = flag.Find("enabled");
    if (enabled == nullptr) return std::optional<bool>();
    if (!enabled->is_boolean()) return Wrong(flag.At("enabled"), "is neither true nor false");
    return std::optional(enabled->get<bool>());
  }

 private:
  const Json* object_;
  std::string path_;
};

Status ReadFilters(const Reader& rule, Rule& into) {
  const Json* value = rule.Find("filters");
  if (value == nullptr) return Ok();
  const Reader filters = TRY(Reader::Of(*value, rule.At("filters")));
  TRY(filters.AllowOnly({"prefixMatch", "minCreationTime"}));
  if (const Json* prefixes = filters.Find("prefixMatch")) {
    if (!prefixes->is_array()) return Wrong(filters.At("prefixMatch"), "is no list");
    for (const Json& prefix : *prefixes) {
      if (!prefix.is_string()) return Wrong(filters.At("prefixMatch"), "holds what is no string");
      into.prefixes.push_back(prefix.get<std::string>());
    }
  }
  const auto time = TRY(filters.Text("minCreationTime"));
  if (!time || time->empty()) return Ok();
  auto parsed = ParseCreationTime(*time);
  if (!parsed) return Wrong(filters.At("minCreationTime"), parsed.error().message);
  into.min_creation_time = *parsed;
  return Ok();
}

Result<Rule> ReadRule(const Json& value, const std::string& path) {
  const Reader reader = TRY(Reader::Of(value, path));
  TRY(reader.AllowOnly({"ruleId", "sourceContainer", "destinationContainer", "filters"}));
  Rule rule;
  const auto rule_id = TRY(reader.Text("ruleId"));
  rule.rule_id = rule_id.value_or("");
  rule.source_container = TRY(reader.RequiredText("sourceContainer"));
  rule.destination_container = TRY(reader.RequiredText("destinationContainer"));
  TRY(ReadFilters(reader, rule));
  return rule;
}

Result<AccountReference> ReadAccount(const Reader& reader, const char* key) {
  const std::string text = TRY(reader.RequiredText(key));
  auto account = ParseAccountReference(text);
  if (!account) return Wrong(reader.At(key), account.error().message);
  return account;
}

Json OrNull(const std::optional<bool>& flag) {
  return flag ? Json{{"enabled", *flag}} : Json();
}

Json ToJson(const Rule& rule) {
  Json filters;
  if (!rule.prefixes.empty() || rule.min_creation_time) {
    filters = {{"minCreationTime", Json()}, {"prefixMatch", Json()}};
    if (rule.min_creation_time)
      filters["minCreationTime"] = PrintCreationTime(*rule.min_creation_time);
    if (!rule.prefixes.empty()) filters["prefixMatch"] = rule.prefixes;
  }
  return {{"destinationContainer", rule.destination_container},
          {"filters", std::move(filters)},
          {"ruleId", rule.rule_id},
          {"sourceContainer", rule.source_container}};
}

// As Python's isoformat(), which az prints times with: microseconds unless they are zero.
std::string PrintIso(Timestamp time) {
  constexpr size_t kWholeSeconds = 19;
  constexpr size_t kMicroseconds = 26;
  const std::string text = ToString(time);
  std::string iso = text.substr(0, kMicroseconds);
  if (iso.ends_with(".000000")) iso.resize(kWholeSeconds);
  return iso + "+00:00";
}

Json ToJson(const Policy& half, std::string_view account) {
  Json rules = Json::array();
  for (const Rule& rule : half.rules) rules.push_back(ToJson(rule));
  const auto id = ParseResourceId(account);
  const bool is_enabled = half.enabled_time != Timestamp{};
  const auto reference = [](const std::string& name, const std::string& resource_id) {
    return resource_id.empty() ? name : resource_id;
  };
  return {{"destinationAccount", reference(half.destination_account, half.destination_resource_id)},
          {"enabledTime", is_enabled ? Json(PrintIso(half.enabled_time)) : Json()},
          {"id", std::string(account) + "/objectReplicationPolicies/" + half.policy_id},
          {"metrics", OrNull(half.metrics)},
          {"name", half.policy_id},
          {"policyId", half.policy_id},
          {"priorityReplication", OrNull(half.priority_replication)},
          {"resourceGroup", id ? Json(id->resource_group) : Json()},
          {"rules", std::move(rules)},
          {"sourceAccount", reference(half.source_account, half.source_resource_id)},
          {"tagsReplication", OrNull(half.tags_replication)},
          {"type", "Microsoft.Storage/storageAccounts/objectReplicationPolicies"}};
}

std::string Print(const Json& value) {
  return value.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

Result<Policy> ParseDefinition(std::string_view text) {
  const Json document = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (document.is_discarded())
    return Error{ErrorCode::kInvalid, "the policy definition is not JSON"};
  Reader reader = TRY(Reader::Of(document, "the document"));
  reader = Reader(document, "");
  const Json* properties = reader.Find("properties");
  if (properties != nullptr) {
    TRY(reader.AllowOnly({"properties"}, {"id", "name", "type", "resourceGroup", "systemData"}));
    reader = TRY(Reader::Of(*properties, "properties"));
  }
  TRY(reader.AllowOnly({"policyId", "sourceAccount", "destinationAccount", "rules", "metrics",
                        "priorityReplication", "tagsReplication"},
                       {"enabledTime", "id", "name", "type", "resourceGroup", "systemData"}));
  Policy policy;
  const auto policy_id = TRY(reader.Text("policyId"));
  policy.policy_id = policy_id && !policy_id->empty() ? *policy_id : std::string(kDefaultPolicyId);
  AccountReference source = TRY(ReadAccount(reader, "sourceAccount"));
  AccountReference destination = TRY(ReadAccount(reader, "destinationAccount"));
  policy.source_account = std::move(source.name);
  policy.source_resource_id = std::move(source.resource_id);
  policy.destination_account = std::move(destination.name);
  policy.destination_resource_id = std::move(destination.resource_id);
  policy.metrics = TRY(reader.Enabled("metrics"));
  policy.priority_replication = TRY(reader.Enabled("priorityReplication"));
  policy.tags_replication = TRY(reader.Enabled("tagsReplication"));
  const Json* rules = reader.Find("rules");
  if (rules == nullptr) return policy;
  if (!rules->is_array()) return Wrong(reader.At("rules"), "is no list");
  for (const Json& value : *rules) {
    const std::string path = reader.At("rules") + "[" + std::to_string(policy.rules.size()) + "]";
    policy.rules.push_back(TRY(ReadRule(value, path)));
  }
  return policy;
}

std::string PrintDefinition(const Policy& half, std::string_view account_resource_id) {
  return Print(ToJson(half, account_resource_id));
}

std::string PrintDefinition(const Rule& rule) {
  return Print(ToJson(rule));
}

std::string PrintDefinitions(const std::vector<std::pair<Policy, std::string>>& halves) {
  Json list = Json::array();
  for (const auto& [half, account] : halves) list.push_back(ToJson(half, account));
  return Print(list);
}

std::string PrintDefinitions(const std::vector<Rule>& rules) {
  Json list = Json::array();
  for (const Rule& rule : rules) list.push_back(ToJson(rule));
  return Print(list);
}

Result<Timestamp> ParseCreationTime(std::string_view text) {
  if (const auto time = ParseTimestamp(text)) return *time;
  return Error{ErrorCode::kInvalid, "'" + std::string(text) +
                                        "' is no time; write it as 2021-08-28T00:00:00Z (UTC), or "
                                        "1601-01-01T00:00:00Z for every blob"};
}

std::string PrintCreationTime(Timestamp time) {
  std::string text = ToString(time);
  text.pop_back();
  while (text.ends_with('0')) text.pop_back();
  if (text.ends_with('.')) text.pop_back();
  return text + "Z";
}

}  // namespace replicafs
