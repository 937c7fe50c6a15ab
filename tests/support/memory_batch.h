// One Apply on a MemoryState: makes its changes one by one and takes all of them back when one
// fails.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "backend/base/clock.h"
#include "backend/base/result.h"
#include "backend/blob/mutation.h"
#include "tests/support/memory_state.h"

namespace replicafs {

class MemoryBatch {
 public:
  MemoryBatch(MemoryState& state, const Clock& clock, const Capabilities& capabilities,
              uint64_t writer)
      : state_(state), clock_(clock), capabilities_(capabilities), writer_(writer) {}

  // Once.
  Result<std::vector<Outcome>> Apply(const std::vector<Mutation>& mutations);

 private:
  struct Move {
    BlobPath from;
    uint64_t file_id = 0;
  };

  // memory_batch_containers.cc
  Result<Outcome> Do(const CreateContainer& mutation);
  Result<Outcome> Do(const DeleteContainer& mutation);
  Result<Outcome> Do(const SetDestination& mutation);
  Result<Outcome> Do(const SetContainerImmutability& mutation);
  Result<Outcome> Do(const ChangeContainerHolds& mutation);
  Result<Outcome> Do(const PutState& mutation);
  Result<Outcome> Do(const RemoveState& mutation);
  Result<Outcome> Do(const ExpectState& mutation);
  // memory_batch_blobs.cc
  Result<Outcome> Do(const CommitBlob& mutation);
  Result<Outcome> Do(const RemoveBlob& mutation);
  Result<Outcome> Do(const RemoveVersion& mutation);
  Result<Outcome> Do(const PatchBlob& mutation);
  Result<Outcome> Do(const SetImmutability& mutation);
  Result<Outcome> Do(const SetLegalHold& mutation);
  // memory_batch_snapshots.cc
  Result<Outcome> Do(const CreateSnapshot& mutation);
  Result<Outcome> Do(const RemoveSnapshot& mutation);
  Result<Outcome> Protect(const BlobPath& path, VersionId version, const Protection& protection);
  Status CheckMutable(const MemoryContainer& container, const BlobInfo& version) const;
  Result<std::shared_ptr<const MemoryContent>> Resolve(const CommitBlob& commit) const;
  uint64_t FileIdFor(const CommitBlob& mutation, const MemoryContainer& container);
  // memory_batch_prefixes.cc
  Result<Outcome> Do(const RenamePrefix& mutation);
  Result<Outcome> Do(const ExchangePrefixes& mutation);
  Outcome MoveBlob(MemoryContainer& container, const std::string& from, const std::string& to);
  Outcome AddMoved(MemoryContainer& container, const MemoryVersion& source, const std::string& to);
  Result<MemoryContainer*> ContainerToMoveIn(const std::string& name);
  // What lives below the prefix: names after it.
  Result<std::set<std::string>> NamesBelow(const MemoryContainer& container,
                                           const std::string& prefix) const;
  using Prefixes = std::map<std::string, MemoryPrefix>;  // by their names after another one
  static Prefixes PrefixesAtAndBelow(const MemoryContainer& container, const std::string& prefix);
  Status ValidateNames(const std::string& prefix, const std::set<std::string>& names) const;
  void CarryPrefixes(MemoryContainer& container, const Prefixes& moving, const std::string& from,
                     const std::string& to);
  void NameChanged(MemoryContainer& container, const std::string& name, Timestamp time);
  Status CheckMovable(const MemoryContainer& container, const std::string& prefix,
                      const std::set<std::string>& names) const;
  void FindMoves(const std::vector<Mutation>& mutations);
  void Appeared(MemoryContainer& container, const std::string& name, Timestamp time);
  void Disappeared(MemoryContainer& container, const std::string& name, Timestamp time);
  void ForgetFileIdOfDeadPrefix(const Move& move);
  void ShareFileIdWithPrefix(MemoryContainer& container, const BlobInfo& info);

  struct NewVersion {
    BlobInfo info;  // name, version, created, file_id, properties, origin
    std::shared_ptr<const MemoryContent> content;
    Timestamp children_changed;
    VersionId replaces;
    std::string other_name;
  };
  Outcome AddVersion(MemoryContainer& container, NewVersion added);
  // When the account does not keep the version that ends, it goes at the end of the list.
  void NoteEnded(const MemoryContainer& container, const BlobInfo& version);
  void RemoveUnkept();
  Outcome EndCurrent(MemoryContainer& container, const std::string& name, Timestamp source_time,
                     std::string other_name);

  // memory_batch_validate.cc: what is wrong with a change whatever the account has.
  Status Validate(const Mutation& mutation) const;

  Result<MemoryContainer*> Container(std::string_view name);
  Outcome Protect(MemoryContainer& container, ContainerProtection protection);
  std::optional<std::string> Row(std::string_view key) const;
  // Fills the sequence, the writer and a missing time.
  Outcome Record(Event event);
  Timestamp NextTick();
  void Undo();

  // Remembers what `map` has at `key`.
  template <class Map>
  void Save(Map& map, const typename Map::key_type& key) {
    const auto found = map.find(key);
    std::optional<typename Map::mapped_type> old;
    if (found != map.end()) old = found->second;
    undo_.push_back([&map, key, old] {
      if (old) {
        map.insert_or_assign(key, *old);
      } else {
        map.erase(key);
      }
    });
  }

  MemoryState& state_;
  const Clock& clock_;
  const Capabilities& capabilities_;
  const uint64_t writer_;
  std::vector<std::function<void()>> undo_;
  std::map<BlobPath, Move> moved_here_;      // by the new path
  std::map<BlobPath, BlobPath> moved_away_;  // old path to new path
  std::set<BlobPath> leaving_;               // removed or replaced in the list
  std::vector<RemoveVersion> unkept_;
};

std::string EtagAt(Timestamp time);

}  // namespace replicafs
