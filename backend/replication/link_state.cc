#include "backend/replication/link_state.h"

#include <fmt/format.h>

#include <utility>

#include "backend/replication/json.h"
#include "backend/replication/link_rows.h"

namespace replicafs {
namespace {

Error Incomplete(std::string_view what) {
  return Error{ErrorCode::kCorrupt, "a link's " + std::string(what) + " row is incomplete"};
}

std::string TextOf(VersionId version) {
  return version ? ToString(version) : "";
}

VersionId VersionOf(const std::string& text) {
  return ParseVersionId(text).value_or(VersionId{});
}

}  // namespace

std::string PolicyKey(std::string_view policy_id) {
  return fmt::format("{}{}", kPolicyPrefix, policy_id);
}
std::string CursorKey(std::string_view policy_id) {
  return fmt::format("link/{}/cursor", policy_id);
}

std::string FormsKey(std::string_view policy_id) {
  return fmt::format("link/{}/forms", policy_id);
}
std::string PassedKey(std::string_view policy_id) {
  return fmt::format("link/{}/passed", policy_id);
}
std::string RulesKey(std::string_view policy_id) {
  return fmt::format("link/{}/rules", policy_id);
}
std::string ProgressKey(std::string_view policy_id) {
  return fmt::format("link/{}/status", policy_id);
}
std::string FailurePrefix(std::string_view policy_id) {
  return fmt::format("link/{}/failure/", policy_id);
}
std::string FailureKey(std::string_view policy_id, uint64_t sequence) {
  return fmt::format("link/{}/failure/{:020}", policy_id, sequence);
}
std::string RetryKey(std::string_view policy_id) {
  return fmt::format("link/{}/retry", policy_id);
}
std::string SupersededPrefix(std::string_view policy_id) {
  return fmt::format("link/{}/superseded/", policy_id);
}
std::string SupersededKey(std::string_view policy_id, uint64_t sequence) {
  return fmt::format("link/{}/superseded/{:020}", policy_id, sequence);
}

std::string Encode(const LinkCursor& cursor) {
  return json::Encode({{"sequence", cursor.sequence},
                       {"versionsCopied", cursor.versions_copied},
                       {"logicalBytes", cursor.logical_bytes},
                       {"sentBytes", cursor.sent_bytes},
                       {"versionsSkipped", cursor.versions_skipped},
                       {"adoptUntil", cursor.adopt_until}});
}

Result<LinkCursor> DecodeCursor(std::string_view text) {
  const auto object = TRY(json::DecodeObject(text, "cursor"));
  json::Members members(object);
  LinkCursor cursor{.sequence = members.Number("sequence"),
                    .versions_copied = members.Number("versionsCopied"),
                    .logical_bytes = members.Number("logicalBytes"),
                    .sent_bytes = members.Number("sentBytes"),
                    .adopt_until = members.Number("adoptUntil")};
  // Programs that did not write it knew block blobs alone.
  if (object.contains("versionsSkipped"))
    cursor.versions_skipped = members.Number("versionsSkipped");
  if (!members.complete()) return Incomplete("cursor");
  return cursor;
}

std::string Encode(const LinkProgress& progress) {
  return json::Encode({{"watermark", progress.watermark},
                       {"rules", progress.rules},
                       {"versionsCopied", progress.versions_copied},
                       {"logicalBytes", progress.logical_bytes},
                       {"sentBytes", progress.sent_bytes},
                       {"versionsSkipped", progress.versions_skipped},
                       {"currentName", progress.current_name},
                       {"currentVersion", TextOf(progress.current_version)},
                       {"currentDoneBytes", progress.current_done_bytes},
                       {"currentTotalBytes", progress.current_total_bytes},
                       {"rateMilliseconds", progress.rate.milliseconds},
                       {"rateEvents", progress.rate.events},
                       {"rateVersions", progress.rate.versions},
                       {"rateLogicalBytes", progress.rate.logical_bytes},
                       {"rateSentBytes", progress.rate.sent_bytes},
                       {"lastError", progress.last_error},
                       {"ownerPid", static_cast<uint64_t>(progress.owner_pid)},
                       {"ownerHost", progress.owner_host},
                       {"updated", ToString(progress.updated)}});
}

Result<LinkProgress> DecodeProgress(std::string_view text) {
  const auto object = TRY(json::DecodeObject(text, "status"));
  json::Members members(object);
  LinkProgress progress{.watermark = members.Number("watermark"),
                        .versions_copied = members.Number("versionsCopied"),
                        .logical_bytes = members.Number("logicalBytes"),
                        .sent_bytes = members.Number("sentBytes"),
                        .current_name = members.Text("currentName"),
                        .current_version = VersionOf(members.Text("currentVersion")),
                        .current_done_bytes = members.Number("currentDoneBytes"),
                        .current_total_bytes = members.Number("currentTotalBytes"),
                        .last_error = members.Text("lastError"),
                        .owner_pid = static_cast<int64_t>(members.Number("ownerPid")),
                        .owner_host = members.Text("ownerHost"),
                        .updated = members.Time("updated")};
  // Rows of programs that did not know of these lack them.
  if (object.contains("versionsSkipped"))
    progress.versions_skipped = members.Number("versionsSkipped");
  if (object.contains("rateMilliseconds"))
    progress.rate = {.milliseconds = members.Number("rateMilliseconds"),
                     .events = members.Number("rateEvents"),
                     .versions = members.Number("rateVersions"),
                     .logical_bytes = members.Number("rateLogicalBytes"),
                     .sent_bytes = members.Number("rateSentBytes")};
  if (object.contains("rules")) progress.rules = members.Text("rules");
  if (!members.complete()) return Incomplete("status");
  return progress;
}

std::string Encode(const Failure& failure) {
  return json::Encode({{"sequence", failure.sequence},
                       {"kind", ToString(failure.kind)},
                       {"container", failure.path.container},
                       {"name", failure.path.name},
                       {"version", TextOf(failure.version)},
                       {"code", failure.code},
                       {"reason", failure.reason},
                       {"attempts", failure.attempts},
                       {"first", ToString(failure.first)},
                       {"last", ToString(failure.last)}});
}

Result<Failure> DecodeFailure(std::string_view text) {
  const auto object = TRY(json::DecodeObject(text, "failure"));
  json::Members members(object);
  const auto kind = ParseEventKind(members.Text("kind"));
  Failure failure{.sequence = members.Number("sequence"),
                  .kind = kind.value_or(EventKind::kCreated),
                  .path = {.container = members.Text("container"), .name = members.Text("name")},
                  .version = VersionOf(members.Text("version")),
                  .code = members.Text("code"),
                  .reason = members.Text("reason"),
                  .attempts = static_cast<uint32_t>(members.Number("attempts")),
                  .first = members.Time("first"),
                  .last = members.Time("last")};
  if (!members.complete() || !kind) return Incomplete("failure");
  return failure;
}

Result<std::optional<uint64_t>> ReadCursor(BlobStore& destination, std::string_view policy_id) {
  const auto row = TRY(destination.GetState(CursorKey(policy_id)));
  if (!row) return std::optional<uint64_t>();
  const LinkCursor cursor = TRY(DecodeCursor(*row));
  return std::optional<uint64_t>(cursor.sequence);
}

Result<LinkProgress> ReadProgress(BlobStore& source, std::string_view policy_id) {
  const auto row = TRY(source.GetState(ProgressKey(policy_id)));
  if (!row) return LinkProgress{};
  return DecodeProgress(*row);
}

namespace {

Result<std::vector<Failure>> ReadBelow(BlobStore& source, const std::string& prefix) {
  const auto rows = TRY(source.ListState(prefix));
  std::vector<Failure> failures;
  for (const StateRow& row : rows) {
    auto failure = TRY(DecodeFailure(row.value));
    failures.push_back(std::move(failure));
  }
  return failures;
}

}  // namespace

Result<std::vector<Failure>> ReadFailures(BlobStore& source, std::string_view policy_id) {
  return ReadBelow(source, FailurePrefix(policy_id));
}

Result<std::vector<Failure>> ReadSuperseded(BlobStore& source, std::string_view policy_id) {
  return ReadBelow(source, SupersededPrefix(policy_id));
}

}  // namespace replicafs
