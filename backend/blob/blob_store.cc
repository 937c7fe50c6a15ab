#include "backend/blob/blob_store.h"

#include <utility>

namespace replicafs {

Result<Outcome> ApplyOne(BlobStore& store, Mutation mutation, uint64_t writer) {
  std::vector<Mutation> mutations;
  mutations.push_back(std::move(mutation));
  auto outcomes = TRY(store.Apply(std::move(mutations), writer));
  return std::move(outcomes.front());
}

ListRequest ToListRequest(const ListNamesRequest& request) {
  ListRequest list{.container = request.container, .prefix = request.prefix};
  list.after = request.after;
  list.limit = request.limit;
  return list;
}

NamePage NamesOf(const ListPage& page, std::string_view prefix) {
  NamePage names{.more = page.more};
  for (const ListItem& item : page.items) {
    if (const auto* blob = std::get_if<BlobInfo>(&item)) {
      names.items.push_back({.name = blob->name.substr(prefix.size()),
                             .file_id = blob->file_id,
                             .type = TypeOf(blob->properties.metadata),
                             .has_other = blob->has_prefix});
      continue;
    }
    const auto& below = std::get<PrefixInfo>(item);
    names.items.push_back({.name = below.name.substr(prefix.size()),
                           .file_id = below.file_id,
                           .type = BlobType::kDirectory,
                           .is_prefix = true,
                           .has_other = below.has_blob});
  }
  return names;
}

}  // namespace replicafs
