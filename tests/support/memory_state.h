// Everything that a MemoryAccount knows, as plain maps.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "backend/base/result.h"
#include "backend/blob/blob_info.h"
#include "backend/blob/blob_store.h"
#include "backend/blob/journal.h"

namespace replicafs {

// Immutable and shared by all versions that have it.
struct MemoryContent {
  std::optional<BlockList> blocks;                         // nullopt: in one piece
  std::vector<std::shared_ptr<const std::string>> pieces;  // in order
  std::optional<ContentEncryption> encryption;             // of the blocks
  uint64_t size_bytes = 0;
  std::optional<Md5> md5;

  std::optional<Digest> key_sha256() const;

  // Short at the end. With `key` decrypted.
  size_t Read(uint64_t offset, std::span<std::byte> into, const ContentKeyPtr& key) const;
};

struct MemoryVersion {
  BlobInfo info;  // without has_prefix; a rehydration in it may be over
  std::shared_ptr<const MemoryContent> content;
};

// INVARIANT: has a version or a snapshot.
struct MemoryBlob {
  std::map<VersionId, MemoryVersion> versions;
  std::map<VersionId, MemoryVersion> snapshots;
  VersionId current;  // zero: none

  const MemoryVersion* Current() const;
};

// The record of "a/b/"; stays when nothing lives below any more.
struct MemoryPrefix {
  uint64_t file_id = 0;  // kept while nothing lives below; zero when it moved away
  Timestamp children_changed;
  uint64_t live_blobs = 0;  // at any depth
};

struct MemoryContainer {
  ContainerInfo info;  // without directories
  std::map<std::string, MemoryBlob, std::less<>> blobs;
  std::map<std::string, MemoryPrefix, std::less<>> prefixes;

  const MemoryVersion* Current(std::string_view name) const;
  bool PrefixLives(std::string_view prefix) const;
  bool HasHistory(std::string_view prefix) const;  // a version below it, current or not
  BlobInfo Describe(const MemoryVersion& version, Timestamp now) const;
  PrefixInfo DescribePrefix(std::string_view prefix) const;
  ContainerInfo DescribeSelf() const;
  // Names directly below the prefix (empty: the container) that are directories.
  uint64_t CountDirectories(std::string_view prefix) const;
  ListPage List(const ListRequest& request, Timestamp now) const;
};

struct MemoryState {
  std::map<std::string, MemoryContainer, std::less<>> containers;
  std::map<std::string, std::string, std::less<>> rows;
  std::map<Digest, std::shared_ptr<const std::string>> blocks;  // staged or committed
  std::vector<Event> events;                                    // number n at n - 1
  int64_t last_ticks = 0;
  uint64_t last_file_id = 0;

  Result<const MemoryContainer*> Container(std::string_view name) const;
  Result<const MemoryVersion*> Snapshot(const BlobPath& path, VersionId snapshot) const;
  // Zero version: the current one.
  Result<const MemoryVersion*> Version(const BlobPath& path, VersionId version) const;
};

// A blob that stands for an empty directory.
bool IsDirectoryMarker(const BlobProperties& properties);

}  // namespace replicafs
