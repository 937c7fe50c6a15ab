// The values of the account's rows (FORMAT.md). Decoding answers kCorrupt for bytes that
// no encoder made.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "backend/base/result.h"
#include "backend/blob/blob_info.h"
#include "backend/blob/blob_type.h"
#include "backend/blob/customer_key.h"
#include "backend/blob/journal.h"

namespace replicafs::embedded {

// A version, wherever it is.
struct ContentHome {
  BlobPath path;
  VersionId version;

  bool operator==(const ContentHome&) const = default;
};

// A version of a blob, current or previous, without its content.
struct VersionRecord {
  VersionId version;
  Timestamp ended;  // zero: current
  BlobKind kind = BlobKind::kBlock;
  std::optional<Digest> key_sha256;  // the content is EncryptedBlocks
  uint64_t size_bytes = 0;
  uint64_t etag = 0;  // the tick of the last change
  Timestamp created;
  Timestamp last_modified;
  std::optional<Md5> content_md5;
  BlobProperties properties;
  std::optional<ReplicaOrigin> origin;
  Protection protection;
  std::optional<Rehydration> rehydration;  // its end may have passed
  uint64_t file_id = 0;
  uint64_t sequence = 0;
  uint64_t content_id = 0;
  bool has_prefix = false;   // kept for the current version only
  bool is_snapshot = false;  // then no version: what was current when it ended
  // In an account with a service (service_side.h), for as long as the version is not there: the
  // versions that it has its content from, nearest first.
  std::vector<ContentHome> homes;

  bool operator==(const VersionRecord&) const = default;
};

// What a listing of names tells of a version.
struct NameRecord {
  uint64_t file_id = 0;
  BlobType type = BlobType::kFile;
  bool has_prefix = false;
};

// A directory below a container's root; names never hold their own path.
struct DirectoryRecord {
  uint64_t directory_id = 0;
  uint64_t file_id = 0;         // 0: gets one when it lives again
  uint64_t live_count = 0;      // live blobs and live directories directly in it
  uint64_t subdirectories = 0;  // names directly in it of live directories, markers or both
  Timestamp children_changed;
  bool has_blob = false;

  bool operator==(const DirectoryRecord&) const = default;
};

struct ContainerRecord {
  uint64_t root_directory_id = 0;
  Timestamp created;
  uint64_t etag = 0;
  std::string destination_policy_id;
  uint64_t subdirectories = 0;  // of the root directory, as DirectoryRecord
  ContainerProtection protection;

  bool operator==(const ContainerRecord&) const = default;
};

// The blocks hold the bytes encrypted. INVARIANT: as many nonces as blocks.
struct EncryptedBlocks {
  BlockList blocks;
  std::vector<Nonce> nonces;

  bool operator==(const EncryptedBlocks&) const = default;
};

// The account's service has the bytes, in blocks that nobody here knows (service_side.h).
struct ServiceContent {
  bool operator==(const ServiceContent&) const = default;
};

// The bytes themselves, the blocks that hold them, or neither.
using ContentRecord = std::variant<std::string, BlockList, EncryptedBlocks, ServiceContent>;
// nullptr when there are none.
const BlockList* BlocksOf(const ContentRecord& content);

struct BlockRecord {
  uint64_t size_bytes = 0;
  uint64_t references = 0;       // from content rows, one for each occurrence
  Timestamp unreferenced_since;  // when references became 0

  bool operator==(const BlockRecord&) const = default;
};

struct Counters {
  uint64_t next_directory_id = 1;
  uint64_t next_file_id = 1;
  uint64_t next_content_id = 1;
  int64_t last_tick = 0;
  uint64_t last_sequence = 0;
  uint64_t live_blobs = 0;

  bool operator==(const Counters&) const = default;
};

std::string Encode(const VersionRecord& record);
std::string Encode(const DirectoryRecord& record);
std::string Encode(const ContainerRecord& record);
std::string Encode(const BlockRecord& record);
std::string Encode(const Counters& record);
std::string Encode(const Event& event);  // without its sequence, which is the key
std::string EncodeInline(std::string_view bytes);
std::string EncodeBlocks(const BlockList& blocks);
// REQUIRES: as many nonces as blocks.
std::string EncodeEncrypted(const BlockList& blocks, const std::vector<Nonce>& nonces);
std::string EncodeServiceContent();

Result<VersionRecord> DecodeVersion(std::string_view bytes);
// Of the same bytes, without looking at what follows the metadata.
Result<NameRecord> DecodeName(std::string_view bytes);
Result<DirectoryRecord> DecodeDirectory(std::string_view bytes);
Result<ContainerRecord> DecodeContainer(std::string_view bytes);
Result<ContentRecord> DecodeContent(std::string_view bytes);
Result<BlockRecord> DecodeBlock(std::string_view bytes);
Result<Counters> DecodeCounters(std::string_view bytes);
Result<Event> DecodeEvent(std::string_view bytes);

// "\"0x8DC…\""
std::string EtagText(uint64_t etag);
BlobInfo ToInfo(const VersionRecord& record, std::string name, Timestamp now);
PrefixInfo ToInfo(const DirectoryRecord& record, std::string name);
ContainerInfo ToInfo(const ContainerRecord& record, std::string name);

}  // namespace replicafs::embedded
