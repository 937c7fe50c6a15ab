#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "backend/base/unique_fd.h"
#include "tools/content_diff.h"

extern char** environ;

namespace replicafs {
namespace {

constexpr int kNotFoundStatus = 127;  // of a child that could not run the program

// A file in memory, which a crash leaves nowhere. The child inherits it.
Result<UniqueFd> TemporaryFile(const std::string& content) {
  UniqueFd file(::memfd_create("replicafs-diff", 0));
  if (!file.valid()) return ErrnoError("memfd_create", errno);
  TRY(WriteFullAt(file.get(), std::as_bytes(std::span(content)), 0));
  return file;
}

std::string PathOf(const UniqueFd& file) {
  return "/proc/self/fd/" + std::to_string(file.get());
}

Result<std::string> ReadToEnd(const UniqueFd& pipe) {
  std::string text;
  std::array<char, 65'536> piece{};
  for (;;) {
    const ssize_t got = ::read(pipe.get(), piece.data(), piece.size());
    if (got == 0) return text;
    if (got > 0) text.append(piece.data(), static_cast<size_t>(got));
    if (got < 0 && errno != EINTR) return ErrnoError("read from diff", errno);
  }
}

Result<int> WaitFor(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return ErrnoError("waitpid", errno);
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// nullopt when there is no such program.
Result<std::optional<pid_t>> StartDiff(const std::vector<std::string>& arguments,
                                       const UniqueFd& out) {
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, out.get(), STDOUT_FILENO);
  pid_t child = 0;
  const int failed = ::posix_spawnp(&child, "diff", &actions, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (failed == ENOENT) return std::optional<pid_t>();
  if (failed != 0) return ErrnoError("run diff", failed);
  return std::optional<pid_t>(child);
}

}  // namespace

Result<std::optional<std::string>> UnifiedDiff(const std::string& before, const std::string& after,
                                               const std::string& before_label,
                                               const std::string& after_label) {
  const UniqueFd old_file = TRY(TemporaryFile(before));
  const UniqueFd new_file = TRY(TemporaryFile(after));
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return ErrnoError("pipe", errno);
  const UniqueFd read_end(ends[0]);
  UniqueFd write_end(ends[1]);
  const auto child = TRY(StartDiff({"diff", "-u", "--label", before_label, "--label", after_label,
                                    PathOf(old_file), PathOf(new_file)},
                                   write_end));
  if (!child) return std::optional<std::string>();
  write_end.Reset();
  std::string text = TRY(ReadToEnd(read_end));
  const int status = TRY(WaitFor(*child));
  if (status == kNotFoundStatus) return std::optional<std::string>();
  if (status != 0 && status != 1)
    return Error{ErrorCode::kInternal, "diff failed with status " + std::to_string(status)};
  return std::optional<std::string>(std::move(text));
}

}  // namespace replicafs
