#include "backend/replication/resource_id.h"

#include <algorithm>
#include <array>
#include <vector>

#include "backend/blob/names.h"

namespace replicafs {
namespace {

constexpr size_t kParts = 8;
constexpr std::array<std::string_view, kParts> kWords = {
    "subscriptions",   "", "resourcegroups", "", "providers", "microsoft.storage",
    "storageaccounts", ""};

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return lower;
}

std::vector<std::string_view> Split(std::string_view text) {
  std::vector<std::string_view> parts;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find('/', begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

}  // namespace

std::string ToString(const ResourceId& id) {
  return "/subscriptions/" + id.subscription + "/resourceGroups/" + id.resource_group +
         "/providers/Microsoft.Storage/storageAccounts/" + id.account;
}

Result<ResourceId> ParseResourceId(std::string_view text) {
  const Error wrong{ErrorCode::kInvalid,
                    "'" + std::string(text) +
                        "' is no resource id of a storage account; write /subscriptions/"
                        "SUBSCRIPTION/resourceGroups/GROUP/providers/Microsoft.Storage/"
                        "storageAccounts/NAME"};
  if (!text.starts_with('/')) return wrong;
  const auto parts = Split(text.substr(1));
  if (parts.size() != kParts) return wrong;
  for (size_t i = 0; i < kParts; ++i) {
    const bool fits = kWords[i].empty() ? !parts[i].empty() : Lower(parts[i]) == kWords[i];
    if (!fits) return wrong;
  }
  TRY(ValidateAccountName(parts[7]));
  return ResourceId{std::string(parts[1]), std::string(parts[3]), std::string(parts[7])};
}

Result<AccountReference> ParseAccountReference(std::string_view text) {
  if (!text.starts_with('/')) {
    TRY(ValidateAccountName(text));
    return AccountReference{.name = std::string(text), .resource_id = {}};
  }
  ResourceId id = TRY(ParseResourceId(text));
  return AccountReference{.name = std::move(id.account), .resource_id = std::string(text)};
}

}  // namespace replicafs
