#include "backend/azure/metadata_value.h"

#include <algorithm>
#include <optional>

#include "backend/azure/ascii.h"
#include "backend/base/digest.h"

namespace replicafs::azure {
namespace {

constexpr std::string_view kBegin = "=?utf-8?B?";
constexpr std::string_view kEnd = "?=";

std::optional<std::string> EncodedWord(std::string_view value) {
  if (value.size() < kBegin.size() + kEnd.size() || !StartsWithIgnoringCase(value, kBegin) ||
      !value.ends_with(kEnd)) {
    return std::nullopt;
  }
  value.remove_prefix(kBegin.size());
  value.remove_suffix(kEnd.size());
  return FromBase64(value);
}

// Signing folds runs of spaces in some versions of the service, and an empty header may get lost.
bool GoesAsItIs(std::string_view value) {
  return !value.empty() && Trimmed(value).size() == value.size() &&
         value.find("  ") == std::string_view::npos &&
         std::all_of(value.begin(), value.end(), [](char c) { return c >= 0x20 && c < 0x7F; }) &&
         !EncodedWord(value);
}

}  // namespace

std::string EncodeMetadataValue(std::string_view value) {
  if (GoesAsItIs(value)) return std::string(value);
  const auto* octets = reinterpret_cast<const uint8_t*>(value.data());
  return std::string(kBegin) + ToBase64(std::span(octets, value.size())) + std::string(kEnd);
}

std::string DecodeMetadataValue(std::string_view value) {
  return EncodedWord(value).value_or(std::string(value));
}

}  // namespace replicafs::azure
