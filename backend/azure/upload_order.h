// Which events may be brought to the service at the same time: those that have no name in common,
// and nothing beside a container's coming or going. A pure decision; not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "backend/blob/journal.h"

namespace replicafs::azure {

class UploadOrder {
 public:
  // Events in the journal's order, each once.
  void Add(Event event);
  // The next one that may begin, in the journal's order; nullopt: none.
  std::optional<Event> Begin();
  // One that was begun is done.
  void Done(uint64_t sequence);
  // One that was begun is to be begun again.
  void Again(uint64_t sequence);

  size_t waiting() const { return waiting_.size(); }
  size_t size() const { return waiting_.size() + running_.size(); }
  // Every event up to here is done, of those that were added: one less than the first that is not.
  // nullopt when all are.
  std::optional<uint64_t> DoneBelow() const;

 private:
  struct Names {
    std::string container;
    std::vector<std::string> blobs;  // empty: the container itself
  };
  static Names NamesOf(const Event& event);
  bool Clashes(const Names& names) const;
  void Take(const Names& names);
  void Release(const Names& names);

  std::map<uint64_t, Event> waiting_;
  std::map<uint64_t, Event> running_;
  // Of what runs, and, while a place is looked for, of what waits before it.
  std::multiset<std::string> blobs_;       // "container/name"
  std::multiset<std::string> containers_;  // of these blobs
  std::multiset<std::string> whole_containers_;
};

}  // namespace replicafs::azure
