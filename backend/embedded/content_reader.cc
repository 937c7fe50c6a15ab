#include "backend/embedded/content_reader.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

namespace replicafs::embedded {

ContentReader::ContentReader(const BlobPath& path, BlobInfo info, ContentRecord content,
                             BlockReader& reader, Pins& pins)
    : path_(ToString(path)),
      info_(std::move(info)),
      reader_(reader),
      last_index_(std::numeric_limits<size_t>::max()) {
  std::optional<BlockList> blocks;
  if (auto* bytes = std::get_if<std::string>(&content)) {
    inline_ = std::move(*bytes);
  } else {
    if (auto* encrypted = std::get_if<EncryptedBlocks>(&content)) {
      blocks = std::move(encrypted->blocks);
      nonces_ = std::move(encrypted->nonces);
      encrypted_ = true;
    } else {
      blocks = std::get<BlockList>(std::move(content));
    }
    uint64_t end = 0;
    for (const BlockRef& block : *blocks) ends_.push_back(end += block.size_bytes);
  }
  blocks_ = pins.Pin(std::move(blocks));
}

Status ContentReader::CheckReadable() const {
  TRY(CheckOnline(info_.properties.tier, path_));
  // Ciphertext must not pass for the blob's bytes.
  if (info_.key_sha256.has_value() != encrypted_)
    return Damaged("its content and its version differ in whether it is encrypted");
  return CheckKey(info_.key_sha256, key_, path_);
}

Status ContentReader::UseKey(ContentKeyPtr key) {
  TRY(CheckKey(info_.key_sha256, key, path_));
  key_ = std::move(key);
  return Ok();
}

const std::optional<BlockList>& ContentReader::blocks() const {
  static const std::optional<BlockList> kHidden;
  return info_.key_sha256 ? kHidden : *blocks_;
}

// A block that cannot be had is damage to the blob that has it.
Error ContentReader::Unreadable(Error error) const {
  const bool damage = error.code == ErrorCode::kNotFound || error.code == ErrorCode::kCorrupt;
  return damage ? Damaged(error.message) : error;
}

size_t ContentReader::IndexAt(uint64_t offset) const {
  return static_cast<size_t>(std::upper_bound(ends_.begin(), ends_.end(), offset) - ends_.begin());
}

void ContentReader::LookAhead(size_t index, uint64_t end) {
  // Many only look at how a blob begins.
  if (index == 0 && end < std::min(kLookBytes, ends_.front())) return;
  const size_t last = last_index_.exchange(index, std::memory_order_relaxed);
  // Who reads here and there would only be held up.
  if (index != last + 1) return;
  const BlockList& blocks = **blocks_;
  // The further somebody has read, the further is it likely to go on.
  const size_t ahead = std::min(index + kAheadBlocksAtFirst, kAheadBlocks);
  const size_t last_ahead = std::min(index + ahead, blocks.size() - 1);
  for (size_t next = index + 1; next <= last_ahead; ++next)
    reader_.VerifyAhead(blocks[next].digest);
}

Error ContentReader::Damaged(const std::string& what) const {
  return Error{ErrorCode::kCorrupt, "blob '" + path_ + "' is damaged: " + what};
}

Result<size_t> ContentReader::ReadAt(uint64_t offset, std::span<std::byte> into) {
  TRY(CheckReadable());
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
  for (size_t index = IndexAt(offset); done < into.size() && index < blocks.size(); ++index) {
    const BlockRef& block = blocks[index];
    const uint64_t within = offset + done - (ends_[index] - block.size_bytes);
    const auto wanted =
        static_cast<size_t>(std::min<uint64_t>(into.size() - done, block.size_bytes - within));
    LookAhead(index, within + wanted);
    auto read = reader_.Read(block.digest, within, into.subspan(done, wanted));
    if (!read) return Unreadable(std::move(read).error());
    if (*read < wanted) return Damaged("block " + ToHex(block.digest) + " is too short");
    if (key_ != nullptr) {
      const auto piece = into.subspan(done, wanted);
      key_->Crypt(nonces_[index], within, piece, piece);
    }
    done += wanted;
  }
  if (done < into.size()) return Damaged("its blocks end too early");
  return done;
}

Result<std::optional<FileParts>> ContentReader::PartsAt(uint64_t offset, size_t size) {
  TRY(CheckReadable());
  if (!blocks_->has_value() || key_ != nullptr) return std::optional<FileParts>();
  FileParts found;
  const BlockList& blocks = **blocks_;
  uint64_t left =
      offset >= info_.size_bytes ? 0 : std::min<uint64_t>(size, info_.size_bytes - offset);
  for (size_t index = IndexAt(offset); left > 0; ++index) {
    if (index == blocks.size()) return Damaged("its blocks end too early");
    if (found.count == FileParts::kMax) return std::optional<FileParts>();
    const BlockRef& block = blocks[index];
    const uint64_t within = offset - (ends_[index] - block.size_bytes);
    const auto wanted = static_cast<size_t>(std::min(left, block.size_bytes - within));
    LookAhead(index, within + wanted);
    auto part = reader_.Part(block.digest, within, wanted);
    if (!part) return Unreadable(std::move(part).error());
    found.parts[found.count++] = std::move(*part);
    offset += wanted;
    left -= wanted;
  }
  return std::optional(std::move(found));
}

}  // namespace replicafs::embedded
