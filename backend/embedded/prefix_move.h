// Everything below a prefix on its way below another one: what renaming and exchanging prefixes
// have in common.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "backend/base/result.h"
#include "backend/blob/mutation.h"
#include "backend/embedded/change.h"
#include "backend/embedded/lookup.h"

namespace replicafs::embedded {

// What lives below a prefix; names are relative to it.
struct Tree {
  struct Directory {
    std::string name;  // "" or ending in '/'
    DirectoryRecord record;
  };
  std::vector<Directory> directories;  // parents first
  std::vector<std::string> blobs;      // in byte order
};

// Looks the container up once; one for each mutation.
class PrefixMove {
 public:
  // `from` and `to` end in '/'. kNotFound: no such container; kDestination.
  static Result<PrefixMove> Begin(Change& change, std::string container, std::string from,
                                  std::string to);
  PrefixMove Reversed() const { return {change_, container_, name_, to_, from_}; }

  // kNotFound when nothing lives below `from`.
  Result<Tree> ReadTree() const;
  Result<bool> TargetLives() const;
  // Whether all of the tree may have the new names. kNameTooLong.
  Status CheckNames(const Tree& tree) const;

  // The blob `name` lives below `from`, and not below `to`.
  Status MoveBlob(const std::string& name);
  // It lives below both.
  Status ExchangeBlob(const std::string& name);
  // Once all blobs have moved. The directory's file id and times go with it; what is left of it in
  // the old place loses them.
  Status CarryDirectory(const Tree::Directory& directory);
  // The names in which the prefixes end were changed: the directories that hold them say so.
  Status MarkParentsChanged();

 private:
  PrefixMove(Change& change, ContainerRecord container, std::string name, std::string from,
             std::string to)
      : change_(change),
        container_(std::move(container)),
        name_(std::move(name)),
        from_(std::move(from)),
        to_(std::move(to)) {}

  Result<std::optional<FoundDirectory>> FindDirectory(std::string_view name) const;
  Status WriteDirectory(std::string_view name, const DirectoryRecord& record);
  Result<bool> MarkerStays(const std::string& prefix) const;
  Result<bool> FileIdStays(const Tree::Directory& directory) const;
  VersionRecord Arriving(const VersionRecord& moved, const std::string& name,
                         const std::string& other_name);
  Status Supersede(const VersionRecord& moved, const std::string& name,
                   const std::string& other_name);

  Change& change_;
  ContainerRecord container_;
  std::string name_;  // the container's
  std::string from_;
  std::string to_;
};

}  // namespace replicafs::embedded
