// How a file's attributes are kept in a blob's metadata. The keys are those of AzCopy and blobfuse2
// ("Preserving POSIX properties", Azure/azure-storage-azcopy). Pure.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string_view>

#include "backend/blob/blob_info.h"
#include "backend/blob/blob_type.h"
#include "fs/core/types.h"

namespace replicafs {

// What a blob without recorded attributes has.
struct AttributeDefaults {
  uid_t uid = 0;
  gid_t gid = 0;
  mode_t umask = 022;
};

enum class EntryKind { kDirectory, kFile };

// A directory's marker has hdi_isfolder=true.
EntryKind KindOf(const BlobProperties& properties);
// S_IFREG, S_IFLNK, S_IFIFO, …; S_IFDIR for a marker.
mode_t ModeOf(BlobType type);
mode_t TypeOf(const BlobProperties& properties);

// st_nlink of a directory: 2 and its subdirectories; 1 when the store does not count them.
uint32_t DirectoryLinks(const std::optional<uint64_t>& directories);

// All but the inode.
Attributes FileAttributes(const BlobInfo& info, const AttributeDefaults& defaults);
// `marker` and `prefix`: what there is of the two.
Attributes DirectoryAttributes(const BlobInfo* marker, const PrefixInfo* prefix,
                               const AttributeDefaults& defaults);

struct NewFile {
  mode_t mode = 0;  // type and permissions
  uid_t uid = 0;
  gid_t gid = 0;
  uint64_t device = 0;
  int64_t mtime_ns = 0;
};
BlobProperties PropertiesOfNew(const NewFile& file);

// Records the change, but for the size. `current` are the file's attributes now: what must not
// move by the change (mtime, when only last_modified tells it) is written down.
void RecordChange(const AttributeChange& change, const Attributes& current, StringMap& metadata);
void RecordModified(int64_t mtime_ns, StringMap& metadata);

// Whether a metadata key holds an attribute of the file.
bool IsAttributeKey(std::string_view key);

}  // namespace replicafs
