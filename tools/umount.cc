// umount
#include <chrono>

#include "fs/fuse/mountpoint.h"
#include "tools/command.h"
#include "tools/duration.h"
#include "tools/mount_lock.h"
#include "tools/mount_users.h"

namespace replicafs {
namespace {

struct Arguments {
  std::string mountpoint;
  std::string timeout = "5m";
};

Status Detached(const std::string& directory) {
  const std::optional<MountedAt> mounted = TRY(FindMount(directory));
  if (!mounted) {
    return Error{ErrorCode::kNotFound, "nothing is mounted on '" + directory + "'"};
  }
  if (mounted->type != kMountType) {
    return Error{ErrorCode::kInvalid,
                 "'" + directory + "' is a mount of " + mounted->type + ", not of replicafs"};
  }
  Status unmounted = Unmount(directory, IsDeadMount(directory) ? Detach::kLater : Detach::kNow);
  if (unmounted || unmounted.error().code != ErrorCode::kBusy) return unmounted;
  const std::vector<MountUser> users = FindMountUsers(directory);
  return Error{ErrorCode::kBusy,
               "'" + directory + "' is in use" + (users.empty() ? "" : " by " + ToString(users))};
}

Result<ExitCode> Umount(Context& context, const Arguments& arguments) {
  const auto timeout = ParseDuration(arguments.timeout);
  if (!timeout) return UsageError("--timeout '" + arguments.timeout + "' is not a duration");
  const std::string directory = TRY(ResolveMountpoint(arguments.mountpoint));
  TRY(Detached(directory));
  TRY(MountLock::WaitUntilFree(context.accounts.root(), directory, *timeout));
  return ExitCode::kOk;
}

}  // namespace

void AddUmountCommand(CommandLine& line) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App& command =
      line.Add(line.App(),
               {.name = "umount",
                .sentence = "Unmount, and return when everything written is committed",
                .example = "replicafs umount /mnt/photos",
                .exit_codes = "3: the mount is gone but its process still commits; 5: nothing is "
                              "mounted there; 6: something uses the mount"},
               [arguments](Context& context) { return Umount(context, *arguments); });
  command.add_option("mountpoint", arguments->mountpoint, "Where it is mounted")->required();
  command.add_option("--timeout", arguments->timeout, "How long to wait for its process")
      ->capture_default_str();
}

}  // namespace replicafs
