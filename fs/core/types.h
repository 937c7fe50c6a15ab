// The file system's vocabulary: what the kernel asks, in domain types.
#pragma once

#include <sys/types.h>

#include <compare>
#include <cstdint>
#include <optional>
#include <string>

namespace replicafs {

// The name that the kernel knows a file by while it remembers it; never reused by a mount.
struct NodeId {
  uint64_t value = 0;
  auto operator<=>(const NodeId&) const = default;
};
constexpr NodeId kRootNode{1};

struct HandleId {
  uint64_t value = 0;
  auto operator<=>(const HandleId&) const = default;
};

struct Caller {
  uid_t uid = 0;
  gid_t gid = 0;
  pid_t pid = 0;
  mode_t umask = 0;
};

struct Attributes {
  uint64_t inode = 0;  // st_ino: stable over remounts
  mode_t mode = 0;     // type and permissions
  uint32_t links = 1;
  uid_t uid = 0;
  gid_t gid = 0;
  uint64_t device = 0;
  uint64_t size_bytes = 0;
  int64_t atime_ns = 0;  // since 1970
  int64_t mtime_ns = 0;
  int64_t ctime_ns = 0;
  // Some of them move with a commit that is to come: the kernel must not remember them.
  bool is_moving = false;
};

// What setattr changes; members that are not set stay.
struct AttributeChange {
  std::optional<mode_t> mode;  // permission bits
  std::optional<uid_t> uid;
  std::optional<gid_t> gid;
  std::optional<uint64_t> size_bytes;
  std::optional<int64_t> atime_ns;
  std::optional<int64_t> mtime_ns;
};

struct Entry {
  NodeId node;
  Attributes attributes;
  // It may go without anybody telling the kernel, which must not remember it.
  bool is_fleeting = false;
};

struct DirectoryEntry {
  std::string name;
  uint64_t cookie = 0;  // where the next page begins: pass it as `after`
  // Of its attributes only inode and type hold, and node is zero, unless the reader asked for
  // lookups.
  Entry entry;
};

struct OpenedFile {
  HandleId handle;
  // What becomes of the content that the kernel has cached. kBypass: another handle still reads an
  // older version through that cache, so this one must read past it (direct I/O).
  enum class Cache { kDrop, kKeep, kBypass } cache = Cache::kDrop;
};

struct CreatedFile {
  Entry entry;
  OpenedFile file;
};

// fallocate(2).
struct RangeChange {
  uint64_t offset = 0;
  uint64_t length = 0;
  bool zeros = false;       // what is there becomes zeros
  bool keeps_size = false;  // the file does not grow
};

// copy_file_range(2).
struct CopyRequest {
  HandleId handle;
  uint64_t offset = 0;
  HandleId to_handle;
  uint64_t to_offset = 0;
  uint64_t length = 0;
};

// Where the bytes of a write come from: a system call, or pages of the kernel's cache that were
// changed through a mapping, which always go to their place.
enum class WriteSource { kCall, kMappedPages };

enum class RenameMode { kReplace, kNoReplace, kExchange };
enum class XattrMode { kSet, kCreate, kReplace };

struct FileSystemSpace {
  uint64_t block_bytes = 4096;
  uint64_t total_blocks = 0;
  uint64_t available_blocks = 0;
  uint64_t files = 0;
  uint32_t name_max_bytes = 255;
};

}  // namespace replicafs
