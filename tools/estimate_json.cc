// Estimates as JSON, to and from.
#include <optional>

#include "backend/replication/json.h"
#include "tools/estimate_output.h"

namespace replicafs {
namespace {

Json RulesJson(const Policy& policy) {
  Json rules = Json::array();
  for (const Rule& rule : policy.rules)
    rules.push_back(
        {{"sourceContainer", rule.source_container},
         {"destinationContainer", rule.destination_container},
         {"prefixMatch", rule.prefixes},
         {"minCreationTime",
          rule.min_creation_time ? Json(ToString(*rule.min_creation_time)) : Json(nullptr)}});
  return rules;
}

Json FailuresJson(const Estimate& estimate) {
  Json failures = Json::array();
  for (const FailureForecast& failure : estimate.failures)
    failures.push_back({{"code", failure.code},
                        {"reason", failure.reason},
                        {"events", failure.events},
                        {"bytes", failure.bytes},
                        {"examples", failure.examples}});
  return failures;
}

std::string_view NameOf(RateBasis::Kind kind) {
  switch (kind) {
    case RateBasis::Kind::kUnknown: return "unknown";
    case RateBasis::Kind::kLink: return "link";
    case RateBasis::Kind::kReading: return "reading";
  }
  return "unknown";
}

Json RateJson(const RateBasis& basis) {
  return {{"basis", NameOf(basis.kind)},
          {"measured", JsonTime(basis.measured)},
          {"milliseconds", basis.rate.milliseconds},
          {"events", basis.rate.events},
          {"versions", basis.rate.versions},
          {"bytes", basis.rate.logical_bytes}};
}

Json CostsJson(const PricedEstimate& priced) {
  Json items = Json::array();
  for (const CostItem& item : CostsOf(priced.estimate, priced.prices)) {
    const auto here = item.here_cost();
    items.push_back({{"period", ToString(item.period)},
                     {"id", item.id},
                     {"unit", item.unit},
                     {"unitPrice", item.price},
                     {"billed", item.billed},
                     {"billedCost", item.billed_cost()},
                     {"here", item.here ? Json(*item.here) : Json(nullptr)},
                     {"hereCost", here ? Json(*here) : Json(nullptr)}});
  }
  return {{"currency", priced.prices.currency},
          {"examplePrices", priced.example_prices},
          {"items", items}};
}

bool IsThere(const nlohmann::json& object, const char* member) {
  const auto found = object.find(member);
  return found != object.end() && !found->is_null();
}

std::optional<Rule> ParseRule(const nlohmann::json& object) {
  json::Members members(object);
  Rule rule{.source_container = members.Text("sourceContainer"),
            .destination_container = members.Text("destinationContainer"),
            .prefixes = members.Texts("prefixMatch")};
  if (IsThere(object, "minCreationTime")) rule.min_creation_time = members.Time("minCreationTime");
  return members.complete() ? std::optional(rule) : std::nullopt;
}

std::optional<Estimate> Parse(const nlohmann::json& object) {
  json::Members members(object);
  Estimate estimate{.made = members.Time("time"),
                    .head = members.Number("sourceHead"),
                    .blobs = members.Number("blobs"),
                    .versions = members.Number("versions"),
                    .bytes = members.Number("bytes"),
                    .sent_bytes = members.Number("bytesToSend")};
  if (IsThere(object, "policyId")) estimate.policy.policy_id = members.Text("policyId");
  estimate.policy.source_account = members.Text("sourceAccount");
  estimate.policy.destination_account = members.Text("destinationAccount");
  for (const nlohmann::json& rule : members.Objects("rules")) {
    const auto parsed = ParseRule(rule);
    if (!parsed) return std::nullopt;
    estimate.policy.rules.push_back(*parsed);
  }
  for (const nlohmann::json& failure : members.Objects("failures")) {
    json::Members parts(failure);
    estimate.failures.push_back({.code = parts.Text("code"), .events = parts.Number("events")});
    if (!parts.complete()) return std::nullopt;
  }
  estimate.before.versions_copied = members.Number("copiedVersionsBefore");
  estimate.before.logical_bytes = members.Number("copiedBytesBefore");
  estimate.before.sent_bytes = members.Number("sentBytesBefore");
  return members.complete() ? std::optional(estimate) : std::nullopt;
}

}  // namespace

Json ToJson(const PricedEstimate& priced) {
  const Estimate& estimate = priced.estimate;
  const Policy& policy = estimate.policy;
  const RecentChanges& recent = estimate.recent;
  return {{"policyId", policy.policy_id.empty() ? Json(nullptr) : Json(policy.policy_id)},
          {"sourceAccount", policy.source_account},
          {"destinationAccount", policy.destination_account},
          {"rules", RulesJson(policy)},
          {"time", ToString(estimate.made)},
          {"sourceCursor", estimate.cursor},
          {"sourceHead", estimate.head},
          {"changes", estimate.events},
          {"blobs", estimate.blobs},
          {"versions", estimate.versions},
          {"bytes", estimate.bytes},
          {"bytesToSend", estimate.sent_bytes},
          {"versionsToRead", estimate.read_versions},
          {"removals", estimate.removals},
          {"propertyChanges", estimate.property_changes},
          {"presentVersions", estimate.there_versions},
          {"presentBytes", estimate.there_bytes},
          {"failures", FailuresJson(estimate)},
          {"rate", RateJson(estimate.basis)},
          {"seconds", estimate.seconds ? Json(*estimate.seconds) : Json(nullptr)},
          {"recentDays", kRecentDays},
          {"recentSince", JsonTime(recent.since)},
          {"recentChanges", recent.operations},
          {"recentBytes", recent.bytes},
          {"copiedVersionsBefore", estimate.before.versions_copied},
          {"copiedBytesBefore", estimate.before.logical_bytes},
          {"sentBytesBefore", estimate.before.sent_bytes},
          {"costs", CostsJson(priced)}};
}

Result<Estimate> ParseEstimate(std::string_view text, const std::string& file) {
  const auto object = json::DecodeObject(text, file);
  const auto estimate = object ? Parse(*object) : std::nullopt;
  if (estimate) return *estimate;
  return Error{ErrorCode::kInvalid,
               "'" + file + "' is no estimate that `policy estimate --save` wrote"};
}

}  // namespace replicafs
