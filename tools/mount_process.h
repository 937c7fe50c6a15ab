// The life of a mount's process: accounts, file system, session, links.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "backend/account/account_catalog.h"
#include "backend/base/log.h"
#include "backend/base/result.h"
#include "fs/core/file_system.h"
#include "fs/fuse/session.h"

namespace replicafs {

struct MountRequest {
  FileSystemOptions file_system;
  SessionOptions session;
  enum class Place { kBackground, kForeground } place = Place::kBackground;
  enum class Replication { kOn, kOff } replication = Replication::kOn;
  // The accounts as they were then, for reading; the process does no work of its own on them.
  std::optional<Timestamp> at;
  // An absolute path: of the customer's key that the mount reads with; its links do not. The
  // process that serves is the one that reads it (SecretPage). Empty: none.
  std::string key_file;
  LogLevel log_level = LogLevel::kInfo;
};

// "", "account", "account/container" or "account/container/prefix"; kInvalid.
Result<MountScope> ParseScope(std::string_view text);
std::string ToString(const MountScope& scope);

// In the background: returns when the mount works, or with the reason why it does not. In the
// foreground: returns when the mount has ended and everything written is committed.
// REQUIRES: the process has one thread, and the catalog has no account open.
Status RunMount(AccountCatalog& accounts, MountRequest request);

}  // namespace replicafs
