#include "backend/embedded/listing.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backend/embedded/children.h"
#include "backend/embedded/keys.h"
#include "backend/embedded/lookup.h"
#include "backend/embedded/rows.h"

namespace replicafs::embedded {
namespace {

// Walks a directory and, for a flat listing, those below it, keeping the way back up as a stack.
class Walk {
 public:
  Walk(const lmdb::Transaction& transaction, const Tables& tables, const ListRequest& request,
       Children children, Timestamp now)
      : transaction_(transaction),
        tables_(tables),
        request_(request),
        now_(now),
        children_(std::move(children)) {}

  Result<ListPage> Run(uint64_t directory_id) {
    const SplitName prefix = Split(request_.prefix);
    name_ = prefix.directory;
    leaf_ = prefix.leaf;
    stack_.push_back({directory_id, name_.size()});
    bool found = TRY(Start());
    while (found || stack_.size() > 1) {
      if (!found) {
        found = TRY(Leave());
        continue;
      }
      if (stack_.size() == 1 && !children_.child().component.starts_with(leaf_)) break;
      if (children_.child().is_directory() && !request_.hierarchical) {
        found = TRY(Enter());
        continue;
      }
      const bool shown = TRY(IsShown());
      if (shown && page_.items.size() == request_.limit) {
        page_.more = true;
        break;
      }
      if (shown) TRY(Emit());
      found = TRY(children_.Next());
    }
    return std::move(page_);
  }

 private:
  struct Level {
    uint64_t directory_id;
    size_t name_bytes;  // of name_, up to and with this directory's slash
  };

  Result<bool> Start() {
    if (request_.after.empty() || request_.after < request_.prefix)
      return children_.Seek(stack_.back().directory_id, leaf_);
    if (!request_.after.starts_with(request_.prefix)) return false;
    std::string_view rest = std::string_view(request_.after).substr(name_.size());
    while (rest.find('/') != std::string_view::npos) {
      const std::string_view component = TakeComponent(rest);
      std::optional<FoundDirectory> next;
      if (!request_.hierarchical) {
        next = TRY(FindChildDirectory(transaction_, tables_, stack_.back().directory_id, component,
                                      request_.scope));
      }
      if (!next) return children_.SeekAfter(stack_.back().directory_id, component);
      name_ += component;
      stack_.push_back({next->record.directory_id, name_.size()});
    }
    return children_.SeekAfter(stack_.back().directory_id, rest);
  }

  Result<bool> Enter() {
    const DirectoryRecord record = TRY(DecodeDirectory(children_.child().value));
    name_ += children_.child().component;
    stack_.push_back({record.directory_id, name_.size()});
    return children_.Seek(record.directory_id, "");
  }

  Result<bool> Leave() {
    stack_.pop_back();
    const Level level = stack_.back();
    const std::string component = name_.substr(level.name_bytes);
    name_.resize(level.name_bytes);
    return children_.SeekAfter(level.directory_id, component);
  }

  // Not a buried directory that has only snapshots below, at any depth.
  Result<bool> IsShown() {
    const Child& child = children_.child();
    if (child.live || !child.is_directory()) return true;
    const DirectoryRecord record = TRY(DecodeDirectory(child.value));
    const ListRequest any{.prefix = name_ + child.component,
                          .hierarchical = false,
                          .limit = 1,
                          .scope = ListScope::kAll};
    Children below = TRY(Children::Open(transaction_, tables_, any.scope));
    const ListPage page =
        TRY(Walk(transaction_, tables_, any, std::move(below), now_).Run(record.directory_id));
    return !page.items.empty();
  }

  Status Emit() {
    const Child& child = children_.child();
    std::string name = name_ + child.component;
    const uint64_t directory_id = stack_.back().directory_id;
    if (child.is_directory()) {
      DirectoryRecord record = TRY(DecodeDirectory(child.value));
      if (!child.live) {
        const std::string blob = child.component.substr(0, child.component.size() - 1);
        const auto current = TRY(tables_.entries.Get(transaction_, EntryKey(directory_id, blob)));
        record.has_blob = current.has_value();
      }
      page_.items.emplace_back(ToInfo(record, std::move(name)));
      return Ok();
    }
    VersionRecord record = TRY(DecodeVersion(child.value));
    if (!child.live) {
      record.has_prefix =
          TRY(HasLiveDirectory(transaction_, tables_, directory_id, child.component));
    }
    page_.items.emplace_back(ToInfo(record, std::move(name), now_));
    return Ok();
  }

  const lmdb::Transaction& transaction_;
  const Tables& tables_;
  const ListRequest& request_;
  const Timestamp now_;
  Children children_;
  std::string name_;
  std::string_view leaf_;
  std::vector<Level> stack_;
  ListPage page_;
};

Result<ListedName> NameIn(std::string_view component, std::string_view value) {
  ListedName item{.name = std::string(component)};
  if (component.ends_with('/')) {
    const DirectoryRecord record = TRY(DecodeDirectory(value));
    item.file_id = record.file_id;
    item.type = BlobType::kDirectory;
    item.is_prefix = true;
    item.has_other = record.has_blob;
  } else {
    const NameRecord record = TRY(DecodeName(value));
    item.file_id = record.file_id;
    item.type = record.type;
    item.has_other = record.has_prefix;
  }
  return item;
}

}  // namespace

Result<ListPage> List(const lmdb::Transaction& transaction, const Tables& tables,
                      const ListRequest& request, Timestamp now) {
  const ContainerRecord container = TRY(FindContainer(transaction, tables, request.container));
  const auto directory = TRY(FindDirectoryId(transaction, tables, container.root_directory_id,
                                             Split(request.prefix).directory, request.scope));
  if (!directory) return ListPage{};
  Children children = TRY(Children::Open(transaction, tables, request.scope));
  return Walk(transaction, tables, request, std::move(children), now).Run(*directory);
}

// Straight from the rows: this is what reading a directory costs.
Result<NamePage> ListNames(const lmdb::Transaction& transaction, const Tables& tables,
                           const ListNamesRequest& request) {
  const ContainerRecord container = TRY(FindContainer(transaction, tables, request.container));
  const SplitName prefix = Split(request.prefix);
  const auto directory = TRY(FindDirectoryId(transaction, tables, container.root_directory_id,
                                             prefix.directory, ListScope::kLive));
  NamePage page;
  if (!directory) return page;
  const std::string first = EntryKey(*directory, prefix.leaf);
  auto cursor = TRY(Cursor::Open(transaction, tables.entries));
  const bool from_start = request.after < request.prefix;
  if (!from_start && !request.after.starts_with(request.prefix)) return page;
  bool found = false;
  if (from_start) {
    found = TRY(cursor.Seek(first));
  } else {
    const std::string rest = request.after.substr(request.prefix.size());
    const size_t slash = rest.find('/');
    // A name below a rolled-up prefix stands for the prefix.
    found = TRY(
        cursor.SeekAfter(first + (slash == std::string::npos ? rest : rest.substr(0, slash + 1))));
  }
  while (found && cursor.key().starts_with(first)) {
    if (page.items.size() == request.limit) {
      page.more = true;
      break;
    }
    page.items.push_back(TRY(NameIn(cursor.key().substr(first.size()), cursor.value())));
    found = TRY(cursor.Next());
  }
  return page;
}

}  // namespace replicafs::embedded
