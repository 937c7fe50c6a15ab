// Room on the account's disk, held by a file, so that what frees room, and small changes, still
// work when the disk is full.
#pragma once

#include <cstdint>
#include <string>

#include "backend/base/result.h"
#include "backend/base/unique_fd.h"
#include "backend/lmdb/environment.h"

namespace replicafs::embedded {

// Thread-safe, and shared by processes: the file's size says whether the room is held. Where the
// file cannot be made, or the file system cannot promise room, there is none and nothing is
// refused.
class Reserve {
 public:
  // Takes the room if it can be had.
  Reserve(const std::string& account_directory, uint64_t bytes);

  // Asked by whoever is about to store new content. kNoSpace when the room was given up and there
  // is not enough to take it back: new content would use up what was given.
  Status Require() const;
  // Gives the room to the caller, whose change failed with kNoSpace. False: there was none.
  bool GiveUp() const;
  // What the file holds too little; not to be promised to anybody.
  uint64_t MissingBytes() const;

 private:
  bool TakeBack() const;

  const uint64_t bytes_;
  UniqueFd file_;
};

// Runs the change; when there is no space for it, once more with the room that was held.
Status UpdateWithReserve(lmdb::Environment& environment, const Reserve& reserve,
                         const lmdb::WriteFunction& run);

}  // namespace replicafs::embedded
