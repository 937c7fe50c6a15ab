// A store in front of which changes may wait.
//   the name of a removal that waits   has no blob any more
//   directories, containers            answer as they are: FindDirectory knows what waits in them
//   everything else that waits         is made before a question for its name, and before a change
//                                      of it or of a directory that holds it
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "backend/blob/forwarding_store.h"
#include "fs/core/late_changes.h"

namespace replicafs {

// Thread-safe. Both outlive it.
class LateStore final : public ForwardingStore {
 public:
  LateStore(BlobStore& inner, LateChanges& late) : ForwardingStore(inner), late_(late) {}

  Result<BlobInfo> Stat(const BlobPath& path, VersionId version) override;
  Result<ListPage> List(const ListRequest& request) override;
  Result<NamePage> ListNames(const ListNamesRequest& request) override;
  Result<std::vector<BlobInfo>> ListVersions(const BlobPath& path) override;
  Result<std::unique_ptr<BlobReader>> Open(const BlobPath& path, VersionId version) override;
  Result<std::vector<Outcome>> Apply(std::vector<Mutation> mutations, uint64_t writer) override;
  Result<SpaceInfo> Space() override;

 private:
  void SettleAt(const BlobPath& path);
  void SettleBelow(std::string_view container, std::string_view prefix);

  LateChanges& late_;
};

}  // namespace replicafs
