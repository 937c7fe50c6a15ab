// The changes that a store can make, as values. A list of them is applied by BlobStore::Apply.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "backend/blob/blob_info.h"
#include "backend/blob/customer_key.h"

namespace replicafs {

// What must hold of the current blob for a change to happen (If-Match / If-None-Match: *).
struct Precondition {
  std::string if_match;        // the current blob's etag; empty: no matter which
  bool if_none_match = false;  // there must be no current blob
};

// Whatever would change, end or remove a version that is protected (immutability.h) fails with
// kImmutable, whoever asks for it. New names may be written, and the tier may be changed.

// The content of a new version: bytes (at most Capabilities::inline_max_bytes), staged or already
// committed blocks, or what another version in this account has (no data moves).
struct ContentOf {
  BlobPath path;
  VersionId version;  // zero: the current one
};
using Content = std::variant<std::string, BlockList, ContentOf>;

// Makes a new current version; what was current becomes a previous version.
//   kPrecondition      the condition did not hold
//   kNotFound          no such container; a block that is neither committed nor staged; no
//                      ContentOf
//   kDestination       the container belongs to a policy and `origin` does not name it
//   kPrecondition      also: `origin` names a policy, and the container is no destination
//   kInvalid           bytes over the inline limit, a bad name or metadata key, a page blob without
//                      whole pages, an encryption of something else than blocks, or of more or
//                      fewer
//   kBlobKind          the current version is of another kind
//   kNameTooLong       Capabilities::names
// The blob takes the file_id of the ContentOf blob if that one is removed or replaced in the same
// list (a rename); else it keeps its own, and one without a current version gets a fresh one.
// With the archive tier and the content of a version on its way out of it (PatchBlob), the new
// version is on that way too.
struct CommitBlob {
  BlobPath path;
  Content content;
  BlobProperties properties;
  BlobKind kind = BlobKind::kBlock;  // of a ContentOf: that of the version, whatever stands here
  // The blocks are ciphertext. Of a ContentOf: as the version's, whatever stands here.
  std::optional<ContentEncryption> encryption;
  Precondition precondition;
  // This version, if it is still current, is not kept but replaced: a writer that commits the same
  // open file again and again makes one version. Ignored when it is not current.
  VersionId replaces;
  std::optional<ReplicaOrigin> origin;
  // For a blob that would take a fresh file_id: one of BlobStore::ReserveFileIds. Zero: the store's
  // choice.
  uint64_t file_id = 0;
  // The time to record for the change of the prefix's children; zero: now (PrefixInfo).
  Timestamp source_time;
};

// Ends the current version: it becomes a previous one and the blob has no current version.
// kNotFound when it has none already. Allowed in destination containers.
struct RemoveBlob {
  BlobPath path;
  Precondition precondition;
  Timestamp source_time;
};

// Forgets one version for good. Removing the current version leaves the blob without one.
// Allowed in destination containers. kNotFound.
struct RemoveVersion {
  BlobPath path;
  VersionId version;
};

// Changes properties in place: no new version, a new etag. Members that are set replace the old
// value whole. A version leaves the archive tier when its account's rehydrations have had their
// time (rehydration.h): until then it stays there, and another tier than the one it is on its way
// to is refused with kBusy. A change of the tier alone is allowed in destination containers
// (kDestination otherwise, without a fitting origin). Headers and metadata of a version with a
// customer's key are changed with that key alone: kCustomerKey (CheckKey). kNotFound,
// kPrecondition.
struct PatchBlob {
  BlobPath path;
  VersionId version;  // zero: the current one
  std::optional<ContentHeaders> headers;
  std::optional<StringMap> metadata;
  std::optional<StringMap> tags;
  std::optional<Tier> tier;
  ContentKeyPtr key;  // not stored
  Precondition precondition;
  std::string origin_policy_id;  // set by links, with the time of the change at the source
  Timestamp origin_modified;
};

// Gives every live blob below `from` (ends in '/') the same name below `to`, as if each had been
// committed there and removed here: histories stay where they were made. File ids go along, of
// blobs and of prefixes, and children_changed of the prefixes. All or nothing; the journal has its
// events in byte order of the names.
// kNotFound when nothing lives below `from`, kNotEmpty when something lives below `to`,
// kInvalid when `to` lies below `from`, kNameTooLong, kDestination.
struct RenamePrefix {
  std::string container;
  std::string from;
  std::string to;
};

// What lives below `first` gets the same names below `second`, and the reverse, as RenamePrefix
// would give them: file ids and children_changed go along, histories stay. A name that lives below
// both gets a new version in both places. The directories that hold the two names changed now. The
// journal has its events in byte order of the names after the prefixes, first `first`'s.
// kNotFound when nothing lives below one of them, kInvalid when one begins with the other,
// kNameTooLong, kDestination; kBlobKind when a name below both is of two kinds.
struct ExchangePrefixes {
  std::string container;
  std::string first;  // both end in '/'
  std::string second;
};

// Sets a version's own immutability policy, or takes it away. Nothing else of the version changes,
// neither its etag nor its time. Allowed in destination containers.
// kNotFound, kInvalid (ValidatePolicy), kImmutable (CheckPolicyChange).
struct SetImmutability {
  BlobPath path;
  VersionId version;  // zero: the current one
  std::optional<ImmutabilityPolicy> policy;
};

// Puts a version under legal hold, or clears it; otherwise as SetImmutability. kNotFound.
struct SetLegalHold {
  BlobPath path;
  VersionId version;  // zero: the current one
  bool hold = false;
};

// Keeps what the current version is, apart from the versions, until the snapshot is removed: it
// survives the blob, stays at its name when the blob is renamed, and never changes. As in an Azure
// account with versions the blob gets a new version at the same time, equal to the one before.
// Errors as CommitBlob; kNotFound without a current version, kArchived, kCustomerKey (CheckKey).
struct CreateSnapshot {
  BlobPath path;
  ContentKeyPtr key;  // not stored
  Precondition precondition;
};
// What a store asks before: kArchived, kCustomerKey.
Status CheckSnapshot(const BlobInfo& current, const ContentKeyPtr& key);
// For good. Allowed in destination containers. kNotFound, kImmutable.
struct RemoveSnapshot {
  BlobPath path;
  VersionId snapshot;
};

// kExists, kInvalid; kBusy while one of the name is being deleted (container_deletion.h).
struct CreateContainer {
  std::string name;
};
// With all blobs, versions and snapshots in it. kNotFound; kBusy while a policy names it;
// kImmutable while it is under legal hold or a version in it is protected.
struct DeleteContainer {
  std::string name;
  bool only_empty = false;  // kNotEmpty when anything is in it
};
// Makes the container a destination (policy id) or an ordinary one again (empty). kNotFound;
// kBusy when it belongs to another policy.
struct SetDestination {
  std::string container;
  std::string policy_id;
};

// Sets the container's immutability policy, or takes it away.
// kNotFound, kInvalid (ValidatePolicy), kImmutable (CheckPolicyChange).
struct SetContainerImmutability {
  std::string container;
  std::optional<ContainerImmutabilityPolicy> policy;
};
// Adds tags to the container's legal hold and removes others: it holds while one is left.
// kNotFound; kInvalid for a bad tag, and for more than kLegalHoldMaxTags in the end.
struct ChangeContainerHolds {
  std::string container;
  std::set<std::string> add;
  std::set<std::string> remove;  // no error when absent
};

// Rows that the layers above keep with the account (policies, a link's position): written in the
// same step as the other changes in the list. Keys are at most 500 bytes. The row of the account's
// settings must hold settings (account_settings.h); it counts from the next change of the list on.
struct PutState {
  std::string key;
  std::string value;
};
struct RemoveState {  // no error when absent
  std::string key;
};
// Nothing happens, but the whole list fails with kPrecondition unless the row has this value
// (nullopt: is absent).
struct ExpectState {
  std::string key;
  std::optional<std::string> value;
};

using Mutation =
    std::variant<CommitBlob, RemoveBlob, RemoveVersion, PatchBlob, RenamePrefix, ExchangePrefixes,
                 SetImmutability, SetLegalHold, CreateSnapshot, RemoveSnapshot, CreateContainer,
                 DeleteContainer, SetDestination, SetContainerImmutability, ChangeContainerHolds,
                 PutState, RemoveState, ExpectState>;

// What a mutation did; members that do not apply stay zero.
struct Outcome {
  VersionId version;  // committed, or which version ended
  std::string etag;
  Timestamp last_modified;
  uint64_t sequence = 0;  // of the last journal event that it made
  VersionId snapshot;     // taken, or removed
};

}  // namespace replicafs
