// What an account needs whose content lies at a service, and on this machine only for a time: the
// side that the service's client sees. Everybody else has the BlobStore.
//
// A version's bytes may be missing here: its content is ServiceContent, or files of its blocks are
// gone. Whoever opens it then reads from the service.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "backend/base/digest.h"
#include "backend/base/time.h"
#include "backend/blob/blob_store.h"
#include "backend/blob/mutation.h"
#include "backend/embedded/records.h"

namespace replicafs::embedded {

// A version that is to be read.
struct OpenedVersion {
  BlobPath path;
  BlobInfo info;
  std::vector<ContentHome> homes;
  std::unique_ptr<BlobReader> local;  // nullptr: nothing is here. Fails where blocks are missing.
};
using OpenAtService = std::function<std::unique_ptr<BlobReader>(OpenedVersion)>;

// Makes what the service has the current version. What was current before becomes a previous
// version if all its bytes are here; else nobody has them any more, and it is replaced for good.
// Neither destinations nor protection keep from it: it has happened.
// kNotFound without the container, kInvalid and kNameTooLong for names that cannot be stored.
struct ImportBlob {
  BlobPath path;
  BlobKind kind = BlobKind::kBlock;
  uint64_t size_bytes = 0;
  std::optional<Md5> content_md5;
  Timestamp created;
  Timestamp last_modified;
  BlobProperties properties;
  // A state row that is written with it: what it begins with, followed by the new version's ticks.
  std::string row_key;
  std::string row_start;
};
// The service has no blob of this name any more; the version that was current as in ImportBlob.
// kNotFound when there is none.
struct ForgetBlob {
  BlobPath path;
};
// The service has the version's content under its own name now. Nothing when the version is gone.
struct SettleVersion {
  BlobPath path;
  VersionId version;
};

// The service has refused an event that nobody has been told of yet. A version that came goes
// again, and what it took the place of is current again, if that was kept; a version that ended is
// current again. The event's row says then that nothing happened. Other kinds of events stay.
// kNotFound when there is no such event.
struct UndoEvent {
  uint64_t sequence = 0;
};

using ServiceChange = std::variant<Mutation, ImportBlob, ForgetBlob, SettleVersion, UndoEvent>;

}  // namespace replicafs::embedded
