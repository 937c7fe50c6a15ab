#include "fs/core/node_table.h"

#include <algorithm>
#include <utility>

namespace replicafs {
namespace {

constexpr uint64_t kHeapBytes = 16;  // beside what was asked for
// The node with its reference count, its row in the table, and its place in its parent's children.
constexpr uint64_t kNodeBytes = sizeof(Node) + 16 + 48 + 64 + 3 * kHeapBytes;

}  // namespace

void NodeOrder::Touch(Node& node) {
  if (newest_ == &node) return;
  Remove(node);
  node.older_ = newest_;
  (newest_ != nullptr ? newest_->newer_ : oldest_) = &node;
  newest_ = &node;
}

void NodeOrder::Remove(Node& node) {
  if (node.older_ == nullptr && oldest_ != &node) return;
  (node.older_ != nullptr ? node.older_->newer_ : oldest_) = node.newer_;
  (node.newer_ != nullptr ? node.newer_->older_ : newest_) = node.older_;
  node.older_ = node.newer_ = nullptr;
}

NodeTable::NodeTable(const NodeSeed& root) {
  MutexLock lock(mutex_);
  const NodePtr node = Make(root);
  node->lookups_ = 1;
  REPLICAFS_CHECK(node->id == kRootNode);
}

// A deep tree must not end by one destructor inside another.
NodeTable::~NodeTable() {
  MutexLock lock(mutex_);
  for (const auto& [id, node] : nodes_) node->parent_.reset();
}

NodePtr NodeTable::Make(const NodeSeed& seed) {
  auto node = std::make_shared<Node>(NodeId{++last_id_}, seed.kind, seed.type);
  node->place = seed.place;
  node->account = seed.account;
  node->version = seed.version;
  node->component_ = std::make_unique<std::string>(seed.component);
  nodes_.emplace(node->id.value, node);
  order_.Touch(*node);
  bytes_ += BytesOf(*node);
  return node;
}

Result<NodePtr> NodeTable::Find(NodeId id) const {
  MutexLock lock(mutex_);
  const auto found = nodes_.find(id.value);
  if (found == nodes_.end())
    return Error{ErrorCode::kStale, "node " + std::to_string(id.value) + " is forgotten"};
  order_.Touch(*found->second);
  return found->second;
}

NodePtr NodeTable::FindChild(const NodePtr& parent, std::string_view name) const {
  MutexLock lock(mutex_);
  const Node* child = ChildOf(*parent, name);
  return child == nullptr ? nullptr : nodes_.at(child->id.value);
}

NodePtr NodeTable::Intern(const NodePtr& parent, std::string_view name, const NodeSeed& seed,
                          uint64_t lookups) {
  MutexLock lock(mutex_);
  if (Node* found = ChildOf(*parent, name)) {
    Node& existing = *found;
    const bool same = existing.kind == seed.kind && existing.type == seed.type &&
                      ComponentIn(existing) == seed.component && existing.version == seed.version;
    if (same || existing.pending) {
      existing.lookups_ += lookups;
      order_.Touch(existing);
      return nodes_.at(existing.id.value);
    }
    Detach(existing);
  }
  NodePtr node = Make(seed);
  node->parent_ = parent;
  ++parent->pins_;
  Name(*node, name, seed.component);
  if (bytes_ > enough_bytes_) grown_.NotifyAll();
  node->lookups_ = lookups;
  node->linked_ = true;
  AddChild(*parent, *node);
  REPLICAFS_CHECK(lookups > 0);  // else nobody would ever give it back
  return node;
}

void NodeTable::AddLookup(Node& node) {
  MutexLock lock(mutex_);
  ++node.lookups_;
}

void NodeTable::Forget(NodeId id, uint64_t lookups) {
  MutexLock lock(mutex_);
  const auto found = nodes_.find(id.value);
  if (found == nodes_.end() || id == kRootNode) return;
  const NodePtr node = found->second;
  node->lookups_ -= std::min(node->lookups_, lookups);
  Collect(*node);
}

void NodeTable::Pin(Node& node) {
  MutexLock lock(mutex_);
  ++node.pins_;
}

void NodeTable::Unpin(Node& node) {
  MutexLock lock(mutex_);
  REPLICAFS_CHECK(node.pins_ > 0);
  --node.pins_;
  Collect(node);
}

void NodeTable::Detach(Node& node) {
  if (!node.linked_) return;
  node.linked_ = false;
  Node& parent = *node.parent_;
  if (node.pending) --parent.pending_children_;
  parent.children_->erase(node.name_);
  if (parent.children_->empty()) parent.children_.reset();
}

void NodeTable::Name(Node& node, std::string_view name, std::string_view component) {
  bytes_ -= BytesOf(node);
  node.name_ = name;
  node.component_ = component == name ? nullptr : std::make_unique<std::string>(component);
  bytes_ += BytesOf(node);
}

uint64_t NodeTable::BytesOf(const Node& node) {
  uint64_t bytes = kNodeBytes;
  if (node.name_.capacity() >= sizeof(std::string)) bytes += node.name_.capacity() + kHeapBytes;
  if (node.component_ != nullptr)
    bytes += sizeof(std::string) + node.component_->capacity() + kHeapBytes;
  return bytes;
}

void NodeTable::AddChild(Node& parent, Node& child) {
  if (parent.children_ == nullptr) parent.children_ = std::make_unique<Node::Children>();
  parent.children_->emplace(child.name_, &child);
}

void NodeTable::Collect(Node& node) {
  NodePtr current = node.lookups_ == 0 && node.pins_ == 0 && nodes_.contains(node.id.value)
                        ? nodes_.at(node.id.value)
                        : nullptr;
  while (current != nullptr && current->lookups_ == 0 && current->pins_ == 0) {
    Detach(*current);
    order_.Remove(*current);
    bytes_ -= BytesOf(*current);
    nodes_.erase(current->id.value);
    pending_.erase(current.get());
    // The parent pointer stays: an operation under way may still ask where the node lies.
    NodePtr parent = current->parent_;
    if (parent != nullptr) --parent->pins_;
    current = std::move(parent);
  }
}

Location NodeTable::LocationOf(const Node& node) const {
  MutexLock lock(mutex_);
  Location location{.place = node.place};
  const bool is_walk_start = node.parent_ == nullptr || node.kind == NodeKind::kContainer ||
                             node.kind == NodeKind::kVersionsRoot;
  if (is_walk_start) {
    location.name = ComponentIn(node);
    location.is_root = location.name.empty();
    return location;
  }
  std::vector<const Node*> chain;
  const Node* at = node.kind == NodeKind::kVersion ? node.parent_.get() : &node;
  bool has_name = false;
  for (;; at = at->parent_.get()) {
    chain.push_back(at);
    if (at->parent_ == nullptr || at->kind == NodeKind::kContainer ||
        at->kind == NodeKind::kVersionsRoot) {
      has_name = !ComponentIn(*at).empty();
      break;
    }
  }
  location.name = ComponentIn(*chain.back());
  for (size_t i = chain.size() - 1; i-- > 0;) {
    if (has_name) location.name += '/';
    location.name += ComponentIn(*chain[i]);
    has_name = true;
  }
  location.is_root = !has_name;
  return location;
}

NodePtr NodeTable::ParentOf(const Node& node) const {
  MutexLock lock(mutex_);
  return node.parent_;
}

std::string NodeTable::NameOf(const Node& node) const {
  MutexLock lock(mutex_);
  return node.name_;
}

std::string NodeTable::ComponentOf(const Node& node) const {
  MutexLock lock(mutex_);
  return ComponentIn(node);
}

const std::string& NodeTable::ComponentIn(const Node& node) const {
  return node.component_ == nullptr ? node.name_ : *node.component_;
}

void NodeTable::SetPending(Node& node) {
  MutexLock lock(mutex_);
  if (!node.pending.exchange(true) && node.linked_) ++node.parent_->pending_children_;
  pending_.insert(&node);
}

void NodeTable::ClearPending(Node& node) {
  MutexLock lock(mutex_);
  if (node.pending.exchange(false) && node.linked_) --node.parent_->pending_children_;
  pending_.erase(&node);
}

void NodeTable::Unlink(Node& node) {
  MutexLock lock(mutex_);
  Detach(node);
}

Node* NodeTable::ChildOf(const Node& parent, std::string_view name) const {
  if (parent.children_ == nullptr) return nullptr;
  const auto child = parent.children_->find(name);
  return child == parent.children_->end() ? nullptr : child->second;
}

void NodeTable::Attach(Node& node, const Place& place) {
  const NodePtr old_parent = std::exchange(node.parent_, place.parent);
  ++place.parent->pins_;
  --old_parent->pins_;
  Name(node, place.name, place.component);
  node.linked_ = true;
  if (node.pending) ++place.parent->pending_children_;
  AddChild(*place.parent, node);
  Collect(*old_parent);
}

void NodeTable::Move(const NodePtr& parent, std::string_view name, const NodePtr& new_parent,
                     std::string_view new_name, std::string_view new_component) {
  MutexLock lock(mutex_);
  Node* replaced = ChildOf(*new_parent, new_name);
  Node* moved = ChildOf(*parent, name);
  if (replaced != nullptr && replaced != moved) Detach(*replaced);
  if (moved == nullptr) return;
  Detach(*moved);
  Attach(*moved, {new_parent, new_name, new_component});
}

void NodeTable::Exchange(const Place& first, const Place& second) {
  MutexLock lock(mutex_);
  Node* one = ChildOf(*first.parent, first.name);
  Node* other = ChildOf(*second.parent, second.name);
  if (one != nullptr) Detach(*one);
  if (other != nullptr) Detach(*other);
  // Between the two steps a directory has lost one child and not got the other yet.
  ++first.parent->pins_;
  ++second.parent->pins_;
  if (one != nullptr) Attach(*one, second);
  if (other != nullptr) Attach(*other, first);
  --first.parent->pins_;
  --second.parent->pins_;
  Collect(*first.parent);
  Collect(*second.parent);
}

std::vector<std::pair<std::string, NodePtr>> NodeTable::PendingChildren(const Node& parent) const {
  MutexLock lock(mutex_);
  std::vector<std::pair<std::string, NodePtr>> pending;
  if (parent.pending_children_ == 0) return pending;
  for (const Node* node : pending_) {
    if (node->linked_ && node->parent_.get() == &parent)
      pending.emplace_back(node->name_, nodes_.at(node->id.value));
  }
  std::sort(pending.begin(), pending.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  return pending;
}

bool NodeTable::HasPendingChildren(const Node& parent) const {
  MutexLock lock(mutex_);
  return parent.pending_children_ > 0;
}

bool NodeTable::IsAncestor(const Node& ancestor, const Node& node) const {
  MutexLock lock(mutex_);
  for (const Node* at = &node; at != nullptr; at = at->parent_.get()) {
    if (at == &ancestor) return true;
  }
  return false;
}

void NodeTable::ForEach(const std::function<void(const NodePtr&)>& visit) const {
  std::vector<NodePtr> all;
  {
    MutexLock lock(mutex_);
    all.reserve(nodes_.size());
    for (const auto& [id, node] : nodes_) all.push_back(node);
  }
  for (const NodePtr& node : all) visit(node);
}

std::vector<NodePtr> NodeTable::WaitForTooMany(uint64_t most_bytes, uint64_t some_bytes,
                                               const std::stop_token& stop) {
  const std::stop_callback wake(stop, [this] {
    MutexLock lock(mutex_);
    grown_.NotifyAll();
  });
  std::vector<NodePtr> found;
  MutexLock lock(mutex_);
  enough_bytes_ = most_bytes;
  while (!stop.stop_requested() && (bytes_ <= most_bytes || last_id_ == last_id_told_))
    grown_.Wait(mutex_);
  if (stop.stop_requested()) return found;
  last_id_told_ = last_id_;
  const Node* const last = order_.newest();
  uint64_t found_bytes = 0;
  for (Node* at = order_.oldest(); at != nullptr && found_bytes < some_bytes;) {
    Node& node = *at;
    at = &node == last ? nullptr : NodeOrder::After(node);
    if (node.pins_ > 0 || node.pending || !node.linked_) continue;
    found.push_back(nodes_.at(node.id.value));
    found_bytes += BytesOf(node);
    order_.Touch(node);
  }
  return found;
}

size_t NodeTable::size() const {
  MutexLock lock(mutex_);
  return nodes_.size();
}

}  // namespace replicafs
