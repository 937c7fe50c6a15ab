// The form of a container's row.
#include "backend/embedded/codec.h"
#include "backend/embedded/records.h"

namespace replicafs::embedded {
namespace {

enum Flags : uint8_t {
  kHasPolicy = 1,
  kHasLegalHolds = 2,
  kFlagsEnd = 4,
};

uint8_t FlagsOf(const ContainerProtection& protection) {
  unsigned flags = 0;
  if (protection.policy) flags |= kHasPolicy;
  if (!protection.legal_holds.empty()) flags |= kHasLegalHolds;
  return static_cast<uint8_t>(flags);
}

void Write(Encoder& encoder, const ContainerProtection& protection) {
  encoder.Byte(FlagsOf(protection));
  if (const auto& policy = protection.policy) {
    encoder.Number(policy->days);
    encoder.Byte(static_cast<uint8_t>(policy->mode));
  }
  if (protection.legal_holds.empty()) return;
  encoder.Number(protection.legal_holds.size());
  for (const std::string& tag : protection.legal_holds) encoder.Text(tag);
}

ContainerImmutabilityPolicy ReadPolicy(Decoder& decoder) {
  const uint64_t days = decoder.Number();
  if (days == 0 || days > kImmutabilityMaxDays) decoder.Fail();
  return {.days = static_cast<uint32_t>(days),
          .mode = static_cast<ImmutabilityMode>(decoder.Choice(2))};
}

ContainerProtection ReadProtection(Decoder& decoder) {
  ContainerProtection protection;
  const unsigned flags = decoder.Choice(kFlagsEnd);
  if ((flags & kHasPolicy) != 0) protection.policy = ReadPolicy(decoder);
  if ((flags & kHasLegalHolds) == 0) return protection;
  const size_t count = decoder.Count();
  for (size_t i = 0; i < count && !decoder.failed(); ++i)
    protection.legal_holds.emplace(decoder.Text());
  if (count == 0 || protection.legal_holds.size() != count) decoder.Fail();
  return protection;
}

}  // namespace

std::string Encode(const ContainerRecord& record) {
  Encoder encoder;
  encoder.Number(record.root_directory_id);
  encoder.Signed(record.created.ticks);
  encoder.Number(record.etag);
  encoder.Text(record.destination_policy_id);
  encoder.Number(record.subdirectories);
  Write(encoder, record.protection);
  return encoder.Take();
}

Result<ContainerRecord> DecodeContainer(std::string_view bytes) {
  Decoder decoder(bytes);
  ContainerRecord record;
  record.root_directory_id = decoder.Number();
  record.created = Timestamp{decoder.Signed()};
  record.etag = decoder.Number();
  record.destination_policy_id = decoder.Text();
  record.subdirectories = decoder.Number();
  record.protection = ReadProtection(decoder);
  TRY(decoder.Finish("a container's row"));
  return record;
}

}  // namespace replicafs::embedded
