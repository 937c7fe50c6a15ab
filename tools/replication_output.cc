#include "tools/replication_output.h"

#include <algorithm>

#include "backend/base/clock.h"

namespace replicafs {

std::string StateOf(const LinkStatus& link) {
  if (link.half) return "half";
  if (!link.running) return "waiting";
  return link.progress.last_error.empty() ? "running" : "retrying";
}

std::string LinkName(const Policy& policy) {
  return policy.source_account + " -> " + policy.destination_account;
}

std::string HalfPolicy(const Policy& policy) {
  return "one half of policy " + policy.policy_id +
         " is missing: create the policy again or delete it";
}

std::string RemainingText(const LinkStatus& link) {
  if (!link.speed || !link.speed->remaining_seconds) return "-";
  return HumanDuration(*link.speed->remaining_seconds);
}

namespace {

std::string RateText(const LinkStatus& link) {
  if (!link.speed) return "-";
  return HumanBytes(static_cast<uint64_t>(link.speed->logical_bytes_per_second)) + "/s";
}

// Null when it is not known.
Json ToJson(const std::optional<LinkSpeed>& speed) {
  if (!speed) return nullptr;
  const auto& remaining = speed->remaining_seconds;
  return {{"versionsPerSecond", speed->versions_per_second},
          {"logicalBytesPerSecond", speed->logical_bytes_per_second},
          {"sentBytesPerSecond", speed->sent_bytes_per_second},
          {"remainingSeconds", remaining ? Json(*remaining) : Json(nullptr)}};
}

// The names are those of Azure's metrics.
Json ToJson(const AgeBuckets& buckets) {
  Json list = Json::array();
  for (size_t i = 0; i < buckets.size(); ++i)
    list.push_back({{"TimeBucket", AgeBucketName(i)},
                    {"PendingOperationsForReplication", buckets[i].operations},
                    {"PendingBytesForReplication", buckets[i].bytes}});
  return list;
}

}  // namespace

Json ToJson(const LinkStatus& link) {
  const LinkProgress& progress = link.progress;
  Json owner = nullptr;
  if (link.running) owner = {{"pid", progress.owner_pid}, {"host", progress.owner_host}};
  return {{"policyId", link.policy.policy_id},
          {"sourceAccount", link.policy.source_account},
          {"destinationAccount", link.policy.destination_account},
          {"state", StateOf(link)},
          {"owner", owner},
          {"journalHead", link.head},
          {"watermark", progress.watermark},
          {"cursor", link.cursor},
          {"exact", link.exact},
          {"differences", link.differences},
          {"pendingOperations", link.pending_operations},
          {"pendingBytes", link.pending_bytes},
          {"pendingByAge", ToJson(link.pending)},
          {"oldestPending", JsonTime(link.oldest_pending)},
          {"lagSeconds", link.oldest_pending_seconds},
          {"replicatedThrough", JsonTime(link.replicated_through)},
          {"speed", ToJson(link.speed)},
          {"failed", link.failures.size()},
          {"superseded", link.superseded.size()},
          {"versionsCopied", progress.versions_copied},
          {"logicalBytes", progress.logical_bytes},
          {"sentBytes", progress.sent_bytes},
          {"versionsSkipped", progress.versions_skipped},
          {"lastError", progress.last_error},
          {"updated", JsonTime(progress.updated)}};
}

namespace {

// Since it failed first.
uint64_t AgeSeconds(const Failure& failure) {
  const int64_t age = SystemClock().Now().ticks - failure.first.ticks;
  return static_cast<uint64_t>(std::max<int64_t>(0, age) / Timestamp::kTicksPerSecond);
}

std::string_view ToString(FailureState state) {
  return state == FailureState::kRetried ? "retried" : "superseded";
}

}  // namespace

Json ToJson(const Policy& policy, const Failure& failure, FailureState state) {
  return {{"policyId", policy.policy_id},
          {"sourceAccount", policy.source_account},
          {"destinationAccount", policy.destination_account},
          {"state", ToString(state)},
          {"sequence", failure.sequence},
          {"kind", ToString(failure.kind)},
          {"container", failure.path.container},
          {"name", failure.path.name},
          {"version", JsonTime(failure.version.time())},
          {"code", failure.code},
          {"reason", failure.reason},
          {"attempts", failure.attempts},
          {"ageSeconds", AgeSeconds(failure)},
          {"first", JsonTime(failure.first)},
          {"last", JsonTime(failure.last)}};
}

Table MakeStatusTable(const std::vector<LinkStatus>& links) {
  constexpr auto kRight = Table::Align::kRight;
  Table table({{"LINK"},
               {"STATE"},
               {"PENDING", kRight},
               {"BYTES", kRight},
               {"LAG", kRight},
               {"RATE", kRight},
               {"ETA", kRight},
               {"FAILED", kRight},
               {"COPIED", kRight},
               {"LOGICAL", kRight},
               {"SENT", kRight},
               {"SKIPPED", kRight},
               {"THROUGH"},
               {"PID", kRight},
               {"POLICY"}});
  for (const LinkStatus& link : links)
    table.AddRow(
        {LinkName(link.policy), StateOf(link), std::to_string(link.pending_operations),
         HumanBytes(link.pending_bytes), HumanDuration(link.oldest_pending_seconds), RateText(link),
         RemainingText(link), std::to_string(link.failures.size()),
         std::to_string(link.progress.versions_copied), HumanBytes(link.progress.logical_bytes),
         HumanBytes(link.progress.sent_bytes), std::to_string(link.progress.versions_skipped),
         link.replicated_through == Timestamp{} ? "-" : ToString(link.replicated_through),
         link.running ? std::to_string(link.progress.owner_pid) : "-", link.policy.policy_id});
  return table;
}

Table MakeAgeTable(const std::vector<LinkStatus>& links) {
  std::vector<Table::Column> columns{{"PENDING SINCE"}};
  for (size_t i = 0; i < kAgeBuckets; ++i)
    columns.push_back({std::string(AgeBucketName(i)), Table::Align::kRight});
  Table table(std::move(columns));
  for (const LinkStatus& link : links) {
    if (link.pending_operations == 0) continue;
    std::vector<std::string> cells{LinkName(link.policy)};
    for (const AgeBucket& bucket : link.pending)
      cells.push_back(bucket.operations == 0 ? "-"
                                             : std::to_string(bucket.operations) + " (" +
                                                   HumanBytes(bucket.bytes) + ")");
    table.AddRow(std::move(cells));
  }
  return table;
}

Table MakeFailureTable() {
  return Table({{"BLOB"},
                {"VERSION"},
                {"TO"},
                {"STATE"},
                {"TRIES", Table::Align::kRight},
                {"AGE", Table::Align::kRight},
                {"LAST TRIED"},
                {"REASON"}});
}

void AddFailure(Table& table, const Policy& policy, const Failure& failure, FailureState state) {
  table.AddRow({policy.source_account + "/" + Printable(ToString(failure.path)),
                ToString(failure.version), policy.destination_account, std::string(ToString(state)),
                std::to_string(failure.attempts), HumanDuration(AgeSeconds(failure)),
                ToString(failure.last), failure.code + ": " + Printable(failure.reason)});
}

}  // namespace replicafs
