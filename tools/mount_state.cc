#include "tools/mount_state.h"

#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "backend/base/digest.h"
#include "backend/base/unique_fd.h"

namespace replicafs {
namespace {

std::string DirectoryOf(const std::string& root) {
  return root + "/mounts";
}

std::string FileOf(const std::string& root, const std::string& mountpoint) {
  return MountFileStem(root, mountpoint) + ".json";
}

bool Lives(int pid) {
  return pid > 0 && (::kill(pid, 0) == 0 || errno == EPERM);
}

// nullopt for a file that is not one of ours, or gone meanwhile.
std::optional<MountState> ReadState(const std::string& path) {
  const auto text = ReadWholeFile(path);
  if (!text) return std::nullopt;
  const nlohmann::json json = nlohmann::json::parse(*text, nullptr, false);
  if (!json.is_object() || !json.contains("pid") || !json["pid"].is_number_integer() ||
      !json.contains("mountpoint") || !json["mountpoint"].is_string() || !json.contains("scope") ||
      !json["scope"].is_string())
    return std::nullopt;
  return MountState{.pid = json["pid"].get<int>(),
                    .mountpoint = json["mountpoint"].get<std::string>(),
                    .scope = json["scope"].get<std::string>()};
}

}  // namespace

std::string MountFileStem(const std::string& root, const std::string& mountpoint) {
  return DirectoryOf(root) + "/" + ToHex(Sha256(AsBytes(mountpoint))).substr(0, 16);
}

Status WriteMountState(const std::string& root, const MountState& state) {
  TRY(MakeDirectories(DirectoryOf(root)));
  const nlohmann::json json = {
      {"pid", state.pid}, {"mountpoint", state.mountpoint}, {"scope", state.scope}};
  return WriteFileAtomically(FileOf(root, state.mountpoint),
                             json.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace));
}

Status RemoveMountState(const std::string& root, const std::string& mountpoint) {
  const std::string path = FileOf(root, mountpoint);
  if (::unlink(path.c_str()) == 0 || errno == ENOENT) return Ok();
  return ErrnoError("remove '" + path + "'", errno);
}

Result<std::vector<MountState>> ListMountStates(const std::string& root) {
  std::vector<MountState> states;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(DirectoryOf(root), error), end;
       !error && entry != end; entry.increment(error)) {
    if (entry->path().extension() != ".json") continue;
    std::optional<MountState> state = ReadState(entry->path().string());
    if (state && Lives(state->pid)) states.push_back(std::move(*state));
  }
  if (error && error != std::errc::no_such_file_or_directory)
    return ErrnoError("read '" + DirectoryOf(root) + "'", error.value());
  return states;
}

}  // namespace replicafs
