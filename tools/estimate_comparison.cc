// An estimate beside what came of it.
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "tools/estimate_output.h"

namespace replicafs {
namespace {

struct Row {
  std::string key;
  std::string title;
  uint64_t estimated = 0;
  std::optional<uint64_t> outcome;
  bool is_bytes = false;

  bool differs() const { return outcome && *outcome != estimated; }
};

std::vector<Row> RowsOf(const Estimate& estimate, const EstimateOutcome& outcome) {
  std::vector<Row> rows = {
      {"versions", "versions", estimate.versions, outcome.copied_versions},
      {"bytes", "bytes", estimate.bytes, outcome.copied_bytes, true},
      {"sentBytes", "bytes sent", estimate.sent_bytes, outcome.sent_bytes, true}};
  std::optional<uint64_t> blobs;
  std::optional<uint64_t> replicas;
  std::optional<uint64_t> replica_bytes;
  if (outcome.replicas) {
    blobs = outcome.replicas->blobs;
    replicas = outcome.replicas->versions;
    replica_bytes = outcome.replicas->bytes;
  }
  rows.push_back({"blobs", "blobs at the destination", estimate.blobs, blobs});
  rows.push_back({"replicas", "versions at the destination", estimate.versions, replicas});
  rows.push_back({"replicaBytes", "bytes at the destination", estimate.bytes, replica_bytes, true});
  std::map<std::string, uint64_t> forecast;
  std::set<std::string> codes;
  for (const FailureForecast& failure : estimate.failures) {
    forecast[failure.code] = failure.events;
    codes.insert(failure.code);
  }
  for (const auto& [code, count] : outcome.failed) codes.insert(code);
  for (const std::string& code : codes) {
    const auto failed = outcome.failed.find(code);
    rows.push_back({"failed." + code, "failed: " + code, forecast[code],
                    failed == outcome.failed.end() ? 0 : failed->second});
  }
  return rows;
}

std::string Amount(uint64_t amount, bool is_bytes) {
  // Whole bytes: a comparison that rounds shows no difference.
  return std::to_string(amount) + (is_bytes ? " B" : "");
}

std::string Verdict(const EstimateOutcome& outcome, bool is_equal) {
  if (!outcome.done)
    return "The link is not through yet: " + std::to_string(outcome.pending) +
           " of the changes are pending; see: replicafs replication status\n";
  if (is_equal) return "The estimate was right.\n";
  std::string text = "The outcome is another.";
  if (outcome.later_changes > 0)
    text += " The first three lines count " + std::to_string(outcome.later_changes) +
            " changes too that came after the estimate.";
  return text + "\n";
}

}  // namespace

Json ComparisonJson(const Estimate& estimate, const EstimateOutcome& outcome) {
  Json figures = Json::array();
  bool is_equal = true;
  for (const Row& row : RowsOf(estimate, outcome)) {
    is_equal = is_equal && !row.differs();
    figures.push_back({{"figure", row.key},
                       {"estimate", row.estimated},
                       {"outcome", row.outcome ? Json(*row.outcome) : Json(nullptr)}});
  }
  return {{"policyId", outcome.policy.policy_id}, {"done", outcome.done},
          {"pending", outcome.pending},           {"laterChanges", outcome.later_changes},
          {"equal", outcome.done && is_equal},    {"figures", figures}};
}

std::string DescribeComparison(const Estimate& estimate, const EstimateOutcome& outcome) {
  Table table({{""}, {"ESTIMATE", Table::Align::kRight}, {"OUTCOME", Table::Align::kRight}, {""}});
  bool is_equal = true;
  for (const Row& row : RowsOf(estimate, outcome)) {
    is_equal = is_equal && !row.differs();
    table.AddRow({row.title, Amount(row.estimated, row.is_bytes),
                  row.outcome ? Amount(*row.outcome, row.is_bytes) : "-",
                  row.differs() ? "differs" : ""});
  }
  return "policy " + outcome.policy.policy_id + ", estimated at " + ToString(estimate.made) +
         "\n\n" + table.ToString() + "\n" + Verdict(outcome, is_equal);
}

}  // namespace replicafs
