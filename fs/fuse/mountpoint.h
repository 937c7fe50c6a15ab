// Directories that something can be mounted on, and what is mounted there.
#pragma once

#include <optional>
#include <string>

#include "backend/base/result.h"

namespace replicafs {

// The type that /proc/self/mountinfo shows for our mounts.
inline constexpr const char* kMountType = "fuse.replicafs";

struct MountedAt {
  std::string type;       // "fuse.replicafs", "ext4"
  std::string source;     // as mounted
  std::string device_id;  // "0:47"
};

// What is mounted on this very directory, topmost; nullopt when nothing is. The path is absolute
// and without symbolic links.
Result<std::optional<MountedAt>> FindMount(const std::string& directory);

// Whether the server of what is mounted there lives, asked past the kernel's caches.
enum class MountLife {
  kAnswers,
  kDead,    // there is none any more
  kSilent,  // there is one, which does not answer within a few seconds
};
MountLife LifeOfMount(const std::string& directory);

// The absolute path of a directory. One that has a mount is not asked: its file system may be dead,
// or not answer.
Result<std::string> ResolveMountpoint(const std::string& path);

// Makes the directory ready to be mounted on: it exists, is a directory, and is no mount. A dead
// mount of ours there is unmounted. Its absolute path. kNotFound, kNotDirectory, kBusy, kStale.
Result<std::string> PrepareMountpoint(const std::string& path);

// kLater: the name goes now, the mount when nobody uses it any more.
enum class Detach { kNow, kLater };
// kBusy while something uses it, kNotFound when nothing is mounted there, kPermission.
Status Unmount(const std::string& directory, Detach detach);

}  // namespace replicafs
