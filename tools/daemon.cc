#include "tools/daemon.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "backend/base/digest.h"

namespace replicafs {
namespace {

// What goes through the pipe: this, then the message's bytes until the end.
struct ReportHeader {
  bool succeeded = false;
  ErrorCode code = ErrorCode::kInternal;
};

void Send(UniqueFd& pipe, const ReportHeader& header, std::string_view message) {
  if (!pipe.valid()) return;
  std::string bytes(reinterpret_cast<const char*>(&header), sizeof header);
  bytes += message;
  // A parent that is gone cannot be told.
  if (::write(pipe.get(), bytes.data(), bytes.size()) < 0) {
    Log(LogLevel::kWarning, "{}", ErrnoError("report the start", errno).message);
  }
  pipe.Reset();
}

std::string ReadToEnd(int fd) {
  std::string result;
  char buffer[4096];
  for (;;) {
    const ssize_t length = ::read(fd, buffer, sizeof buffer);
    if (length < 0 && errno == EINTR) continue;
    if (length <= 0) return result;
    result.append(buffer, static_cast<size_t>(length));
  }
}

Status WaitForReport(int pipe, pid_t child, const std::string& log_path) {
  const std::string bytes = ReadToEnd(pipe);
  ReportHeader header;
  if (bytes.size() >= sizeof header) {
    std::memcpy(&header, bytes.data(), sizeof header);
    if (header.succeeded) return Ok();
    ::waitpid(child, nullptr, 0);
    return Error{header.code, bytes.substr(sizeof header)};
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return Error{ErrorCode::kInternal,
               "the background process ended before it was ready; see " + log_path};
}

// Standard output may be a pipe whose reader waits for its end; standard error stays of use to
// what ends the process without the log.
Status LeaveTerminal(const DaemonOptions& options) {
  ::setsid();
  if (::chdir("/") != 0) return ErrnoError("chdir /", errno);
  TRY(MakeDirectories(std::filesystem::path(options.log_path).parent_path().string()));
  TRY(LogToFile(options.log_path, options.log_level));
  const UniqueFd nothing = TRY(OpenFile("/dev/null", O_RDWR));
  const UniqueFd log = TRY(OpenFile(options.log_path, O_WRONLY | O_APPEND));
  ::dup2(nothing.get(), STDIN_FILENO);
  ::dup2(nothing.get(), STDOUT_FILENO);
  ::dup2(log.get(), STDERR_FILENO);
  return Ok();
}

[[noreturn]] void RunChild(StartReport report, const DaemonOptions& options,
                           const std::function<Status(StartReport&)>& body) {
  Status done = LeaveTerminal(options);
  if (done) done = body(report);
  if (!done) {
    Log(LogLevel::kError, "{}: {}", ErrorCodeName(done.error().code), done.error().message);
    report.Failed(done.error());
  }
  std::exit(done ? EXIT_SUCCESS : EXIT_FAILURE);
}

}  // namespace

void StartReport::Succeeded() {
  Send(pipe_, {.succeeded = true}, "");
}

void StartReport::Failed(const Error& error) {
  Send(pipe_, {.succeeded = false, .code = error.code}, error.message);
}

Status StartDaemon(const DaemonOptions& options, const std::function<Status(StartReport&)>& body) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return ErrnoError("pipe", errno);
  UniqueFd read_end(ends[0]);
  UniqueFd write_end(ends[1]);
  std::fflush(nullptr);
  const pid_t child = ::fork();
  if (child < 0) return ErrnoError("fork", errno);
  if (child == 0) {
    read_end.Reset();
    RunChild(StartReport(std::move(write_end)), options, body);
  }
  write_end.Reset();
  return WaitForReport(read_end.get(), child, options.log_path);
}

}  // namespace replicafs
