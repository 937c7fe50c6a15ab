#include "backend/azure/event_upload.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "backend/azure/if_there.h"
#include "backend/azure/kept_versions.h"

namespace replicafs::azure {
namespace {

// How often an event is begun anew because others changed the blob.
constexpr int kRoundsMax = 8;

bool IsConflict(ErrorCode code) {
  return code == ErrorCode::kPrecondition || code == ErrorCode::kStale ||
         code == ErrorCode::kExists;
}

BlobPath PathOf(const Event& event) {
  return {event.container, event.name};
}

}  // namespace

Status EventUpload::Upload(const Event& event) {
  bool foreign = false;
  for (int round = 0; round < kRoundsMax; ++round) {
    const Step step = TRY(Once(event));
    foreign = foreign || step == Step::kForeign;
    if (step != Step::kDone) continue;
    if (!foreign) return Ok();
    return Error{ErrorCode::kStale, "the blob '" + ToString(PathOf(event)) +
                                        "' was changed by somebody else meanwhile: that is what it "
                                        "is now, and what was here before is one of its versions"};
  }
  return Error{ErrorCode::kUnavailable,
               "the blob '" + ToString(PathOf(event)) + "' is changed again and again by others"};
}

Result<EventUpload::Step> EventUpload::Once(const Event& event) {
  switch (event.kind) {
    case EventKind::kCreated: return Created(event);
    case EventKind::kDeleted: return Deleted(event);
    case EventKind::kVersionDeleted: return VersionDeleted(event);
    case EventKind::kPropertiesChanged: return PropertiesChanged(event);
    case EventKind::kTierChanged: TRY(TierChanged(event)); break;
    case EventKind::kContainerCreated: TRY(ContainerCreated(event)); break;
    case EventKind::kContainerDeleted: TRY(ContainerDeleted(event)); break;
    case EventKind::kDestinationChanged:
    case EventKind::kImmutabilityChanged:
    case EventKind::kSnapshotCreated:
    case EventKind::kSnapshotDeleted: break;
  }
  return Step::kDone;
}

Result<EventUpload::Step> EventUpload::LookAgain(const BlobPath& path) {
  const Found found = TRY(view_.TakeOver(path));
  return found == Found::kForeign ? Step::kForeign : Step::kChanged;
}

Result<EventUpload::Step> EventUpload::Created(const Event& event) {
  const BlobPath path = PathOf(event);
  const auto info = TRY(view_.Local(path, event.version));
  // Replaced or removed before it could be brought: nobody can see it any more.
  if (!info) return Step::kDone;
  const auto live = TRY(view_.Live(path));
  if (live && live->version == event.version) return Step::kDone;
  if (live && live->version > event.version) {
    TRY(view_.EnsureKept(path, *info));
    return Step::kDone;
  }
  if (live) {
    const Step kept = TRY(KeepLive(path, *live));
    if (kept != Step::kDone) return kept;
  }

  ContentUpload upload{.to = LiveAddress(path), .properties = PropertiesOf(*info)};
  if (live) {
    upload.conditions.if_match = live->etag;
    upload.may_have_blocks = true;
  } else {
    upload.conditions.if_none_match = "*";
  }
  upload.sources = TRY(view_.HomePlaces(path, event.version));
  const auto reader = TRY(IfThere(view_.local().store().Open(path, event.version)));
  if (!reader) return Step::kDone;
  upload.reader = reader->get();
  const auto written = view_.content().Upload(upload);
  if (!written && IsConflict(written.error().code)) return LookAgain(path);
  if (!written) return written.error();
  TRY(view_.PutLive(path, {.etag = written->etag,
                           .has_tags = !info->properties.tags.empty(),
                           .version = event.version}));
  return Step::kDone;
}

// Of a rename: then nothing has moved. Its row says so (embedded::UndoEvent); both stand near.
Result<bool> EventUpload::OtherHalfWasRefused(const Event& event) {
  constexpr uint64_t kNear = 64;
  if (event.other_name.empty() || event.other_name == event.name) return false;
  const uint64_t after = event.sequence - std::min(event.sequence, kNear);
  const auto events = TRY(view_.local().journal().Read(after, 2 * kNear));
  bool refused = false;
  for (const Event& other : events) {
    if (other.group_end != event.group_end || other.name != event.other_name) continue;
    if (other.kind == EventKind::kCreated && other.other_name == event.name) return false;
    refused = refused || (other.kind != EventKind::kCreated && other.other_name.empty());
  }
  return refused;
}

Result<EventUpload::Step> EventUpload::Deleted(const Event& event) {
  const BlobPath path = PathOf(event);
  const auto live = TRY(view_.Live(path));
  if (!live) {
    // Deleted by others: what they had left here becomes a kept version.
    const auto info = TRY(view_.Local(path, event.version));
    if (info) TRY(view_.EnsureKept(path, *info));
    return Step::kDone;
  }
  if (live->version > event.version) return Step::kDone;
  const bool refused = TRY(OtherHalfWasRefused(event));
  if (refused)
    return Error{ErrorCode::kPermission, "'" + ToString(path) + "' could not be renamed"};
  const Step kept = TRY(KeepLive(path, *live));
  if (kept != Step::kDone) return kept;
  return DeleteLive(path, *live);
}

Result<EventUpload::Step> EventUpload::DeleteLive(const BlobPath& path, const LiveRow& live) {
  const Status deleted = view_.service().Delete(LiveAddress(path), {.if_match = live.etag},
                                                SnapshotsOfDeleted::kDelete);
  if (!deleted && IsConflict(deleted.error().code)) return LookAgain(path);
  if (!deleted && deleted.error().code != ErrorCode::kNotFound) return deleted.error();
  TRY(view_.ForgetLive(path));
  return Step::kDone;
}

Result<EventUpload::Step> EventUpload::VersionDeleted(const Event& event) {
  const BlobPath path = PathOf(event);
  const auto live = TRY(view_.Live(path));
  if (live && live->version == event.version) return DeleteLive(path, *live);
  if (!view_.keeps()) return Step::kDone;
  const Status deleted =
      view_.service().Delete(KeptAddress(path, event.version), {}, SnapshotsOfDeleted::kDelete);
  if (!deleted && deleted.error().code != ErrorCode::kNotFound) return deleted.error();
  return Step::kDone;
}

Result<EventUpload::Step> EventUpload::PropertiesChanged(const Event& event) {
  const BlobPath path = PathOf(event);
  const auto info = TRY(view_.Local(path, event.version));
  if (!info) return Step::kDone;
  const auto live = TRY(view_.Live(path));
  if (live && live->version == event.version) {
    LiveRow next = *live;
    const Status patched =
        PatchAt(LiveAddress(path), *info, {.if_match = live->etag}, live->has_tags, &next.etag);
    if (!patched &&
        (IsConflict(patched.error().code) || patched.error().code == ErrorCode::kNotFound))
      return LookAgain(path);
    if (!patched) return patched.error();
    next.has_tags = !info->properties.tags.empty();
    TRY(view_.PutLive(path, next));
    return Step::kDone;
  }
  if (!view_.keeps()) return Step::kDone;
  BlobInfo kept = *info;
  kept.properties.metadata[std::string(kNameKey)] = path.name;
  std::string etag;
  const Status patched = PatchAt(KeptAddress(path, event.version), kept, {}, false, &etag);
  if (!patched && patched.error().code != ErrorCode::kNotFound) return patched.error();
  return Step::kDone;
}

// `had_tags`: whether the service may have some.
Status EventUpload::PatchAt(const BlobAddress& address, const BlobInfo& info,
                            const Conditions& conditions, bool had_tags, std::string* etag) {
  const RemoteBlob before = TRY(view_.service().GetProperties(address));
  if (!conditions.if_match.empty() && before.etag != conditions.if_match)
    return Error{ErrorCode::kStale, "the blob '" + address.name + "' was changed"};
  *etag = before.etag;
  const StringMap metadata = ServiceMetadata(info);
  if (before.metadata != metadata) {
    const Written written =
        TRY(view_.service().SetMetadata(address, metadata, {.if_match = *etag}));
    *etag = written.etag;
  }
  if (before.headers != info.properties.headers) {
    const Written written = TRY(view_.service().SetHeaders(
        address, info.properties.headers, before.content_md5, {.if_match = *etag}));
    *etag = written.etag;
  }
  if (had_tags || !info.properties.tags.empty())
    TRY(view_.service().SetTags(address, info.properties.tags));
  return Ok();
}

Status EventUpload::TierChanged(const Event& event) {
  const BlobPath path = PathOf(event);
  const auto info = TRY(view_.Local(path, event.version));
  if (!info) return Ok();
  const auto live = TRY(view_.Live(path));
  const bool is_live = live && live->version == event.version;
  if (!is_live && !view_.keeps()) return Ok();
  const BlobAddress address = is_live ? LiveAddress(path) : KeptAddress(path, event.version);
  // The way out of the archive is the service's own.
  const Tier tier = info->rehydration ? info->rehydration->target : info->properties.tier;
  const Status set = view_.service().SetTier(address, tier);
  return !set && set.error().code == ErrorCode::kNotFound ? Ok() : set;
}

Status EventUpload::ContainerCreated(const Event& event) {
  const std::string key = ContainerKey(event.container);
  const auto known = TRY(view_.local().store().GetState(key));
  if (known) return Ok();
  const Status created = view_.service().CreateContainer(event.container, {});
  if (!created && created.error().code != ErrorCode::kExists) return created;
  const std::vector<embedded::ServiceChange> row{Mutation(PutState{key, ""})};
  TRY(view_.local().ApplyForService(row));
  return Ok();
}

Status EventUpload::ContainerDeleted(const Event& event) {
  const Status deleted = view_.service().DeleteContainer(event.container);
  if (!deleted && deleted.error().code != ErrorCode::kNotFound) return deleted;
  const auto rows = TRY(view_.local().store().ListState(LivePrefix(event.container)));
  std::vector<embedded::ServiceChange> changes{
      Mutation(RemoveState{ContainerKey(event.container)})};
  for (const StateRow& row : rows) changes.emplace_back(Mutation(RemoveState{row.key}));
  TRY(view_.local().ApplyForService(changes));
  if (!view_.keeps()) return Ok();
  ListBlobsRequest request{.container = std::string(kKeptContainer),
                           .prefix = KeptPrefix(event.container),
                           .metadata = false};
  do {
    const auto page = TRY(IfThere(view_.service().ListBlobs(request)));
    if (!page) return Ok();
    for (const RemoteBlob& blob : page->blobs) {
      const Status gone = view_.service().Delete(
          {.container = request.container, .name = blob.name}, {}, SnapshotsOfDeleted::kDelete);
      if (!gone && gone.error().code != ErrorCode::kNotFound) return gone;
    }
    request.marker = page->next_marker;
  } while (!request.marker.empty());
  return Ok();
}

Result<EventUpload::Step> EventUpload::KeepLive(const BlobPath& path, const LiveRow& live) {
  if (!view_.keeps()) return Step::kDone;
  const auto info = TRY(view_.Local(path, live.version));
  // Not wanted any more.
  if (!info) return Step::kDone;
  auto kept = view_.service().Copy(LiveAddress(path), live.etag, KeptAddress(path, live.version),
                                   KeptPropertiesOf(path, *info), {});
  if (kept) return Step::kDone;
  const ErrorCode code = kept.error().code;
  if (code == ErrorCode::kNotFound) TRY(view_.EnsureKeptContainer());
  if (IsConflict(code) || code == ErrorCode::kNotFound) return LookAgain(path);
  return std::move(kept).error();
}

}  // namespace replicafs::azure
