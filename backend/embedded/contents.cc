#include "backend/embedded/contents.h"

#include "backend/embedded/codec.h"
#include "backend/embedded/keys.h"
#include "backend/embedded/lookup.h"

namespace replicafs::embedded {
namespace {

// The size of the block as stored.
Result<uint64_t> StoredSize(const Change& change, const Digest& digest) {
  const auto row = TRY(change.tables.blocks.Get(change.transaction, BlockKey(digest)));
  if (row) {
    const BlockRecord record = TRY(DecodeBlock(*row));
    if (record.references > 0) return record.size_bytes;
  }
  // Seen inside the write transaction, where no garbage collection can remove it.
  const auto size = TRY(change.files.SizeOf(digest));
  if (size) return *size;
  return Error{ErrorCode::kNotFound, "block " + ToHex(digest) + " is not staged"};
}

Result<CheckedContent> CheckBlocks(const Change& change, const BlockList& blocks) {
  CheckedContent checked{.source = &blocks};
  for (const BlockRef& block : blocks) {
    const uint64_t size = TRY(StoredSize(change, block.digest));
    if (size != block.size_bytes) {
      return Error{ErrorCode::kInvalid, "block " + ToHex(block.digest) + " has " +
                                            std::to_string(size) + " bytes, not " +
                                            std::to_string(block.size_bytes)};
    }
    checked.size_bytes += size;
  }
  return checked;
}

Result<uint64_t> References(const Change& change, uint64_t content_id) {
  const auto row = TRY(change.tables.content_refs.Get(change.transaction, NumberKey(content_id)));
  if (!row) return uint64_t{1};
  Decoder decoder(*row);
  const uint64_t count = decoder.Number();
  TRY(decoder.Finish("a content's count"));
  return count;
}

Status SetReferences(Change& change, uint64_t content_id, uint64_t count) {
  const std::string key = NumberKey(content_id);
  if (count == 1) {
    TRY(change.tables.content_refs.Delete(change.transaction, key));
    return Ok();
  }
  Encoder encoder;
  encoder.Number(count);
  return change.tables.content_refs.Put(change.transaction, key, encoder.Take());
}

void CountBlocks(Change& change, const BlockList& blocks, int64_t references) {
  for (const BlockRef& block : blocks) {
    BlockDelta& delta = change.blocks[block.digest];
    delta.references += references;
    delta.size_bytes = block.size_bytes;
  }
}

}  // namespace

Result<CheckedContent> CheckContent(const Change& change, const CommitBlob& commit,
                                    const std::optional<Md5>& md5) {
  if (const auto* other = std::get_if<ContentOf>(&commit.content)) {
    const VersionRecord record =
        TRY(FindVersion(change.transaction, change.tables, other->path, other->version));
    return CheckedContent{.size_bytes = record.size_bytes,
                          .kind = record.kind,
                          .key_sha256 = record.key_sha256,
                          .md5 = record.content_md5,
                          .source = SharedContent{record.content_id},
                          .homes = HomesBehind(change, other->path, record)};
  }
  CheckedContent checked;
  if (const auto* bytes = std::get_if<std::string>(&commit.content)) {
    checked = {.size_bytes = bytes->size(), .md5 = md5, .source = bytes};
  } else {
    checked = TRY(CheckBlocks(change, std::get<BlockList>(commit.content)));
  }
  checked.kind = commit.kind;
  if (commit.encryption) {
    checked.key_sha256 = commit.encryption->key_sha256;
    checked.nonces = &commit.encryption->nonces;
  }
  TRY(CheckKindSize(checked.kind, checked.size_bytes));
  return checked;
}

Result<uint64_t> StoreContent(Change& change, const CheckedContent& content) {
  if (const auto* shared = std::get_if<SharedContent>(&content.source)) {
    TRY(ShareContent(change, shared->content_id));
    return shared->content_id;
  }
  const uint64_t id = change.counters.next_content_id++;
  std::string value;
  if (const auto* bytes = std::get_if<const std::string*>(&content.source)) {
    value = EncodeInline(**bytes);
  } else if (std::holds_alternative<ServiceContent>(content.source)) {
    value = EncodeServiceContent();
  } else {
    const BlockList& blocks = *std::get<const BlockList*>(content.source);
    CountBlocks(change, blocks, 1);
    value =
        content.nonces == nullptr ? EncodeBlocks(blocks) : EncodeEncrypted(blocks, *content.nonces);
  }
  TRY(change.tables.contents.Append(change.transaction, NumberKey(id), value));
  return id;
}

Status ShareContent(Change& change, uint64_t content_id) {
  const uint64_t count = TRY(References(change, content_id));
  return SetReferences(change, content_id, count + 1);
}

Status ReleaseContent(Change& change, uint64_t content_id) {
  const uint64_t count = TRY(References(change, content_id));
  if (count > 1) return SetReferences(change, content_id, count - 1);
  const ContentRecord content = TRY(FindContent(change.transaction, change.tables, content_id));
  if (const BlockList* blocks = BlocksOf(content)) CountBlocks(change, *blocks, -1);
  TRY(change.tables.contents.Delete(change.transaction, NumberKey(content_id)));
  return Ok();
}

std::vector<ContentHome> HomesBehind(const Change& change, const BlobPath& path,
                                     const VersionRecord& record) {
  std::vector<ContentHome> homes;
  if (!change.has_service) return homes;
  homes.push_back({path, record.version});
  homes.insert(homes.end(), record.homes.begin(), record.homes.end());
  return homes;
}

Result<ContentRecord> FindContent(const lmdb::Transaction& transaction, const Tables& tables,
                                  uint64_t content_id) {
  const auto row = TRY(tables.contents.Get(transaction, NumberKey(content_id)));
  if (!row) {
    return Error{ErrorCode::kCorrupt, "content " + std::to_string(content_id) + " is missing"};
  }
  return DecodeContent(*row);
}

}  // namespace replicafs::embedded
