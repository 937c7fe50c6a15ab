// Where the contents of two versions differ.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "backend/base/result.h"
#include "backend/blob/blob_store.h"

namespace replicafs {

struct ByteRange {
  uint64_t offset = 0;
  uint64_t size_bytes = 0;

  bool operator==(const ByteRange&) const = default;
};

struct DifferingRanges {
  std::vector<ByteRange> ranges;  // those of both; the first kDifferingRangesMax
  uint64_t omitted = 0;           // how many more there are
  uint64_t differing_bytes = 0;   // of all
};

constexpr size_t kDifferingRangesMax = 10'000;
// Ranges with fewer equal bytes between them are one.
constexpr uint64_t kRangeGapBytes = 32;

// What differs in the bytes that both have; what only the longer one has is not among it. Blocks of
// one name at one place are not read. `progress` gets the offset reached.
Result<DifferingRanges> CompareContent(BlobReader& before, BlobReader& after,
                                       const std::function<void(uint64_t)>& progress);

// The whole content when it is text: UTF-8 without control characters but white space, and not too
// long; nullopt otherwise.
Result<std::optional<std::string>> ReadText(BlobReader& reader);

// What `diff -u` says of the two; nullopt when this machine has no such program.
Result<std::optional<std::string>> UnifiedDiff(const std::string& before, const std::string& after,
                                               const std::string& before_label,
                                               const std::string& after_label);

}  // namespace replicafs
