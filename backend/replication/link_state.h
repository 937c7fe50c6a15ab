// What a link leaves behind for itself and for others to read, as state rows.
//
// With the destination, in the step that commits replicas: "link/<policy>/cursor", the source
// journal position up to which every event is done: copied, skipped or recorded as failed. It makes
// copying exactly-once.
// With the source, now and then: "link/<policy>/status" (LinkProgress), whose watermark is a cursor
// that the destination has made durable, "link/<policy>/failure/<sequence>" (Failure), written
// before the cursor passes the event, and "link/<policy>/superseded/<sequence>" (Failure), which it
// becomes when it is given up, for as long as the source has the version.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backend/base/result.h"
#include "backend/base/time.h"
#include "backend/blob/account.h"
#include "backend/blob/blob_info.h"
#include "backend/blob/journal.h"

namespace replicafs {

// What a link did in a time of about a minute, or since it had nothing to do if that is less.
struct LinkRate {
  uint64_t milliseconds = 0;  // 0: not known
  uint64_t events = 0;        // of the source's journal, whether the policy copies them or not
  uint64_t versions = 0;
  uint64_t logical_bytes = 0;  // with those of a blob that is under way
  uint64_t sent_bytes = 0;
};

struct LinkProgress {
  uint64_t watermark = 0;  // source journal position; nothing at or below it is pending
  // RulesDigest of what is copied up to there. With other rules, new ones take the watermark back;
  // empty: not known.
  std::string rules;
  uint64_t versions_copied = 0;  // since the policy was created, as the next two
  uint64_t logical_bytes = 0;    // size of the versions copied
  uint64_t sent_bytes = 0;       // of it, what the destination did not have yet
  // Of append and page blobs, which the rules as they are now would copy if they were block blobs.
  uint64_t versions_skipped = 0;
  // The blob that takes longest at the moment, if any takes long.
  std::string current_name;  // "container/name"
  VersionId current_version;
  uint64_t current_done_bytes = 0;
  uint64_t current_total_bytes = 0;
  LinkRate rate;           // up to `updated`
  std::string last_error;  // why nothing moves; empty when all is well
  int64_t owner_pid = 0;
  std::string owner_host;
  Timestamp updated;
};

struct Failure {
  uint64_t sequence = 0;  // of the event
  EventKind kind = EventKind::kCreated;
  BlobPath path;  // at the source
  VersionId version;
  std::string code;    // stable, such as "ContainerNotFound"
  std::string reason;  // one sentence for a person
  uint32_t attempts = 0;
  Timestamp first;
  Timestamp last;
};

Result<std::optional<uint64_t>> ReadCursor(BlobStore& destination, std::string_view policy_id);
// Zeros when there is none.
Result<LinkProgress> ReadProgress(BlobStore& source, std::string_view policy_id);
Result<std::vector<Failure>> ReadFailures(BlobStore& source, std::string_view policy_id);
// Versions that had failed when something newer of their blob arrived. They are not tried again:
// the destination's history lacks them for good.
Result<std::vector<Failure>> ReadSuperseded(BlobStore& source, std::string_view policy_id);

}  // namespace replicafs
