// The keys of the account's tables (FORMAT.md). Numbers are big-endian, so that their order is the
// keys' order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "backend/base/digest.h"
#include "backend/base/time.h"
#include "backend/blob/names.h"
#include "backend/blob/version_id.h"

namespace replicafs::embedded {

constexpr size_t kNumberBytes = 8;
// What a version's key leaves of LMDB's 511 bytes: directory id, zero byte and ticks take 17.
constexpr size_t kComponentMaxBytes = 494;
// Keys hold components alone; but events hold whole names, and each level costs a read.
constexpr NameLimits kNameLimits{.max_chars = 16'384, .component_max_bytes = kComponentMaxBytes};

std::string NumberKey(uint64_t number);
// REQUIRES: the key has eight bytes at least.
uint64_t NumberOf(std::string_view key);

// entries and graves. `component` ends in '/' for a directory.
std::string EntryKey(uint64_t directory_id, std::string_view component);
inline std::string_view ComponentOfEntry(std::string_view key) {
  return key.substr(kNumberBytes);
}
inline bool IsDirectoryComponent(std::string_view component) {
  return component.ends_with('/');
}

// versions.
std::string VersionKey(uint64_t directory_id, std::string_view component, VersionId version);
// Sorts after all versions of the component and before those of any later one.
std::string VersionsEnd(uint64_t directory_id, std::string_view component);
std::string_view ComponentOfVersion(std::string_view key);
VersionId VersionOf(std::string_view key);
// Whether the row belongs to the component.
bool IsVersionOf(std::string_view key, uint64_t directory_id, std::string_view component);

// blocks.
std::string_view BlockKey(const Digest& digest);
// unreferenced.
std::string UnreferencedKey(Timestamp since, const Digest& digest);
Timestamp SinceOf(std::string_view unreferenced_key);
Digest DigestOf(std::string_view bytes);  // of the last 32 bytes of a key

// state: a letter before the key, because a key in LMDB is never empty.
std::string StateKey(std::string_view key);

}  // namespace replicafs::embedded
