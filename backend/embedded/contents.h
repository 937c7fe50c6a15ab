// Content rows and who shares them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "backend/base/result.h"
#include "backend/blob/mutation.h"
#include "backend/embedded/change.h"
#include "backend/embedded/records.h"

namespace replicafs::embedded {

struct SharedContent {
  uint64_t content_id = 0;
};

// Content that was found to be storable.
struct CheckedContent {
  uint64_t size_bytes = 0;
  BlobKind kind = BlobKind::kBlock;
  std::optional<Digest> key_sha256;
  std::optional<Md5> md5;
  // What is stored; points into the mutation.
  std::variant<const std::string*, const BlockList*, SharedContent, ServiceContent> source;
  const std::vector<Nonce>* nonces = nullptr;  // of blocks that are encrypted
  std::vector<ContentHome> homes;              // of the version that gets it
};

// Changes nothing. `md5` is that of content given as bytes.
//   kNotFound   a block that is neither committed nor staged; the other blob or version
//   kInvalid    a block of another size than said, a page blob without whole pages
Result<CheckedContent> CheckContent(const Change& change, const CommitBlob& commit,
                                    const std::optional<Md5>& md5);
// Stores the content, or one more use of it; its id.
Result<uint64_t> StoreContent(Change& change, const CheckedContent& content);
// One record more, or one fewer, has this content; with the last it goes.
Status ShareContent(Change& change, uint64_t content_id);
Status ReleaseContent(Change& change, uint64_t content_id);

// The homes of a version that shares the content of this one; none where there is no service.
std::vector<ContentHome> HomesBehind(const Change& change, const BlobPath& path,
                                     const VersionRecord& record);

// kCorrupt when there is no such row.
Result<ContentRecord> FindContent(const lmdb::Transaction& transaction, const Tables& tables,
                                  uint64_t content_id);

}  // namespace replicafs::embedded
