#include "fs/fuse/session.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <utility>
#include <vector>

#include "backend/base/log.h"
#include "backend/base/unique_fd.h"
#include "fs/fuse/connection.h"
#include "fs/fuse/libfuse.h"
#include "fs/fuse/mountpoint.h"
#include "fs/fuse/notifier.h"
#include "fs/fuse/operations.h"
#include "fs/fuse/request_loop.h"

namespace replicafs {
namespace {

constexpr int kDrainPollMilliseconds = 20;

struct SessionDeleter {
  void operator()(fuse_session* session) const {
    fuse_session_unmount(session);
    fuse_session_destroy(session);
  }
};
using SessionPointer = std::unique_ptr<fuse_session, SessionDeleter>;

// What libfuse says while it mounts becomes the error's text; later it goes to the log.
thread_local std::string* mount_messages = nullptr;

void TakeLibraryMessage(fuse_log_level level, const char* format, va_list arguments) noexcept {
  char line[1024];
  std::vsnprintf(line, sizeof line, format, arguments);
  std::string_view text = line;
  while (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  if (mount_messages != nullptr) {
    if (!mount_messages->empty()) *mount_messages += "; ";
    *mount_messages += text;
    return;
  }
  LogLine(level <= FUSE_LOG_ERR ? LogLevel::kError : LogLevel::kDebug, text);
}

const fuse_lowlevel_ops& Operations() {
  static const fuse_lowlevel_ops table = [] {
    fuse_lowlevel_ops result{};
    result.init = NegotiateConnection;
    AddNameOperations(result);
    AddAttributeOperations(result);
    AddFileOperations(result);
    AddDirectoryOperations(result);
    AddXattrOperations(result);
    return result;
  }();
  return table;
}

// A comma ends an option unless a backslash stands before it.
std::string EscapeOption(const std::string& value) {
  std::string result;
  for (const char c : value) {
    if (c == ',' || c == '\\') result += '\\';
    result += c;
  }
  return result;
}

std::string MountOptions(const SessionOptions& options) {
  std::string result = "subtype=replicafs,fsname=" + EscapeOption(options.source);
  if (options.access == SessionOptions::Access::kEverybody) result += ",allow_other";
  if (options.permissions == SessionOptions::Permissions::kKernel) result += ",default_permissions";
  if (options.writing == SessionOptions::Writing::kRefused) result += ",ro";
  return result;
}

Status CheckDevice() {
  if (::access("/dev/fuse", F_OK) != 0) {
    return Error{ErrorCode::kNotSupported,
                 "/dev/fuse is missing: load the kernel module fuse, or "
                 "give the container the device"};
  }
  if (::access("/dev/fuse", R_OK | W_OK) != 0) {
    return Error{ErrorCode::kPermission, "/dev/fuse may not be opened by this user"};
  }
  return Ok();
}

}  // namespace

class Session::State {
 public:
  State(FileSystem& file_system, SessionOptions options, SessionPointer session)
      : file_system_(file_system), options_(std::move(options)), session_(std::move(session)) {}

  Status Serve(const std::function<void()>& ready);

 private:
  bool ServeOne();
  Status Loop();
  void StopNotifying();

  FileSystem& file_system_;
  const SessionOptions options_;
  SessionPointer session_;
};

Result<std::unique_ptr<Session>> Session::Mount(FileSystem& file_system, SessionOptions options) {
  TRY(CheckDevice());
  options.mountpoint = TRY(PrepareMountpoint(options.mountpoint));
  std::vector<std::string> words{"replicafs", "-o", MountOptions(options)};
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  fuse_args arguments = FUSE_ARGS_INIT(static_cast<int>(argv.size()), argv.data());

  fuse_set_log_func(TakeLibraryMessage);
  std::string messages;
  mount_messages = &messages;
  SessionPointer session(
      fuse_session_new(&arguments, &Operations(), sizeof(fuse_lowlevel_ops), &file_system));
  const bool mounted =
      session != nullptr && fuse_session_mount(session.get(), options.mountpoint.c_str()) == 0;
  mount_messages = nullptr;
  fuse_opt_free_args(&arguments);
  if (!mounted) {
    return Error{ErrorCode::kPermission, "mount on '" + options.mountpoint + "': " + messages};
  }
  return std::unique_ptr<Session>(
      new Session(std::make_unique<State>(file_system, std::move(options), std::move(session))));
}

Session::Session(std::unique_ptr<State> state) : state_(std::move(state)) {}
Session::~Session() = default;

Status Session::Serve(const std::function<void()>& ready) {
  return state_->Serve(ready);
}

// False once the kernel has unmounted.
bool Session::State::ServeOne() {
  fuse_buf buffer{};
  const int received = fuse_session_receive_buf(session_.get(), &buffer);
  if (received > 0) fuse_session_process_buf(session_.get(), &buffer);
  std::free(buffer.mem);
  return received > 0 || received == -EINTR || received == -EAGAIN;
}

Status Session::State::Serve(const std::function<void()>& ready) {
  // The kernel's first request is INIT: once it is answered the mount works.
  ServeOne();
  RaiseReadAhead(options_.mountpoint.c_str());
  FuseNotifier notifier(*session_);
  file_system_.StartNotifying(notifier);
  ready();
  const Status served = Loop();
  file_system_.CommitAll();
  StopNotifying();
  fuse_session_unmount(session_.get());
  return served;
}

Status Session::State::Loop() {
  RequestLoop loop(*session_, options_.threads);
  const Result<int> ended = loop.Run();
  if (!ended) return Error(ended.error()).Within("serve '" + options_.mountpoint + "'");
  if (*ended > 0) Log(LogLevel::kInfo, "ended by signal {}", *ended);
  return Ok();
}

// A notification waits for locks that the kernel holds while requests are unanswered, and the loop
// may have ended before it answered them. So requests are served until the watcher has stopped.
void Session::State::StopNotifying() {
  std::atomic<bool> stopped = false;
  std::thread stopper([this, &stopped] {
    file_system_.StopNotifying();
    stopped = true;
  });
  fuse_session_reset(session_.get());
  bool alive = true;
  while (alive && !stopped) {
    pollfd device{.fd = fuse_session_fd(session_.get()), .events = POLLIN, .revents = 0};
    if (::poll(&device, 1, kDrainPollMilliseconds) > 0) alive = ServeOne();
  }
  stopper.join();
}

}  // namespace replicafs
