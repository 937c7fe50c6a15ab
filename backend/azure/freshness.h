// How lately the service was asked for what.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <utility>

#include "backend/base/mutex.h"
#include "backend/blob/names.h"

namespace replicafs::azure {

// Thread-safe. Remembers the latest kNamesMax names and as many prefixes.
class Freshness {
 public:
  using Time = std::chrono::steady_clock::time_point;

  explicit Freshness(std::chrono::milliseconds lasts) : lasts_(lasts) {}

  // Whether the blob, or a listing that has it, is young enough.
  bool IsFresh(const BlobPath& path) EXCLUDES(mutex_);
  // Whether a listing of all that is below the prefix is.
  bool IsListed(const std::string& container, const std::string& prefix) EXCLUDES(mutex_);
  bool AreContainersFresh() EXCLUDES(mutex_);

  // `asked`: before the question.
  void Saw(const BlobPath& path, Time asked) EXCLUDES(mutex_);
  void Listed(const std::string& container, const std::string& prefix, Time asked) EXCLUDES(mutex_);
  void SawContainers(Time asked) EXCLUDES(mutex_);

 private:
  static constexpr size_t kNamesMax = 65'536;

  bool IsYoung(Time asked) const { return std::chrono::steady_clock::now() - asked < lasts_; }
  bool IsListedBelow(const std::string& container, const std::string& name) REQUIRES(mutex_);

  const std::chrono::milliseconds lasts_;
  Mutex mutex_;
  std::map<BlobPath, Time> names_ GUARDED_BY(mutex_);
  std::map<std::pair<std::string, std::string>, Time> prefixes_ GUARDED_BY(mutex_);
  Time containers_ GUARDED_BY(mutex_){};
};

}  // namespace replicafs::azure
