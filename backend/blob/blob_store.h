// The contract between everything above and the stores below: a storage account's containers and
// block blobs, in the shape of Azure's API. tests/conformance says in code what stands here in
// words.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "backend/base/digest.h"
#include "backend/base/result.h"
#include "backend/blob/blob_info.h"
#include "backend/blob/blob_type.h"
#include "backend/blob/customer_key.h"
#include "backend/blob/file_parts.h"
#include "backend/blob/mutation.h"

namespace replicafs {

// How stores differ, as data.
struct Capabilities {
  uint64_t inline_max_bytes = 0;        // largest content that CommitBlob takes as bytes
  bool atomic_batch = false;            // Apply is all or nothing; else it stops at the first error
  bool metadata_makes_version = false;  // PatchBlob with metadata makes a version (Azure)
  NameLimits names;                     // of blobs
};

// The content of one version, pinned: later writes, removals and renames do not change what it
// reads. Thread-safe.
class BlobReader {
 public:
  virtual ~BlobReader() = default;
  virtual const BlobInfo& info() const = 0;
  // Before the first read: the key that BlobInfo::key_sha256 asks for, which the reader holds for
  // as long as it lives. kCustomerKey (CheckKey).
  virtual Status UseKey(ContentKeyPtr key) = 0;
  // Fills the span from `offset`; short only at the end of the blob. kCorrupt when stored bytes are
  // not what was written, kArchived; kCustomerKey without the key.
  virtual Result<size_t> ReadAt(uint64_t offset, std::span<std::byte> into) = 0;
  // The bytes that ReadAt would read, as parts of files. nullopt when they do not lie in files, or
  // in more than FileParts takes: then ReadAt must read them. Errors as ReadAt.
  virtual Result<std::optional<FileParts>> PartsAt(uint64_t offset, size_t size) = 0;
  // The blocks in order; nullopt when the store keeps the content in one piece, or encrypted.
  virtual const std::optional<BlockList>& blocks() const = 0;
};

// Which names a listing shows.
enum class ListScope {
  kLive,  // current versions, and prefixes that have some below them
  kAll,   // also deleted blobs (their newest version, is_current = false) and prefixes of only
          // such; neither names nor prefixes that have nothing but snapshots
};

struct ListRequest {
  std::string container;
  std::string prefix;
  bool hierarchical =
      true;           // names are rolled up at the first '/' after the prefix into PrefixInfo
  std::string after;  // names (and rolled-up prefixes) greater than this one; empty: from the start
  size_t limit = 5000;  // items in the page
  ListScope scope = ListScope::kLive;
};

using ListItem = std::variant<BlobInfo, PrefixInfo>;

// In byte order of the names, a rolled-up prefix counting with its '/'.
struct ListPage {
  std::vector<ListItem> items;
  bool more = false;  // ask again, after the last item's name
};

// Which names directly below a prefix are wanted; what lives, rolled up at the first '/'.
struct ListNamesRequest {
  std::string container;
  std::string prefix;
  std::string after;  // as ListRequest
  size_t limit = 5000;
};

struct ListedName {
  std::string name;  // without the request's prefix; of a rolled-up prefix with its '/'
  uint64_t file_id = 0;
  BlobType type = BlobType::kFile;
  bool is_prefix = false;  // then the type is kDirectory
  // The other of the two stands beside it: BlobInfo::has_prefix, PrefixInfo::has_blob.
  bool has_other = false;
};

struct NamePage {
  std::vector<ListedName> items;  // in the order of ListPage
  bool more = false;
};
// For stores that know no shorter way: the listing that holds the names, and what it says of them.
ListRequest ToListRequest(const ListNamesRequest& request);
NamePage NamesOf(const ListPage& page, std::string_view prefix);

struct SpaceInfo {
  uint64_t total_bytes = 0;
  uint64_t available_bytes = 0;
  uint64_t blob_count = 0;  // live blobs, as far as the store knows
};

struct StateRow {
  std::string key;
  std::string value;
};

// Thread-safe; every call may block on disk or network. Methods that take a container answer
// kNotFound when it does not exist.
class BlobStore {
 public:
  virtual ~BlobStore() = default;

  virtual const Capabilities& capabilities() const = 0;

  virtual Result<std::vector<ContainerInfo>> ListContainers() = 0;  // by name
  virtual Result<ContainerInfo> GetContainer(std::string_view container) = 0;

  // The current version, or the named one. kNotFound.
  virtual Result<BlobInfo> Stat(const BlobPath& path, VersionId version = {}) = 0;
  // `prefix` ends in '/'. kNotFound when nothing lives below it.
  virtual Result<PrefixInfo> StatPrefix(const BlobPath& prefix) = 0;
  virtual Result<ListPage> List(const ListRequest& request) = 0;
  // The same names as List, for who reads whole directories and needs no more of them.
  virtual Result<NamePage> ListNames(const ListNamesRequest& request) = 0;
  // All versions, newest first; empty when the blob never existed.
  virtual Result<std::vector<BlobInfo>> ListVersions(const BlobPath& path) = 0;
  virtual Result<std::unique_ptr<BlobReader>> Open(const BlobPath& path,
                                                   VersionId version = {}) = 0;
  // All snapshots of the blob, newest first: BlobInfo::version is the snapshot's id, `ended` when
  // it was taken. They are no versions: nothing above tells of them.
  virtual Result<std::vector<BlobInfo>> ListSnapshots(const BlobPath& path) = 0;
  virtual Result<std::unique_ptr<BlobReader>> OpenSnapshot(const BlobPath& path,
                                                           VersionId snapshot) = 0;

  // For each digest, whether the account holds the block, committed or staged.
  virtual Result<std::vector<bool>> HasBlocks(std::span<const Digest> digests) = 0;
  // Keeps the bytes until a commit names them; durable no later than that commit. REQUIRES: digest
  // is their SHA-256. Idempotent. A block that no commit names is forgotten after a day.
  virtual Status StageBlock(const Digest& digest, ByteSpan bytes) = 0;
  // Fills the span with a committed or staged block's bytes from `offset`; short only at the
  // block's end. kNotFound, kCorrupt; kNotSupported by stores that cannot read a block by name.
  virtual Result<size_t> ReadBlock(const Digest& digest, uint64_t offset,
                                   std::span<std::byte> into) = 0;

  // Applies the changes in order; see Capabilities::atomic_batch. On success every change is
  // durable, one Outcome each. On failure the error names the change that could not be made.
  // `writer` goes into the journal's events, so that a writer can tell its own from others'.
  virtual Result<std::vector<Outcome>> Apply(std::vector<Mutation> mutations, uint64_t writer) = 0;

  virtual Result<std::optional<std::string>> GetState(std::string_view key) = 0;
  // Rows whose keys begin with `prefix`, in key order.
  virtual Result<std::vector<StateRow>> ListState(std::string_view prefix) = 0;

  // The first of `count` file ids in a row that the store gives to nobody else, durably: a writer
  // can tell a file's number before its first commit. 0 when the store has no file ids.
  virtual Result<uint64_t> ReserveFileIds(uint64_t count) = 0;

  virtual Result<SpaceInfo> Space() = 0;
};

// Apply of a single change.
Result<Outcome> ApplyOne(BlobStore& store, Mutation mutation, uint64_t writer);

}  // namespace replicafs
