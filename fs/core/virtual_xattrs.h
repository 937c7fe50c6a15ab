// Extended attributes that show what the store and replication know of a blob:
//   user.replication.status, .progress, .reason, .<policyId>_<ruleId>, .policy-id, .source
//   user.version.id, .list
//   user.blob.immutable-until, .legal-hold, .archive-status, .type, .key-sha256
//   user.blob.etag, .content-md5, .created, .tier, .content-type, .metadata.NAME, .tag.NAME
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "backend/base/result.h"
#include "backend/blob/blob_info.h"
#include "fs/core/location.h"

namespace replicafs {

struct XattrSubject {
  Location location;
  BlobInfo info;  // with what will be committed
  // As the store has it: what replication and versions are told of. nullopt: never committed.
  std::optional<BlobInfo> stored;
};

enum class XattrKind {
  kUser,      // not ours
  kReadOnly,  // writing it does nothing, so that copies of trees with their xattrs succeed
  kWritable,
};
XattrKind KindOfXattr(std::string_view name);

// All that apply, by name.
using XattrMap = std::map<std::string, std::string, std::less<>>;
Result<XattrMap> VirtualXattrs(const XattrSubject& subject);
bool ShowsReplication(std::string_view name);
// One of them. kNoAttribute.
Result<std::string> VirtualXattr(const XattrSubject& subject, std::string_view name);

// What a kWritable one is made of. `value` nullopt: removed. kInvalid for what it cannot be.
Status ChangeVirtualXattr(std::string_view name, std::optional<std::string_view> value,
                          BlobProperties& properties);
constexpr std::string_view kTierXattr = "user.blob.tier";
// Too long for file systems that copies may go to: shown when asked for by name.
constexpr std::string_view kVersionListXattr = "user.version.list";
constexpr size_t kListedValueMaxBytes = 2048;

}  // namespace replicafs
