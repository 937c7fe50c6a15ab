// mount
#include <unistd.h>

#include <filesystem>

#include "backend/base/clock.h"
#include "tools/command.h"
#include "tools/key_file.h"
#include "tools/moment.h"
#include "tools/mount_process.h"

namespace replicafs {
namespace {

struct Arguments {
  std::vector<std::string> places;
  bool foreground = false;
  bool allow_other = false;
  bool read_only = false;
  bool no_replication = false;
  std::string at;
  std::string key_file;
  uid_t uid = ::geteuid();
  gid_t gid = ::getegid();
  std::string umask = "022";
  unsigned threads = SessionOptions{}.threads;
  uint64_t memory_bytes = kMemoryDefaultBytes;
  LogLevel log_level = LogLevel::kInfo;
};

Result<mode_t> ParseUmask(const std::string& text) {
  char* end = nullptr;
  const unsigned long value = std::strtoul(text.c_str(), &end, 8);
  if (text.empty() || *end != '\0' || value > 0777) {
    return UsageError("--umask '" + text + "' is not an octal mode from 000 to 777");
  }
  return static_cast<mode_t>(value);
}

Result<MountRequest> ToRequest(const Arguments& arguments) {
  MountRequest request;
  const bool everything = arguments.places.size() == 1;
  request.file_system.scope = TRY(ParseScope(everything ? "" : arguments.places.front()));
  request.file_system.uid = arguments.uid;
  request.file_system.gid = arguments.gid;
  request.file_system.umask = TRY(ParseUmask(arguments.umask));
  if (arguments.memory_bytes < kMemoryLeastBytes)
    return UsageError("--memory must be 160MiB or more");
  request.file_system.memory_bytes = arguments.memory_bytes;
  request.session.mountpoint = arguments.places.back();
  request.session.threads = arguments.threads;
  if (arguments.allow_other) {
    request.session.access = SessionOptions::Access::kEverybody;
  } else if (::geteuid() == 0) {
    // Nobody but root comes in, whom no permission stops: the kernel need not keep asking for them.
    request.session.permissions = SessionOptions::Permissions::kNone;
  }
  if (arguments.read_only) request.session.writing = SessionOptions::Writing::kRefused;
  if (arguments.foreground) request.place = MountRequest::Place::kForeground;
  if (arguments.no_replication) request.replication = MountRequest::Replication::kOff;
  request.log_level = arguments.log_level;
  if (!arguments.key_file.empty())
    request.key_file = std::filesystem::absolute(arguments.key_file).string();
  if (!arguments.at.empty()) {
    request.at = TRY(ParseMoment("--at", arguments.at, SystemClock().Now()));
    request.session.writing = SessionOptions::Writing::kRefused;
  }
  return request;
}

}  // namespace

void AddMountCommand(CommandLine& line) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App& command =
      line.Add(line.App(),
               {.name = "mount",
                .sentence = "Show accounts, an account, a container or a prefix as a directory",
                .example = "replicafs mount westus/photos /mnt/photos\n"
                           "  replicafs mount westus/photos /mnt/yesterday --at -1d",
                .exit_codes = "6: the mountpoint is in use"},
               [arguments](Context& context) -> Result<ExitCode> {
                 const MountRequest request = TRY(ToRequest(*arguments));
                 TRY(RunMount(context.accounts, request));
                 return ExitCode::kOk;
               });
  command
      .add_option("places", arguments->places,
                  "[ACCOUNT[/CONTAINER[/PREFIX]]] MOUNTPOINT; without the first: all accounts")
      ->required()
      ->expected(1, 2)
      ->type_name("[SCOPE] MOUNTPOINT");
  command.add_flag("-f,--foreground", arguments->foreground, "Stay, and log to standard error");
  command.add_flag("--allow-other", arguments->allow_other,
                   "Let other users in; needs user_allow_other in /etc/fuse.conf unless root");
  command.add_flag("--read-only", arguments->read_only, "Refuse everything that writes");
  command.add_flag("--no-replication", arguments->no_replication,
                   "Do not run the links of the mounted accounts in this process");
  command
      .add_option("--at", arguments->at,
                  "Show names and contents as they were, read-only; runs no links: " +
                      std::string(kMomentText))
      ->type_name("TIME");
  command
      .add_option("--key-file", arguments->key_file,
                  "Read what is encrypted with this key, which the mount keeps in its memory. " +
                      std::string(kKeyFileText))
      ->type_name("FILE");
  command.add_option("--uid", arguments->uid, "Owner of what has no recorded owner");
  command.add_option("--gid", arguments->gid, "Group of what has no recorded group");
  command.add_option("--umask", arguments->umask, "Octal; of what has no recorded mode")
      ->capture_default_str();
  command.add_option("--threads", arguments->threads, "That serve the kernel")
      ->check(CLI::Range(1U, 256U))
      ->capture_default_str();
  command
      .add_option(
          "--memory", arguments->memory_bytes,
          "What the mount keeps in memory at most, from 160MiB; the default is 256MiB. Data "
          "being written that exceeds its share waits on disk")
      ->transform(CLI::AsSizeValue(false));
  command.add_option("--log-level", arguments->log_level, "debug, info, warning or error")
      ->transform(
          CLI::CheckedTransformer(std::map<std::string, LogLevel>{{"debug", LogLevel::kDebug},
                                                                  {"info", LogLevel::kInfo},
                                                                  {"warning", LogLevel::kWarning},
                                                                  {"error", LogLevel::kError}}));
}

}  // namespace replicafs
