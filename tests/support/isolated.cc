#include "tests/support/isolated.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "backend/base/result.h"

namespace replicafs {
namespace {

constexpr char kEnd = '\n';  // behind all that the child says

[[noreturn]] void BeChild(int to_parent, unsigned seconds,
                          const std::function<std::string()>& run) {
  ::alarm(seconds);
  const std::string text = run() + kEnd;
  size_t done = 0;
  while (done < text.size()) {
    const ssize_t n = ::write(to_parent, text.data() + done, text.size() - done);
    if (n <= 0) ::_exit(1);
    done += static_cast<size_t>(n);
  }
  ::_exit(0);
}

std::string ReadAll(int fd) {
  std::string text;
  char buffer[4096];
  for (;;) {
    const ssize_t n = ::read(fd, buffer, sizeof(buffer));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return text;
    text.append(buffer, static_cast<size_t>(n));
  }
}

}  // namespace

std::string RunIsolated(unsigned seconds, const std::function<std::string()>& run) {
  int ends[2];
  REPLICAFS_CHECK(::pipe(ends) == 0);
  const pid_t child = ::fork();
  REPLICAFS_CHECK(child >= 0);
  if (child == 0) BeChild(ends[1], seconds, run);
  ::close(ends[1]);
  std::string text = ReadAll(ends[0]);
  ::close(ends[0]);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFSIGNALED(status)) return std::string("ended by ") + ::strsignal(WTERMSIG(status));
  if (!text.ends_with(kEnd)) return "ended with " + std::to_string(WEXITSTATUS(status));
  text.pop_back();
  return text;
}

}  // namespace replicafs
