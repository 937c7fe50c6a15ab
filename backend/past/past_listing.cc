#include <algorithm>

#include "backend/past/moment.h"
#include "backend/past/past_store.h"

namespace replicafs {
namespace {

constexpr size_t kPageItems = 500;
constexpr size_t kRememberedMax = 65'536;  // prefixes

const std::string& NameOf(const ListItem& item) {
  const auto* blob = std::get_if<BlobInfo>(&item);
  return blob != nullptr ? blob->name : std::get<PrefixInfo>(item).name;
}

}  // namespace

Result<ListPage> PastStore::List(const ListRequest& request) {
  TRY(GetContainer(request.container));
  ListRequest ask = request;
  ask.scope = ListScope::kAll;
  ask.limit = std::max(request.limit, kPageItems);
  ListPage then;
  for (;;) {
    const ListPage page = TRY(Inner().List(ask));
    for (const ListItem& item : page.items) {
      if (then.items.size() == request.limit) {
        then.more = true;
        return then;
      }
      auto old = TRY(ItemThen(request, item));
      if (old) then.items.push_back(*std::move(old));
      ask.after = NameOf(item);
    }
    if (!page.more) return then;
  }
}

Result<NamePage> PastStore::ListNames(const ListNamesRequest& request) {
  const ListPage page = TRY(List(ToListRequest(request)));
  return NamesOf(page, request.prefix);
}

Result<std::optional<ListItem>> PastStore::ItemThen(const ListRequest& request,
                                                    const ListItem& item) {
  if (const auto* prefix = std::get_if<PrefixInfo>(&item)) {
    const bool had = TRY(HadBelow({request.container, prefix->name}, request.scope));
    if (!had) return std::optional<ListItem>();
    PrefixInfo info = TRY(PrefixThen(request.container, *prefix));
    return std::optional<ListItem>(std::move(info));
  }
  auto blob = TRY(BlobIn(request.container, std::get<BlobInfo>(item), request.scope));
  if (!blob) return std::optional<ListItem>();
  blob->has_prefix = TRY(HadBelow({request.container, blob->name + "/"}, ListScope::kLive));
  return std::optional<ListItem>(*std::move(blob));
}

Result<std::optional<BlobInfo>> PastStore::BlobIn(const std::string& container,
                                                  const BlobInfo& newest, ListScope scope) {
  std::vector<BlobInfo> versions;
  if (NewestTells(newest, moment_)) {
    versions = VersionsAt({newest}, moment_);
  } else {
    versions = TRY(VersionsThen({container, newest.name}));
  }
  const auto current = std::find_if(versions.begin(), versions.end(),
                                    [](const BlobInfo& version) { return version.is_current; });
  if (current != versions.end()) return std::optional<BlobInfo>(*current);
  if (scope == ListScope::kLive || versions.empty()) return std::optional<BlobInfo>();
  return std::optional<BlobInfo>(versions.front());
}

Result<bool> PastStore::HadBelow(const BlobPath& prefix, ListScope scope) {
  const std::pair key(prefix, scope);
  {
    MutexLock lock(mutex_);
    const auto found = had_below_.find(key);
    if (found != had_below_.end()) return found->second;
  }
  const bool had = TRY(LookBelow(prefix, scope));
  MutexLock lock(mutex_);
  if (had_below_.size() >= kRememberedMax) had_below_.clear();
  had_below_.emplace(key, had);
  return had;
}

Result<bool> PastStore::LookBelow(const BlobPath& prefix, ListScope scope) {
  ListRequest ask{.container = prefix.container, .prefix = prefix.name, .hierarchical = false};
  ask.scope = ListScope::kAll;
  // Mostly the first one tells.
  ask.limit = 1;
  for (;;) {
    const ListPage page = TRY(Inner().List(ask));
    for (const ListItem& item : page.items) {
      const auto blob = TRY(BlobIn(prefix.container, std::get<BlobInfo>(item), scope));
      if (blob) return true;
      ask.after = NameOf(item);
    }
    if (!page.more) return false;
    ask.limit = kPageItems;
  }
}

Result<PrefixInfo> PastStore::StatPrefix(const BlobPath& prefix) {
  TRY(GetContainer(prefix.container));
  auto present = Inner().StatPrefix(prefix);
  if (!present && present.error().code != ErrorCode::kNotFound) return present;
  const bool had = TRY(HadBelow(prefix, ListScope::kLive));
  if (!had)
    return Error{ErrorCode::kNotFound,
                 "nothing was below '" + ToString(prefix) + "' at " + ToString(moment_)};
  PrefixInfo info{.name = prefix.name, .children_changed = moment_};
  return PrefixThen(prefix.container, present ? *std::move(present) : std::move(info));
}

Result<PrefixInfo> PastStore::PrefixThen(const std::string& container, PrefixInfo info) {
  info.children_changed = std::min(info.children_changed, moment_);
  info.directories.reset();  // what is counted is the present
  const auto blob = TRY(VersionsThen({container, info.name.substr(0, info.name.size() - 1)}));
  info.has_blob = std::any_of(blob.begin(), blob.end(),
                              [](const BlobInfo& version) { return version.is_current; });
  return info;
}

}  // namespace replicafs
