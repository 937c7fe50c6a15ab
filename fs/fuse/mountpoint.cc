#include "fs/fuse/mountpoint.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <climits>
#include <csignal>
#include <cstdlib>
#include <sstream>
#include <thread>
#include <vector>

#include "backend/base/log.h"
#include "backend/base/unique_fd.h"

namespace replicafs {
namespace {

bool IsOctal(char c) {
  return c >= '0' && c <= '7';
}

// mountinfo writes blanks and backslashes as \ooo (proc(5)).
std::string Unescape(const std::string& text) {
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size() && IsOctal(text[i + 1]) && IsOctal(text[i + 2]) &&
        IsOctal(text[i + 3])) {
      result += static_cast<char>(std::stoi(text.substr(i + 1, 3), nullptr, 8));
      i += 3;
    } else {
      result += text[i];
    }
  }
  return result;
}

struct MountInfoLine {
  std::string directory;
  MountedAt mounted;
};

// "36 35 98:0 /root /directory options… - type source super-options"
std::optional<MountInfoLine> ParseLine(const std::string& line) {
  std::istringstream words(line);
  MountInfoLine result;
  std::string skipped;
  words >> skipped >> skipped >> result.mounted.device_id >> skipped >> result.directory;
  while (words >> skipped && skipped != "-") {
  }
  words >> result.mounted.type >> result.mounted.source;
  if (words.fail()) return std::nullopt;
  result.directory = Unescape(result.directory);
  result.mounted.source = Unescape(result.mounted.source);
  return result;
}

std::string ParentOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

Result<std::string> RealPath(const std::string& path) {
  char buffer[PATH_MAX];
  if (::realpath(path.c_str(), buffer) == nullptr) return ErrnoError("'" + path + "'", errno);
  return std::string(buffer);
}

Status RunFusermount(const std::string& directory, Detach detach) {
  std::vector<std::string> words{"fusermount3", "-u"};
  if (detach == Detach::kLater) words.emplace_back("-z");
  words.insert(words.end(), {"--", directory});
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return ErrnoError("pipe", errno);
  const UniqueFd read_end(ends[0]);
  UniqueFd write_end(ends[1]);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, write_end.get(), STDERR_FILENO);
  pid_t child = 0;
  const int spawned = ::posix_spawnp(&child, argv[0], &actions, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (spawned != 0) return ErrnoError("run fusermount3 (package fuse3)", spawned);
  write_end.Reset();
  std::string said(4096, '\0');
  const ssize_t length = ::read(read_end.get(), said.data(), said.size());
  said.resize(length > 0 ? static_cast<size_t>(length) : 0);
  while (!said.empty() && said.back() == '\n') said.pop_back();
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return Ok();
  const bool busy = said.find("busy") != std::string::npos;
  return Error{busy ? ErrorCode::kBusy : ErrorCode::kPermission,
               said.empty() ? "fusermount3 failed" : said};
}

// How a child ended; nullopt: not in this time.
std::optional<int> WaitFor(pid_t child, std::chrono::milliseconds time) {
  constexpr std::chrono::milliseconds kPoll{2};
  const auto deadline = std::chrono::steady_clock::now() + time;
  for (int status = 0;;) {
    if (::waitpid(child, &status, WNOHANG) == child) return status;
    if (std::chrono::steady_clock::now() >= deadline) return std::nullopt;
    std::this_thread::sleep_for(kPoll);
  }
}

}  // namespace

Result<std::optional<MountedAt>> FindMount(const std::string& directory) {
  const std::string table = TRY(ReadWholeFile("/proc/self/mountinfo"));
  std::istringstream lines(table);
  std::optional<MountedAt> found;
  for (std::string line; std::getline(lines, line);) {
    std::optional<MountInfoLine> parsed = ParseLine(line);
    if (parsed && parsed->directory == directory) found = std::move(parsed->mounted);
  }
  return found;
}

MountLife LifeOfMount(const std::string& directory) {
  constexpr std::chrono::seconds kPatience{5};
  constexpr std::chrono::milliseconds kPatienceWithTheKilled{200};
  // A process asks: it can be ended while it waits, and then keeps nothing of the mount in use.
  const pid_t child = ::fork();
  if (child < 0) return MountLife::kAnswers;
  if (child == 0) {
    struct statfs space {};
    ::_exit(::statfs(directory.c_str(), &space) != 0 && errno == ENOTCONN ? 1 : 0);
  }
  if (const auto status = WaitFor(child, kPatience)) {
    const bool is_dead = WIFEXITED(*status) && WEXITSTATUS(*status) == 1;
    return is_dead ? MountLife::kDead : MountLife::kAnswers;
  }
  ::kill(child, SIGKILL);
  WaitFor(child, kPatienceWithTheKilled);
  return MountLife::kSilent;
}

Result<std::string> ResolveMountpoint(const std::string& path) {
  std::string trimmed = path;
  while (trimmed.size() > 1 && trimmed.back() == '/') trimmed.pop_back();
  const std::string name = trimmed.substr(trimmed.rfind('/') + 1);
  if (const auto parent = RealPath(ParentOf(trimmed))) {
    const std::string directory = *parent == "/" ? *parent + name : *parent + "/" + name;
    const auto mounted = TRY(FindMount(directory));
    if (mounted) return directory;
  }
  return RealPath(trimmed);
}

Result<std::string> PrepareMountpoint(const std::string& path) {
  const std::string directory = TRY(ResolveMountpoint(path));
  const std::optional<MountedAt> mounted = TRY(FindMount(directory));
  const MountLife life = mounted ? LifeOfMount(directory) : MountLife::kAnswers;
  if (life == MountLife::kDead) {
    const Error dead{ErrorCode::kStale, "mountpoint '" + directory +
                                            "' is a dead mount; unmount it with: fusermount3 -u " +
                                            directory};
    if (mounted->type != kMountType) return dead;
    Log(LogLevel::kWarning, "unmounting the dead mount on '{}'", directory);
    if (!Unmount(directory, Detach::kLater)) return dead;
    return PrepareMountpoint(path);
  }
  if (mounted) {
    return Error{ErrorCode::kBusy, "mountpoint '" + directory + "' is a mount already (" +
                                       mounted->type + " of '" + mounted->source + "')" +
                                       (life == MountLife::kSilent ? " and does not answer" : "")};
  }
  struct stat info {};
  if (::stat(directory.c_str(), &info) != 0) {
    return ErrnoError("mountpoint '" + directory + "'", errno);
  }
  if (!S_ISDIR(info.st_mode)) {
    return Error{ErrorCode::kNotDirectory, "mountpoint '" + directory + "' is not a directory"};
  }
  return directory;
}

Status Unmount(const std::string& directory, Detach detach) {
  const std::optional<MountedAt> mounted = TRY(FindMount(directory));
  if (!mounted) {
    return Error{ErrorCode::kNotFound, "nothing is mounted on '" + directory + "'"};
  }
  if (::geteuid() != 0) return RunFusermount(directory, detach);
  const int flags = UMOUNT_NOFOLLOW | (detach == Detach::kLater ? MNT_DETACH : 0);
  if (::umount2(directory.c_str(), flags) != 0)
    return ErrnoError("umount '" + directory + "'", errno);
  return Ok();
}

}  // namespace replicafs
