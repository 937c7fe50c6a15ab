// The part of TableCheck that follows references: records to contents, contents to blocks.
#include <algorithm>

#include "backend/embedded/check_tables.h"
#include "backend/embedded/codec.h"
#include "backend/embedded/keys.h"

namespace replicafs::embedded {

Status TableCheck::CheckContents() {
  auto cursor = TRY(Cursor::Open(transaction_, tables_.contents));
  std::map<uint64_t, ContentUse> missing = content_uses_;
  bool found = TRY(cursor.First());
  while (found) {
    const uint64_t id = NumberOf(cursor.key());
    missing.erase(id);
    TRY(CheckContent(id, cursor.value()));
    found = TRY(cursor.Next());
  }
  for (const auto& [id, uses] : missing) {
    Find("content-missing", "content " + std::to_string(id) + ", which " +
                                std::to_string(uses.versions) + " versions have, is missing");
  }
  auto counts = TRY(Cursor::Open(transaction_, tables_.content_refs));
  found = TRY(counts.First());
  while (found) {
    const uint64_t id = NumberOf(counts.key());
    if (!content_uses_.contains(id)) {
      const size_t finding =
          Find("content-count", "content " + std::to_string(id) + " is counted and nothing has it");
      Mend(finding, tables_.content_refs, NumberKey(id), std::nullopt);
    }
    found = TRY(counts.Next());
  }
  return Ok();
}

Status TableCheck::CheckContent(uint64_t content_id, std::string_view value) {
  seen_.next_content_id = std::max(seen_.next_content_id, content_id + 1);
  const std::string key = NumberKey(content_id);
  const auto uses = content_uses_.find(content_id);
  if (uses == content_uses_.end()) {
    const size_t finding =
        Find("content-orphan", "content " + std::to_string(content_id) + " belongs to no version");
    Mend(finding, tables_.contents, key, std::nullopt);
    return Ok();
  }
  const auto row = TRY(tables_.content_refs.Get(transaction_, key));
  uint64_t counted = 1;
  if (row) counted = Decoder(*row).Number();
  if (counted != uses->second.versions) {
    const size_t finding =
        Find("content-count", "content " + std::to_string(content_id) + " counts " +
                                  std::to_string(counted) + " uses and has " +
                                  std::to_string(uses->second.versions));
    std::optional<std::string> right;
    if (uses->second.versions > 1) {
      Encoder encoder;
      encoder.Number(uses->second.versions);
      right = encoder.Take();
    }
    Mend(finding, tables_.content_refs, key, right);
  }
  const ContentRecord content = TRY(DecodeContent(value));
  const bool encrypted = std::holds_alternative<EncryptedBlocks>(content);
  if (uses->second.with_key != (encrypted ? uses->second.versions : 0))
    Find("content-key", "content " + std::to_string(content_id) + " is " +
                            (encrypted ? "" : "not ") +
                            "encrypted, and its versions say otherwise");
  const BlockList* blocks = BlocksOf(content);
  if (blocks == nullptr) return Ok();
  for (const BlockRef& block : *blocks) {
    BlockRecord& use = block_uses_[block.digest];
    ++use.references;
    use.size_bytes = block.size_bytes;
  }
  return Ok();
}

Status TableCheck::CheckBlocks(BlockTable& blocks) {
  auto cursor = TRY(Cursor::Open(transaction_, tables_.blocks));
  bool found = TRY(cursor.First());
  while (found) {
    const Digest digest = DigestOf(cursor.key());
    const BlockRecord record = TRY(DecodeBlock(cursor.value()));
    blocks[digest] = record;
    ++report_.blocks;
    report_.block_bytes += record.size_bytes;
    const auto use = block_uses_.find(digest);
    BlockRecord right = record;
    right.references = use == block_uses_.end() ? 0 : use->second.references;
    if (right.references > 0) right.unreferenced_since = {};
    if (right != record) {
      const size_t finding = Find(
          "block-count", "block " + ToHex(digest) + " counts " + std::to_string(record.references) +
                             " uses and has " + std::to_string(right.references));
      Mend(finding, tables_.blocks, std::string(cursor.key()), Encode(right));
      // The queue is compared with what will stand there.
      if (right.references > 0) blocks[digest] = right;
    }
    found = TRY(cursor.Next());
  }
  for (const auto& [digest, use] : block_uses_) {
    if (blocks.contains(digest)) continue;
    const size_t finding = Find("block-row", "block " + ToHex(digest) + " is used and has no row");
    Mend(finding, tables_.blocks, std::string(BlockKey(digest)), Encode(use));
    blocks[digest] = use;
  }
  return Ok();
}

Status TableCheck::CheckUnreferenced(const BlockTable& blocks) {
  size_t waiting = 0;
  for (const auto& [digest, record] : blocks) {
    if (record.references > 0) continue;
    ++waiting;
    const std::string key = UnreferencedKey(record.unreferenced_since, digest);
    const auto row = TRY(tables_.unreferenced.Get(transaction_, key));
    if (row) continue;
    const size_t finding =
        Find("block-queue", "block " + ToHex(digest) + " is unused and not queued for removal");
    Mend(finding, tables_.unreferenced, key, "");
  }
  auto cursor = TRY(Cursor::Open(transaction_, tables_.unreferenced));
  bool found = TRY(cursor.First());
  while (found) {
    const auto block = blocks.find(DigestOf(cursor.key()));
    if (block == blocks.end() || block->second.references > 0 ||
        block->second.unreferenced_since != SinceOf(cursor.key())) {
      const size_t finding = Find("block-queue", "a block is queued for removal that must stay");
      Mend(finding, tables_.unreferenced, std::string(cursor.key()), std::nullopt);
    }
    found = TRY(cursor.Next());
  }
  return Ok();
}

Status TableCheck::CheckJournal() {
  auto cursor = TRY(Cursor::Open(transaction_, tables_.journal));
  uint64_t expected = 1;
  uint64_t group_end = 0;
  Timestamp last;
  bool found = TRY(cursor.First());
  while (found) {
    const uint64_t sequence = NumberOf(cursor.key());
    const Event event = TRY(DecodeEvent(cursor.value()));
    const bool gap = sequence != expected;
    const bool group =
        event.group_end < sequence || (sequence <= group_end && event.group_end != group_end);
    if (gap || group || event.time <= last) {
      Find("journal", "event " + std::to_string(sequence) + " does not follow the one before it");
    }
    expected = sequence + 1;
    group_end = event.group_end;
    last = event.time;
    ++report_.events;
    found = TRY(cursor.Next());
  }
  if (group_end >= expected) Find("journal", "the last group of events is not complete");
  seen_.last_sequence = std::max(seen_.last_sequence, expected - 1);
  seen_.last_tick = std::max(seen_.last_tick, last.ticks);
  return Ok();
}

Status TableCheck::CheckCounters() {
  const Counters counters = TRY(ReadCounters(transaction_, tables_));
  Counters right = counters;
  right.next_directory_id = std::max(right.next_directory_id, seen_.next_directory_id);
  right.next_file_id = std::max(right.next_file_id, seen_.next_file_id);
  right.next_content_id = std::max(right.next_content_id, seen_.next_content_id);
  right.last_tick = std::max(right.last_tick, seen_.last_tick);
  right.last_sequence = seen_.last_sequence;
  right.live_blobs = seen_.live_blobs;
  if (right == counters) return Ok();
  const size_t finding = Find("counters", "the account's counters are wrong");
  Mend(finding, tables_.meta, std::string(kCountersKey), Encode(right));
  return Ok();
}

}  // namespace replicafs::embedded
