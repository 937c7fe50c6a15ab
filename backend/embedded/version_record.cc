// The form of a version's row: numbers that every version has, then what only some have, by flag.
#include <algorithm>

#include "backend/embedded/codec.h"
#include "backend/embedded/records.h"

namespace replicafs::embedded {
namespace {

enum Flags : uint8_t {
  kHasMd5 = 1,
  kHasHeaders = 2,
  kHasOrigin = 4,
  kHasPrefix = 8,
  kHasImmutability = 16,
  kHasLegalHold = 32,
  kHasRehydration = 64,
  kHasMore = 128,  // a second byte of flags, at the row's end with what it announces
};

enum MoreFlags : uint8_t {
  kKindMask = 3,
  kHasKey = 4,
  kIsSnapshot = 8,
  kHasHomes = 16,
  kKnownMoreFlags = 31,
};

void Write(Encoder& encoder, const StringMap& map) {
  encoder.Number(map.size());
  for (const auto& [key, value] : map) {
    encoder.Text(key);
    encoder.Text(value);
  }
}

StringMap ReadMap(Decoder& decoder) {
  StringMap map;
  const size_t count = decoder.Count();
  for (size_t i = 0; i < count && !decoder.failed(); ++i) {
    std::string key(decoder.Text());
    map.emplace_hint(map.end(), std::move(key), decoder.Text());
  }
  return map;
}

void Write(Encoder& encoder, const ContentHeaders& headers) {
  encoder.Text(headers.content_type);
  encoder.Text(headers.content_encoding);
  encoder.Text(headers.content_language);
  encoder.Text(headers.content_disposition);
  encoder.Text(headers.cache_control);
}

ContentHeaders ReadHeaders(Decoder& decoder) {
  ContentHeaders headers;
  headers.content_type = decoder.Text();
  headers.content_encoding = decoder.Text();
  headers.content_language = decoder.Text();
  headers.content_disposition = decoder.Text();
  headers.cache_control = decoder.Text();
  return headers;
}

void Write(Encoder& encoder, const ReplicaOrigin& origin) {
  encoder.Text(origin.policy_id);
  encoder.Text(origin.rule_id);
  encoder.Text(origin.account);
  encoder.Text(origin.path.container);
  encoder.Text(origin.path.name);
  encoder.Signed(origin.version.ticks);
  encoder.Signed(origin.modified.ticks);
}

ReplicaOrigin ReadOrigin(Decoder& decoder) {
  ReplicaOrigin origin;
  origin.policy_id = decoder.Text();
  origin.rule_id = decoder.Text();
  origin.account = decoder.Text();
  origin.path.container = decoder.Text();
  origin.path.name = decoder.Text();
  origin.version = VersionId{decoder.Signed()};
  origin.modified = Timestamp{decoder.Signed()};
  return origin;
}

void Write(Encoder& encoder, const std::vector<ContentHome>& homes) {
  encoder.Number(homes.size());
  for (const ContentHome& home : homes) {
    encoder.Text(home.path.container);
    encoder.Text(home.path.name);
    encoder.Signed(home.version.ticks);
  }
}

std::vector<ContentHome> ReadHomes(Decoder& decoder) {
  std::vector<ContentHome> homes(decoder.Count());
  for (ContentHome& home : homes) {
    home.path.container = decoder.Text();
    home.path.name = decoder.Text();
    home.version = VersionId{decoder.Signed()};
  }
  return homes;
}

uint8_t MoreFlagsOf(const VersionRecord& record) {
  auto flags = static_cast<unsigned>(record.kind);
  if (record.key_sha256) flags |= kHasKey;
  if (record.is_snapshot) flags |= kIsSnapshot;
  if (!record.homes.empty()) flags |= kHasHomes;
  return static_cast<uint8_t>(flags);
}

uint8_t FlagsOf(const VersionRecord& record) {
  unsigned flags = 0;
  if (record.content_md5) flags |= kHasMd5;
  if (record.properties.headers != ContentHeaders{}) flags |= kHasHeaders;
  if (record.origin) flags |= kHasOrigin;
  if (record.has_prefix) flags |= kHasPrefix;
  if (record.protection.policy) flags |= kHasImmutability;
  if (record.protection.legal_hold) flags |= kHasLegalHold;
  if (record.rehydration) flags |= kHasRehydration;
  if (MoreFlagsOf(record) != 0) flags |= kHasMore;
  return static_cast<uint8_t>(flags);
}

ImmutabilityPolicy ReadImmutability(Decoder& decoder) {
  ImmutabilityPolicy policy;
  policy.until = Timestamp{decoder.Signed()};
  policy.mode = static_cast<ImmutabilityMode>(decoder.Choice(2));
  return policy;
}

// What has no flag in the row's first byte.
void ReadMore(Decoder& decoder, VersionRecord& record) {
  const unsigned flags = decoder.Byte();
  const unsigned kind = flags & kKindMask;
  // A row that has nothing to say here has no such byte.
  if (flags == 0 || flags > kKnownMoreFlags || kind >= kBlobKinds) return decoder.Fail();
  record.kind = static_cast<BlobKind>(kind);
  record.is_snapshot = (flags & kIsSnapshot) != 0;
  if ((flags & kHasKey) != 0) decoder.Raw(record.key_sha256.emplace().bytes);
  if ((flags & kHasHomes) != 0) record.homes = ReadHomes(decoder);
}

Tier ReadTier(Decoder& decoder) {
  return static_cast<Tier>(decoder.Choice(static_cast<uint8_t>(Tier::kArchive) + 1));
}

Rehydration ReadRehydration(Decoder& decoder) {
  Rehydration rehydration;
  rehydration.target = static_cast<Tier>(decoder.Choice(static_cast<uint8_t>(Tier::kArchive)));
  rehydration.ready = Timestamp{decoder.Signed()};
  return rehydration;
}

}  // namespace

std::string Encode(const VersionRecord& record) {
  Encoder encoder;
  encoder.Byte(FlagsOf(record));
  encoder.Signed(record.version.ticks);
  encoder.Signed(record.ended.ticks);
  encoder.Number(record.size_bytes);
  encoder.Number(record.etag);
  encoder.Signed(record.created.ticks);
  encoder.Signed(record.last_modified.ticks);
  encoder.Number(record.file_id);
  encoder.Number(record.sequence);
  encoder.Number(record.content_id);
  encoder.Byte(static_cast<uint8_t>(record.properties.tier));
  Write(encoder, record.properties.metadata);
  Write(encoder, record.properties.tags);
  if (record.content_md5) encoder.Raw(record.content_md5->bytes);
  if (record.properties.headers != ContentHeaders{}) Write(encoder, record.properties.headers);
  if (record.origin) Write(encoder, *record.origin);
  if (const auto& policy = record.protection.policy) {
    encoder.Signed(policy->until.ticks);
    encoder.Byte(static_cast<uint8_t>(policy->mode));
  }
  if (record.rehydration) {
    encoder.Byte(static_cast<uint8_t>(record.rehydration->target));
    encoder.Signed(record.rehydration->ready.ticks);
  }
  if (const uint8_t more = MoreFlagsOf(record); more != 0) encoder.Byte(more);
  if (record.key_sha256) encoder.Raw(record.key_sha256->bytes);
  if (!record.homes.empty()) Write(encoder, record.homes);
  return encoder.Take();
}

Result<VersionRecord> DecodeVersion(std::string_view bytes) {
  Decoder decoder(bytes);
  const unsigned flags = decoder.Byte();
  VersionRecord record;
  record.version = VersionId{decoder.Signed()};
  record.ended = Timestamp{decoder.Signed()};
  record.size_bytes = decoder.Number();
  record.etag = decoder.Number();
  record.created = Timestamp{decoder.Signed()};
  record.last_modified = Timestamp{decoder.Signed()};
  record.file_id = decoder.Number();
  record.sequence = decoder.Number();
  record.content_id = decoder.Number();
  record.properties.tier = ReadTier(decoder);
  record.properties.metadata = ReadMap(decoder);
  record.properties.tags = ReadMap(decoder);
  if ((flags & kHasMd5) != 0) decoder.Raw(record.content_md5.emplace().bytes);
  if ((flags & kHasHeaders) != 0) record.properties.headers = ReadHeaders(decoder);
  if ((flags & kHasOrigin) != 0) record.origin = ReadOrigin(decoder);
  if ((flags & kHasImmutability) != 0) record.protection.policy = ReadImmutability(decoder);
  if ((flags & kHasRehydration) != 0) record.rehydration = ReadRehydration(decoder);
  if ((flags & kHasMore) != 0) ReadMore(decoder, record);
  // Only what is in the archive tier leaves it.
  if (record.rehydration && record.properties.tier != Tier::kArchive) decoder.Fail();
  record.protection.legal_hold = (flags & kHasLegalHold) != 0;
  record.has_prefix = (flags & kHasPrefix) != 0;
  TRY(decoder.Finish("a version's row"));
  return record;
}

Result<NameRecord> DecodeName(std::string_view bytes) {
  constexpr size_t kNumbersBeforeFileId = 6;
  constexpr size_t kNumbersBeforeTier = 2;
  Decoder decoder(bytes);
  const unsigned flags = decoder.Byte();
  NameRecord record;
  record.has_prefix = (flags & kHasPrefix) != 0;
  decoder.SkipNumbers(kNumbersBeforeFileId);
  record.file_id = decoder.Number();
  decoder.SkipNumbers(kNumbersBeforeTier);
  ReadTier(decoder);
  for (size_t left = decoder.Count(); left > 0 && !decoder.failed(); --left) {
    const std::string_view key = decoder.Text();
    record.type = std::min(record.type, TypeSaidBy(key, decoder.Text()));
  }
  if (decoder.failed()) return Error{ErrorCode::kCorrupt, "a version's row is damaged"};
  return record;
}

}  // namespace replicafs::embedded
