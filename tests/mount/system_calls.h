// System calls in one line each, with errno as the answer.
#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <cerrno>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace replicafs {

// 0, or errno of the call that just failed.
inline int ErrnoOf(int64_t result) {
  return result < 0 ? errno : 0;
}

// Each returns 0 or errno; errors of close(2) count.
int PutFile(const std::string& path, std::string_view content);  // creates or truncates
int AppendFile(const std::string& path, std::string_view content);
int WriteAt(const std::string& path, uint64_t offset, std::string_view content);
int Touch(const std::string& path);
int FsyncDirectory(const std::string& path);
int SetXattr(const std::string& path, const std::string& name, std::string_view value);

// nullopt with errno set.
std::optional<std::string> GetFile(const std::string& path);
std::optional<std::string> GetXattr(const std::string& path, const std::string& name);
std::vector<std::string> ListXattrs(const std::string& path);

struct stat StatOf(const std::string& path);                     // lstat; all zero when it failed
bool Exists(const std::string& path);                            // lstat
std::vector<std::string> NamesIn(const std::string& directory);  // sorted, without dots

// Bytes that differ everywhere, the same for the same seed.
std::string Pattern(size_t size, uint32_t seed = 1);

// What `call` answers (0 or errno) in a process of this user and group, which has no others. 255:
// the process could not become them.
int AsUser(uid_t user, gid_t group, const std::function<int()>& call);

struct ShellResult {
  int exit_code = 0;
  std::string output;  // both streams
};
ShellResult Shell(const std::string& command);

// Asks again and again until it is so or the time is over.
bool Eventually(const std::function<bool()>& condition, std::chrono::milliseconds timeout);

}  // namespace replicafs
