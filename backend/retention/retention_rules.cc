#include "backend/retention/retention_rules.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "backend/replication/json.h"

namespace replicafs {
namespace {

constexpr std::string_view kPrefix = "retention/";
constexpr std::string_view kPositionPrefix = "retention-position/";

using ByPrefix = std::map<std::string, RetentionRules>;

void Put(nlohmann::json& object, const char* key, const std::optional<uint32_t>& number) {
  if (number) object[key] = *number;
}

void Put(nlohmann::json& object, const char* days, const char* tier,
         const std::optional<TierMove>& move) {
  if (!move) return;
  object[days] = move->after_days;
  object[tier] = ToString(move->tier);
}

void Put(nlohmann::json& object, const RetentionRules& rules) {
  Put(object, "keepVersions", rules.keep_versions);
  Put(object, "keepDays", rules.keep_days);
  Put(object, "tierAfterDays", "tier", rules.move);
  Put(object, "currentTierAfterDays", "currentTier", rules.current_move);
  Put(object, "currentDeleteAfterDays", rules.current_delete_days);
}

// The rules of all names stand in the row itself, as they did when there were no others.
std::string Encode(const ContainerInfo& container, const ByPrefix& by_prefix) {
  nlohmann::json row = {{"containerCreated", ToString(container.created)}};
  for (const auto& [prefix, rules] : by_prefix) {
    if (prefix.empty()) {
      Put(row, rules);
      continue;
    }
    nlohmann::json object = {{"prefix", prefix}};
    Put(object, rules);
    row["prefixes"].push_back(std::move(object));
  }
  return json::Encode(row);
}

Error Damaged(std::string_view container) {
  return Error{ErrorCode::kCorrupt, "the retention of '" + std::string(container) +
                                        "' cannot be understood: clear it and set it again"};
}

// nullopt for what cannot be understood.
class RulesReader {
 public:
  explicit RulesReader(const nlohmann::json& object) : object_(object), members_(object) {}

  std::optional<RetentionRules> Read() {
    RetentionRules rules{.keep_versions = Number("keepVersions"),
                         .keep_days = Number("keepDays"),
                         .move = Move("tierAfterDays", "tier"),
                         .current_move = Move("currentTierAfterDays", "currentTier"),
                         .current_delete_days = Number("currentDeleteAfterDays")};
    return members_.complete() && known_tiers_ ? std::optional(rules) : std::nullopt;
  }

 private:
  std::optional<uint32_t> Number(const char* key) {
    if (!object_.contains(key)) return std::nullopt;
    return static_cast<uint32_t>(std::min<uint64_t>(members_.Number(key), UINT32_MAX));
  }
  std::optional<TierMove> Move(const char* days_key, const char* tier_key) {
    const auto days = Number(days_key);
    if (!days) return std::nullopt;
    const auto tier = ParseTier(members_.Text(tier_key));
    known_tiers_ = known_tiers_ && tier;
    return TierMove{.after_days = *days, .tier = tier.value_or(Tier::kCool)};
  }

  const nlohmann::json& object_;
  json::Members members_;
  bool known_tiers_ = true;
};

struct Row {
  Timestamp container_created;
  ByPrefix by_prefix;
};

Result<Row> Decode(std::string_view text, std::string_view container) {
  const auto object = TRY(json::DecodeObject(text, "retention"));
  json::Members members(object);
  Row row{.container_created = members.Time("containerCreated")};
  const auto all = RulesReader(object).Read();
  if (!all || !members.complete()) return Damaged(container);
  if (!all->empty()) row.by_prefix.emplace("", *all);
  if (!object.contains("prefixes")) return row;
  for (const nlohmann::json& one : members.Objects("prefixes")) {
    json::Members parts(one);
    const auto rules = RulesReader(one).Read();
    const std::string prefix = parts.Text("prefix");
    if (!rules || !parts.complete()) return Damaged(container);
    row.by_prefix.emplace(prefix, *rules);
  }
  return members.complete() ? Result<Row>(std::move(row)) : Damaged(container);
}

// nullopt for the row of an earlier container of this name.
Result<std::optional<ContainerRetention>> Take(const ContainerInfo& container, std::string text) {
  Row row = TRY(Decode(text, container.name));
  if (row.container_created != container.created) return std::optional<ContainerRetention>();
  return std::optional<ContainerRetention>(
      {.container = container.name, .by_prefix = std::move(row.by_prefix), .row = std::move(text)});
}

Status Validate(const RetentionRules& rules, const std::string& prefix) {
  if (rules.empty()) return Error{ErrorCode::kInvalid, "no rule is given"};
  // The store's own limits are for whole names.
  if (!prefix.empty()) TRY(ValidateBlobName(prefix, {.max_chars = SIZE_MAX}));
  uint32_t days = std::max(rules.keep_days.value_or(0), rules.current_delete_days.value_or(0));
  for (const auto& move : {rules.move, rules.current_move})
    days = std::max(days, move ? move->after_days : 0);
  if (days <= kRetentionDaysMax) return Ok();
  return Error{ErrorCode::kInvalid,
               std::to_string(days) + " days are more than " + std::to_string(kRetentionDaysMax)};
}

// In place of `before`, which a pass that is under way expects.
Status Write(BlobStore& store, const ContainerInfo& container,
             const std::optional<std::string>& before, const ByPrefix& by_prefix) {
  const std::string key = RetentionKey(container.name);
  std::vector<Mutation> mutations;
  mutations.push_back(ExpectState{key, before});
  if (by_prefix.empty()) {
    mutations.push_back(RemoveState{key});
  } else {
    mutations.push_back(PutState{key, Encode(container, by_prefix)});
  }
  mutations.push_back(RemoveState{RetentionPositionKey(container.name)});
  const auto written = store.Apply(std::move(mutations), 0);
  if (written) return Ok();
  if (written.error().code != ErrorCode::kPrecondition) return written.error();
  return Error{ErrorCode::kBusy, "somebody else changed the retention of '" + container.name +
                                     "' meanwhile: try again"};
}

}  // namespace

std::string RetentionKey(std::string_view container) {
  return std::string(kPrefix) + std::string(container);
}

std::string RetentionPositionKey(std::string_view container) {
  return std::string(kPositionPrefix) + std::string(container);
}

Result<std::optional<ContainerRetention>> ReadRetention(BlobStore& store,
                                                        std::string_view container) {
  const ContainerInfo info = TRY(store.GetContainer(container));
  auto row = TRY(store.GetState(RetentionKey(container)));
  if (!row) return std::optional<ContainerRetention>();
  return Take(info, *std::move(row));
}

Result<std::vector<ContainerRetention>> ListRetention(BlobStore& store) {
  const auto containers = TRY(store.ListContainers());
  auto rows = TRY(store.ListState(kPrefix));
  std::vector<ContainerRetention> list;
  for (StateRow& row : rows) {
    const std::string name = row.key.substr(kPrefix.size());
    const auto container =
        std::find_if(containers.begin(), containers.end(),
                     [&](const ContainerInfo& info) { return info.name == name; });
    if (container == containers.end()) continue;
    auto retention = TRY(Take(*container, std::move(row.value)));
    if (retention) list.push_back(*std::move(retention));
  }
  return list;
}

const RetentionRules* ContainerRetention::Find(std::string_view name) const {
  const RetentionRules* found = nullptr;
  // In byte order a prefix comes before what it begins.
  for (const auto& [prefix, rules] : by_prefix) {
    if (name.starts_with(prefix)) found = &rules;
  }
  return found;
}

Status SetRetention(BlobStore& store, const std::string& container, const RetentionRules& rules,
                    const std::string& prefix) {
  TRY(Validate(rules, prefix));
  const ContainerInfo info = TRY(store.GetContainer(container));
  auto row = TRY(store.GetState(RetentionKey(container)));
  ByPrefix by_prefix;
  if (row) {
    const auto before = TRY(Take(info, *row));
    if (before) by_prefix = before->by_prefix;
  }
  by_prefix[prefix] = rules;
  if (by_prefix.size() > kRetentionPrefixesMax)
    return Error{ErrorCode::kInvalid, "'" + container + "' has rules for " +
                                          std::to_string(kRetentionPrefixesMax) +
                                          " prefixes already: clear some"};
  return Write(store, info, row, by_prefix);
}

Status ClearRetention(BlobStore& store, const std::string& container) {
  TRY(store.GetContainer(container));
  TRY(store.Apply(
      {RemoveState{RetentionKey(container)}, RemoveState{RetentionPositionKey(container)}}, 0));
  return Ok();
}

Status ClearRetention(BlobStore& store, const std::string& container, const std::string& prefix) {
  const ContainerInfo info = TRY(store.GetContainer(container));
  const auto retention = TRY(ReadRetention(store, container));
  ByPrefix by_prefix = retention ? retention->by_prefix : ByPrefix();
  if (by_prefix.erase(prefix) == 0)
    return Error{ErrorCode::kNotFound,
                 "'" + container + "' has no rules for the prefix '" + prefix + "'"};
  return Write(store, info, retention->row, by_prefix);
}

}  // namespace replicafs
