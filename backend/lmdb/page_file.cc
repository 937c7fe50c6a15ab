#include "backend/lmdb/page_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>

namespace replicafs::lmdb {
namespace {

static_assert(std::endian::native == std::endian::little, "LMDB's files are of the host's order");

constexpr uint64_t kHeaderBytes = 16;
constexpr uint64_t kNodeHeaderBytes = 8;
constexpr uint64_t kTreeBytes = 48;
constexpr uint32_t kMagic = 0xBEEFC0DE;
constexpr uint32_t kVersion = 1;
constexpr uint64_t kPageMinBytes = 512;
constexpr uint64_t kPageMaxBytes = 32768;
constexpr uint64_t kFileMaxBytes = uint64_t{1} << 45;
constexpr uint64_t kKeyMaxBytes = 511;
// The last pages of a transaction may have been given back before they were ever written.
constexpr uint64_t kUnwrittenMaxBytes = 256 << 20;

enum PageFlags : uint16_t { kBranch = 0x01, kLeaf = 0x02, kOverflow = 0x04, kMeta = 0x08 };
enum NodeFlags : uint16_t { kBigValue = 0x01, kTreeValue = 0x02 };

template <class T>
T Number(std::string_view bytes, uint64_t offset) {
  T number{};
  std::memcpy(&number, bytes.data() + offset, sizeof(number));
  return number;
}

PageTree ReadTree(std::string_view bytes, uint64_t offset) {
  return {.flags = Number<uint16_t>(bytes, offset + 4),
          .depth = Number<uint16_t>(bytes, offset + 6),
          .branch_pages = Number<uint64_t>(bytes, offset + 8),
          .leaf_pages = Number<uint64_t>(bytes, offset + 16),
          .overflow_pages = Number<uint64_t>(bytes, offset + 24),
          .entries = Number<uint64_t>(bytes, offset + 32),
          .root = Number<uint64_t>(bytes, offset + 40)};
}

Error Wrong(std::string what) {
  return Error{ErrorCode::kCorrupt, std::move(what)};
}

Result<PageMeta> ReadMeta(std::string_view page) {
  if (Number<uint16_t>(page, 10) != kMeta || Number<uint32_t>(page, 16) != kMagic)
    return Wrong("a meta page does not look like one");
  if (Number<uint32_t>(page, 20) != kVersion) return Wrong("it is of another version of LMDB");
  PageMeta meta{.page_bytes = Number<uint32_t>(page, 40),
                .free_pages = ReadTree(page, 40),
                .tables = ReadTree(page, 40 + kTreeBytes),
                .last_page = Number<uint64_t>(page, 40 + 2 * kTreeBytes),
                .transaction = Number<uint64_t>(page, 48 + 2 * kTreeBytes)};
  const bool page_size = std::has_single_bit(meta.page_bytes) && meta.page_bytes >= kPageMinBytes &&
                         meta.page_bytes <= kPageMaxBytes;
  const bool flags = meta.free_pages.flags == kFreePagesFlags && meta.tables.flags == kTableFlags;
  if (!page_size || !flags || meta.last_page < 1 ||
      meta.last_page >= kFileMaxBytes / meta.page_bytes)
    return Wrong("a meta page says what cannot be");
  return meta;
}

}  // namespace

Error DamagedFile(const std::string& path, const std::string& what) {
  return Error{ErrorCode::kCorrupt,
               "database file '" + path + "' is damaged: " + what +
                   "; put back a copy of the account's directory, or make the account anew and "
                   "copy its containers back from their replicas"};
}

std::optional<PageTree> TreeOf(std::string_view value) {
  if (value.size() != kTreeBytes) return std::nullopt;
  return ReadTree(value, 0);
}

Result<PageFile> PageFile::Open(std::string path) {
  UniqueFd file = TRY(OpenFile(path, O_RDONLY));
  return PageFile(std::move(file), std::move(path));
}

Result<std::vector<PageMeta>> PageFile::ReadMetas() {
  // The size of a page stands in the first.
  std::string head(kPageMaxBytes + kPageMinBytes, '\0');
  const auto read = ReadFullAt(file_.get(), std::as_writable_bytes(std::span(head)), 0);
  if (!read) return Error(read.error()).Within("'" + path_ + "'");
  if (*read < kPageMinBytes) return DamagedFile(path_, "it ends before its first page does");
  auto first = ReadMeta(head);
  if (!first) return DamagedFile(path_, first.error().message);
  if (*read < first->page_bytes + kPageMinBytes)
    return DamagedFile(path_, "it ends before its second page does");
  const auto second = ReadMeta(std::string_view(head).substr(first->page_bytes));
  if (!second) return DamagedFile(path_, second.error().message);
  const uint64_t even = first->transaction;
  const uint64_t odd = second->transaction;
  const bool follow = odd == even + 1 || even == odd + 1 || (even == 0 && odd == 0);
  if (second->page_bytes != first->page_bytes || even % 2 != 0 || !follow)
    return DamagedFile(path_, "its two meta pages do not belong together");
  page_bytes_ = first->page_bytes;
  struct stat stat {};
  if (::fstat(file_.get(), &stat) != 0) return ErrnoError("stat '" + path_ + "'", errno);
  const uint64_t last_page = std::max(first->last_page, second->last_page);
  if (last_page * page_bytes_ > static_cast<uint64_t>(stat.st_size) + kUnwrittenMaxBytes)
    return DamagedFile(path_, "it is shorter than its meta pages say");
  return std::vector<PageMeta>{*first, *second};
}

Status PageFile::Load(uint64_t page, uint64_t bytes, std::string& into) const {
  into.resize(bytes);
  const auto read =
      ReadFullAt(file_.get(), std::as_writable_bytes(std::span(into)), page * page_bytes_);
  if (!read) return Error(read.error());
  if (*read < bytes) return Wrong("lies beyond the end of the file");
  if (Number<uint64_t>(into, 0) != page) return Wrong("has another page's number");
  return Ok();
}

Result<PageNode> PageFile::ReadNode(uint64_t offset, bool leaf) const {
  const std::string_view page = loaded_;
  const Error outside = Wrong("has a row that reaches out of it");
  if (offset < kHeaderBytes || offset + kNodeHeaderBytes > page.size()) return outside;
  const auto low = Number<uint32_t>(page, offset);
  const auto flags = Number<uint16_t>(page, offset + 4);
  const uint64_t key_bytes = Number<uint16_t>(page, offset + 6);
  const uint64_t value_at = offset + kNodeHeaderBytes + key_bytes;
  if (value_at > page.size() || key_bytes > kKeyMaxBytes) return outside;
  PageNode node{.key = page.substr(offset + kNodeHeaderBytes, key_bytes)};
  if (!leaf) {
    node.page = low | (uint64_t{flags} << 32);
    return node;
  }
  if ((flags & ~(kBigValue | kTreeValue)) != 0) return Wrong("has a row of an unknown kind");
  node.value_bytes = low;
  node.is_tree = (flags & kTreeValue) != 0;
  const uint64_t held = (flags & kBigValue) != 0 ? sizeof(uint64_t) : node.value_bytes;
  if (value_at + held > page.size()) return outside;
  if ((flags & kBigValue) != 0) {
    node.page = Number<uint64_t>(page, value_at);
  } else {
    node.value = page.substr(value_at, held);
  }
  return node;
}

Result<std::vector<PageNode>> PageFile::ReadNodes(uint64_t page, bool leaf) {
  TRY(Load(page, page_bytes_, loaded_));
  if (Number<uint16_t>(loaded_, 10) != (leaf ? kLeaf : kBranch))
    return Wrong(leaf ? "is no leaf" : "is no branch");
  const uint64_t lower = Number<uint16_t>(loaded_, 12);
  const uint64_t upper = Number<uint16_t>(loaded_, 14);
  if (lower <= kHeaderBytes || lower > upper || upper > page_bytes_ || lower % 2 != 0)
    return Wrong("has no sound bounds");
  std::vector<PageNode> nodes;
  for (uint64_t at = kHeaderBytes; at < lower; at += sizeof(uint16_t)) {
    const uint64_t offset = Number<uint16_t>(loaded_, at);
    if (offset < upper) return Wrong("has a row in its free room");
    nodes.push_back(TRY(ReadNode(offset, leaf)));
  }
  return nodes;
}

// A value that became shorter may keep the pages that it had.
Result<uint64_t> PageFile::OverflowPages(uint64_t page, uint64_t value_bytes) const {
  std::string header;
  TRY(Load(page, kHeaderBytes, header));
  const uint64_t pages = Number<uint32_t>(header, 12);
  if (Number<uint16_t>(header, 10) != kOverflow ||
      pages < (kHeaderBytes - 1 + value_bytes) / page_bytes_ + 1)
    return Wrong("does not begin the large value that it should");
  char last = 0;
  const auto read = TRY(ReadFullAt(file_.get(), std::as_writable_bytes(std::span(&last, 1)),
                                   (page + pages) * page_bytes_ - 1));
  if (read < 1) return Wrong("begins a value that the file does not hold to its end");
  return pages;
}

Result<std::string> PageFile::ReadOverflow(uint64_t page, uint64_t value_bytes) const {
  TRY(OverflowPages(page, value_bytes));
  std::string value(value_bytes, '\0');
  const auto read = TRY(ReadFullAt(file_.get(), std::as_writable_bytes(std::span(value)),
                                   page * page_bytes_ + kHeaderBytes));
  if (read < value_bytes) return Wrong("begins a value that the file does not hold to its end");
  return value;
}

}  // namespace replicafs::lmdb
