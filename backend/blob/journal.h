// An account's ordered, durable log of changes: what Azure calls its change feed. The only input of
// replication, and how a process learns what another one changed.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "backend/base/result.h"
#include "backend/base/time.h"
#include "backend/blob/blob_kind.h"
#include "backend/blob/version_id.h"

namespace replicafs {

enum class EventKind : uint8_t {
  kCreated = 1,            // a new current version
  kPropertiesChanged = 2,  // headers, metadata or tags of `version`
  kTierChanged = 3,        // nothing but the tier of `version`
  kDeleted = 4,            // `version` ended and nothing followed it
  kVersionDeleted = 5,     // `version` is gone for good
  kContainerCreated = 6,
  kContainerDeleted = 7,
  kDestinationChanged = 8,  // the container became a destination, or ceased to be one
  // An immutability policy or legal hold of `version`, or of the container when no blob is named.
  kImmutabilityChanged = 9,
  // Of snapshots: `version` is the snapshot's id.
  kSnapshotCreated = 10,
  kSnapshotDeleted = 11,
};
std::string_view ToString(EventKind kind);  // "Created", …
std::optional<EventKind> ParseEventKind(std::string_view text);

struct Event {
  uint64_t sequence = 0;  // 1, 2, 3, … without gaps
  EventKind kind = EventKind::kCreated;
  std::string container;
  std::string name;
  VersionId version;
  Timestamp time;      // strictly increasing, whatever the clock does
  VersionId replaces;  // kCreated: the version whose place it took (CommitBlob::replaces)
  // kCreated: when the blob was created (BlobInfo::created). Zero in rows of older releases.
  Timestamp created;
  std::string other_name;  // of a rename: where the content came from (kCreated) or went (kDeleted)
  uint64_t size_bytes = 0;
  uint64_t writer = 0;    // BlobStore::Apply
  std::string policy_id;  // of the link that made the change; empty for everybody else
  // Of the version; kBlock where there is none.
  BlobKind blob_kind = BlobKind::kBlock;
  // Events of one Apply stand together and become visible together: the sequence of the last of
  // them.
  uint64_t group_end = 0;
};

// Thread-safe.
class Journal {
 public:
  virtual ~Journal() = default;

  // Events with a sequence above `after`, oldest first, at most `limit`.
  virtual Result<std::vector<Event>> Read(uint64_t after, size_t limit) = 0;
  // The sequence of the newest event; 0 when there is none.
  virtual Result<uint64_t> Head() = 0;
  // Returns when Head() > after, or the time is over, or a stop is asked for. Changes made by this
  // process wake it at once, those of others within 50 ms.
  virtual void Wait(uint64_t after, std::chrono::milliseconds timeout, std::stop_token stop) = 0;
  // Grows with every change to the account, state rows included, whoever made it. Cheap: no disk
  // access.
  virtual uint64_t ChangeCount() = 0;
};

}  // namespace replicafs
