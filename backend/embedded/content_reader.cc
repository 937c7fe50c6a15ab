#include "backend/embedded/content_reader.h"

#include <algorithm>
#include <cstring>

namespace replicafs::embedded {

ContentReader::ContentReader(const BlobPath& path, BlobInfo info, ContentRecord content,
                             BlockReader& reader, Pins& pins)
    : path_(ToString(path)), info_(std::move(info)), reader_(reader) {
  std::optional<BlockList> blocks;
  if (auto* bytes = std::get_if<std::string>(&content)) {
    inline_ = std::move(*bytes);
  } else {
    blocks = std::get<BlockList>(std::move(content));
    uint64_t end = 0;
    for (const BlockRef& block : *blocks) ends_.push_back(end += block.size_bytes);
  }
  blocks_ = pins.Pin(std::move(blocks));
}

Error ContentReader::Damaged(const std::string& what) const {
  return Error{ErrorCode::kCorrupt, "blob '" + path_ + "' is damaged: " + what};
}

Result<size_t> ContentReader::ReadAt(uint64_t offset, std::span<std::byte> into) {
  if (info_.properties.tier == Tier::kArchive)
    return Error{ErrorCode::kArchived, "blob '" + path_ + "' is in the archive tier"};
  if (offset >= info_.size_bytes) return size_t{0};
  const auto size = static_cast<size_t>(std::min<uint64_t>(into.size(), info_.size_bytes - offset));
  if (blocks_->has_value()) return ReadBlocks(offset, into.first(size));
  TRY(VerifyInline());
  std::memcpy(into.data(), inline_.data() + offset, size);
  return size;
}

Status ContentReader::VerifyInline() {
  if (inline_verified_.load(std::memory_order_relaxed)) return Ok();
  const bool right = inline_.size() == info_.size_bytes &&
                     (!info_.content_md5 || Md5Of(AsBytes(inline_)) == *info_.content_md5);
  if (!right) return Damaged("its inline content is not what was written");
  inline_verified_.store(true, std::memory_order_relaxed);
  return Ok();
}

Result<size_t> ContentReader::ReadBlocks(uint64_t offset, std::span<std::byte> into) {
  const BlockList& blocks = **blocks_;
  size_t done = 0;
  auto index =
      static_cast<size_t>(std::upper_bound(ends_.begin(), ends_.end(), offset) - ends_.begin());
  for (; done < into.size() && index < blocks.size(); ++index) {
    const BlockRef& block = blocks[index];
    const uint64_t within = offset + done - (ends_[index] - block.size_bytes);
    const auto wanted =
        static_cast<size_t>(std::min<uint64_t>(into.size() - done, block.size_bytes - within));
    auto read = reader_.Read(block.digest, within, into.subspan(done, wanted));
    if (!read) {
      const ErrorCode code = read.error().code;
      if (code != ErrorCode::kNotFound && code != ErrorCode::kCorrupt) return read;
      return Damaged(read.error().message);
    }
    if (*read < wanted) return Damaged("block " + ToHex(block.digest) + " is too short");
    done += wanted;
  }
  if (done < into.size()) return Damaged("its blocks end too early");
  return done;
}

}  // namespace replicafs::embedded
