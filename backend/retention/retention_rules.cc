#include "backend/retention/retention_rules.h"

#include <algorithm>
#include <utility>

#include "backend/replication/json.h"

namespace replicafs {
namespace {

constexpr std::string_view kPrefix = "retention/";
constexpr std::string_view kPositionPrefix = "retention-position/";

std::string Encode(const ContainerInfo& container, const RetentionRules& rules) {
  nlohmann::json row = {{"containerCreated", ToString(container.created)}};
  if (rules.keep_versions) row["keepVersions"] = *rules.keep_versions;
  if (rules.keep_days) row["keepDays"] = *rules.keep_days;
  if (rules.move) {
    row["tierAfterDays"] = rules.move->after_days;
    row["tier"] = ToString(rules.move->tier);
  }
  return json::Encode(row);
}

Error Damaged(std::string_view container) {
  return Error{ErrorCode::kCorrupt, "the retention of '" + std::string(container) +
                                        "' cannot be understood: set it again"};
}

struct Row {
  Timestamp container_created;
  RetentionRules rules;
};

Result<Row> Decode(std::string_view text, std::string_view container) {
  const auto object = TRY(json::DecodeObject(text, "retention"));
  json::Members members(object);
  const auto number = [&](const char* key) -> std::optional<uint32_t> {
    if (!object.contains(key)) return std::nullopt;
    return static_cast<uint32_t>(std::min<uint64_t>(members.Number(key), UINT32_MAX));
  };
  Row row{.container_created = members.Time("containerCreated")};
  row.rules.keep_versions = number("keepVersions");
  row.rules.keep_days = number("keepDays");
  if (const auto days = number("tierAfterDays")) {
    const auto tier = ParseTier(members.Text("tier"));
    if (!tier) return Damaged(container);
    row.rules.move = TierMove{.after_days = *days, .tier = *tier};
  }
  if (!members.complete()) return Damaged(container);
  return row;
}

// nullopt for the row of an earlier container of this name.
Result<std::optional<ContainerRetention>> Take(const ContainerInfo& container, std::string text) {
  Row row = TRY(Decode(text, container.name));
  if (row.container_created != container.created) return std::optional<ContainerRetention>();
  return std::optional<ContainerRetention>(
      {.container = container.name, .rules = row.rules, .row = std::move(text)});
}

Status Validate(const RetentionRules& rules) {
  if (rules.empty()) return Error{ErrorCode::kInvalid, "no rule is given"};
  const uint32_t days =
      std::max(rules.keep_days.value_or(0), rules.move ? rules.move->after_days : 0);
  if (days <= kRetentionDaysMax) return Ok();
  return Error{ErrorCode::kInvalid,
               std::to_string(days) + " days are more than " + std::to_string(kRetentionDaysMax)};
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

Status SetRetention(BlobStore& store, const std::string& container, const RetentionRules& rules) {
  TRY(Validate(rules));
  const ContainerInfo info = TRY(store.GetContainer(container));
  TRY(store.Apply({PutState{RetentionKey(container), Encode(info, rules)},
                   RemoveState{RetentionPositionKey(container)}},
                  0));
  return Ok();
}

Status ClearRetention(BlobStore& store, const std::string& container) {
  TRY(store.GetContainer(container));
  TRY(store.Apply(
      {RemoveState{RetentionKey(container)}, RemoveState{RetentionPositionKey(container)}}, 0));
  return Ok();
}

}  // namespace replicafs
