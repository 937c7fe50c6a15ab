// The operations of the Blob REST API that a store needs, one method each: what is sent, what comes
// back and what an answer means. No policy of versions, no journal.
// Source: learn.microsoft.com/rest/api/storageservices/blob-service-rest-api
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "backend/base/digest.h"
#include "backend/base/result.h"
#include "backend/base/time.h"
#include "backend/blob/blob_info.h"

namespace replicafs::azure {

// What the service says of a blob, a version or a snapshot.
struct RemoteBlob {
  std::string name;
  std::string version_id;  // empty: the account has not shown that it keeps versions
  bool is_current = true;
  std::string snapshot;            // empty: none
  bool has_versions_only = false;  // a listing's entry of a deleted blob
  BlobKind kind = BlobKind::kBlock;
  uint64_t size_bytes = 0;
  std::string etag;  // with its quotes, from headers and listings alike
  Timestamp created;
  Timestamp last_modified;  // whole seconds
  std::optional<Md5> content_md5;
  ContentHeaders headers;
  StringMap metadata;        // keys in lower case, values as before metadata_value.h
  StringMap tags;            // of listings that asked for them
  std::optional<Tier> tier;  // nullopt: of a kind that has none, or one not known here
  bool tier_inferred = false;
  std::string archive_status;       // "rehydrate-pending-to-hot"
  std::string customer_key_sha256;  // base64; empty: none
  bool legal_hold = false;
  std::optional<Timestamp> immutable_until;
  std::string immutability_mode;  // "locked", "unlocked"
  std::string lease_state;
  // x-ms-or-…: of a replica its policy, of a source "policy_rule" to "complete" or "failed".
  std::string replica_policy_id;
  StringMap replication;
};

struct RemoteContainer {
  std::string name;
  std::string etag;
  Timestamp last_modified;
  StringMap metadata;
};

// Names are in the order of the service's answers: prefixes may stand among the blobs or before
// them.
struct RemotePage {
  std::vector<RemoteBlob> blobs;
  std::vector<std::string> prefixes;  // with the delimiter at their end
  std::string next_marker;            // empty: the last page. Pages may be empty and not the last.
};

struct ListBlobsRequest {
  std::string container;
  std::string prefix;
  std::string delimiter;  // empty: flat
  std::string marker;
  size_t limit = 5000;
  bool metadata = true;
  bool tags = false;
  bool versions = false;  // only of accounts that have shown versions; else kNotSupported
  bool deleted_with_versions = false;  // as versions
  bool snapshots = false;
  bool uncommitted = false;
};

// Of a write, a deletion or a read; empty members are not sent.
struct Conditions {
  std::string if_match;
  std::string if_none_match;  // an ETag, or "*"
  std::string lease_id;
};

// What a write gives a blob: whole, since a commit replaces all of it.
struct WriteProperties {
  ContentHeaders headers;
  StringMap metadata;
  StringMap tags;
  std::optional<Tier> tier;
  std::optional<Md5> content_md5;  // of the whole content, to be stored
};

struct Written {
  std::string etag;
  Timestamp last_modified;
  std::string version_id;  // empty: as RemoteBlob
};

// What becomes of a blob's snapshots when it is deleted: a blob that has some is kept (kBusy), or
// they go along.
enum class SnapshotsOfDeleted { kKeepBlob, kDelete };

struct BlobAddress {
  std::string container;
  std::string name;
  std::string version_id;  // sent only to accounts that have shown versions; else kNotSupported
  std::string snapshot;
};

struct RemoteBlock {
  std::string id;  // as on the wire, base64
  uint64_t size_bytes = 0;
};

struct ReadRequest {
  BlobAddress address;
  uint64_t offset = 0;
  std::string if_match;  // another state of the blob is kStale
  std::stop_token stop;
};

// The key of the metadata by which a write is recognised whose answer was lost: a writer that gives
// each of its writes a value of its own there learns what became of it.
constexpr std::string_view kOperationKey = "replicafs_version";

// Thread-safe. Every call is tried again after errors that may pass, with growing, jittered pauses
// or those that the service asks for, until the deadline. When an earlier attempt's answer was lost
// and a later one is refused,
//   - a put, a commit or a copy was made if the blob has its value of kOperationKey, new metadata
//   or
//     headers if the blob has them; the answer is then the blob's ETag. A write without that key
//     cannot be recognised: kTimeout, it may have been made. One that was made and replaced by
//     somebody else's before it was asked for counts as refused.
//   - a deletion that finds nothing was made.
//   - a container that exists was created if its metadata are those given.
// Errors:
//   kNotFound         no such blob, version, or container; a name that the service cannot have
//   kExists           BlobAlreadyExists, ContainerAlreadyExists
//   kPrecondition     a condition did not hold, nothing was changed
//   kStale            a read's if_match
//   kPermission       403s; kUnauthenticated when credentials are refused as such
//   kDestination      409 of a write into a container that the service itself replicates to
//   kBusy             leases, ContainerBeingDeleted after the deadline, SnapshotsPresent, other
//                     conflicts
//   kInvalid          also names that the service would change (a backslash) or refuses
//   kTimeout, kUnavailable    after the last attempt; a write may have been made
//   kCorrupt          a checksum does not fit, also after trying again; an answer that makes no
//   sense kArchived, kImmutable, kCustomerKey, kBlobKind, kNameTooLong, kTooLarge, kNotSupported,
//   kCancelled
// Messages name the operation, the blob, the service's code and its request id, and what helps.
class BlobService {
 public:
  virtual ~BlobService() = default;

  virtual Result<std::vector<RemoteContainer>> ListContainers() = 0;  // all pages, by name
  virtual Result<RemoteContainer> GetContainer(std::string_view container) = 0;
  virtual Status CreateContainer(std::string_view container, const StringMap& metadata) = 0;
  virtual Status DeleteContainer(std::string_view container) = 0;

  virtual Result<RemotePage> ListBlobs(const ListBlobsRequest& request) = 0;
  virtual Result<RemoteBlob> GetProperties(const BlobAddress& address) = 0;
  // Fills the span; short only at the end of the blob. The bytes were checked against a checksum of
  // the service where it gives one for the range (up to 4 MiB).
  virtual Result<size_t> Read(const ReadRequest& request, std::span<std::byte> into) = 0;
  virtual Result<std::vector<RemoteBlock>> GetBlocks(const BlobAddress& address) = 0;  // committed
  virtual Result<StringMap> GetTags(const BlobAddress& address) = 0;

  // With an MD5 of the bytes, which the service checks and stores.
  virtual Result<Written> PutBlob(const BlobAddress& address, ByteSpan bytes,
                                  const WriteProperties& properties,
                                  const Conditions& conditions) = 0;
  virtual Status PutBlock(const BlobAddress& address, std::string_view block_id,
                          ByteSpan bytes) = 0;
  // The blocks in order, each the newest of its id (committed or not).
  virtual Result<Written> PutBlockList(const BlobAddress& address,
                                       std::span<const std::string> block_ids,
                                       const WriteProperties& properties,
                                       const Conditions& conditions) = 0;
  // Server-side, inside the account; returns when it is done. Without `properties` those of the
  // source come along (its tags and its tier do not). The service copies with the source's content
  // headers: where `properties` has others a second request sets them, and until then the blob has
  // the source's.
  virtual Result<Written> Copy(const BlobAddress& from, std::string_view from_if_match,
                               const BlobAddress& to,
                               const std::optional<WriteProperties>& properties,
                               const Conditions& conditions) = 0;
  virtual Status Delete(const BlobAddress& address, const Conditions& conditions,
                        SnapshotsOfDeleted snapshots) = 0;
  // Up to 256 blobs of one container; one Status each, of which kNotFound says that it was gone.
  virtual Result<std::vector<Status>> DeleteBatch(std::span<const BlobAddress> addresses) = 0;

  virtual Result<Written> SetMetadata(const BlobAddress& address, const StringMap& metadata,
                                      const Conditions& conditions) = 0;
  // What is empty is cleared, and so is an MD5 that is not given.
  virtual Result<Written> SetHeaders(const BlobAddress& address, const ContentHeaders& headers,
                                     const std::optional<Md5>& content_md5,
                                     const Conditions& conditions) = 0;
  virtual Status SetTags(const BlobAddress& address, const StringMap& tags) = 0;
  virtual Status SetTier(const BlobAddress& address, Tier tier) = 0;
  // Returns its id. One whose answer is lost is made again, and then there are two.
  virtual Result<std::string> Snapshot(const BlobAddress& address, const StringMap& metadata,
                                       const Conditions& conditions) = 0;

  // Whether an answer has carried x-ms-version-id: version ids may be sent only then.
  virtual bool has_shown_versions() const = 0;
};

}  // namespace replicafs::azure
