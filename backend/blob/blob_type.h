// What a blob stands for in a tree of files, as its metadata says. The keys are those of AzCopy and
// blobfuse2 ("Preserving POSIX properties", Azure/azure-storage-azcopy). Pure.
#pragma once

#include <cstdint>
#include <string_view>

#include "backend/blob/blob_info.h"

namespace replicafs {

// Where metadata says several, the least counts.
enum class BlobType : uint8_t {
  kDirectory,  // a marker: how an empty directory is kept
  kSymlink,
  kFifo,
  kSocket,
  kCharacterDevice,
  kBlockDevice,
  kFile,  // nothing is said
};

// The key whose value "true" says the type; empty for kFile.
std::string_view TypeKey(BlobType type);
// What one pair of the metadata says.
BlobType TypeSaidBy(std::string_view key, std::string_view value);
BlobType TypeOf(const StringMap& metadata);

}  // namespace replicafs
