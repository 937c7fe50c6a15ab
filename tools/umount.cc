// umount
#include <algorithm>
#include <chrono>
#include <thread>

#include "fs/fuse/mountpoint.h"
#include "tools/command.h"
#include "tools/duration.h"
#include "tools/mount_lock.h"
#include "tools/mount_state.h"
#include "tools/mount_users.h"

namespace replicafs {
namespace {

struct Arguments {
  std::string mountpoint;
  std::string timeout = "5m";
};

Status Detached(const std::string& directory, const std::optional<MountedAt>& mounted) {
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

bool IsServedFrom(const std::string& root, const std::string& directory) {
  const auto mounts = ListMountStates(root);
  return mounts && std::any_of(mounts->begin(), mounts->end(), [&](const MountState& mount) {
           return mount.mountpoint == directory;
         });
}

// Until the mount that was there is gone from the list of mounts, or the time is over.
Status WaitUntilGone(const std::string& directory, const std::string& device_id,
                     std::chrono::milliseconds timeout) {
  constexpr std::chrono::milliseconds kPoll{10};
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  for (;;) {
    const std::optional<MountedAt> mounted = TRY(FindMount(directory));
    if (!mounted || mounted->device_id != device_id) return Ok();
    if (std::chrono::steady_clock::now() >= deadline)
      return Error{ErrorCode::kTimeout, "'" + directory + "' is still mounted"};
    std::this_thread::sleep_for(kPoll);
  }
}

Result<ExitCode> Umount(Context& context, const Arguments& arguments) {
  const auto timeout = ParseDuration(arguments.timeout);
  if (!timeout) return UsageError("--timeout '" + arguments.timeout + "' is not a duration");
  const std::string directory = TRY(ResolveMountpoint(arguments.mountpoint));
  const std::optional<MountedAt> mounted = TRY(FindMount(directory));
  const std::string& root = context.accounts.root();
  const bool is_foreign = !IsServedFrom(root, directory) && !IsDeadMount(directory);
  TRY(Detached(directory, mounted));
  if (is_foreign) {
    TRY(WaitUntilGone(directory, mounted->device_id, *timeout));
    PrintWarning("'" + directory + "' was mounted with another --root than '" + root +
                 "': its process may still commit what was written");
    return ExitCode::kOk;
  }
  TRY(MountLock::WaitUntilFree(root, directory, *timeout));
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
