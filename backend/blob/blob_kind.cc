#include "backend/blob/blob_kind.h"

#include <array>
#include <string>

namespace replicafs {
namespace {

constexpr std::array<std::string_view, kBlobKinds> kNames{"BlockBlob", "AppendBlob", "PageBlob"};
constexpr std::array<std::string_view, kBlobKinds> kWords{"block", "append", "page"};
constexpr std::array<std::string_view, kBlobKinds> kWithArticle{"a block blob", "an append blob",
                                                                "a page blob"};

}  // namespace

std::string_view ToString(BlobKind kind) {
  return kNames[static_cast<size_t>(kind)];
}

std::string_view WithArticle(BlobKind kind) {
  return kWithArticle[static_cast<size_t>(kind)];
}

std::optional<BlobKind> ParseBlobKind(std::string_view text) {
  for (size_t i = 0; i < kWords.size(); ++i) {
    if (text == kWords[i]) return static_cast<BlobKind>(i);
  }
  return std::nullopt;
}

Status CheckSameKind(BlobKind before, BlobKind after, std::string_view name) {
  if (before == after) return Ok();
  return Error{ErrorCode::kBlobKind, "'" + std::string(name) + "' is " +
                                         std::string(WithArticle(before)) + " and cannot become " +
                                         std::string(WithArticle(after)) + ": delete it first"};
}

Status CheckKindSize(BlobKind kind, uint64_t size_bytes) {
  if (kind != BlobKind::kPage || size_bytes % kPageBytes == 0) return Ok();
  return Error{ErrorCode::kInvalid, "a page blob has whole pages of " + std::to_string(kPageBytes) +
                                        " bytes, and not " + std::to_string(size_bytes) + " bytes"};
}

}  // namespace replicafs
