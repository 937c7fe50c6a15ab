#include "fs/core/posix_metadata.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <string>
#include <string_view>

namespace replicafs {
namespace {

constexpr std::string_view kPermissionsKey = "permissions";
constexpr std::string_view kOwnerKey = "posix_owner";
constexpr std::string_view kGroupKey = "posix_group";
constexpr std::string_view kModifiedKey = "modtime";
constexpr std::string_view kAccessedKey = "atime";
constexpr std::string_view kDeviceKey = "posix_rdev";

constexpr mode_t kPermissionBits = 07777;

constexpr std::array<BlobType, 6> kSaidTypes = {
    BlobType::kDirectory, BlobType::kSymlink,         BlobType::kFifo,
    BlobType::kSocket,    BlobType::kCharacterDevice, BlobType::kBlockDevice};

template <class Number>
std::optional<Number> NumberAt(const StringMap& metadata, std::string_view key) {
  const auto found = metadata.find(key);
  if (found == metadata.end()) return std::nullopt;
  const std::string& text = found->second;
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

void SetNumber(StringMap& metadata, std::string_view key, int64_t number) {
  metadata.insert_or_assign(std::string(key), fmt::to_string(number));
}

mode_t DefaultPermissions(mode_t type, const AttributeDefaults& defaults) {
  if (type == S_IFLNK) return 0777;
  return (type == S_IFDIR ? 0777U : 0666U) & ~defaults.umask;
}

void ApplyRecorded(const StringMap& metadata, const AttributeDefaults& defaults,
                   Attributes& attributes) {
  const mode_t type = attributes.mode & S_IFMT;
  const auto permissions = NumberAt<mode_t>(metadata, kPermissionsKey);
  const bool recorded = permissions && type != S_IFLNK;
  attributes.mode =
      type | (recorded ? *permissions & kPermissionBits : DefaultPermissions(type, defaults));
  attributes.uid = NumberAt<uid_t>(metadata, kOwnerKey).value_or(defaults.uid);
  attributes.gid = NumberAt<gid_t>(metadata, kGroupKey).value_or(defaults.gid);
}

const StringMap& NoMetadata() {
  static const StringMap none;
  return none;
}

}  // namespace

EntryKind KindOf(const BlobProperties& properties) {
  return TypeOf(properties) == S_IFDIR ? EntryKind::kDirectory : EntryKind::kFile;
}

mode_t ModeOf(BlobType type) {
  switch (type) {
    case BlobType::kDirectory: return S_IFDIR;
    case BlobType::kSymlink: return S_IFLNK;
    case BlobType::kFifo: return S_IFIFO;
    case BlobType::kSocket: return S_IFSOCK;
    case BlobType::kCharacterDevice: return S_IFCHR;
    case BlobType::kBlockDevice: return S_IFBLK;
    case BlobType::kFile: break;
  }
  return S_IFREG;
}

mode_t TypeOf(const BlobProperties& properties) {
  return ModeOf(TypeOf(properties.metadata));
}

uint32_t DirectoryLinks(const std::optional<uint64_t>& directories) {
  constexpr uint64_t kMax = std::numeric_limits<uint32_t>::max();
  return directories ? static_cast<uint32_t>(std::min(kMax, *directories + 2)) : 1;
}

Attributes FileAttributes(const BlobInfo& info, const AttributeDefaults& defaults) {
  const StringMap& metadata = info.properties.metadata;
  Attributes attributes;
  attributes.mode = TypeOf(info.properties);
  ApplyRecorded(metadata, defaults, attributes);
  attributes.device = NumberAt<uint64_t>(metadata, kDeviceKey).value_or(0);
  attributes.size_bytes = info.size_bytes;
  attributes.ctime_ns = info.last_modified.nanoseconds();
  attributes.mtime_ns = NumberAt<int64_t>(metadata, kModifiedKey).value_or(attributes.ctime_ns);
  attributes.atime_ns = NumberAt<int64_t>(metadata, kAccessedKey).value_or(attributes.mtime_ns);
  return attributes;
}

Attributes DirectoryAttributes(const BlobInfo* marker, const PrefixInfo* prefix,
                               const AttributeDefaults& defaults) {
  Attributes attributes;
  Timestamp written;
  if (marker != nullptr) {
    attributes = FileAttributes(*marker, defaults);
    // Children of a replica changed at times of the source, and so did its marker.
    written = marker->origin ? marker->origin->modified : marker->last_modified;
  } else {
    attributes.mode = S_IFDIR;
    ApplyRecorded(NoMetadata(), defaults, attributes);
  }
  attributes.size_bytes = 0;
  attributes.links = DirectoryLinks(prefix != nullptr ? prefix->directories : 0);
  if (prefix != nullptr && prefix->children_changed > written) {
    attributes.mtime_ns = prefix->children_changed.nanoseconds();
    attributes.ctime_ns = std::max(attributes.ctime_ns, attributes.mtime_ns);
    if (marker == nullptr || !marker->properties.metadata.contains(kAccessedKey))
      attributes.atime_ns = attributes.mtime_ns;
  }
  return attributes;
}

BlobProperties PropertiesOfNew(const NewFile& file) {
  BlobProperties properties;
  StringMap& metadata = properties.metadata;
  const mode_t type = file.mode & S_IFMT;
  for (const BlobType said : kSaidTypes) {
    if (ModeOf(said) == type) metadata.emplace(TypeKey(said), "true");
  }
  SetNumber(metadata, kPermissionsKey, file.mode);
  SetNumber(metadata, kOwnerKey, file.uid);
  SetNumber(metadata, kGroupKey, file.gid);
  if (type == S_IFCHR || type == S_IFBLK)
    SetNumber(metadata, kDeviceKey, static_cast<int64_t>(file.device));
  SetNumber(metadata, kModifiedKey, file.mtime_ns);
  return properties;
}

void RecordChange(const AttributeChange& change, const Attributes& current, StringMap& metadata) {
  if (change.mode) {
    SetNumber(metadata, kPermissionsKey,
              (current.mode & S_IFMT) | (*change.mode & kPermissionBits));
  }
  if (change.uid) SetNumber(metadata, kOwnerKey, *change.uid);
  if (change.gid) SetNumber(metadata, kGroupKey, *change.gid);
  const int64_t mtime_ns = change.mtime_ns.value_or(current.mtime_ns);
  SetNumber(metadata, kModifiedKey, mtime_ns);
  if (change.atime_ns) SetNumber(metadata, kAccessedKey, *change.atime_ns);
  if (NumberAt<int64_t>(metadata, kAccessedKey) == mtime_ns)
    metadata.erase(std::string(kAccessedKey));
}

bool IsAttributeKey(std::string_view key) {
  constexpr std::array<std::string_view, 6> kKeys = {kPermissionsKey, kOwnerKey,    kGroupKey,
                                                     kModifiedKey,    kAccessedKey, kDeviceKey};
  return std::find(kKeys.begin(), kKeys.end(), key) != kKeys.end() ||
         TypeSaidBy(key, "true") != BlobType::kFile;
}

void RecordModified(int64_t mtime_ns, StringMap& metadata) {
  SetNumber(metadata, kModifiedKey, mtime_ns);
}

}  // namespace replicafs
