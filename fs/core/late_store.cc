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
  void operator()(const SetImmutability& setting) { Path(setting.path); }
  void operator()(const SetLegalHold& setting) { Path(setting.path); }
  void operator()(const CreateSnapshot& creation) { Path(creation.path); }
  void operator()(const RemoveSnapshot& removal) { Path(removal.path); }
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

std::string NameOf(const std::string& /*prefix*/, const ListItem& item) {
  const auto* blob = std::get_if<BlobInfo>(&item);
  return blob != nullptr ? blob->name : std::get<PrefixInfo>(item).name;
}
std::string NameOf(const std::string& prefix, const ListedName& item) {
  return prefix + item.name;
}

bool IsBlob(const ListItem& item) {
  return std::holds_alternative<BlobInfo>(item);
}
bool IsBlob(const ListedName& item) {
  return !item.is_prefix;
}

// A page of a listing; names that wait to be removed are left out, as Stat finds nothing there.
template <class Page, class Request, class List>
Result<Page> WithoutRemoved(const LateChanges& late, Request request, const List& list) {
  for (;;) {
    const auto removed = late.RemovedBelow(request.container, request.prefix);
    Page page = TRY(list(request));
    if (removed.empty() || page.items.empty()) return page;
    request.after = NameOf(request.prefix, page.items.back());
    std::erase_if(page.items, [&](const auto& item) {
      return IsBlob(item) && removed.contains(NameOf(request.prefix, item));
    });
    // The caller goes on after the last item.
    if (!page.items.empty() || !page.more) return page;
  }
}

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
  if (info && info->has_prefix && KindOf(info->properties) == EntryKind::kFile &&
      late_.NewestBelow(path.container, path.name + "/") != 0) {
    SettleBelow(path.container, path.name + "/");
    return Inner().Stat(path, version);
  }
  return info;
}

Result<ListPage> LateStore::List(const ListRequest& request) {
  if (late_.empty()) return Inner().List(request);
  if (!request.hierarchical || request.scope != ListScope::kLive) {
    SettleBelow(request.container, request.prefix);
    return Inner().List(request);
  }
  return WithoutRemoved<ListPage>(late_, request,
                                  [&](const ListRequest& part) { return Inner().List(part); });
}

Result<NamePage> LateStore::ListNames(const ListNamesRequest& request) {
  if (late_.empty()) return Inner().ListNames(request);
  return WithoutRemoved<NamePage>(
      late_, request, [&](const ListNamesRequest& part) { return Inner().ListNames(part); });
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
