// The way from a container's root to a directory, and how directories come and go with what lives
// in them. A directory lives while its live count is above zero: then it stands in `entries`, else,
// with history below it, in `graves`, else nowhere.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "backend/base/result.h"
#include "backend/embedded/change.h"

namespace replicafs::embedded {

class DirectoryPath {
 public:
  // Follows `name` ("" or ending in '/'); changes nothing.
  static Result<DirectoryPath> Find(const Change& change, uint64_t root_id, std::string_view name);

  // Whether the directory has an id: it lives or is buried.
  bool exists() const { return steps_.empty() || steps_.back().record.directory_id != 0; }
  // REQUIRES: exists() or Allocate.
  uint64_t directory_id() const;
  // Gives ids to the directories that have none.
  void Allocate(Change& change);

  // A blob came to live in the directory, or ceased to: counts it, and so for each directory above
  // that comes to live or ceases with it. `changed` becomes the time of change of each directory
  // that shows a name more or less; `beside`: a directory of the blob's name lives.
  Status AddLiveChild(Change& change, Timestamp changed, bool beside);
  Status RemoveLiveChild(Change& change, Timestamp changed, bool beside);
  // Forgets buried directories at the end of the path that have no history below them any more.
  Status Prune(Change& change);

 private:
  struct Step {
    uint64_t parent_id = 0;  // 0: has no id yet
    std::string component;   // with its slash
    DirectoryRecord record;
    bool live = false;
  };

  explicit DirectoryPath(uint64_t root_id) : root_id_(root_id) {}
  Status Raise(Change& change, Step& step);
  Status Bury(Change& change, Step& step);

  uint64_t root_id_;
  std::vector<Step> steps_;  // from the root down
};

}  // namespace replicafs::embedded
