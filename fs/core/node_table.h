// The nodes that the kernel or an open handle knows, as a tree: renaming a directory moves
// everything below it. A node is kept while it has lookups, pins or children.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "backend/base/mutex.h"
#include "backend/base/result.h"
#include "fs/core/location.h"
#include "fs/core/node.h"

namespace replicafs {

using NodePtr = std::shared_ptr<Node>;

// What a node is made from.
struct NodeSeed {
  NodeKind kind = NodeKind::kFile;
  mode_t type = 0;
  std::string component;
  const ContainerPlace* place = nullptr;
  MountedAccount* account = nullptr;
  VersionId version;
};

// Nodes by when somebody last asked for them. Not thread-safe.
class NodeOrder {
 public:
  void Touch(Node& node);  // becomes the newest
  void Remove(Node& node);
  Node* oldest() const { return oldest_; }
  Node* newest() const { return newest_; }
  static Node* After(const Node& node) { return node.newer_; }

 private:
  Node* oldest_ = nullptr;
  Node* newest_ = nullptr;
};

// Thread-safe. Its lock is never held across a call to a store.
class NodeTable {
 public:
  // Makes the root, which is never forgotten.
  explicit NodeTable(const NodeSeed& root);
  ~NodeTable();
  NodeTable(const NodeTable&) = delete;
  NodeTable& operator=(const NodeTable&) = delete;

  // kStale for an id that was never given out or is forgotten.
  Result<NodePtr> Find(NodeId id) const EXCLUDES(mutex_);
  NodePtr FindChild(const NodePtr& parent, std::string_view name) const EXCLUDES(mutex_);

  // The node for `name`, made when there is none; one of another kind is put aside. Counts
  // `lookups`.
  NodePtr Intern(const NodePtr& parent, std::string_view name, const NodeSeed& seed,
                 uint64_t lookups) EXCLUDES(mutex_);
  void AddLookup(Node& node) EXCLUDES(mutex_);
  void Forget(NodeId id, uint64_t lookups) EXCLUDES(mutex_);
  // Keeps the node for an open handle.
  void Pin(Node& node) EXCLUDES(mutex_);
  void Unpin(Node& node) EXCLUDES(mutex_);

  // Where the node lies now; of an unlinked one: where it lay.
  Location LocationOf(const Node& node) const EXCLUDES(mutex_);
  NodePtr ParentOf(const Node& node) const EXCLUDES(mutex_);
  std::string NameOf(const Node& node) const EXCLUDES(mutex_);
  std::string ComponentOf(const Node& node) const EXCLUDES(mutex_);

  // Sets and clears Node::pending.
  void SetPending(Node& node) EXCLUDES(mutex_);
  void ClearPending(Node& node) EXCLUDES(mutex_);

  // Takes the name away from the node.
  void Unlink(Node& node) EXCLUDES(mutex_);
  // Whatever had the new name loses it. The node, if any, has the new name.
  void Move(const NodePtr& parent, std::string_view name, const NodePtr& new_parent,
            std::string_view new_name, std::string_view new_component) EXCLUDES(mutex_);

  // A name, and what it stands for in the store from now on.
  struct Place {
    const NodePtr& parent;
    std::string_view name;
    std::string_view component;
  };
  // The nodes of the two names, where there are any, change places. `first.component` is that of
  // the first name, where the second's node goes.
  void Exchange(const Place& first, const Place& second) EXCLUDES(mutex_);

  // Children that no store knows yet, by name.
  std::vector<std::pair<std::string, NodePtr>> PendingChildren(const Node& parent) const
      EXCLUDES(mutex_);
  bool HasPendingChildren(const Node& parent) const EXCLUDES(mutex_);
  bool IsAncestor(const Node& ancestor, const Node& node) const EXCLUDES(mutex_);
  void ForEach(const std::function<void(const NodePtr&)>& visit) const EXCLUDES(mutex_);
  size_t size() const EXCLUDES(mutex_);

  // Waits until the nodes take more than `most_bytes` and some came since the last call, or for the
  // stop. Then: those that only the kernel keeps, `some_bytes` of them, who nobody asked for
  // longest first. They count as asked for, so that what the kernel does not let go does not come
  // again at once.
  std::vector<NodePtr> WaitForTooMany(uint64_t most_bytes, uint64_t some_bytes,
                                      const std::stop_token& stop) EXCLUDES(mutex_);

 private:
  NodePtr Make(const NodeSeed& seed) REQUIRES(mutex_);
  void Detach(Node& node) REQUIRES(mutex_);
  Node* ChildOf(const Node& parent, std::string_view name) const REQUIRES(mutex_);
  void AddChild(Node& parent, Node& child) REQUIRES(mutex_);
  void Name(Node& node, std::string_view name, std::string_view component) REQUIRES(mutex_);
  static uint64_t BytesOf(const Node& node);
  // Gives a detached node a name that is free.
  void Attach(Node& node, const Place& place) REQUIRES(mutex_);
  const std::string& ComponentIn(const Node& node) const REQUIRES(mutex_);
  // Drops the node, and its ancestors, when nothing needs it any more.
  void Collect(Node& node) REQUIRES(mutex_);

  mutable Mutex mutex_;
  uint64_t last_id_ GUARDED_BY(mutex_) = 0;
  std::unordered_map<uint64_t, NodePtr> nodes_ GUARDED_BY(mutex_);
  mutable NodeOrder order_ GUARDED_BY(mutex_);
  CondVar grown_;
  uint64_t bytes_ GUARDED_BY(mutex_) = 0;                  // of all nodes
  uint64_t enough_bytes_ GUARDED_BY(mutex_) = UINT64_MAX;  // who waits for more is woken
  uint64_t last_id_told_ GUARDED_BY(mutex_) = 0;
  std::unordered_set<Node*> pending_ GUARDED_BY(mutex_);
};

}  // namespace replicafs
