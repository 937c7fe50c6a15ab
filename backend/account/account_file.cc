#include "backend/account/account_file.h"

#include <toml++/toml.h>

#include <sstream>

#include "backend/account/account_kind.h"

namespace replicafs {
namespace {

Result<std::string> Text(const toml::table& table, std::string_view key, std::string fallback) {
  const toml::node* node = table.get(key);
  if (node == nullptr) return fallback;
  const std::optional<std::string> value = node->value<std::string>();
  if (!node->is_string() || !value)
    return Error{ErrorCode::kCorrupt, "'" + std::string(key) + "' is not a string"};
  return *value;
}

Result<toml::table> Parse(std::string_view text) {
  // The packaged library reports by exception.
  try {
    return toml::parse(text);
  } catch (const toml::parse_error& error) {
    return Error{ErrorCode::kCorrupt, "line " + std::to_string(error.source().begin.line) + ": " +
                                          std::string(error.description())};
  }
}

// An empty value leaves the member out.
void Set(toml::table& table, std::string_view key, std::string_view value) {
  if (value.empty()) {
    table.erase(key);
  } else {
    table.insert_or_assign(key, value);
  }
}

Result<std::chrono::seconds> Seconds(const toml::table& table, std::string_view key,
                                     std::chrono::seconds fallback) {
  const toml::node* node = table.get(key);
  if (node == nullptr) return fallback;
  const std::optional<int64_t> value = node->value<int64_t>();
  if (!node->is_integer() || !value || *value < 0)
    return Error{ErrorCode::kCorrupt, "'" + std::string(key) + "' is not a number of seconds"};
  return std::chrono::seconds{*value};
}

void SetAzure(toml::table& table, const AzureSettings& azure) {
  Set(table, "endpoint", azure.endpoint);
  Set(table, "auth", ToString(azure.auth));
  Set(table, "credential_file", azure.credential_file);
  if (azure.check == AzureSettings().check) {
    table.erase("check_seconds");
  } else {
    table.insert_or_assign("check_seconds", static_cast<int64_t>(azure.check.count()));
  }
}

Result<AzureSettings> DecodeAzure(const toml::table& table) {
  AzureSettings azure;
  azure.endpoint = TRY(Text(table, "endpoint", ""));
  if (azure.endpoint.empty()) return Error{ErrorCode::kCorrupt, "'endpoint' is missing"};
  const std::string text_of_auth = TRY(Text(table, "auth", std::string(ToString(azure.auth))));
  const std::optional<AzureAuth> auth = ParseAzureAuth(text_of_auth);
  if (!auth)
    return Error{ErrorCode::kCorrupt,
                 "'auth' is none of key, sas and connection-string: " + text_of_auth};
  azure.auth = *auth;
  azure.credential_file = TRY(Text(table, "credential_file", ""));
  azure.check = TRY(Seconds(table, "check_seconds", azure.check));
  return azure;
}

std::string Encode(toml::table table, const AccountDescriptor& descriptor,
                   const std::string& home) {
  const bool is_default = descriptor.durability == Durability::kCommit;
  Set(table, "kind", descriptor.kind);
  Set(table, "tenant", descriptor.tenant);
  Set(table, "resource_id", descriptor.resource_id);
  Set(table, "region", descriptor.region);
  Set(table, "directory", descriptor.directory == home ? "" : descriptor.directory);
  Set(table, "created", ToString(descriptor.created));
  Set(table, "durability", is_default ? "" : ToString(descriptor.durability));
  if (descriptor.azure) SetAzure(table, *descriptor.azure);
  std::ostringstream text;
  text << table << "\n";
  return text.str();
}

}  // namespace

std::string EncodeAccountFile(const AccountDescriptor& descriptor, const std::string& home) {
  return Encode({}, descriptor, home);
}

Result<std::string> UpdateAccountFile(std::string_view text, const AccountDescriptor& descriptor,
                                      const std::string& home) {
  return Encode(TRY(Parse(text)), descriptor, home);
}

Result<AccountDescriptor> DecodeAccountFile(std::string_view text, const std::string& home) {
  const toml::table table = TRY(Parse(text));
  AccountDescriptor descriptor;
  descriptor.kind = TRY(Text(table, "kind", "embedded"));
  descriptor.tenant = TRY(Text(table, "tenant", ""));
  descriptor.resource_id = TRY(Text(table, "resource_id", ""));
  descriptor.region = TRY(Text(table, "region", ""));
  descriptor.directory = TRY(Text(table, "directory", home));
  const std::string created = TRY(Text(table, "created", ToString(Timestamp{})));
  const std::optional<Timestamp> time = ParseTimestamp(created);
  if (!time) return Error{ErrorCode::kCorrupt, "'created' is not a time: " + created};
  descriptor.created = *time;
  const std::string text_of_durability = TRY(Text(table, "durability", "commit"));
  const std::optional<Durability> durability = ParseDurability(text_of_durability);
  if (!durability)
    return Error{ErrorCode::kCorrupt,
                 "'durability' is neither commit nor relaxed: " + text_of_durability};
  descriptor.durability = *durability;
  if (descriptor.kind == kAzureKind) descriptor.azure = TRY(DecodeAzure(table));
  return descriptor;
}

}  // namespace replicafs
