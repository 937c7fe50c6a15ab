#include "backend/lmdb/page_check.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

namespace replicafs::lmdb {
namespace {

constexpr uint64_t kFirstPage = 2;  // behind the metas
constexpr uint16_t kDepthMax = 32;  // of LMDB's cursors
constexpr size_t kNamedMax = 100;

enum class KeyOrder { kBytes, kNumbers };

// Where the keys of a page lie; empty: no limit.
struct Bounds {
  std::string from;
  std::string before;
};

struct Seen {
  uint64_t branch_pages = 0;
  uint64_t leaf_pages = 0;
  uint64_t overflow_pages = 0;
  uint64_t entries = 0;
};

struct Child {
  uint64_t page;
  Bounds bounds;
};

class TreeCheck {
 public:
  TreeCheck(PageFile& file, const PageMeta& meta, PageDepth depth)
      : file_(file), meta_(meta), depth_(depth), used_(meta.last_page + 1) {}

  std::vector<std::string> Run() {
    order_ = KeyOrder::kNumbers;
    CheckTree(meta_.free_pages, "of free pages", PageDepth::kAll, &TreeCheck::NoteFree);
    order_ = KeyOrder::kBytes;
    CheckTree(meta_.tables, "of tables", PageDepth::kAll, &TreeCheck::NoteTable);
    for (size_t i = 0; i < tables_.size(); ++i)
      CheckTree(tables_[i].second, "'" + tables_[i].first + "'", depth_, nullptr);
    for (const uint64_t page : free_) Use(page, "the list of free pages");
    if (depth_ == PageDepth::kAll && damage_.empty()) CheckRest();
    return std::move(damage_);
  }

 private:
  using NoteNode = Status (TreeCheck::*)(const PageNode&);

  void Find(std::string what) {
    if (damage_.size() < kNamedMax) damage_.push_back(std::move(what));
  }

  // False when the page cannot be used by `user`.
  bool Use(uint64_t page, const std::string& user) {
    if (page < kFirstPage || page > meta_.last_page) {
      Find(user + " leads to page " + std::to_string(page) + ", which does not exist");
      return false;
    }
    if (used_[page]) {
      Find("page " + std::to_string(page) + " is used twice, the second time by " + user);
      return false;
    }
    used_[page] = true;
    return true;
  }

  void CheckRest() {
    const auto used = static_cast<uint64_t>(std::count(used_.begin(), used_.end(), true));
    const uint64_t all = meta_.last_page + 1 - kFirstPage;
    if (used != all) Find(std::to_string(all - used) + " pages are neither used nor free");
  }

  void CheckTree(const PageTree& tree, const std::string& name, PageDepth depth, NoteNode note) {
    if (tree.root == PageTree::kNoRoot) return;
    name_ = "table " + name;
    if (tree.depth == 0 || tree.depth > kDepthMax) {
      Find(name_ + " has no sound depth");
      return;
    }
    tree_depth_ = depth;
    note_ = note;
    seen_ = {};
    const size_t before = damage_.size();
    CheckPage(tree.root, tree.depth, {});
    if (damage_.size() != before) return;
    const bool counted =
        seen_.branch_pages == tree.branch_pages && seen_.leaf_pages == tree.leaf_pages &&
        (depth == PageDepth::kBranches ||
         (seen_.entries == tree.entries && seen_.overflow_pages == tree.overflow_pages));
    if (!counted) Find(name_ + " counts other pages or rows than it has");
  }

  void CheckPage(uint64_t page, uint16_t levels, const Bounds& bounds) {
    if (!Use(page, name_)) return;
    const bool leaf = levels == 1;
    ++(leaf ? seen_.leaf_pages : seen_.branch_pages);
    if (leaf && tree_depth_ == PageDepth::kBranches) return;
    std::vector<Child> children;
    const Status sound = leaf ? CheckLeaf(page, bounds) : CheckBranch(page, bounds, children);
    if (!sound) {
      Find("page " + std::to_string(page) + " of " + name_ + " " + sound.error().message);
      return;
    }
    for (const Child& child : children)
      CheckPage(child.page, static_cast<uint16_t>(levels - 1), child.bounds);
  }

  Status CheckBranch(uint64_t page, const Bounds& bounds, std::vector<Child>& children) {
    const std::vector<PageNode> nodes = TRY(file_.ReadNodes(page, false));
    // The first key of a branch stands for everything below the second.
    TRY(CheckKeys(nodes, 1, bounds));
    for (size_t i = 0; i < nodes.size(); ++i) {
      children.push_back({nodes[i].page,
                          {i == 0 ? bounds.from : std::string(nodes[i].key),
                           i + 1 == nodes.size() ? bounds.before : std::string(nodes[i + 1].key)}});
    }
    return Ok();
  }

  Status CheckLeaf(uint64_t page, const Bounds& bounds) {
    const std::vector<PageNode> nodes = TRY(file_.ReadNodes(page, true));
    TRY(CheckKeys(nodes, 0, bounds));
    seen_.entries += nodes.size();
    for (const PageNode& node : nodes) {
      CheckOverflow(node);
      if (note_ != nullptr) TRY((this->*note_)(node));
    }
    return Ok();
  }

  void CheckOverflow(const PageNode& node) {
    if (node.page == 0) return;
    const auto pages = file_.OverflowPages(node.page, node.value_bytes);
    if (!pages) {
      Find("page " + std::to_string(node.page) + " of " + name_ + " " + pages.error().message);
      return;
    }
    for (uint64_t i = 0; i < *pages; ++i) {
      if (!Use(node.page + i, name_)) return;
    }
    seen_.overflow_pages += *pages;
  }

  static uint64_t NumberOf(std::string_view key) {
    uint64_t number = 0;
    std::memcpy(&number, key.data(), sizeof(number));
    return number;
  }

  bool Less(std::string_view one, std::string_view other) const {
    return order_ == KeyOrder::kBytes ? one < other : NumberOf(one) < NumberOf(other);
  }

  Status CheckKeys(const std::vector<PageNode>& nodes, size_t first, const Bounds& bounds) const {
    const Error wrong{ErrorCode::kCorrupt, "has keys that are out of order"};
    for (size_t i = first; i < nodes.size(); ++i) {
      const std::string_view key = nodes[i].key;
      if (key.empty() || (order_ == KeyOrder::kNumbers && key.size() != sizeof(uint64_t)))
        return wrong;
      const bool in_order = (i == first || Less(nodes[i - 1].key, key)) &&
                            (bounds.from.empty() || !Less(key, bounds.from)) &&
                            (bounds.before.empty() || Less(key, bounds.before));
      if (!in_order) return wrong;
    }
    return Ok();
  }

  Status NoteTable(const PageNode& node) {
    const auto tree = TreeOf(node.value);
    if (!node.is_tree || !tree || tree->flags != kTableFlags)
      return Error{ErrorCode::kCorrupt, "does not describe table '" + std::string(node.key) + "'"};
    tables_.emplace_back(node.key, *tree);
    return Ok();
  }

  // A list of free pages: how many, then their numbers.
  Status NoteFree(const PageNode& node) {
    std::string large;
    if (node.page != 0) large = TRY(file_.ReadOverflow(node.page, node.value_bytes));
    const std::string_view list = node.page != 0 ? std::string_view(large) : node.value;
    const Error wrong{ErrorCode::kCorrupt, "has a list of free pages that is none"};
    if (list.size() < sizeof(uint64_t) || NumberOf(node.key) > meta_.transaction) return wrong;
    const uint64_t count = NumberOf(list);
    if (count > list.size() / sizeof(uint64_t) - 1) return wrong;
    for (uint64_t i = 1; i <= count; ++i)
      free_.push_back(NumberOf(list.substr(i * sizeof(uint64_t))));
    return Ok();
  }

  PageFile& file_;
  const PageMeta& meta_;
  const PageDepth depth_;
  std::vector<bool> used_;
  std::vector<std::string> damage_;
  std::vector<std::pair<std::string, PageTree>> tables_;
  std::vector<uint64_t> free_;

  // Of the tree that is being checked.
  std::string name_;
  KeyOrder order_ = KeyOrder::kBytes;
  PageDepth tree_depth_ = PageDepth::kAll;
  NoteNode note_ = nullptr;
  Seen seen_;
};

}  // namespace

std::vector<std::string> FindPageDamage(PageFile& file, const PageMeta& meta, PageDepth depth) {
  return TreeCheck(file, meta, depth).Run();
}

}  // namespace replicafs::lmdb
