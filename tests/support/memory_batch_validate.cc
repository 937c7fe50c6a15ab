#include <variant>

#include "backend/blob/account_settings.h"
#include "backend/blob/names.h"
#include "tests/support/memory_batch.h"

namespace replicafs {
namespace {

constexpr size_t kStateKeyMaxBytes = 500;

Status ValidateKeys(const StringMap& map) {
  for (const auto& [key, value] : map) TRY(ValidateMetadataKey(key));
  return Ok();
}

}  // namespace

Status MemoryBatch::Validate(const Mutation& mutation) const {
  if (const auto* commit = std::get_if<CommitBlob>(&mutation)) {
    TRY(ValidateBlobName(commit->path.name, capabilities_.names));
    TRY(ValidateKeys(commit->properties.metadata));
    TRY(ValidateKeys(commit->properties.tags));
    const auto* blocks = std::get_if<BlockList>(&commit->content);
    if (commit->encryption && !std::holds_alternative<ContentOf>(commit->content) &&
        (blocks == nullptr || blocks->size() != commit->encryption->nonces.size()))
      return Error{ErrorCode::kInvalid, "an encryption has one nonce for each block"};
    const auto* bytes = std::get_if<std::string>(&commit->content);
    if (bytes != nullptr && bytes->size() > capabilities_.inline_max_bytes)
      return Error{ErrorCode::kInvalid, "the content is too large to be given as bytes"};
  }
  if (const auto* patch = std::get_if<PatchBlob>(&mutation)) {
    TRY(ValidateKeys(patch->metadata.value_or(StringMap{})));
    TRY(ValidateKeys(patch->tags.value_or(StringMap{})));
  }
  if (const auto* rename = std::get_if<RenamePrefix>(&mutation)) {
    const auto& [container, from, to] = *rename;
    if (!from.ends_with('/') || !to.ends_with('/') || to.starts_with(from))
      return Error{ErrorCode::kInvalid, "'" + from + "' cannot be renamed to '" + to + "'"};
  }
  if (const auto* exchange = std::get_if<ExchangePrefixes>(&mutation)) {
    const auto& [container, first, second] = *exchange;
    if (!first.ends_with('/') || !second.ends_with('/') || first.starts_with(second) ||
        second.starts_with(first)) {
      return Error{ErrorCode::kInvalid, "'" + first + "' and '" + second + "' cannot be exchanged"};
    }
  }
  if (const auto* create = std::get_if<CreateContainer>(&mutation))
    TRY(ValidateContainerName(create->name));
  if (const auto* put = std::get_if<PutState>(&mutation)) {
    if (put->key.empty() || put->key.size() > kStateKeyMaxBytes)
      return Error{ErrorCode::kInvalid, "a state key takes 1 to 500 bytes"};
    if (put->key == kSettingsKey) TRY(ParseSettings(put->value));
  }
  return Ok();
}

}  // namespace replicafs
