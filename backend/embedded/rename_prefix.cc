#include <algorithm>
#include <iterator>
#include <vector>

#include "backend/embedded/mutations.h"
#include "backend/embedded/prefix_move.h"

namespace replicafs::embedded {

Result<Outcome> Make(Change& change, const RenamePrefix& rename) {
  PrefixMove move = TRY(PrefixMove::Begin(change, rename.container, rename.from, rename.to));
  const Tree tree = TRY(move.ReadTree());
  const bool target_lives = TRY(move.TargetLives());
  if (target_lives)
    return Error{ErrorCode::kNotEmpty, "blobs live below '" + rename.to + "' already"};
  TRY(move.CheckNames(tree));

  for (const std::string& name : tree.blobs) TRY(move.MoveBlob(name));
  for (const Tree::Directory& directory : tree.directories) TRY(move.CarryDirectory(directory));
  return Outcome{.sequence = change.counters.last_sequence};
}

Result<Outcome> Make(Change& change, const ExchangePrefixes& exchange) {
  PrefixMove there =
      TRY(PrefixMove::Begin(change, exchange.container, exchange.first, exchange.second));
  PrefixMove back = there.Reversed();
  const Tree first = TRY(there.ReadTree());
  const Tree second = TRY(back.ReadTree());
  TRY(there.CheckNames(first));
  TRY(back.CheckNames(second));

  std::vector<std::string> names;
  std::set_union(first.blobs.begin(), first.blobs.end(), second.blobs.begin(), second.blobs.end(),
                 std::back_inserter(names));
  const auto holds = [](const Tree& tree, const std::string& name) {
    return std::binary_search(tree.blobs.begin(), tree.blobs.end(), name);
  };
  for (const std::string& name : names) {
    if (!holds(second, name)) {
      TRY(there.MoveBlob(name));
    } else if (!holds(first, name)) {
      TRY(back.MoveBlob(name));
    } else {
      TRY(there.ExchangeBlob(name));
    }
  }
  for (const Tree::Directory& directory : first.directories) TRY(there.CarryDirectory(directory));
  for (const Tree::Directory& directory : second.directories) TRY(back.CarryDirectory(directory));
  TRY(there.MarkParentsChanged());
  return Outcome{.sequence = change.counters.last_sequence};
}

}  // namespace replicafs::embedded
