#include "tools/mount_users.h"

#include <algorithm>
#include <filesystem>
#include <string_view>

#include "backend/base/unique_fd.h"

namespace replicafs {
namespace {

constexpr size_t kUsersShown = 5;

bool IsBelow(std::string_view path, std::string_view directory) {
  return path.substr(0, directory.size()) == directory &&
         (path.size() == directory.size() || path[directory.size()] == '/');
}

bool LinksBelow(const std::filesystem::path& link, const std::string& directory) {
  std::error_code error;
  const std::string target = std::filesystem::read_symlink(link, error).string();
  return !error && IsBelow(target, directory);
}

// A process in an uninterruptible call may hold the lock of its maps: reading them would wait with
// it, for a mount that does not answer, say.
bool MayBeStuck(const std::filesystem::path& process) {
  std::error_code error;
  for (std::filesystem::directory_iterator entry(process / "task", error), end;
       !error && entry != end; entry.increment(error)) {
    // "4711 (name) D …"; a name may hold anything.
    const std::string stat = ReadWholeFile((entry->path() / "stat").string()).value_or("");
    const size_t name_end = stat.rfind(')');
    if (name_end != std::string::npos && stat.substr(name_end).starts_with(") D")) return true;
  }
  return false;
}

bool OpensBelow(const std::filesystem::path& process, const std::string& directory) {
  std::error_code error;
  for (std::filesystem::directory_iterator entry(process / "fd", error), end;
       !error && entry != end; entry.increment(error)) {
    if (LinksBelow(entry->path(), directory)) return true;
  }
  if (MayBeStuck(process)) return false;
  const auto maps = ReadWholeFile((process / "maps").string());
  return maps && maps->find(" " + directory + "/") != std::string::npos;
}

bool Uses(const std::filesystem::path& process, const std::string& directory) {
  return LinksBelow(process / "cwd", directory) || LinksBelow(process / "root", directory) ||
         LinksBelow(process / "exe", directory) || OpensBelow(process, directory);
}

std::string CommandOf(const std::filesystem::path& process) {
  std::string command = ReadWholeFile((process / "comm").string()).value_or("?");
  while (!command.empty() && command.back() == '\n') command.pop_back();
  return command;
}

}  // namespace

std::vector<MountUser> FindMountUsers(const std::string& directory) {
  std::vector<MountUser> users;
  std::error_code error;
  for (std::filesystem::directory_iterator entry("/proc", error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (!std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; }))
      continue;
    if (!Uses(entry->path(), directory)) continue;
    users.push_back({.pid = std::stoi(name), .command = CommandOf(entry->path())});
  }
  return users;
}

std::string ToString(const std::vector<MountUser>& users) {
  std::string text;
  for (size_t i = 0; i < std::min(users.size(), kUsersShown); ++i) {
    if (!text.empty()) text += ", ";
    text += users[i].command + " (" + std::to_string(users[i].pid) + ")";
  }
  if (users.size() > kUsersShown) text += ", …";
  return text;
}

}  // namespace replicafs
