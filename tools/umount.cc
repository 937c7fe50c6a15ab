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

// The process that serves the mount from this root; nullopt: none does.
std::optional<int> ServerOf(const std::string& root, const std::string& directory) {
  const auto mounts = ListMountStates(root);
  if (!mounts) return std::nullopt;
  const auto found = std::find_if(mounts->begin(), mounts->end(), [&](const MountState& mount) {
    return mount.mountpoint == directory;
  });
  return found == mounts->end() ? std::nullopt : std::optional(found->pid);
}

Status Detached(const std::string& directory, const std::optional<MountedAt>& mounted,
                MountLife life, std::optional<int> server) {
  if (!mounted) {
    return Error{ErrorCode::kNotFound, "nothing is mounted on '" + directory + "'"};
  }
  if (mounted->type != kMountType) {
    return Error{ErrorCode::kInvalid,
                 "'" + directory + "' is a mount of " + mounted->type + ", not of replicafs"};
  }
  Status unmounted = Unmount(directory, life == MountLife::kDead ? Detach::kLater : Detach::kNow);
  if (unmounted || unmounted.error().code != ErrorCode::kBusy) return unmounted;
  const std::vector<MountUser> users = FindMountUsers(directory);
  std::string problem = "'" + directory + "' is in use";
  if (!users.empty()) problem += " by " + ToString(users);
  if (life == MountLife::kSilent) {
    problem += ", and its process" + (server ? " " + std::to_string(*server) : std::string()) +
               " does not answer: ending that loses what is not committed";
  }
  return Error{ErrorCode::kBusy, problem};
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
  const MountLife life = mounted ? LifeOfMount(directory) : MountLife::kAnswers;
  const std::optional<int> server = ServerOf(root, directory);
  const bool is_foreign = !server && life != MountLife::kDead;
  TRY(Detached(directory, mounted, life, server));
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
