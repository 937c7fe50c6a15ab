#include "fs/core/name_codec.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>

#include "backend/base/digest.h"
#include "backend/blob/utf8.h"

namespace replicafs {
namespace {

constexpr std::string_view kEscape = "%!";
// No "%XX" begins so.
constexpr std::string_view kLongEscape = "%!%=";
// What every store takes of a component, and some to spare.
constexpr size_t kEscapedMaxBytes = 480;
constexpr std::string_view kBesideSuffix = "%file";
constexpr size_t kHashDigits = 16;
constexpr size_t kHashedPrefixMaxBytes = 200;

bool IsOffending(std::string_view character) {
  const auto first = static_cast<uint8_t>(character[0]);
  return first < 0x20 || first == 0x7F || first == '\\' || character == "\xEF\xBF\xBE" ||
         character == "\xEF\xBF\xBF";
}

// The first character, or a byte that belongs to none.
std::string_view FirstCharacter(std::string_view text, bool& valid) {
  const size_t bytes = Utf8CharacterBytes(text);
  valid = bytes != 0;
  return text.substr(0, valid ? bytes : 1);
}

bool NeedsEncoding(std::string_view name) {
  if (name.starts_with(kEscape) || name.ends_with('.')) return true;
  while (!name.empty()) {
    bool valid = false;
    const std::string_view character = FirstCharacter(name, valid);
    if (!valid || IsOffending(character)) return true;
    name.remove_prefix(character.size());
  }
  return false;
}

std::string Escaped(std::string_view name) {
  std::string encoded(kEscape);
  while (!name.empty()) {
    bool valid = false;
    const std::string_view character = FirstCharacter(name, valid);
    const bool trailing_dot = name == ".";
    if (!valid || IsOffending(character) || character == "%" || trailing_dot) {
      for (const char byte : character)
        encoded += fmt::format("%{:02X}", static_cast<unsigned>(static_cast<uint8_t>(byte)));
    } else {
      encoded += character;
    }
    name.remove_prefix(character.size());
  }
  return encoded;
}

constexpr std::string_view kDigits64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string LongEscaped(std::string_view name) {
  std::string encoded(kLongEscape);
  for (size_t i = 0; i < name.size(); i += 3) {
    const std::string_view bytes = name.substr(i, 3);
    uint32_t bits = 0;
    for (size_t j = 0; j < 3; ++j)
      bits = (bits << 8) | (j < bytes.size() ? static_cast<uint8_t>(bytes[j]) : 0U);
    for (size_t j = 0; j <= bytes.size(); ++j) encoded += kDigits64[(bits >> (18 - 6 * j)) & 63];
  }
  return encoded;
}

std::string Encoded(std::string_view name) {
  std::string escaped = Escaped(name);
  return escaped.size() <= kEscapedMaxBytes ? escaped : LongEscaped(name);
}

int HexDigit(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

std::optional<std::string> FromDigits64(std::string_view digits) {
  std::string bytes;
  uint32_t bits = 0;
  for (size_t i = 0; i < digits.size(); ++i) {
    const size_t value = kDigits64.find(digits[i]);
    if (value == std::string_view::npos) return std::nullopt;
    bits = (bits << 6) | static_cast<uint32_t>(value);
    if (i % 4 != 0) bytes += static_cast<char>((bits >> (6 - 2 * (i % 4))) & 0xFF);
  }
  return bytes;
}

std::optional<std::string> FromEscapes(std::string_view encoded) {
  std::string name;
  for (size_t i = kEscape.size(); i < encoded.size(); ++i) {
    if (encoded[i] != '%') {
      name += encoded[i];
      continue;
    }
    if (i + 2 >= encoded.size()) return std::nullopt;
    const int high = HexDigit(encoded[i + 1]);
    const int low = HexDigit(encoded[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    name += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return name;
}

// What Encoded made this of; nullopt when it cannot have.
std::optional<std::string> Decoded(std::string_view encoded) {
  if (!encoded.starts_with(kEscape)) return std::nullopt;
  const bool is_long = encoded.starts_with(kLongEscape);
  auto name = is_long ? FromDigits64(encoded.substr(kLongEscape.size())) : FromEscapes(encoded);
  if (!name || Encoded(*name) != encoded) return std::nullopt;
  return name;
}

bool IsLinuxName(std::string_view name, NamePlace place) {
  return !name.empty() && name != "." && name != ".." && name.size() <= kLinuxNameMaxBytes &&
         name.find('/') == std::string_view::npos && name.find('\0') == std::string_view::npos &&
         !(place == NamePlace::kContainerRoot && name == kVersionsName);
}

// What most names are, told without allocating: they stand for themselves.
bool IsPlain(std::string_view name, NamePlace place) {
  const auto printable = [](char c) { return c >= 0x20 && c < 0x7F && c != '\\'; };
  return IsLinuxName(name, place) && !name.starts_with(kEscape) && !name.ends_with('.') &&
         std::all_of(name.begin(), name.end(), printable);
}

std::optional<std::string> BesideComponent(std::string_view name) {
  if (!name.starts_with(kEscape) || !name.ends_with(kBesideSuffix)) return std::nullopt;
  return Decoded(name.substr(0, name.size() - kBesideSuffix.size()));
}

// Names that stand for something other than what storing them would give.
std::optional<StoredName> Reserved(std::string_view name, NamePlace place);

// The Linux name that is stored as this component, if there is one.
std::optional<std::string> StoredFrom(std::string_view component, NamePlace place) {
  std::string name(component);
  if (NeedsEncoding(component)) {
    auto decoded = Decoded(component);
    if (!decoded || !NeedsEncoding(*decoded)) return std::nullopt;
    name = std::move(*decoded);
  }
  if (!IsLinuxName(name, place) || Reserved(name, place)) return std::nullopt;
  return name;
}

// Recursion ends: each step looks at a shorter name.
std::optional<StoredName> Reserved(std::string_view name, NamePlace place) {
  if (auto component = BesideComponent(name))
    return StoredName{std::move(*component), NameForm::kBesideDirectory};
  auto component = Decoded(name);
  if (component && !StoredFrom(*component, place))
    return StoredName{std::move(*component), NameForm::kPlain};
  return std::nullopt;
}

// In the stored form, or by its beginning and a hash when that is too long for a directory.
std::string EncodedToShow(std::string_view component, std::string_view suffix) {
  std::string whole = Encoded(component).append(suffix);
  if (whole.size() <= kLinuxNameMaxBytes) return whole;
  const std::string shown = Escaped(component);
  size_t keep = kHashedPrefixMaxBytes;
  while (keep > 0 && (static_cast<uint8_t>(shown[keep]) & 0xC0) == 0x80) --keep;
  const Digest digest = Sha256(AsBytes(std::string(component).append(suffix)));
  return shown.substr(0, keep) + "~" + ToHex(std::span(digest.bytes).first(kHashDigits / 2));
}

}  // namespace

Result<StoredName> ToStored(std::string_view linux_name, NamePlace place) {
  if (linux_name.size() > kLinuxNameMaxBytes)
    return Error{ErrorCode::kNameTooLong, "the name has more than 255 bytes"};
  if (!IsLinuxName(linux_name, place)) {
    return Error{ErrorCode::kInvalid, fmt::format("'{}' cannot be the name of a file", linux_name)};
  }
  if (auto reserved = Reserved(linux_name, place)) return std::move(*reserved);
  return StoredName{NeedsEncoding(linux_name) ? Encoded(linux_name) : std::string(linux_name),
                    NameForm::kPlain};
}

std::string ToShown(const StoredName& stored, NamePlace place) {
  const std::string& component = stored.component;
  if (stored.form == NameForm::kBesideDirectory) return EncodedToShow(component, kBesideSuffix);
  if (IsPlain(component, place)) return component;
  if (auto name = StoredFrom(component, place)) return std::move(*name);
  return EncodedToShow(component, "");
}

bool IsHashedName(std::string_view linux_name) {
  if (!linux_name.starts_with(kEscape) || linux_name.size() <= kHashDigits) return false;
  const std::string_view hash = linux_name.substr(linux_name.size() - kHashDigits);
  return linux_name[linux_name.size() - kHashDigits - 1] == '~' &&
         hash.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace replicafs
