// The way from a container's root to a directory, and how directories come and go with what lives
// in them. A directory lives while its live count is above zero: then it stands in `entries`, else,
// with history below it, in `graves`, else nowhere.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "backend/base/result.h"
#include "backend/blob/names.h"
#include "backend/embedded/change.h"

namespace replicafs::embedded {

// What a directory shows more, or less, by a child that comes to live or ceases to. One of a blob
// and the directory of its name shows nothing that the other does not.
struct Shown {
  bool name = false;
  bool directory = false;
};

class DirectoryPath {
 public:
  // Follows the directory's name ("" or ending in '/') from the container's root; changes nothing.
  static Result<DirectoryPath> Find(const Change& change, uint64_t root_id,
                                    const BlobPath& directory);

  // Whether the directory has an id: it lives or is buried.
  bool exists() const { return steps_.empty() || steps_.back().record.directory_id != 0; }
  // REQUIRES: exists() or Allocate.
  uint64_t directory_id() const;
  // Gives ids to the directories that have none.
  void Allocate(Change& change);

  // A blob came to live in the directory, or ceased to: counts it, and so for each directory above
  // that comes to live or ceases with it. `changed` becomes the time of change of each directory
  // that shows a name more or less.
  Status AddLiveChild(Change& change, Timestamp changed, Shown shown);
  Status RemoveLiveChild(Change& change, Timestamp changed, Shown shown);
  // A name in it stands for something else now. REQUIRES: it lives, or is the root.
  Status NameChanged(Change& change, Timestamp changed);
  // A blob in the directory became a marker, or ceased to be one: `by` is 1 or -1.
  Status CountSubdirectory(Change& change, int by);
  // Forgets buried directories at the end of the path that have no history below them any more.
  Status Prune(Change& change);

 private:
  struct Step {
    uint64_t parent_id = 0;  // 0: has no id yet
    std::string component;   // with its slash
    DirectoryRecord record;
    bool live = false;
  };

  DirectoryPath(std::string container, uint64_t root_id)
      : container_(std::move(container)), root_id_(root_id) {}
  // What the directory above shows more or less.
  Result<Shown> Raise(Change& change, Step& step);
  Result<Shown> Bury(Change& change, Step& step);
  Status CountAtRoot(Change& change, int by);

  std::string container_;
  uint64_t root_id_;
  std::vector<Step> steps_;  // from the root down
};

}  // namespace replicafs::embedded
