#include "backend/embedded/records.h"

#include <fmt/format.h>

#include "backend/embedded/codec.h"

namespace replicafs::embedded {
namespace {

bool Flag(Decoder& decoder) {
  return decoder.Choice(2) == 1;
}

Timestamp Time(Decoder& decoder) {
  return Timestamp{decoder.Signed()};
}

}  // namespace

std::string Encode(const DirectoryRecord& record) {
  Encoder encoder;
  encoder.Number(record.directory_id);
  encoder.Number(record.file_id);
  encoder.Number(record.live_count);
  encoder.Number(record.subdirectories);
  encoder.Signed(record.children_changed.ticks);
  encoder.Byte(record.has_blob ? 1 : 0);
  return encoder.Take();
}

Result<DirectoryRecord> DecodeDirectory(std::string_view bytes) {
  Decoder decoder(bytes);
  DirectoryRecord record;
  record.directory_id = decoder.Number();
  record.file_id = decoder.Number();
  record.live_count = decoder.Number();
  record.subdirectories = decoder.Number();
  record.children_changed = Time(decoder);
  record.has_blob = Flag(decoder);
  TRY(decoder.Finish("a directory's row"));
  return record;
}

namespace {
constexpr uint8_t kInlineContent = 0;
constexpr uint8_t kBlockContent = 1;
constexpr uint8_t kEncryptedContent = 2;
constexpr uint8_t kServiceContent = 3;
}  // namespace

std::string EncodeInline(std::string_view bytes) {
  std::string value(1, static_cast<char>(kInlineContent));
  value.append(bytes);
  return value;
}

std::string EncodeBlocks(const BlockList& blocks) {
  Encoder encoder;
  encoder.Byte(kBlockContent);
  encoder.Number(blocks.size());
  for (const BlockRef& block : blocks) {
    encoder.Raw(block.digest.bytes);
    encoder.Number(block.size_bytes);
  }
  return encoder.Take();
}

std::string EncodeEncrypted(const BlockList& blocks, const std::vector<Nonce>& nonces) {
  Encoder encoder;
  encoder.Byte(kEncryptedContent);
  encoder.Number(blocks.size());
  for (size_t i = 0; i < blocks.size(); ++i) {
    encoder.Raw(blocks[i].digest.bytes);
    encoder.Number(blocks[i].size_bytes);
    encoder.Raw(nonces[i].bytes);
  }
  return encoder.Take();
}

std::string EncodeServiceContent() {
  return std::string(1, static_cast<char>(kServiceContent));
}

const BlockList* BlocksOf(const ContentRecord& content) {
  if (const auto* encrypted = std::get_if<EncryptedBlocks>(&content)) return &encrypted->blocks;
  return std::get_if<BlockList>(&content);
}

Result<ContentRecord> DecodeContent(std::string_view bytes) {
  Decoder decoder(bytes);
  const uint8_t kind = decoder.Byte();
  if (kind == kInlineContent && !decoder.failed())
    return ContentRecord(std::string(decoder.Rest()));
  if (kind == kServiceContent) {
    TRY(decoder.Finish("a content row"));
    return ContentRecord(ServiceContent{});
  }
  if (kind != kBlockContent && kind != kEncryptedContent) decoder.Fail();
  EncryptedBlocks content{.blocks = BlockList(decoder.Count())};
  if (kind == kEncryptedContent) content.nonces.resize(content.blocks.size());
  for (size_t i = 0; i < content.blocks.size(); ++i) {
    decoder.Raw(content.blocks[i].digest.bytes);
    content.blocks[i].size_bytes = decoder.Number();
    if (kind == kEncryptedContent) decoder.Raw(content.nonces[i].bytes);
  }
  TRY(decoder.Finish("a content row"));
  if (kind == kEncryptedContent) return ContentRecord(std::move(content));
  return ContentRecord(std::move(content.blocks));
}

std::string Encode(const BlockRecord& record) {
  Encoder encoder;
  encoder.Number(record.size_bytes);
  encoder.Number(record.references);
  encoder.Signed(record.unreferenced_since.ticks);
  return encoder.Take();
}

Result<BlockRecord> DecodeBlock(std::string_view bytes) {
  Decoder decoder(bytes);
  BlockRecord record;
  record.size_bytes = decoder.Number();
  record.references = decoder.Number();
  record.unreferenced_since = Time(decoder);
  TRY(decoder.Finish("a block's row"));
  return record;
}

std::string Encode(const Counters& record) {
  Encoder encoder;
  encoder.Number(record.next_directory_id);
  encoder.Number(record.next_file_id);
  encoder.Number(record.next_content_id);
  encoder.Signed(record.last_tick);
  encoder.Number(record.last_sequence);
  encoder.Number(record.live_blobs);
  return encoder.Take();
}

Result<Counters> DecodeCounters(std::string_view bytes) {
  Decoder decoder(bytes);
  Counters record;
  record.next_directory_id = decoder.Number();
  record.next_file_id = decoder.Number();
  record.next_content_id = decoder.Number();
  record.last_tick = decoder.Signed();
  record.last_sequence = decoder.Number();
  record.live_blobs = decoder.Number();
  TRY(decoder.Finish("the counters' row"));
  return record;
}

std::string Encode(const Event& event) {
  Encoder encoder;
  encoder.Byte(static_cast<uint8_t>(event.kind));
  encoder.Text(event.container);
  encoder.Text(event.name);
  encoder.Signed(event.version.ticks);
  encoder.Signed(event.time.ticks);
  encoder.Signed(event.replaces.ticks);
  encoder.Text(event.other_name);
  encoder.Number(event.size_bytes);
  encoder.Number(event.writer);
  encoder.Text(event.policy_id);
  encoder.Number(event.group_end);
  encoder.Signed(event.created.ticks);
  if (event.blob_kind != BlobKind::kBlock) encoder.Byte(static_cast<uint8_t>(event.blob_kind));
  return encoder.Take();
}

Result<Event> DecodeEvent(std::string_view bytes) {
  Decoder decoder(bytes);
  Event event;
  const uint8_t kind = decoder.Byte();
  if (kind < static_cast<uint8_t>(EventKind::kCreated) ||
      kind > static_cast<uint8_t>(EventKind::kSnapshotDeleted)) {
    decoder.Fail();
  }
  event.kind = static_cast<EventKind>(kind);
  event.container = decoder.Text();
  event.name = decoder.Text();
  event.version = VersionId{decoder.Signed()};
  event.time = Time(decoder);
  event.replaces = VersionId{decoder.Signed()};
  event.other_name = decoder.Text();
  event.size_bytes = decoder.Number();
  event.writer = decoder.Number();
  event.policy_id = decoder.Text();
  event.group_end = decoder.Number();
  if (!decoder.at_end()) event.created = Time(decoder);
  if (!decoder.at_end()) {
    event.blob_kind = static_cast<BlobKind>(decoder.Choice(kBlobKinds));
    if (event.blob_kind == BlobKind::kBlock) decoder.Fail();  // says so by not saying it
  }
  TRY(decoder.Finish("a journal event"));
  return event;
}

std::string EtagText(uint64_t etag) {
  return fmt::format("\"0x{:X}\"", etag);
}

BlobInfo ToInfo(const VersionRecord& record, std::string name, Timestamp now) {
  BlobInfo info;
  info.name = std::move(name);
  info.version = record.version;
  info.is_current = record.ended.ticks == 0;
  info.ended = record.ended;
  info.kind = record.kind;
  info.key_sha256 = record.key_sha256;
  info.size_bytes = record.size_bytes;
  info.etag = EtagText(record.etag);
  info.created = record.created;
  info.last_modified = record.last_modified;
  info.content_md5 = record.content_md5;
  info.properties = record.properties;
  TierState tier = TierAt({record.properties.tier, record.rehydration}, now);
  info.properties.tier = tier.tier;
  info.rehydration = tier.rehydration;
  info.origin = record.origin;
  info.protection = record.protection;
  info.file_id = record.file_id;
  info.sequence = record.sequence;
  info.has_prefix = record.has_prefix;
  return info;
}

PrefixInfo ToInfo(const DirectoryRecord& record, std::string name) {
  return PrefixInfo{.name = std::move(name),
                    .file_id = record.file_id,
                    .children_changed = record.children_changed,
                    .directories = record.subdirectories,
                    .has_blob = record.has_blob};
}

ContainerInfo ToInfo(const ContainerRecord& record, std::string name) {
  return ContainerInfo{.name = std::move(name),
                       .created = record.created,
                       .etag = EtagText(record.etag),
                       .destination_policy_id = record.destination_policy_id,
                       .directories = record.subdirectories,
                       .protection = record.protection};
}

}  // namespace replicafs::embedded
