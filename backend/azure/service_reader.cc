#include "backend/azure/service_reader.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace replicafs::azure {

ServiceReader::ServiceReader(embedded::OpenedVersion version, ServiceView& view)
    : version_(std::move(version)), view_(view) {
  uint64_t end = 0;
  if (const auto& known = blocks()) {
    for (const BlockRef& block : *known) ends_.push_back(end += block.size_bytes);
  }
}

const std::optional<BlockList>& ServiceReader::blocks() const {
  static const std::optional<BlockList> kUnknown;
  return version_.local == nullptr ? kUnknown : version_.local->blocks();
}

Status ServiceReader::UseKey(ContentKeyPtr key) {
  return CheckKey(version_.info.key_sha256, key, ToString(version_.path));
}

Status ServiceReader::CheckReadable() const {
  TRY(CheckOnline(version_.info.properties.tier, ToString(version_.path)));
  return CheckKey(version_.info.key_sha256, nullptr, ToString(version_.path));
}

std::optional<ServiceReader::Block> ServiceReader::BlockAtOffset(uint64_t offset) const {
  if (ends_.empty()) return std::nullopt;
  const auto index =
      static_cast<size_t>(std::upper_bound(ends_.begin(), ends_.end(), offset) - ends_.begin());
  const BlockRef& ref = (*blocks())[index];
  return Block{ref, ends_[index] - ref.size_bytes};
}

Result<size_t> ServiceReader::ReadAt(uint64_t offset, std::span<std::byte> into) {
  TRY(CheckReadable());
  const uint64_t size = version_.info.size_bytes;
  if (offset >= size) return size_t{0};
  into = into.first(static_cast<size_t>(std::min<uint64_t>(into.size(), size - offset)));
  size_t done = 0;
  while (done < into.size()) {
    const uint64_t at = offset + done;
    const auto block = BlockAtOffset(at);
    size_t piece = into.size() - done;
    if (block) {
      const uint64_t left = block->offset + block->ref.size_bytes - at;
      piece = static_cast<size_t>(std::min<uint64_t>(piece, left));
    }
    TRY(ReadPiece(block, at, into.subspan(done, piece)));
    done += piece;
  }
  return done;
}

Result<std::optional<FileParts>> ServiceReader::PartsAt(uint64_t offset, size_t size) {
  TRY(CheckReadable());
  if (version_.local == nullptr) return std::optional<FileParts>();
  auto parts = version_.local->PartsAt(offset, size);
  // What is missing here is read.
  if (!parts) return std::optional<FileParts>();
  return parts;
}

Status ServiceReader::ReadPiece(const std::optional<Block>& block, uint64_t offset,
                                std::span<std::byte> into) {
  if (block) {
    const auto read =
        view_.local().store().ReadBlock(block->ref.digest, offset - block->offset, into);
    if (read && *read == into.size()) {
      MutexLock lock(mutex_);
      next_offset_ = offset + into.size();
      return Ok();
    }
    // Neither what is missing nor what is damaged here keeps from reading it there.
  }
  if (FromWindow(offset, into)) return Ok();
  const uint64_t window = GrowWindow(offset, into.size());
  if (block && window >= block->ref.size_bytes) return FetchBlock(*block, offset, into);
  const uint64_t end = block ? block->offset + block->ref.size_bytes : version_.info.size_bytes;
  return FetchWindow(std::min(end, offset + window), offset, into);
}

// How much is to be asked for.
uint64_t ServiceReader::GrowWindow(uint64_t offset, uint64_t size_bytes) {
  MutexLock lock(mutex_);
  const bool goes_on = offset == next_offset_ && offset > 0;
  window_bytes_ = goes_on ? std::min(window_bytes_ * 2, kWindowMaxBytes) : kWindowMinBytes;
  const uint64_t wanted = std::max(window_bytes_, size_bytes);
  next_offset_ = offset + size_bytes;
  return wanted;
}

bool ServiceReader::FromWindow(uint64_t offset, std::span<std::byte> into) {
  MutexLock lock(mutex_);
  if (offset < window_offset_ || offset + into.size() > window_offset_ + window_.size())
    return false;
  std::memcpy(into.data(), window_.data() + (offset - window_offset_), into.size());
  next_offset_ = offset + into.size();
  return true;
}

Status ServiceReader::FetchWindow(uint64_t end, uint64_t offset, std::span<std::byte> into) {
  std::string bytes(static_cast<size_t>(std::max<uint64_t>(end - offset, into.size())), '\0');
  TRY(Fetch(offset, std::as_writable_bytes(std::span(bytes.data(), bytes.size()))));
  std::memcpy(into.data(), bytes.data(), into.size());
  MutexLock lock(mutex_);
  window_offset_ = offset;
  window_ = std::move(bytes);
  return Ok();
}

Status ServiceReader::FetchBlock(const Block& block, uint64_t offset, std::span<std::byte> into) {
  std::string bytes(static_cast<size_t>(block.ref.size_bytes), '\0');
  TRY(Fetch(block.offset, std::as_writable_bytes(std::span(bytes.data(), bytes.size()))));
  if (Sha256(AsBytes(bytes)) != block.ref.digest)
    return Error{ErrorCode::kCorrupt, "the service has other bytes than were written for '" +
                                          ToString(version_.path) + "' at " +
                                          std::to_string(block.offset)};
  std::memcpy(into.data(), bytes.data() + (offset - block.offset), into.size());
  // For the next reader; a full disk is no reason to fail this one.
  static_cast<void>(view_.local().store().StageBlock(block.ref.digest, AsBytes(bytes)).has_value());
  return Ok();
}

Status ServiceReader::Fetch(uint64_t offset, std::span<std::byte> into) {
  const auto places = TRY(view_.PlacesOf(version_.path, version_.info.version, version_.homes));
  Error error{ErrorCode::kStale, "the service does not have '" + ToString(version_.path) + "' of " +
                                     ToString(version_.info.version) + " any more"};
  for (const Place& place : places) {
    const auto read = view_.service().Read(
        {.address = place.address, .offset = offset, .if_match = place.etag}, into);
    if (read && *read == into.size()) return Ok();
    if (read)
      return Error{ErrorCode::kCorrupt,
                   "the blob '" + ToString(version_.path) + "' is shorter at the service"};
    const ErrorCode code = read.error().code;
    if (code != ErrorCode::kNotFound && code != ErrorCode::kStale) return read.error();
  }
  return error;
}

}  // namespace replicafs::azure
