// What is known of a version of a blob without reading its content.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backend/base/digest.h"
#include "backend/base/time.h"
#include "backend/blob/blob_kind.h"
#include "backend/blob/immutability.h"
#include "backend/blob/names.h"
#include "backend/blob/rehydration.h"
#include "backend/blob/tier.h"
#include "backend/blob/version_id.h"

namespace replicafs {

// Lower-case keys (ValidateMetadataKey) to printable values.
using StringMap = std::map<std::string, std::string, std::less<>>;

// The content headers that HTTP clients see.
struct ContentHeaders {
  std::string content_type;
  std::string content_encoding;
  std::string content_language;
  std::string content_disposition;
  std::string cache_control;

  bool operator==(const ContentHeaders&) const = default;
};

// What a writer may set on a blob beside its content.
struct BlobProperties {
  ContentHeaders headers;
  StringMap metadata;
  StringMap tags;
  Tier tier = Tier::kHot;

  bool operator==(const BlobProperties&) const = default;
};

// Which source version a link copied a version from.
struct ReplicaOrigin {
  std::string policy_id;
  std::string rule_id;
  std::string account;
  BlobPath path;
  VersionId version;
  // When the properties were last modified: at the source, for as long as only links change them.
  Timestamp modified;

  bool operator==(const ReplicaOrigin&) const = default;
};

// A piece of a blob, named by its content.
struct BlockRef {
  Digest digest;
  uint64_t size_bytes = 0;

  auto operator<=>(const BlockRef&) const = default;
};
using BlockList = std::vector<BlockRef>;

struct BlobInfo {
  std::string name;  // the blob's whole name
  VersionId version;
  bool is_current = true;
  Timestamp ended;  // when a previous version stopped being current; zero for the current one
  BlobKind kind = BlobKind::kBlock;
  std::optional<Digest> key_sha256;  // of the customer's key that its content is encrypted with
  uint64_t size_bytes = 0;
  std::string
      etag;  // with its quotes: "\"0x8DC…\""; new after each change of content or properties
  Timestamp created;               // of the blob: kept by later versions until it is deleted
  Timestamp last_modified;         // of content or properties of this version
  std::optional<Md5> content_md5;  // where the store knows it: of content that came in one piece
  BlobProperties properties;
  std::optional<Rehydration> rehydration;  // on its way out of the archive tier, where it still is
  std::optional<ReplicaOrigin> origin;     // set on replicas
  Protection protection;                   // its own; the container's holds beside it
  uint64_t file_id =
      0;  // stable over versions and renames, unique in the account; 0: the store has none
  uint64_t sequence = 0;    // journal position of the newest change to this version
  bool has_prefix = false;  // live blobs exist below "name/"
};

// A live prefix "a/b/": blobs exist whose names begin with it.
struct PrefixInfo {
  std::string name;  // with its trailing '/'
  uint64_t file_id = 0;
  // When a name directly below it, of a blob, a prefix or both, last came, was renamed or went. For
  // a change that a link made this is the time of the change at the source.
  Timestamp children_changed;
  // How many names directly below it are directories: live prefixes, and markers (blobs with the
  // metadata hdi_isfolder=true). nullopt: the store does not count them.
  std::optional<uint64_t> directories;
  bool has_blob = false;  // a blob exists with this name without the '/'
};

struct ContainerInfo {
  std::string name;
  Timestamp created;
  std::string etag;
  std::string destination_policy_id;    // not empty: only links of this policy may write here
  std::optional<uint64_t> directories;  // directly in it, as PrefixInfo
  ContainerProtection protection;
};

}  // namespace replicafs
