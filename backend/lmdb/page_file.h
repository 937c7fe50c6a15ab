// LMDB's file as it lies on disk (data version 1 of LMDB 0.9, 64 bits, little-endian; mdb.c, "Page
// Format"), read without LMDB, which believes whatever a page says. Nothing in it has a checksum.
//
//   page   n8 its number, 2 bytes, n2 flags, then n2 lower and n2 upper of its free room
//          or n4 pages of an overflow; n2 offsets of its nodes up to lower; nodes from upper on
//   node   leaf: n4 size of the value, n2 flags, n2 size of the key, key, value
//          or, of a value that is too large, its first overflow page (n8)
//          branch: n6 page, n2 size of the key, key: the least of that page
//   meta   pages 0 and 1: n4 magic, n4 version, 8 bytes, n8 size of the map, two trees
//          (free pages; names of tables), n8 last page, n8 transaction
//   tree   n4 (page size in the first of a meta), n2 flags, n2 depth, n8 branch pages, n8 leaf
//          pages, n8 overflow pages, n8 entries, n8 root
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backend/base/result.h"
#include "backend/base/unique_fd.h"

namespace replicafs::lmdb {

struct PageTree {
  static constexpr uint64_t kNoRoot = UINT64_MAX;  // of an empty tree

  uint16_t flags = 0;
  uint16_t depth = 0;
  uint64_t branch_pages = 0;
  uint64_t leaf_pages = 0;
  uint64_t overflow_pages = 0;
  uint64_t entries = 0;
  uint64_t root = kNoRoot;
};

// LMDB believes the flags of a tree, and frees what it never allocated where they ask for what the
// rows are not (MDB_DUPSORT). The tables here have none.
constexpr uint16_t kTableFlags = 0;
constexpr uint16_t kFreePagesFlags = 0x08;  // MDB_INTEGERKEY

struct PageMeta {
  uint64_t page_bytes = 0;
  PageTree free_pages;
  PageTree tables;
  uint64_t last_page = 0;
  uint64_t transaction = 0;
};

struct PageNode {
  std::string_view key;
  std::string_view value;  // of a leaf, unless it lies in overflow pages
  uint64_t page = 0;       // of a branch: the child; of a leaf: the first overflow page, or 0
  uint64_t value_bytes = 0;
  bool is_tree = false;  // the value is the tree of a table
};

// Not thread-safe.
class PageFile {
 public:
  static Result<PageFile> Open(std::string path);

  const std::string& path() const { return path_; }
  uint64_t page_bytes() const { return page_bytes_; }

  // Both metas. kCorrupt when they cannot be those of one environment: their transactions follow
  // each other, the even one comes first. "… is damaged: …" names the file and the remedy.
  Result<std::vector<PageMeta>> ReadMetas();

  // The nodes of a branch or leaf page, in order. They live until this is called again. The error
  // says what is wrong with the page.
  Result<std::vector<PageNode>> ReadNodes(uint64_t page, bool leaf);
  // How many overflow pages begin there and hold a value of that size.
  Result<uint64_t> OverflowPages(uint64_t page, uint64_t value_bytes) const;
  // The value in overflow pages.
  Result<std::string> ReadOverflow(uint64_t page, uint64_t value_bytes) const;

 private:
  PageFile(UniqueFd file, std::string path) : file_(std::move(file)), path_(std::move(path)) {}
  Status Load(uint64_t page, uint64_t bytes, std::string& into) const;
  Result<PageNode> ReadNode(uint64_t offset, bool leaf) const;

  UniqueFd file_;
  std::string path_;
  uint64_t page_bytes_ = 0;
  std::string loaded_;
};

// The tree that a node of the tree of tables names; nullopt when its bytes are too few.
std::optional<PageTree> TreeOf(std::string_view value);

// What is to be said about a file that LMDB must not be let at.
Error DamagedFile(const std::string& path, const std::string& what);

}  // namespace replicafs::lmdb
