#include "fs/core/file_content.h"

#include <fcntl.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "backend/blob/block_schedule.h"
#include "cache/base_content.h"
#include "fs/core/close_later.h"
#include "fs/core/file_commit.h"

namespace replicafs {

Result<std::shared_ptr<BlobReader>> OpenVersion(FileSystemState& state, Node& node) {
  const Location location = state.nodes->LocationOf(node);
  VersionId version = node.version;
  {
    MutexLock lock(node.file_mutex);
    if (node.unlinked) {
      if (node.file.orphan_reader != nullptr) return node.file.orphan_reader;
      return Error{ErrorCode::kStale, "the file was removed"};
    }
  }
  return std::shared_ptr<BlobReader>(TRY(location.store().Open(location.path(), version)));
}

namespace {

// The reader of a file that nobody writes; renewed when a writer of this mount has ended since.
Result<std::shared_ptr<BlobReader>> ReaderOf(FileSystemState& state, FileHandle& handle) {
  Node& node = *handle.node;
  uint64_t epoch = 0;
  std::shared_ptr<BlobReader> reader;
  {
    MutexLock lock(node.file_mutex);
    epoch = node.file.writer_epoch;
    reader = node.file.left_by_writer;
  }
  {
    MutexLock lock(handle.mutex);
    if (handle.reader != nullptr && handle.writer_epoch == epoch) return handle.reader;
  }
  if (reader == nullptr) reader = TRY(OpenVersion(state, node));
  MutexLock lock(handle.mutex);
  handle.reader = reader;
  handle.writer_epoch = epoch;
  return reader;
}

// Precedes each change: what asks for none leaves the session as it is.
void NoteUnflushed(FileHandle& handle) {
  if (handle.unflushed) return;
  MutexLock lock(handle.node->file_mutex);
  if (!handle.unflushed.exchange(true)) ++handle.node->file.unflushed_handles;
}

Result<std::shared_ptr<FileWriter>> WriterFor(FileSystemState& state, FileHandle& handle) {
  if (!handle.can_write) return Error{ErrorCode::kPermission, "the file is open for reading only"};
  if (auto writer = WriterOf(*handle.node)) return writer;
  MutexLock lock(handle.node->commit_mutex);
  return StartWriter(state, *handle.node);
}

// The source's blocks from `from` on that fit, one for one, into a file at `to`, and end within
// `length`.
BlockList BlocksToShare(const BlockList& blocks, uint64_t from, uint64_t to, uint64_t length) {
  BlockList shared;
  uint64_t offset = 0;
  for (size_t index = 0; index < blocks.size() && index < kBlockCountMax; ++index) {
    const BlockSpan span = BlockNumber(index);
    const uint64_t size = blocks[index].size_bytes;
    // Other tools cut their blobs as they like.
    if (span.offset != offset || size > span.size_bytes) break;
    offset += size;
    if (span.offset < from) continue;
    if (to >= BlobSizeMax() || size > length) break;
    const BlockSpan place = BlockAt(to);
    if (span.offset != from || place.offset != to || place.size_bytes != span.size_bytes) break;
    shared.push_back(blocks[index]);
    from += size;
    to += size;
    length -= size;
  }
  return shared;
}

// The version that a writer with nothing to commit has made; nullptr for others.
std::shared_ptr<BlobReader> CommittedBy(FileSystemState& state, Node& node, FileWriter& writer) {
  SettleFile(node);
  if (writer.NeedsCommit()) return nullptr;
  auto opened = OpenVersion(state, node);
  if (!opened || (*opened)->info().version != writer.committed()) return nullptr;
  return *opened;
}

// How many bytes were shared; 0: they must be copied.
Result<size_t> ShareBlocks(FileSystemState& state, const CopyRequest& request,
                           const BlobReader& source, FileWriter& target) {
  // What is archived cannot be read, by no way.
  if (!source.blocks() || source.info().properties.tier == Tier::kArchive) return size_t{0};
  const BlockList blocks =
      BlocksToShare(*source.blocks(), request.offset, request.to_offset, request.length);
  if (blocks.empty()) return size_t{0};
  const Status shared = target.Share(request.to_offset, blocks, state.NowNs());
  if (shared) {
    size_t size = 0;
    for (const BlockRef& block : blocks) size += block.size_bytes;
    return size;
  }
  const ErrorCode code = shared.error().code;
  if (code == ErrorCode::kNotFound || code == ErrorCode::kInvalid) return size_t{0};
  return shared.error();
}

}  // namespace

Result<size_t> ReadFile(FileSystemState& state, HandleId id, uint64_t offset,
                        std::span<std::byte> into) {
  const auto handle = TRY(state.files.Find(id));
  // The kernel reads to complete a page even where the caller may only write.
  if (const auto writer = WriterOf(*handle->node)) return writer->Read(offset, into);
  const auto reader = TRY(ReaderOf(state, *handle));
  return reader->ReadAt(offset, into);
}

Result<std::optional<FileParts>> ReadFileParts(FileSystemState& state, HandleId id, uint64_t offset,
                                               size_t size) {
  const auto handle = TRY(state.files.Find(id));
  if (WriterOf(*handle->node) != nullptr) return std::optional<FileParts>();
  const auto reader = TRY(ReaderOf(state, *handle));
  return reader->PartsAt(offset, size);
}

Result<size_t> WriteFile(FileSystemState& state, HandleId id, uint64_t offset, ByteSpan bytes,
                         WriteSource source) {
  const auto handle = TRY(state.files.Find(id));
  const auto writer = TRY(WriterFor(state, *handle));
  NoteUnflushed(*handle);
  if (source == WriteSource::kCall && (handle->flags & O_APPEND) != 0) {
    TRY(writer->Append(bytes, state.NowNs()));
  } else {
    TRY(writer->Write(offset, bytes, state.NowNs()));
  }
  if (handle->commits_each_write) TRY(CommitFile(state, handle->node));
  return bytes.size();
}

Status AllocateRange(FileSystemState& state, HandleId id, const RangeChange& change) {
  const auto handle = TRY(state.files.Find(id));
  const auto writer = TRY(WriterFor(state, *handle));
  const uint64_t end = change.offset + change.length;
  if (end < change.offset || end > BlobSizeMax())
    return Error{ErrorCode::kTooLarge, "the range ends beyond the largest blob"};
  if (!change.zeros) {
    const SpaceInfo space = TRY(handle->node->account->account->inner_store().Space());
    if (space.available_bytes < change.length)
      return Error{ErrorCode::kNoSpace, "the account has no room for the range"};
  }
  const bool grows = !change.keeps_size && end > writer->size_bytes();
  if (change.zeros || grows) NoteUnflushed(*handle);
  if (change.zeros) TRY(writer->Zero(change.offset, change.length, state.NowNs()));
  return grows ? writer->Truncate(end, state.NowNs()) : Ok();
}

Result<std::optional<uint64_t>> FindInFile(FileSystemState& state, HandleId id, Extent what,
                                           uint64_t offset) {
  const auto handle = TRY(state.files.Find(id));
  if (const auto writer = WriterOf(*handle->node)) return writer->Find(what, offset);
  const auto reader = TRY(ReaderOf(state, *handle));
  // Other tools may have cut the blob otherwise: only blocks that lie where they should are named.
  const BaseContent content(reader);
  const auto is_hole = [&](size_t index) {
    const BlockSpan span = BlockNumber(index);
    const BlockRef* block = content.Named(span, span.size_bytes);
    return block != nullptr && IsZeros(*block);
  };
  return FindExtent(is_hole, reader->info().size_bytes, what, offset);
}

Result<size_t> CopyRange(FileSystemState& state, const CopyRequest& request) {
  const auto from = TRY(state.files.Find(request.handle));
  const auto to = TRY(state.files.Find(request.to_handle));
  const auto target = TRY(WriterFor(state, *to));
  const auto source_writer = WriterOf(*from->node);
  std::shared_ptr<BlobReader> source;
  if (source_writer == nullptr) {
    source = TRY(ReaderOf(state, *from));
  } else if (request.length >= BlockNumber(0).size_bytes && from->node != to->node) {
    source = CommittedBy(state, *from->node, *source_writer);
  }
  const uint64_t source_size =
      source_writer != nullptr ? source_writer->size_bytes() : source->info().size_bytes;
  if (request.offset >= source_size) return size_t{0};
  NoteUnflushed(*to);
  if (source != nullptr && from->node->account == to->node->account) {
    const size_t shared = TRY(ShareBlocks(state, request, *source, *target));
    if (shared > 0) return shared;
  }
  // As far as where sharing may begin; who asked for more asks again.
  constexpr uint64_t kStepBytes = 1 << 20;
  const uint64_t size =
      std::min({request.length, kStepBytes, BlockAt(request.offset).end() - request.offset});
  std::vector<std::byte> bytes(size);
  const size_t read = TRY(source_writer != nullptr ? source_writer->Read(request.offset, bytes)
                                                   : source->ReadAt(request.offset, bytes));
  if (read == 0) return read;
  TRY(target->Write(request.to_offset, std::span(bytes).first(read), state.NowNs()));
  return read;
}

}  // namespace replicafs
