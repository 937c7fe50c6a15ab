#include "backend/azure/content_upload.h"

#include <set>
#include <string>
#include <utility>

#include "backend/base/mutex.h"
#include "backend/blob/block_schedule.h"

namespace replicafs::azure {
namespace {

// A block of the content: where it lies, and its name when it has one.
struct Piece {
  uint64_t offset = 0;
  uint64_t size_bytes = 0;
  std::string id;
};

Result<std::string> ReadPiece(BlobReader& reader, uint64_t offset, uint64_t size_bytes) {
  std::string bytes(static_cast<size_t>(size_bytes), '\0');
  const size_t read =
      TRY(reader.ReadAt(offset, std::as_writable_bytes(std::span(bytes.data(), bytes.size()))));
  if (read == bytes.size()) return bytes;
  return Error{ErrorCode::kCorrupt,
               "the content of '" + reader.info().name + "' is shorter than its size"};
}

// As the content is cut; one whose blocks are not known is cut by the schedule and named by what is
// read.
Result<std::vector<Piece>> PiecesOf(BlobReader& reader) {
  std::vector<Piece> pieces;
  uint64_t offset = 0;
  if (const auto& blocks = reader.blocks()) {
    for (const BlockRef& block : *blocks) {
      pieces.push_back({offset, block.size_bytes, BlockId(block.digest)});
      offset += block.size_bytes;
    }
    return pieces;
  }
  while (offset < reader.info().size_bytes) {
    const uint64_t size = std::min(BlockAt(offset).size_bytes, reader.info().size_bytes - offset);
    const std::string bytes = TRY(ReadPiece(reader, offset, size));
    pieces.push_back({offset, size, BlockId(Sha256(AsBytes(bytes)))});
    offset += size;
  }
  return pieces;
}

}  // namespace

Result<Written> ContentUploader::Upload(const ContentUpload& upload) {
  auto copied = TRY(CopyFrom(upload));
  if (copied) return *std::move(copied);
  return upload.reader->info().size_bytes <= kPutMaxBytes ? UploadWhole(upload)
                                                          : UploadBlocks(upload);
}

// nullopt: the service does not have it in any of the places.
Result<std::optional<Written>> ContentUploader::CopyFrom(const ContentUpload& upload) {
  for (const Place& source : upload.sources) {
    auto copied =
        service_.Copy(source.address, source.etag, upload.to, upload.properties, upload.conditions);
    if (copied) return std::optional(*std::move(copied));
    const ErrorCode code = copied.error().code;
    const bool not_there = code == ErrorCode::kNotFound || code == ErrorCode::kStale ||
                           code == ErrorCode::kArchived || code == ErrorCode::kNotSupported;
    if (!not_there) return std::move(copied).error();
  }
  return std::optional<Written>();
}

Result<Written> ContentUploader::UploadWhole(const ContentUpload& upload) {
  const std::string bytes = TRY(ReadPiece(*upload.reader, 0, upload.reader->info().size_bytes));
  return service_.PutBlob(upload.to, AsBytes(bytes), upload.properties, upload.conditions);
}

Result<Written> ContentUploader::UploadBlocks(const ContentUpload& upload) {
  std::set<std::string> there;
  if (upload.may_have_blocks) {
    const auto committed = service_.GetBlocks(upload.to);
    if (!committed && committed.error().code != ErrorCode::kNotFound) return committed.error();
    if (committed) {
      for (const RemoteBlock& block : *committed) there.insert(block.id);
    }
  }
  const std::vector<Piece> pieces = TRY(PiecesOf(*upload.reader));
  std::vector<std::string> ids;
  std::vector<const Piece*> missing;
  for (const Piece& piece : pieces) {
    ids.push_back(piece.id);
    if (there.insert(piece.id).second) missing.push_back(&piece);
  }

  Mutex mutex;
  std::optional<Error> failure;
  TaskGroup group;
  for (const Piece* piece : missing) {
    {
      MutexLock lock(mutex);
      if (failure) break;
    }
    group.Add();
    pool_.Submit([&, piece] {
      const auto bytes = ReadPiece(*upload.reader, piece->offset, piece->size_bytes);
      const Status sent =
          bytes ? service_.PutBlock(upload.to, piece->id, AsBytes(*bytes)) : Status(bytes.error());
      if (!sent) {
        MutexLock lock(mutex);
        if (!failure) failure = sent.error();
      }
      group.Done();
    });
  }
  group.Wait();
  if (failure) return *failure;
  return service_.PutBlockList(upload.to, ids, upload.properties, upload.conditions);
}

}  // namespace replicafs::azure
