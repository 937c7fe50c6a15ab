#include "tests/support/memory_state.h"

#include <algorithm>
#include <cstring>
#include <set>
#include <utility>

namespace replicafs {

std::optional<Digest> MemoryContent::key_sha256() const {
  return encryption ? std::optional(encryption->key_sha256) : std::nullopt;
}

size_t MemoryContent::Read(uint64_t offset, std::span<std::byte> into,
                           const ContentKeyPtr& key) const {
  size_t done = 0;
  size_t number = 0;
  uint64_t piece_start = 0;
  for (const auto& piece : pieces) {
    const uint64_t from = offset + done;
    if (done < into.size() && from < piece_start + piece->size()) {
      const auto skip = static_cast<size_t>(from - piece_start);
      const size_t size = std::min(piece->size() - skip, into.size() - done);
      const auto to = into.subspan(done, size);
      std::memcpy(to.data(), piece->data() + skip, size);
      if (key != nullptr) key->Crypt(encryption->nonces[number], skip, to, to);
      done += size;
    }
    piece_start += piece->size();
    ++number;
  }
  return done;
}

const MemoryVersion* MemoryBlob::Current() const {
  return current ? &versions.at(current) : nullptr;
}

const MemoryVersion* MemoryContainer::Current(std::string_view name) const {
  const auto blob = blobs.find(name);
  return blob == blobs.end() ? nullptr : blob->second.Current();
}

bool MemoryContainer::PrefixLives(std::string_view prefix) const {
  const auto record = prefixes.find(prefix);
  return record != prefixes.end() && record->second.live_blobs > 0;
}

bool MemoryContainer::HasHistory(std::string_view prefix) const {
  for (auto blob = blobs.lower_bound(prefix);
       blob != blobs.end() && blob->first.starts_with(prefix); ++blob) {
    if (!blob->second.versions.empty()) return true;
  }
  return false;
}

BlobInfo MemoryContainer::Describe(const MemoryVersion& version, Timestamp now) const {
  BlobInfo described = version.info;
  const TierState tier = TierAt({described.properties.tier, described.rehydration}, now);
  described.properties.tier = tier.tier;
  described.rehydration = tier.rehydration;
  described.has_prefix = PrefixLives(described.name + "/");
  return described;
}

PrefixInfo MemoryContainer::DescribePrefix(std::string_view prefix) const {
  PrefixInfo described;
  described.name = prefix;
  described.has_blob = Current(prefix.substr(0, prefix.size() - 1)) != nullptr;
  described.directories = CountDirectories(prefix);
  const auto record = prefixes.find(prefix);
  if (record != prefixes.end()) {
    described.file_id = record->second.file_id;
    described.children_changed = record->second.children_changed;
  }
  return described;
}

ContainerInfo MemoryContainer::DescribeSelf() const {
  ContainerInfo described = info;
  described.directories = CountDirectories("");
  return described;
}

uint64_t MemoryContainer::CountDirectories(std::string_view prefix) const {
  std::set<std::string_view> names;
  for (auto blob = blobs.lower_bound(prefix);
       blob != blobs.end() && blob->first.starts_with(prefix); ++blob) {
    const MemoryVersion* current = blob->second.Current();
    if (current == nullptr) continue;
    const std::string_view rest = std::string_view(blob->first).substr(prefix.size());
    const size_t slash = rest.find('/');
    if (slash != std::string_view::npos || IsDirectoryMarker(current->info.properties))
      names.insert(rest.substr(0, slash));
  }
  return names.size();
}

ListPage MemoryContainer::List(const ListRequest& request, Timestamp now) const {
  ListPage page;
  const auto add = [&](ListItem item) {
    page.more = page.items.size() == request.limit;
    if (!page.more) page.items.push_back(std::move(item));
  };
  auto blob = blobs.lower_bound(request.prefix);
  while (blob != blobs.end() && blob->first.starts_with(request.prefix) && !page.more) {
    const std::string& name = blob->first;
    const size_t slash =
        request.hierarchical ? name.find('/', request.prefix.size()) : std::string::npos;
    if (slash != std::string::npos) {
      const std::string prefix = name.substr(0, slash + 1);
      const bool shown =
          request.scope == ListScope::kAll ? HasHistory(prefix) : PrefixLives(prefix);
      if (shown && prefix > request.after) add(DescribePrefix(prefix));
      blob = blobs.lower_bound(name.substr(0, slash) + static_cast<char>('/' + 1));
      continue;
    }
    const MemoryVersion* shown = blob->second.Current();
    if (shown == nullptr && request.scope == ListScope::kAll && !blob->second.versions.empty())
      shown = &blob->second.versions.rbegin()->second;
    if (shown != nullptr && name > request.after) add(Describe(*shown, now));
    ++blob;
  }
  return page;
}

Result<const MemoryContainer*> MemoryState::Container(std::string_view name) const {
  const auto container = containers.find(name);
  if (container == containers.end())
    return Error{ErrorCode::kNotFound, "there is no container '" + std::string(name) + "'"};
  return &container->second;
}

Result<const MemoryVersion*> MemoryState::Snapshot(const BlobPath& path, VersionId snapshot) const {
  const MemoryContainer* container = TRY(Container(path.container));
  const auto blob = container->blobs.find(path.name);
  if (blob != container->blobs.end()) {
    const auto found = blob->second.snapshots.find(snapshot);
    if (found != blob->second.snapshots.end()) return &found->second;
  }
  return Error{ErrorCode::kNotFound,
               "'" + ToString(path) + "' has no snapshot " + ToString(snapshot)};
}

Result<const MemoryVersion*> MemoryState::Version(const BlobPath& path, VersionId version) const {
  const MemoryContainer* container = TRY(Container(path.container));
  const auto blob = container->blobs.find(path.name);
  if (blob != container->blobs.end()) {
    const auto found = blob->second.versions.find(version ? version : blob->second.current);
    if (found != blob->second.versions.end()) return &found->second;
  }
  return Error{ErrorCode::kNotFound, "there is no blob '" + ToString(path) + "'" +
                                         (version ? " @ " + ToString(version) : "")};
}

bool IsDirectoryMarker(const BlobProperties& properties) {
  const auto folder = properties.metadata.find("hdi_isfolder");
  return folder != properties.metadata.end() && folder->second == "true";
}

}  // namespace replicafs
