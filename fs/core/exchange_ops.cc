#include "fs/core/exchange_ops.h"

#include <fmt/format.h>

#include <optional>
#include <utility>
#include <vector>

#include "fs/core/entries.h"
#include "fs/core/file_commit.h"

namespace replicafs {
namespace {

// One of the two: what it is, and where.
struct End {
  Found found;
  Location location;

  bool is_file() const { return found.seed.kind == NodeKind::kFile; }
};

Result<End> FindEnd(FileSystemState& state, const NodePtr& parent, std::string_view name) {
  Found found = TRY(FindEntry(state, parent, name));
  if (found.seed.kind != NodeKind::kFile && found.seed.kind != NodeKind::kDirectory)
    return Error{ErrorCode::kPermission, fmt::format("'{}' cannot be renamed", name)};
  Location location = state.nodes->LocationOf(*parent).Child(found.seed.component);
  return End{std::move(found), std::move(location)};
}

// A directory cannot come to where a file keeps the name beside it, nor go from there.
Status CheckAlone(const End& end) {
  const bool shared = end.is_file()
                          ? end.found.blob->has_prefix
                          : end.found.prefix && end.found.prefix->has_blob && !end.found.blob;
  if (!shared) return Ok();
  return Error{ErrorCode::kInvalid,
               fmt::format("'{}' is the name of a file and of a directory", end.location.name)};
}

Status CheckPlaces(const End& one, const End& other) {
  if (one.is_file() && other.is_file()) return Ok();
  for (const auto& [inner, outer] : {std::pair(&one, &other), std::pair(&other, &one)}) {
    if (inner->location.name.starts_with(outer->location.prefix()))
      return Error{ErrorCode::kInvalid, "a directory cannot change places with what is in it"};
    TRY(CheckAlone(*inner));
  }
  return Ok();
}

CommitBlob MoveTo(const FileSystemState& state, const End& from, const End& to) {
  const Found& found = from.found;
  const PrefixInfo* prefix = found.prefix ? &*found.prefix : nullptr;
  const Attributes attributes = from.is_file()
                                    ? FileAttributes(*found.blob, state.defaults())
                                    : DirectoryAttributes(&*found.blob, prefix, state.defaults());
  CommitBlob move = MoveOf(*found.blob, from.location, to.location, attributes);
  if (to.found.blob) {
    move.precondition.if_match = to.found.blob->etag;
  } else {
    move.precondition.if_none_match = true;
  }
  return move;
}

// Prefixes first: what carries their file ids must find the blobs beside them as they were.
void AddPrefixes(const End& one, const End& other, std::vector<Mutation>& changes) {
  const std::string& container = one.location.container();
  const std::string first = one.location.prefix();
  const std::string second = other.location.prefix();
  if (one.found.prefix && other.found.prefix) {
    changes.push_back(ExchangePrefixes{container, first, second});
  } else if (one.found.prefix) {
    changes.push_back(RenamePrefix{container, first, second});
  } else if (other.found.prefix) {
    changes.push_back(RenamePrefix{container, second, first});
  }
}

// Files and markers. A directory without one leaves none where it was.
struct Moved {
  std::optional<size_t> one;  // which of the changes commits it at its new place
  std::optional<size_t> other;
};
Moved AddBlobs(const FileSystemState& state, const End& one, const End& other,
               std::vector<Mutation>& changes) {
  const auto add = [&](const End& from, const End& to) -> std::optional<size_t> {
    if (!from.found.blob) return std::nullopt;
    changes.push_back(MoveTo(state, from, to));
    return changes.size() - 1;
  };
  const auto remove = [&](const End& from, const End& to) {
    if (!from.found.blob || to.found.blob) return;
    changes.push_back(RemoveBlob{.path = from.location.path(),
                                 .precondition = {.if_match = from.found.blob->etag}});
  };
  const Moved moved{add(one, other), add(other, one)};
  remove(one, other);
  remove(other, one);
  return moved;
}

void TellWriter(const NodePtr& node, const End& end, const std::vector<Outcome>& outcomes,
                const std::optional<size_t>& moved) {
  if (node == nullptr || !end.is_file() || !moved) return;
  FileRenamed(*node, end.found.blob->version, outcomes[*moved].version);
}

}  // namespace

Status ExchangeOnce(FileSystemState& state, const Ends& ends) {
  for (const auto& [parent, name] :
       {std::pair(ends.parent, ends.name), std::pair(ends.new_parent, ends.new_name)}) {
    if (const NodePtr pending = PendingChild(state, parent, name)) TRY(CommitIfNew(state, pending));
  }
  const NodePtr first = state.nodes->FindChild(ends.parent, ends.name);
  const NodePtr second = state.nodes->FindChild(ends.new_parent, ends.new_name);
  Node nobody(NodeId{0}, NodeKind::kFile, 0);
  const TwoFiles locks(first != nullptr ? *first : nobody, second != nullptr ? *second : nobody);
  const NamespaceGate::Exclusive gate(state.gate);
  TRY(SettleEntry(state.nodes->LocationOf(*ends.parent), ends.name));
  TRY(SettleEntry(state.nodes->LocationOf(*ends.new_parent), ends.new_name));

  const End one = TRY(FindEnd(state, ends.parent, ends.name));
  const End other = TRY(FindEnd(state, ends.new_parent, ends.new_name));
  if (one.location.name == other.location.name && one.is_file() == other.is_file()) return Ok();
  TRY(CheckPlaces(one, other));
  std::vector<Mutation> changes;
  AddPrefixes(one, other, changes);
  const Moved moved = AddBlobs(state, one, other, changes);
  for (const auto& [node, end] : {std::pair(first, &one), std::pair(second, &other)}) {
    if (!end->is_file()) {
      HoldCommittedBelow(state, end->location);
    } else if (node != nullptr) {
      HoldCommitted(state, *node, end->found.blob->version);
    }
  }
  const auto outcomes = TRY(state.Apply(one.location.store(), std::move(changes)));

  state.nodes->Exchange({ends.parent, ends.name, one.found.seed.component},
                        {ends.new_parent, ends.new_name, other.found.seed.component});
  TellWriter(first, one, outcomes, moved.one);
  TellWriter(second, other, outcomes, moved.other);
  return Ok();
}

}  // namespace replicafs
