#include "tests/mount/system_calls.h"

#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <thread>

namespace replicafs {
namespace {

constexpr std::chrono::milliseconds kPoll{2};

int WriteAllAndClose(int fd, std::string_view content) {
  if (fd < 0) return errno;
  while (!content.empty()) {
    const ssize_t written = ::write(fd, content.data(), content.size());
    if (written < 0) {
      const int error = errno;
      ::close(fd);
      return error;
    }
    content.remove_prefix(static_cast<size_t>(written));
  }
  return ErrnoOf(::close(fd));
}

}  // namespace

int PutFile(const std::string& path, std::string_view content) {
  return WriteAllAndClose(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644), content);
}

int AppendFile(const std::string& path, std::string_view content) {
  return WriteAllAndClose(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644), content);
}

int WriteAt(const std::string& path, uint64_t offset, std::string_view content) {
  const int fd = ::open(path.c_str(), O_WRONLY);
  if (fd >= 0 && ::lseek(fd, static_cast<off_t>(offset), SEEK_SET) < 0) return errno;
  return WriteAllAndClose(fd, content);
}

int Touch(const std::string& path) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT, 0644);
  if (fd < 0) return errno;
  const int set = ErrnoOf(::futimens(fd, nullptr));
  const int closed = ErrnoOf(::close(fd));
  return set != 0 ? set : closed;
}

int FsyncDirectory(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY);
  if (fd < 0) return errno;
  const int synced = ErrnoOf(::fsync(fd));
  ::close(fd);
  return synced;
}

int SetXattr(const std::string& path, const std::string& name, std::string_view value) {
  return ErrnoOf(::lsetxattr(path.c_str(), name.c_str(), value.data(), value.size(), 0));
}

std::optional<std::string> GetFile(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY);
  if (fd < 0) return std::nullopt;
  std::string content;
  std::string buffer(1 << 20, '\0');
  ssize_t length = 0;
  while ((length = ::read(fd, buffer.data(), buffer.size())) > 0) {
    content.append(buffer, 0, static_cast<size_t>(length));
  }
  const int error = errno;
  ::close(fd);
  errno = error;
  if (length < 0) return std::nullopt;
  return content;
}

std::optional<std::string> GetXattr(const std::string& path, const std::string& name) {
  std::string value(64 << 10, '\0');
  const ssize_t length = ::lgetxattr(path.c_str(), name.c_str(), value.data(), value.size());
  if (length < 0) return std::nullopt;
  value.resize(static_cast<size_t>(length));
  return value;
}

std::vector<std::string> ListXattrs(const std::string& path) {
  std::string list(64 << 10, '\0');
  const ssize_t length = ::llistxattr(path.c_str(), list.data(), list.size());
  std::vector<std::string> names;
  for (size_t at = 0; length > 0 && at < static_cast<size_t>(length);) {
    names.emplace_back(list.c_str() + at);
    at += names.back().size() + 1;
  }
  std::sort(names.begin(), names.end());
  return names;
}

struct stat StatOf(const std::string& path) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0) return {};
  return info;
}

bool Exists(const std::string& path) {
  struct stat info {};
  return ::lstat(path.c_str(), &info) == 0;
}

std::vector<std::string> NamesIn(const std::string& directory) {
  std::vector<std::string> names;
  DIR* stream = ::opendir(directory.c_str());
  if (stream == nullptr) return names;
  while (const dirent* entry = ::readdir(stream)) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
  }
  ::closedir(stream);
  std::sort(names.begin(), names.end());
  return names;
}

std::string Pattern(size_t size, uint32_t seed) {
  std::mt19937 random(seed);
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random() & 0xffU);
  return bytes;
}

int AsUser(uid_t user, gid_t group, const std::function<int()>& call) {
  const pid_t child = ::fork();
  if (child == 0) {
    const bool became = ::setgroups(0, nullptr) == 0 && ::setresgid(group, group, group) == 0 &&
                        ::setresuid(user, user, user) == 0;
    ::_exit(became ? call() : 255);
  }
  int status = 0;
  if (child < 0 || ::waitpid(child, &status, 0) != child || !WIFEXITED(status)) return 255;
  return WEXITSTATUS(status);
}

ShellResult Shell(const std::string& command) {
  ShellResult result;
  FILE* pipe = ::popen(("( " + command + "\n) 2>&1").c_str(), "re");
  if (pipe == nullptr) return {.exit_code = 127, .output = "popen failed"};
  char buffer[4096];
  size_t length = 0;
  while ((length = std::fread(buffer, 1, sizeof buffer, pipe)) > 0) {
    result.output.append(buffer, length);
  }
  const int status = ::pclose(pipe);
  result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return result;
}

bool Eventually(const std::function<bool()>& condition, std::chrono::milliseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(kPoll);
  }
  return true;
}

}  // namespace replicafs
