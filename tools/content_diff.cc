#include "tools/content_diff.h"

#include <algorithm>

#include "backend/blob/utf8.h"

namespace replicafs {
namespace {

constexpr size_t kPieceBytes = 1 << 20;
constexpr uint64_t kTextMaxBytes = 1 << 20;

class Comparison {
 public:
  Comparison(BlobReader& before, BlobReader& after)
      : before_(before), after_(after), piece_a_(kPieceBytes), piece_b_(kPieceBytes) {}

  // Compares [offset, end) by its bytes.
  Status Read(uint64_t offset, uint64_t end) {
    while (offset < end) {
      const size_t size = std::min<uint64_t>(kPieceBytes, end - offset);
      TRY(Fill(before_, offset, std::span(piece_a_).first(size)));
      TRY(Fill(after_, offset, std::span(piece_b_).first(size)));
      for (size_t i = 0; i < size; ++i) {
        if (piece_a_[i] != piece_b_[i]) Add(offset + i);
      }
      offset += size;
    }
    return Ok();
  }

  DifferingRanges Take() {
    Close();
    return std::move(found_);
  }

 private:
  static Status Fill(BlobReader& reader, uint64_t offset, std::span<std::byte> into) {
    while (!into.empty()) {
      const size_t got = TRY(reader.ReadAt(offset, into));
      if (got == 0)
        return Error{ErrorCode::kCorrupt, "'" + reader.info().name + "' ends before its size"};
      offset += got;
      into = into.subspan(got);
    }
    return Ok();
  }

  void Add(uint64_t offset) {
    if (open_.size_bytes > 0 && offset - (open_.offset + open_.size_bytes) < kRangeGapBytes) {
      open_.size_bytes = offset + 1 - open_.offset;
      return;
    }
    Close();
    open_ = {offset, 1};
  }

  void Close() {
    if (open_.size_bytes == 0) return;
    found_.differing_bytes += open_.size_bytes;
    if (found_.ranges.size() < kDifferingRangesMax) {
      found_.ranges.push_back(open_);
    } else {
      ++found_.omitted;
    }
    open_ = {};
  }

  BlobReader& before_;
  BlobReader& after_;
  std::vector<std::byte> piece_a_;
  std::vector<std::byte> piece_b_;
  ByteRange open_;
  DifferingRanges found_;
};

// The blocks of a content with their places; all of it is one nameless piece when it has none.
class Blocks {
 public:
  explicit Blocks(BlobReader& reader)
      : list_(reader.blocks() ? &*reader.blocks() : nullptr), size_(reader.info().size_bytes) {}

  uint64_t begin() const { return begin_; }
  uint64_t end() const { return list_ == nullptr ? size_ : begin_ + (*list_)[index_].size_bytes; }
  const Digest* name() const { return list_ == nullptr ? nullptr : &(*list_)[index_].digest; }
  // To the block that holds the byte. REQUIRES: offset < size, not before this block.
  void MoveTo(uint64_t offset) {
    while (list_ != nullptr && end() <= offset) {
      begin_ = end();
      ++index_;
    }
  }

 private:
  const BlockList* list_;
  const uint64_t size_;
  uint64_t begin_ = 0;
  size_t index_ = 0;
};

bool IsText(std::string_view bytes) {
  return IsUtf8(bytes) && std::none_of(bytes.begin(), bytes.end(), [](char c) {
           return (c >= 0 && c < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\f') ||
                  c == 0x7F;
         });
}

}  // namespace

Result<DifferingRanges> CompareContent(BlobReader& before, BlobReader& after,
                                       const std::function<void(uint64_t)>& progress) {
  const uint64_t common = std::min(before.info().size_bytes, after.info().size_bytes);
  Comparison comparison(before, after);
  Blocks a(before);
  Blocks b(after);
  for (uint64_t offset = 0; offset < common;) {
    a.MoveTo(offset);
    b.MoveTo(offset);
    const uint64_t end = std::min({a.end(), b.end(), common});
    const bool same = a.name() != nullptr && b.name() != nullptr && *a.name() == *b.name() &&
                      a.begin() == b.begin();
    if (!same) TRY(comparison.Read(offset, end));
    offset = end;
    progress(offset);
  }
  return comparison.Take();
}

Result<std::optional<std::string>> ReadText(BlobReader& reader) {
  const uint64_t size = reader.info().size_bytes;
  if (size > kTextMaxBytes) return std::optional<std::string>();
  std::string text(size, '\0');
  const auto bytes = std::as_writable_bytes(std::span(text));
  for (size_t done = 0; done < text.size();) {
    const size_t got = TRY(reader.ReadAt(done, bytes.subspan(done)));
    if (got == 0)
      return Error{ErrorCode::kCorrupt, "'" + reader.info().name + "' ends before its size"};
    done += got;
  }
  if (!IsText(text)) return std::optional<std::string>();
  return std::optional<std::string>(std::move(text));
}

}  // namespace replicafs
