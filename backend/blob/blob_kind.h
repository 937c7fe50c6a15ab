// How a blob was made: what Azure calls its type, which it keeps for as long as it lives.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "backend/base/result.h"

namespace replicafs {

enum class BlobKind : uint8_t { kBlock = 0, kAppend = 1, kPage = 2 };
constexpr uint8_t kBlobKinds = 3;
std::string_view ToString(BlobKind kind);  // "BlockBlob", as x-ms-blob-type
// "an append blob"
std::string_view WithArticle(BlobKind kind);
std::optional<BlobKind> ParseBlobKind(std::string_view text);  // "block", "append", "page"

// A page blob is a row of pages of this size.
constexpr uint64_t kPageBytes = 512;

// Whether content of this kind may take the place of a current version: kBlobKind when that is of
// another one. `name` is for the message.
Status CheckSameKind(BlobKind before, BlobKind after, std::string_view name);
// kInvalid: a page blob that is no row of whole pages.
Status CheckKindSize(BlobKind kind, uint64_t size_bytes);

}  // namespace replicafs
