// Which previous versions of a container's blobs are kept, and where: a state row
// "retention/<container>" of the account.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backend/base/result.h"
#include "backend/base/time.h"
#include "backend/blob/blob_info.h"
#include "backend/blob/blob_store.h"

namespace replicafs {

struct TierMove {
  uint32_t after_days = 0;
  Tier tier = Tier::kCool;

  bool operator==(const TierMove&) const = default;
};

// A previous version's age counts from when it ceased to be current. It is removed when every rule
// of keeping that is set lets it go; without one nothing is removed.
struct RetentionRules {
  std::optional<uint32_t> keep_versions;  // the newest so many previous versions of a blob
  std::optional<uint32_t> keep_days;      // what is younger
  std::optional<TierMove> move;           // what is kept and older, unless it is in a colder tier

  bool empty() const { return !keep_versions && !keep_days && !move; }
  bool removes() const { return keep_versions || keep_days; }
  bool operator==(const RetentionRules&) const = default;
};

constexpr uint32_t kRetentionDaysMax = 36'500;

// The rules of a container with the row that they stand in. They end with the container: a new one
// of its name has none.
struct ContainerRetention {
  std::string container;
  RetentionRules rules;
  std::string row;
};

std::string RetentionKey(std::string_view container);
std::string RetentionPositionKey(std::string_view container);

// nullopt when there are none. kNotFound: no such container.
Result<std::optional<ContainerRetention>> ReadRetention(BlobStore& store,
                                                        std::string_view container);
// Of all containers that have some, by name.
Result<std::vector<ContainerRetention>> ListRetention(BlobStore& store);
// Replaces what was set; kNotFound, kInvalid for no rules at all and for too many days. A pass that
// is under way begins anew.
Status SetRetention(BlobStore& store, const std::string& container, const RetentionRules& rules);
// No error when there are none.
Status ClearRetention(BlobStore& store, const std::string& container);

}  // namespace replicafs
