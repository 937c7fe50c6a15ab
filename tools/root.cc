#include "tools/root.h"

#include <unistd.h>

#include <cstdlib>

namespace replicafs {
namespace {

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

std::string DefaultRoot() {
  if (::geteuid() == 0) return "/var/lib/replicafs";
  if (const std::string state = Environment("XDG_STATE_HOME"); !state.empty())
    return state + "/replicafs";
  return Environment("HOME") + "/.local/state/replicafs";
}

std::string ChooseRoot(const std::string& option) {
  if (!option.empty()) return option;
  if (const std::string root = Environment("REPLICAFS_ROOT"); !root.empty()) return root;
  return DefaultRoot();
}

}  // namespace replicafs
