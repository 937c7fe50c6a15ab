#include "backend/azure/freshness.h"

namespace replicafs::azure {

bool Freshness::IsFresh(const BlobPath& path) {
  MutexLock lock(mutex_);
  const auto found = names_.find(path);
  if (found != names_.end() && IsYoung(found->second)) return true;
  return IsListedBelow(path.container, path.name);
}

bool Freshness::IsListed(const std::string& container, const std::string& prefix) {
  MutexLock lock(mutex_);
  return IsListedBelow(container, prefix);
}

bool Freshness::AreContainersFresh() {
  MutexLock lock(mutex_);
  return containers_ != Time{} && IsYoung(containers_);
}

// A listing of "a/" has told of all that begins with it.
bool Freshness::IsListedBelow(const std::string& container, const std::string& name) {
  std::string prefix = name;
  for (;;) {
    const auto found = prefixes_.find({container, prefix});
    if (found != prefixes_.end() && IsYoung(found->second)) return true;
    if (prefix.empty()) return false;
    const size_t slash =
        prefix.size() < 2 ? std::string::npos : prefix.rfind('/', prefix.size() - 2);
    prefix.resize(slash == std::string::npos ? 0 : slash + 1);
  }
}

void Freshness::Saw(const BlobPath& path, Time asked) {
  MutexLock lock(mutex_);
  if (names_.size() >= kNamesMax) names_.clear();
  names_[path] = asked;
}

void Freshness::Listed(const std::string& container, const std::string& prefix, Time asked) {
  MutexLock lock(mutex_);
  if (prefixes_.size() >= kNamesMax) prefixes_.clear();
  prefixes_[{container, prefix}] = asked;
}

void Freshness::SawContainers(Time asked) {
  MutexLock lock(mutex_);
  containers_ = asked;
}

}  // namespace replicafs::azure
