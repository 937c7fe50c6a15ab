// A store as it was at a moment: names and contents from the versions that are kept. Properties are
// those that each version had last, because stores may change them without making a version. It
// refuses every change (kReadOnly).
//
// A page of a listing costs as much as the names that its directory ever had; a directory is shown
// when something below it lived then, which is looked for once.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "backend/base/mutex.h"
#include "backend/base/time.h"
#include "backend/blob/forwarding_store.h"

namespace replicafs {

class PastStore final : public ForwardingStore {
 public:
  // `present` outlives the store.
  PastStore(BlobStore& present, Timestamp moment) : ForwardingStore(present), moment_(moment) {}

  Result<std::vector<ContainerInfo>> ListContainers() override;
  Result<ContainerInfo> GetContainer(std::string_view container) override;
  Result<BlobInfo> Stat(const BlobPath& path, VersionId version) override;
  Result<PrefixInfo> StatPrefix(const BlobPath& prefix) override;
  Result<ListPage> List(const ListRequest& request) override;
  Result<NamePage> ListNames(const ListNamesRequest& request) override;
  Result<std::vector<BlobInfo>> ListVersions(const BlobPath& path) override;
  Result<std::unique_ptr<BlobReader>> Open(const BlobPath& path, VersionId version) override;
  Status StageBlock(const Digest& digest, ByteSpan bytes) override;
  Result<std::vector<Outcome>> Apply(std::vector<Mutation> mutations, uint64_t writer) override;
  Result<uint64_t> ReserveFileIds(uint64_t count) override;

 private:
  // The item of a listing of everything that ever was, as it was then; nullopt: was not.
  Result<std::optional<ListItem>> ItemThen(const ListRequest& request, const ListItem& item);
  Result<std::optional<BlobInfo>> BlobIn(const std::string& container, const BlobInfo& newest,
                                         ListScope scope);
  // Whether anything below the prefix was there; kAll: had ever been there.
  Result<bool> HadBelow(const BlobPath& prefix, ListScope scope) EXCLUDES(mutex_);
  Result<bool> LookBelow(const BlobPath& prefix, ListScope scope);
  Result<PrefixInfo> PrefixThen(const std::string& container, PrefixInfo info);
  Result<std::vector<BlobInfo>> VersionsThen(const BlobPath& path);

  const Timestamp moment_;
  Mutex mutex_;
  // What HadBelow found: of what is past, only versions that are deleted for good change it.
  std::map<std::pair<BlobPath, ListScope>, bool> had_below_ GUARDED_BY(mutex_);
};

}  // namespace replicafs
