#include <utility>

#include "tests/support/memory_batch.h"

namespace replicafs {
namespace {

// `policy_id`: of the link that writes; empty: anybody else.
Status MayWrite(const MemoryContainer& container, const std::string& policy_id) {
  const std::string& owner = container.info.destination_policy_id;
  if (policy_id == owner) return Ok();
  if (!owner.empty()) {
    return Error{ErrorCode::kDestination, "the container '" + container.info.name +
                                              "' is the destination of policy " + owner};
  }
  return Error{ErrorCode::kPrecondition, "the container '" + container.info.name +
                                             "' is no destination of policy " + policy_id};
}

Status Check(const Precondition& precondition, const MemoryVersion* current) {
  const std::string_view etag = current == nullptr ? std::string_view() : current->info.etag;
  const bool holds = (precondition.if_match.empty() || precondition.if_match == etag) &&
                     !(precondition.if_none_match && current != nullptr);
  if (holds) return Ok();
  return Error{ErrorCode::kPrecondition, "the blob has changed"};
}

Error NoBlob(const BlobPath& path) {
  return Error{ErrorCode::kNotFound, "there is no blob '" + ToString(path) + "'"};
}

}  // namespace

Result<std::shared_ptr<const MemoryContent>> MemoryBatch::Resolve(const CommitBlob& commit) const {
  const Content& content = commit.content;
  if (const auto* other = std::get_if<ContentOf>(&content)) {
    const MemoryVersion* version = TRY(state_.Version(other->path, other->version));
    return version->content;
  }
  auto made = std::make_shared<MemoryContent>();
  if (const auto* bytes = std::get_if<std::string>(&content)) {
    made->pieces.push_back(std::make_shared<const std::string>(*bytes));
    made->size_bytes = bytes->size();
    made->md5 = Md5Of(AsBytes(*bytes));
    return std::shared_ptr<const MemoryContent>(std::move(made));
  }
  made->blocks = std::get<BlockList>(content);
  made->encryption = commit.encryption;
  for (const BlockRef& block : *made->blocks) {
    const auto found = state_.blocks.find(block.digest);
    if (found == state_.blocks.end())
      return Error{ErrorCode::kNotFound, "there is no block " + ToHex(block.digest)};
    if (found->second->size() != block.size_bytes)
      return Error{ErrorCode::kInvalid, "block " + ToHex(block.digest) + " has another size"};
    made->pieces.push_back(found->second);
    made->size_bytes += block.size_bytes;
  }
  return std::shared_ptr<const MemoryContent>(std::move(made));
}

Result<Outcome> MemoryBatch::Do(const CommitBlob& mutation) {
  MemoryContainer* container = TRY(Container(mutation.path.container));
  TRY(MayWrite(*container, mutation.origin ? mutation.origin->policy_id : ""));
  const MemoryVersion* current = container->Current(mutation.path.name);
  TRY(Check(mutation.precondition, current));
  if (current != nullptr) TRY(CheckMutable(*container, current->info));
  auto content = TRY(Resolve(mutation));
  const auto* from = std::get_if<ContentOf>(&mutation.content);
  const MemoryVersion* source =
      from == nullptr ? nullptr : TRY(state_.Version(from->path, from->version));
  const BlobKind kind = source == nullptr ? mutation.kind : source->info.kind;
  TRY(CheckKindSize(kind, content->size_bytes));
  if (current != nullptr) TRY(CheckSameKind(current->info.kind, kind, mutation.path.name));

  const Timestamp now = NextTick();
  const bool replaces = current != nullptr && current->info.version == mutation.replaces;
  NewVersion added{.content = std::move(content),
                   .children_changed = mutation.source_time.ticks != 0 ? mutation.source_time : now,
                   .replaces = replaces ? mutation.replaces : VersionId{}};
  added.info.name = mutation.path.name;
  added.info.version = VersionId{now.ticks};
  added.info.created = current != nullptr ? current->info.created : now;
  added.info.file_id = FileIdFor(mutation, *container);
  added.info.properties = mutation.properties;
  added.info.kind = kind;
  if (source != nullptr && mutation.properties.tier == Tier::kArchive) {
    const TierState tier{source->info.properties.tier, source->info.rehydration};
    added.info.rehydration = TierAt(tier, clock_.Now()).rehydration;
  }
  added.info.origin = mutation.origin;
  const auto moved = moved_here_.find(mutation.path);
  if (moved != moved_here_.end()) added.other_name = moved->second.from.name;
  const Timestamp changed = added.children_changed;
  const bool takes_over = current != nullptr && moved != moved_here_.end();
  const Outcome outcome = AddVersion(*container, std::move(added));
  if (takes_over) NameChanged(*container, mutation.path.name, changed);
  return outcome;
}

uint64_t MemoryBatch::FileIdFor(const CommitBlob& mutation, const MemoryContainer& container) {
  const std::string prefix = mutation.path.name + "/";
  const auto moved = moved_here_.find(mutation.path);
  if (moved != moved_here_.end()) {
    ForgetFileIdOfDeadPrefix(moved->second);
    return moved->second.file_id;
  }
  const MemoryVersion* current = container.Current(mutation.path.name);
  if (current != nullptr && !moved_away_.contains(mutation.path)) return current->info.file_id;
  const auto record = container.prefixes.find(prefix);
  if (IsDirectoryMarker(mutation.properties) && record != container.prefixes.end() &&
      record->second.file_id != 0) {
    return record->second.file_id;
  }
  return mutation.file_id != 0 ? mutation.file_id : ++state_.last_file_id;
}

Outcome MemoryBatch::AddVersion(MemoryContainer& container, NewVersion added) {
  const BlobInfo& info = added.info;
  const Timestamp now = info.version.time();
  Save(container.blobs, info.name);
  MemoryBlob& blob = container.blobs[info.name];
  const bool appears = !blob.current;
  if (added.replaces) {
    blob.versions.erase(added.replaces);
  } else if (blob.current) {
    BlobInfo& previous = blob.versions.at(blob.current).info;
    previous.is_current = false;
    previous.ended = now;
    NoteEnded(container, previous);
  }
  Outcome outcome = Record({.kind = EventKind::kCreated,
                            .container = container.info.name,
                            .name = info.name,
                            .version = info.version,
                            .time = now,
                            .replaces = added.replaces,
                            .created = info.created,
                            .other_name = added.other_name,
                            .size_bytes = added.content->size_bytes,
                            .policy_id = info.origin ? info.origin->policy_id : "",
                            .blob_kind = info.kind});
  outcome.etag = EtagAt(now);
  outcome.last_modified = now;

  blob.current = info.version;
  MemoryVersion& version = blob.versions[info.version];
  version.content = added.content;
  version.info = info;
  version.info.size_bytes = added.content->size_bytes;
  version.info.key_sha256 = added.content->key_sha256();
  version.info.content_md5 = added.content->md5;
  version.info.etag = outcome.etag;
  version.info.last_modified = now;
  version.info.sequence = outcome.sequence;
  if (appears) Appeared(container, info.name, added.children_changed);
  if (IsDirectoryMarker(info.properties)) ShareFileIdWithPrefix(container, version.info);
  return outcome;
}

Result<Outcome> MemoryBatch::Do(const RemoveBlob& mutation) {
  MemoryContainer* container = TRY(Container(mutation.path.container));
  const MemoryVersion* current = container->Current(mutation.path.name);
  if (current == nullptr) return NoBlob(mutation.path);
  TRY(Check(mutation.precondition, current));
  TRY(CheckMutable(*container, current->info));
  const auto moved = moved_away_.find(mutation.path);
  std::string went_to = moved == moved_away_.end() ? "" : moved->second.name;
  return EndCurrent(*container, mutation.path.name, mutation.source_time, std::move(went_to));
}

Outcome MemoryBatch::EndCurrent(MemoryContainer& container, const std::string& name,
                                Timestamp source_time, std::string other_name) {
  Save(container.blobs, name);
  MemoryBlob& blob = container.blobs.at(name);
  BlobInfo& ended = blob.versions.at(blob.current).info;
  const Timestamp now = NextTick();
  ended.is_current = false;
  ended.ended = now;
  NoteEnded(container, ended);
  blob.current = {};
  Disappeared(container, name, source_time.ticks != 0 ? source_time : now);
  ended.sequence = state_.events.size() + 1;
  return Record({.kind = EventKind::kDeleted,
                 .container = container.info.name,
                 .name = name,
                 .version = ended.version,
                 .time = now,
                 .other_name = std::move(other_name),
                 .size_bytes = ended.size_bytes,
                 .blob_kind = ended.kind});
}

Result<Outcome> MemoryBatch::Do(const RemoveVersion& mutation) {
  MemoryContainer* container = TRY(Container(mutation.path.container));
  const auto blob = container->blobs.find(mutation.path.name);
  if (blob == container->blobs.end() || !blob->second.versions.contains(mutation.version))
    return NoBlob(mutation.path);
  TRY(CheckMutable(*container, blob->second.versions.at(mutation.version).info));
  Save(container->blobs, mutation.path.name);
  const Timestamp now = NextTick();
  const BlobInfo removed = blob->second.versions.at(mutation.version).info;
  const bool was_current = blob->second.current == mutation.version;
  if (was_current) blob->second.current = {};
  blob->second.versions.erase(mutation.version);
  if (blob->second.versions.empty() && blob->second.snapshots.empty()) container->blobs.erase(blob);
  if (was_current) Disappeared(*container, mutation.path.name, now);
  return Record({.kind = EventKind::kVersionDeleted,
                 .container = mutation.path.container,
                 .name = mutation.path.name,
                 .version = mutation.version,
                 .time = now,
                 .size_bytes = removed.size_bytes,
                 .blob_kind = removed.kind});
}

Result<Outcome> MemoryBatch::Do(const PatchBlob& mutation) {
  MemoryContainer* container = TRY(Container(mutation.path.container));
  const bool tier_only = mutation.tier && !mutation.headers && !mutation.metadata && !mutation.tags;
  if (!tier_only || !mutation.origin_policy_id.empty())
    TRY(MayWrite(*container, mutation.origin_policy_id));
  const MemoryVersion* patched = TRY(state_.Version(mutation.path, mutation.version));
  TRY(Check(mutation.precondition, container->Current(mutation.path.name)));
  if (!tier_only) TRY(CheckMutable(*container, patched->info));
  if (mutation.headers || mutation.metadata)
    TRY(CheckKey(patched->info.key_sha256, mutation.key, mutation.path.name));
  TierState tier{patched->info.properties.tier, patched->info.rehydration};
  if (mutation.tier) {
    const auto takes = TRY(ParseRehydrationTime(Row(kRehydrationKey)));
    tier = TRY(WithTier(tier, *mutation.tier, takes, clock_.Now()));
  }

  Save(container->blobs, mutation.path.name);
  BlobInfo& info = container->blobs.at(mutation.path.name).versions.at(patched->info.version).info;
  const Timestamp now = NextTick();
  if (mutation.headers) info.properties.headers = *mutation.headers;
  if (mutation.metadata) info.properties.metadata = *mutation.metadata;
  if (mutation.tags) info.properties.tags = *mutation.tags;
  info.properties.tier = tier.tier;
  info.rehydration = tier.rehydration;
  info.etag = EtagAt(now);
  info.last_modified = now;
  if (info.origin && !tier_only)
    info.origin->modified = mutation.origin_policy_id.empty() ? now : mutation.origin_modified;
  Outcome outcome =
      Record({.kind = tier_only ? EventKind::kTierChanged : EventKind::kPropertiesChanged,
              .container = mutation.path.container,
              .name = mutation.path.name,
              .version = info.version,
              .time = now,
              .size_bytes = info.size_bytes,
              .policy_id = mutation.origin_policy_id,
              .blob_kind = info.kind});
  outcome.etag = info.etag;
  outcome.last_modified = now;
  info.sequence = outcome.sequence;
  if (info.is_current && IsDirectoryMarker(info.properties))
    ShareFileIdWithPrefix(*container, info);
  return outcome;
}

}  // namespace replicafs
