#include "fs/core/virtual_xattrs.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "backend/blob/utf8.h"
#include "fs/core/mounted_account.h"
#include "fs/core/node.h"
#include "fs/core/posix_metadata.h"
#include "fs/core/user_xattrs.h"

namespace replicafs {
namespace {

constexpr std::string_view kReplicationPrefix = "user.replication.";
constexpr std::string_view kVersionPrefix = "user.version.";
constexpr std::string_view kMetadataPrefix = "user.blob.metadata.";
constexpr std::string_view kTagPrefix = "user.blob.tag.";
constexpr std::string_view kContentTypeXattr = "user.blob.content-type";
constexpr std::string_view kImmutableUntilXattr = "user.blob.immutable-until";
constexpr std::string_view kLegalHoldXattr = "user.blob.legal-hold";
constexpr std::string_view kArchiveStatusXattr = "user.blob.archive-status";
constexpr std::string_view kKindXattr = "user.blob.type";
constexpr std::string_view kKeyXattr = "user.blob.key-sha256";
constexpr std::array<std::string_view, 8> kReadOnlyBlobXattrs = {
    "user.blob.etag",    "user.blob.content-md5", "user.blob.created", kImmutableUntilXattr,
    kArchiveStatusXattr, kLegalHoldXattr,         kKindXattr,          kKeyXattr};

bool IsForeignMetadata(std::string_view key) {
  return !IsAttributeKey(key) && !IsUserXattrKey(key);
}

void AddBlob(const BlobInfo& info, XattrMap& xattrs) {
  const BlobProperties& properties = info.properties;
  xattrs.emplace(kTierXattr, ToString(properties.tier));
  if (!properties.headers.content_type.empty())
    xattrs.emplace(kContentTypeXattr, properties.headers.content_type);
  for (const auto& [key, value] : properties.metadata) {
    if (IsForeignMetadata(key)) xattrs.emplace(std::string(kMetadataPrefix) + key, value);
  }
  for (const auto& [key, value] : properties.tags)
    xattrs.emplace(std::string(kTagPrefix) + key, value);
}

void AddStored(const BlobInfo& info, XattrMap& xattrs) {
  xattrs.emplace("user.version.id", ToString(info.version));
  xattrs.emplace("user.blob.etag", info.etag);
  xattrs.emplace("user.blob.created", ToString(info.created));
  if (info.kind != BlobKind::kBlock) xattrs.emplace(kKindXattr, ToString(info.kind));
  if (info.key_sha256) xattrs.emplace(kKeyXattr, BlockId(*info.key_sha256));
  if (info.rehydration) xattrs.emplace(kArchiveStatusXattr, ArchiveStatus(*info.rehydration));
  if (info.content_md5) xattrs.emplace("user.blob.content-md5", ToBase64(*info.content_md5));
}

// What protects the version, be it its own or the container's. Nothing does: neither is there.
Status AddProtection(const XattrSubject& subject, XattrMap& xattrs) {
  if (!subject.stored) return Ok();
  const BlobInfo& stored = *subject.stored;
  const Location& location = subject.location;
  const ContainerInfo container = TRY(location.store().GetContainer(location.container()));
  const Timestamp until = ImmutableUntil(container.protection, stored.protection, stored.version);
  if (until.ticks != 0) xattrs.emplace(kImmutableUntilXattr, ToString(until));
  if (HasLegalHold(container.protection, stored.protection))
    xattrs.emplace(kLegalHoldXattr, "true");
  return Ok();
}

Status AddReplication(const XattrSubject& subject, XattrMap& xattrs) {
  const auto add = [&](std::string_view name, std::string value) {
    xattrs.emplace(std::string(kReplicationPrefix) + std::string(name), std::move(value));
  };
  if (!subject.stored) {
    add("status", std::string(ToString(BlobStatus::kNone)));
    return Ok();
  }
  const BlobReplication replication = TRY(subject.location.place->account->status->StatusOf(
      subject.location.container(), *subject.stored));
  add("status", std::string(ToString(replication.status)));
  if (replication.status == BlobStatus::kPending)
    add("progress", std::to_string(replication.percent));
  if (replication.status == BlobStatus::kFailed) add("reason", replication.reason);
  for (const RuleStatus& rule : replication.rules) {
    if (rule.status == BlobStatus::kComplete || rule.status == BlobStatus::kFailed)
      add(rule.policy_id + "_" + rule.rule_id, std::string(ToString(rule.status)));
  }
  if (const auto& origin = subject.stored->origin) {
    add("policy-id", origin->policy_id);
    add("source", fmt::format("{}/{}@{}", origin->account, ToString(origin->path),
                              ToString(origin->version)));
  }
  return Ok();
}

Result<std::string> VersionList(const XattrSubject& subject) {
  const auto versions = TRY(subject.location.store().ListVersions(subject.location.path()));
  std::string list;
  for (const BlobInfo& info : versions) {
    list += fmt::format("{} {} {}\n", ToString(info.version), info.size_bytes,
                        info.is_current ? "current" : "previous");
  }
  if (!list.empty()) list.pop_back();
  return list;
}

bool IsPrintable(std::string_view text) {
  return IsUtf8(text) && std::none_of(text.begin(), text.end(),
                                      [](char c) { return (c >= 0 && c < 0x20) || c == 0x7F; });
}

// One entry of a map with rules: metadata or tags.
Status ChangeEntry(std::string_view key, std::optional<std::string_view> value, StringMap& map) {
  TRY(ValidateMetadataKey(key));
  if (!IsForeignMetadata(key)) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("'{}' holds an attribute of the file: change that", key)};
  }
  if (!value) {
    if (map.erase(std::string(key)) == 0)
      return Error{ErrorCode::kNoAttribute, fmt::format("there is no '{}'", key)};
    return Ok();
  }
  if (!IsPrintable(*value))
    return Error{ErrorCode::kInvalid, fmt::format("the value of '{}' is not printable", key)};
  map.insert_or_assign(std::string(key), std::string(*value));
  return Ok();
}

}  // namespace

bool ShowsReplication(std::string_view name) {
  return name.starts_with(kReplicationPrefix);
}

XattrKind KindOfXattr(std::string_view name) {
  if (name.starts_with(kReplicationPrefix) || name.starts_with(kVersionPrefix) ||
      std::find(kReadOnlyBlobXattrs.begin(), kReadOnlyBlobXattrs.end(), name) !=
          kReadOnlyBlobXattrs.end()) {
    return XattrKind::kReadOnly;
  }
  if (name == kTierXattr || name == kContentTypeXattr || name.starts_with(kMetadataPrefix) ||
      name.starts_with(kTagPrefix)) {
    return XattrKind::kWritable;
  }
  return XattrKind::kUser;
}

Result<XattrMap> VirtualXattrs(const XattrSubject& subject) {
  XattrMap xattrs;
  AddBlob(subject.info, xattrs);
  if (subject.stored) {
    AddStored(*subject.stored, xattrs);
    std::string list = TRY(VersionList(subject));
    if (list.size() <= kListedValueMaxBytes) xattrs.emplace(kVersionListXattr, std::move(list));
  }
  TRY(AddProtection(subject, xattrs));
  TRY(AddReplication(subject, xattrs));
  return xattrs;
}

Result<std::string> VirtualXattr(const XattrSubject& subject, std::string_view name) {
  if (name == kVersionListXattr && subject.stored) return VersionList(subject);
  XattrMap xattrs;
  if (name.starts_with(kReplicationPrefix)) {
    TRY(AddReplication(subject, xattrs));
  } else if (name == kImmutableUntilXattr || name == kLegalHoldXattr) {
    TRY(AddProtection(subject, xattrs));
  } else {
    AddBlob(subject.info, xattrs);
    if (subject.stored) AddStored(*subject.stored, xattrs);
  }
  const auto found = xattrs.find(name);
  if (found == xattrs.end())
    return Error{ErrorCode::kNoAttribute, fmt::format("there is no '{}'", name)};
  return found->second;
}

Status ChangeVirtualXattr(std::string_view name, std::optional<std::string_view> value,
                          BlobProperties& properties) {
  if (name == kTierXattr) {
    if (!value) return Ok();  // a blob always has one
    const auto tier = ParseTier(*value);
    if (!tier) return Error{ErrorCode::kInvalid, "a tier is one of Hot, Cool, Cold and Archive"};
    properties.tier = *tier;
    return Ok();
  }
  if (name == kContentTypeXattr) {
    const std::string_view type = value.value_or(std::string_view());
    if (!IsPrintable(type)) return Error{ErrorCode::kInvalid, "the content type is not printable"};
    properties.headers.content_type = type;
    return Ok();
  }
  if (name.starts_with(kMetadataPrefix))
    return ChangeEntry(name.substr(kMetadataPrefix.size()), value, properties.metadata);
  return ChangeEntry(name.substr(kTagPrefix.size()), value, properties.tags);
}

}  // namespace replicafs
