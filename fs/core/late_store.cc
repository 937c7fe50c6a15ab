#include "fs/core/late_store.h"

#include <algorithm>
#include <variant>

#include "fs/core/posix_metadata.h"

namespace replicafs {
namespace {

// The newest change that must be made before another one.
class Before {
 public:
  explicit Before(const LateChanges& late) : late_(late) {}

  uint64_t newest() const { return newest_; }

  void operator()(const CommitBlob& commit) {
    Path(commit.path);
    const auto* content = std::get_if<ContentOf>(&commit.content);
    if (content != nullptr) Path(content->path);
  }
  void operator()(const RemoveBlob& removal) { Path(removal.path); }
  void operator()(const RemoveVersion& removal) { Path(removal.path); }
  void operator()(const PatchBlob& patch) { Path(patch.path); }
  void operator()(const RenamePrefix& rename) {
    Below(rename.container, rename.from);
    Below(rename.container, rename.to);
  }
  void operator()(const ExchangePrefixes& exchange) {
    Below(exchange.container, exchange.first);
    Below(exchange.container, exchange.second);
  }
  template <class Other>
  void operator()(const Other&) {
    newest_ = UINT64_MAX;
  }

 private:
  void Path(const BlobPath& path) {
    if (const auto waiting = late_.Find(path)) newest_ = std::max(newest_, waiting->ticket);
    // It may be a directory's marker, which holds the time of its last change.
    Below(path.container, path.name + "/");
  }
  void Below(std::string_view container, std::string_view prefix) {
    newest_ = std::max(newest_, late_.NewestBelow(container, prefix));
  }

  const LateChanges& late_;
  uint64_t newest_ = 0;
};

}  // namespace

void LateStore::SettleAt(const BlobPath& path) {
  if (const auto waiting = late_.Find(path)) late_.Settle(waiting->ticket);
}

void LateStore::SettleBelow(std::string_view container, std::string_view prefix) {
  const uint64_t newest = late_.NewestBelow(container, prefix);
  if (newest != 0) late_.Settle(newest);
}

Result<BlobInfo> LateStore::Stat(const BlobPath& path, VersionId version) {
  if (late_.empty()) return Inner().Stat(path, version);
  if (const auto waiting = late_.Find(path)) {
    if (!version && !waiting->etag.empty())
      return Error{ErrorCode::kNotFound, "'" + ToString(path) + "' was removed"};
    late_.Settle(waiting->ticket);
  }
  auto info = Inner().Stat(path, version);
  // A file beside a directory: nothing keeps the directory when it becomes empty.
  if (info && info->has_prefix && KindOf(info->properties) == BlobKind::kFile &&
      late_.NewestBelow(path.container, path.name + "/") != 0) {
    SettleBelow(path.container, path.name + "/");
    return Inner().Stat(path, version);
  }
  return info;
}

// Names that wait to be removed are left out.
Result<ListPage> LateStore::List(const ListRequest& request) {
  if (late_.empty()) return Inner().List(request);
  if (!request.hierarchical || request.scope != ListScope::kLive) {
    SettleBelow(request.container, request.prefix);
    return Inner().List(request);
  }
  ListRequest part = request;
  for (;;) {
    const auto removed = late_.RemovedBelow(request.container, request.prefix);
    ListPage page = TRY(Inner().List(part));
    if (removed.empty() || page.items.empty()) return page;
    const ListItem& last = page.items.back();
    const auto* last_blob = std::get_if<BlobInfo>(&last);
    part.after = last_blob != nullptr ? last_blob->name : std::get<PrefixInfo>(last).name;
    std::erase_if(page.items, [&](const ListItem& item) {
      const auto* blob = std::get_if<BlobInfo>(&item);
      if (blob == nullptr) return false;
      const auto found = removed.find(blob->name);
      return found != removed.end() && found->second == blob->etag;
    });
    // The caller goes on after the last item.
    if (!page.items.empty() || !page.more) return page;
  }
}

Result<std::vector<BlobInfo>> LateStore::ListVersions(const BlobPath& path) {
  SettleAt(path);
  return Inner().ListVersions(path);
}

Result<std::unique_ptr<BlobReader>> LateStore::Open(const BlobPath& path, VersionId version) {
  SettleAt(path);
  return Inner().Open(path, version);
}

Result<std::vector<Outcome>> LateStore::Apply(std::vector<Mutation> mutations, uint64_t writer) {
  if (!late_.empty()) {
    Before before(late_);
    for (const Mutation& mutation : mutations) std::visit(before, mutation);
    if (before.newest() != 0) late_.Settle(before.newest());
  }
  return Inner().Apply(std::move(mutations), writer);
}

Result<SpaceInfo> LateStore::Space() {
  late_.Settle();
  return Inner().Space();
}

}  // namespace replicafs
