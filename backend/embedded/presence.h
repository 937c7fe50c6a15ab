// Who has the account open: every process that does holds a shared lock on the file `open` in it,
// which the kernel drops with the process.
#pragma once

#include <string>
#include <utility>

#include "backend/base/result.h"
#include "backend/base/unique_fd.h"

namespace replicafs::embedded {

// Thread-safe, but for one Alone at a time.
class Presence {
 public:
  // Waits for the Alone of another process to end.
  static Result<Presence> Enter(const std::string& account_directory);

  // For as long as it lives no other process has the account open, or comes to.
  class Alone {
   public:
    explicit Alone(const Presence& presence);
    Alone(const Alone&) = delete;
    Alone& operator=(const Alone&) = delete;
    ~Alone();

    // False: somebody else was there first.
    explicit operator bool() const { return held_; }

   private:
    const Presence& presence_;
    const bool held_;
  };

 private:
  explicit Presence(UniqueFd file) : file_(std::move(file)) {}

  UniqueFd file_;
};

}  // namespace replicafs::embedded
