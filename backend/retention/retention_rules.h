// Which versions of a container's blobs are kept, and where: a state row "retention/<container>" of
// the account.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
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
// A current version's age counts from when it came: at a destination from when it was copied. Only
// those of files are touched: directory markers and links are no data.
struct RetentionRules {
  std::optional<uint32_t> keep_versions;  // the newest so many previous versions of a blob
  std::optional<uint32_t> keep_days;      // what is younger
  std::optional<TierMove> move;           // what is kept and older, unless it is in a colder tier
  std::optional<TierMove> current_move;   // current versions that are older, in the same way
  // Current versions that are older become previous ones, as by the removal of the file.
  std::optional<uint32_t> current_delete_days;

  bool empty() const { return *this == RetentionRules(); }
  bool removes() const { return keep_versions || keep_days; }
  bool operator==(const RetentionRules&) const = default;
};

constexpr uint32_t kRetentionDaysMax = 36'500;
constexpr size_t kRetentionPrefixesMax = 100;  // of a container

// The rules of a container, by prefixes of the names, with the row that they stand in. They end
// with the container: a new one of its name has none.
struct ContainerRetention {
  std::string container;
  std::map<std::string, RetentionRules> by_prefix;  // "": of all other names
  std::string row;

  // Those of the longest prefix that begins the name, alone; nullptr: there are none.
  const RetentionRules* Find(std::string_view name) const;
};

std::string RetentionKey(std::string_view container);
std::string RetentionPositionKey(std::string_view container);

// nullopt when there are none. kNotFound: no such container.
Result<std::optional<ContainerRetention>> ReadRetention(BlobStore& store,
                                                        std::string_view container);
// Of all containers that have some, by name.
Result<std::vector<ContainerRetention>> ListRetention(BlobStore& store);
// Replaces what was set for the prefix; kNotFound, kInvalid for no rules at all, for too many days
// or prefixes, and for a prefix that begins no name; kBusy when somebody else sets some meanwhile.
// A pass that is under way begins anew.
Status SetRetention(BlobStore& store, const std::string& container, const RetentionRules& rules,
                    const std::string& prefix = {});
// Of all prefixes; no error when there are none.
Status ClearRetention(BlobStore& store, const std::string& container);
// Of one. kNotFound, kBusy.
Status ClearRetention(BlobStore& store, const std::string& container, const std::string& prefix);

}  // namespace replicafs
