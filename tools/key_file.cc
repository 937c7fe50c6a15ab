#include "tools/key_file.h"

#include <algorithm>

#include "backend/base/private_file.h"
#include "backend/base/secret_page.h"

namespace replicafs {
namespace {

constexpr size_t kFileMaxBytes = 128;

// Clears its bytes in the end.
template <class Bytes>
struct Secret {
  Bytes bytes{};
  ~Secret() { ClearSecret({reinterpret_cast<char*>(bytes.data()), bytes.size()}); }
};

ContentKeyPtr MakeKey(std::string_view bytes) {
  const std::span<const char, ContentKey::kBytes> fixed(bytes.data(), ContentKey::kBytes);
  return std::make_shared<const ContentKey>(std::span<const uint8_t, ContentKey::kBytes>(
      reinterpret_cast<const uint8_t*>(fixed.data()), ContentKey::kBytes));
}

std::string_view WithoutSpaceAtTheEnd(std::string_view text) {
  const size_t last = text.find_last_not_of(" \t\r\n");
  return text.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

// nullptr: it is none.
ContentKeyPtr ParseKey(std::string_view content) {
  if (content.size() == ContentKey::kBytes) return MakeKey(content);
  const std::string_view text = WithoutSpaceAtTheEnd(content);
  if (auto digits = DigestFromHex(text)) {
    Secret<std::array<uint8_t, ContentKey::kBytes>> key{digits->bytes};
    ClearSecret({reinterpret_cast<char*>(digits->bytes.data()), digits->bytes.size()});
    return MakeKey({reinterpret_cast<const char*>(key.bytes.data()), key.bytes.size()});
  }
  if (auto decoded = FromBase64(text)) {
    Secret<std::string> key{*decoded};
    ClearSecret({decoded->data(), decoded->size()});
    if (key.bytes.size() == ContentKey::kBytes) return MakeKey(key.bytes);
  }
  return nullptr;
}

}  // namespace

Result<ContentKeyPtr> ReadKeyFile(const std::string& path) {
  TRY(ForbidDumps());
  Secret<std::array<char, kFileMaxBytes + 1>> content;
  const size_t size = TRY(ReadPrivateFile(path, "key file", FileOwner::kAnybody,
                                          std::as_writable_bytes(std::span(content.bytes))));
  if (auto key = ParseKey({content.bytes.data(), size})) return key;
  return Error{ErrorCode::kInvalid, "the file '" + path +
                                        "' holds no key: it must be 32 bytes, 64 hexadecimal "
                                        "digits, or base64 of 32 bytes"};
}

Result<ContentKeyPtr> ReadKeyFileIfNamed(const std::string& path) {
  if (path.empty()) return ContentKeyPtr();
  return ReadKeyFile(path);
}

}  // namespace replicafs
