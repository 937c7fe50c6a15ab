#include "backend/blob/account_settings.h"
#include "backend/blob/names.h"
#include "backend/embedded/keys.h"
#include "backend/embedded/mutations.h"
#include "backend/embedded/state_rows.h"

namespace replicafs::embedded {
namespace {

Error Invalid(std::string message) {
  return Error{ErrorCode::kInvalid, std::move(message)};
}

Status CheckKeys(const StringMap& map) {
  for (const auto& [key, value] : map) TRY(ValidateMetadataKey(key));
  return Ok();
}

Status CheckPrefixes(const std::string& one, const std::string& other) {
  for (const std::string* prefix : {&one, &other}) {
    if (!prefix->ends_with('/')) return Invalid("prefix '" + *prefix + "' does not end in '/'");
    TRY(ValidateBlobName(*prefix, kNameLimits));
  }
  return Ok();
}

Status CheckNotBelow(const std::string& prefix, const std::string& other) {
  if (!prefix.starts_with(other)) return Ok();
  return Invalid("'" + prefix + "' lies below '" + other + "'");
}

Status CheckEncryption(const CommitBlob& commit) {
  if (!commit.encryption || std::holds_alternative<ContentOf>(commit.content)) return Ok();
  const auto* blocks = std::get_if<BlockList>(&commit.content);
  if (blocks == nullptr) return Invalid("only blocks can be encrypted");
  if (blocks->size() == commit.encryption->nonces.size()) return Ok();
  return Invalid("there is not one nonce for each block");
}

struct Validator {
  uint64_t inline_max_bytes;

  Status operator()(const CommitBlob& commit) const {
    TRY(ValidateBlobName(commit.path.name, kNameLimits));
    TRY(CheckKeys(commit.properties.metadata));
    TRY(CheckKeys(commit.properties.tags));
    TRY(CheckEncryption(commit));
    const auto* bytes = std::get_if<std::string>(&commit.content);
    if (bytes == nullptr || bytes->size() <= inline_max_bytes) return Ok();
    return Invalid("content given as bytes has " + std::to_string(bytes->size()) +
                   " bytes; at most " + std::to_string(inline_max_bytes) + " will do");
  }
  Status operator()(const PatchBlob& patch) const {
    if (patch.metadata) TRY(CheckKeys(*patch.metadata));
    if (patch.tags) TRY(CheckKeys(*patch.tags));
    return Ok();
  }
  Status operator()(const RenamePrefix& rename) const {
    TRY(CheckPrefixes(rename.from, rename.to));
    return CheckNotBelow(rename.to, rename.from);
  }
  Status operator()(const ExchangePrefixes& exchange) const {
    TRY(CheckPrefixes(exchange.first, exchange.second));
    TRY(CheckNotBelow(exchange.first, exchange.second));
    return CheckNotBelow(exchange.second, exchange.first);
  }
  Status operator()(const RemoveVersion& removal) const {
    if (removal.version) return Ok();
    return Error{ErrorCode::kNotFound, "no version of '" + ToString(removal.path) + "' is named"};
  }
  Status operator()(const CreateContainer& creation) const {
    return ValidateContainerName(creation.name);
  }
  Status operator()(const PutState& put) const {
    if (put.key.empty() || put.key.size() > kStateKeyMaxBytes)
      return Invalid("a state key takes 1 to " + std::to_string(kStateKeyMaxBytes) + " bytes");
    if (put.key == kSettingsKey) TRY(ParseSettings(put.value));
    return Ok();
  }
  template <class Other>
  Status operator()(const Other&) const {
    return Ok();
  }
};

}  // namespace

Status Validate(const Mutation& mutation, uint64_t inline_max_bytes) {
  return std::visit(Validator{inline_max_bytes}, mutation);
}

Status Validate(const ServiceChange& change, uint64_t inline_max_bytes) {
  if (const auto* mutation = std::get_if<Mutation>(&change))
    return Validate(*mutation, inline_max_bytes);
  const auto* import = std::get_if<ImportBlob>(&change);
  return import == nullptr ? Ok() : ValidateBlobName(import->path.name, kNameLimits);
}

}  // namespace replicafs::embedded
