#include "backend/azure/service_view.h"

#include <memory>
#include <utility>

#include "backend/azure/if_there.h"
#include "backend/azure/kept_versions.h"
#include "backend/azure/service_name.h"

namespace replicafs::azure {
namespace {

constexpr std::string_view kOwnPrefix = "replicafs_";

// What the service has, as a version that is new here.
embedded::ImportBlob ImportOf(const BlobPath& path, const RemoteBlob& remote) {
  embedded::ImportBlob import{.path = path,
                              .kind = remote.kind,
                              .size_bytes = remote.size_bytes,
                              .content_md5 = remote.content_md5,
                              .created = remote.created,
                              .last_modified = remote.last_modified};
  import.properties.headers = remote.headers;
  import.properties.metadata = UserMetadata(remote.metadata);
  import.properties.tags = remote.tags;
  import.properties.tier = remote.tier.value_or(Tier::kHot);
  import.row_key = LiveKey(path);
  import.row_start = EncodeStart({.etag = remote.etag, .has_tags = !remote.tags.empty()});
  return import;
}

}  // namespace

BlobAddress LiveAddress(const BlobPath& path) {
  return {.container = path.container, .name = ServiceName(path.name)};
}

WriteProperties PropertiesOf(const BlobInfo& info) {
  WriteProperties properties{.headers = info.properties.headers,
                             .metadata = ServiceMetadata(info),
                             .tags = info.properties.tags,
                             .content_md5 = info.content_md5};
  if (info.properties.tier != Tier::kHot) properties.tier = info.properties.tier;
  return properties;
}

WriteProperties KeptPropertiesOf(const BlobPath& path, const BlobInfo& info) {
  WriteProperties properties = PropertiesOf(info);
  properties.metadata[std::string(kNameKey)] = path.name;
  properties.tags.clear();
  return properties;
}

StringMap ServiceMetadata(const BlobInfo& info) {
  StringMap metadata = info.properties.metadata;
  metadata[std::string(kVersionKey)] = ToString(info.version);
  return metadata;
}

StringMap UserMetadata(const StringMap& metadata) {
  StringMap user;
  for (const auto& [key, value] : metadata) {
    if (!key.starts_with(kOwnPrefix)) user.emplace(key, value);
  }
  return user;
}

Result<std::vector<Place>> ServiceView::HomePlaces(const BlobPath& path, VersionId version) {
  const auto homes = TRY(local_.HomesOf(path, version));
  std::vector<Place> places;
  for (const embedded::ContentHome& home : homes) {
    const auto some = TRY(PlacesOf(home.path, home.version, {}));
    places.insert(places.end(), some.begin(), some.end());
  }
  return places;
}

Status ServiceView::EnsureKept(const BlobPath& path, const BlobInfo& info) {
  if (kept_ == KeptVersions::kNone || info.is_current) return Ok();
  const BlobAddress address = KeptAddress(path, info.version);
  const auto there = service_.GetProperties(address);
  if (there) return Ok();
  if (there.error().code != ErrorCode::kNotFound) return there.error();
  const auto reader = TRY(IfThere(local_.store().Open(path, info.version)));
  if (!reader) return Ok();
  TRY(EnsureKeptContainer());
  const ContentUpload upload{.to = address,
                             .properties = KeptPropertiesOf(path, info),
                             .sources = TRY(HomePlaces(path, info.version)),
                             .reader = reader->get()};
  TRY(content_.Upload(upload));
  const std::vector<embedded::ServiceChange> settled{embedded::SettleVersion{path, info.version}};
  TRY(local_.ApplyForService(settled));
  return Ok();
}

Status ServiceView::EnsureKeptContainer() {
  const auto container = service_.GetContainer(kKeptContainer);
  if (container) return Ok();
  if (container.error().code != ErrorCode::kNotFound) return container.error();
  const Status created = service_.CreateContainer(kKeptContainer, {});
  return !created && created.error().code == ErrorCode::kExists ? Ok() : created;
}

Result<Found> ServiceView::TakeOver(const BlobPath& path) {
  const auto remote = TRY(IfThere(service_.GetProperties(LiveAddress(path))));
  return TakeOver(path, remote);
}

Result<Found> ServiceView::TakeOver(const BlobPath& path, const std::optional<RemoteBlob>& remote) {
  const auto row = TRY(local_.store().GetState(LiveKey(path)));
  std::optional<LiveRow> live;
  if (row) live = TRY(DecodeLiveRow(*row));
  if (!remote) {
    if (!row) return Found::kSame;
    TRY(ForgetLive(path));
    return Found::kGone;
  }
  if (live && live->etag == remote->etag) return Found::kSame;
  const auto named = remote->metadata.find(kVersionKey);
  const auto version =
      named == remote->metadata.end() ? std::nullopt : ParseVersionId(named->second);
  const bool is_newer = version && (!live || *version > live->version);
  if (is_newer) {
    const auto ours = TRY(Local(path, *version));
    if (ours) {
      TRY(PutLive(
          path,
          {.etag = remote->etag, .has_tags = !ours->properties.tags.empty(), .version = *version}));
      return Found::kOurs;
    }
  }
  TRY(Import(path, row, *remote));
  return Found::kForeign;
}

Status ServiceView::Import(const BlobPath& path, const std::optional<std::string>& row,
                           const RemoteBlob& remote) {
  const auto before = TRY(Local(path, {}));
  const std::vector<embedded::ServiceChange> import{Mutation(ExpectState{LiveKey(path), row}),
                                                    ImportOf(path, remote)};
  TRY(local_.ApplyForService(import));
  if (!before) return Ok();
  // What it replaced is gone at the service, and may be here.
  const auto ended = TRY(Local(path, before->version));
  return ended ? EnsureKept(path, *ended) : Ok();
}

Result<std::optional<LiveRow>> ServiceView::Live(const BlobPath& path) {
  const auto row = TRY(local_.store().GetState(LiveKey(path)));
  if (!row) return std::optional<LiveRow>();
  return std::optional(TRY(DecodeLiveRow(*row)));
}

Status ServiceView::PutLive(const BlobPath& path, const LiveRow& row) {
  const std::vector<embedded::ServiceChange> changes{Mutation(PutState{LiveKey(path), Encode(row)}),
                                                     embedded::SettleVersion{path, row.version}};
  TRY(local_.ApplyForService(changes));
  return Ok();
}

Status ServiceView::ForgetLive(const BlobPath& path) {
  const std::vector<embedded::ServiceChange> changes{Mutation(RemoveState{LiveKey(path)})};
  TRY(local_.ApplyForService(changes));
  return Ok();
}

Result<std::optional<BlobInfo>> ServiceView::Local(const BlobPath& path, VersionId version) {
  return IfThere(local_.store().Stat(path, version));
}

Result<std::vector<Place>> ServiceView::PlacesOf(const BlobPath& path, VersionId version,
                                                 const std::vector<embedded::ContentHome>& homes) {
  std::vector<embedded::ContentHome> all{{path, version}};
  all.insert(all.end(), homes.begin(), homes.end());
  std::vector<Place> places;
  for (const embedded::ContentHome& home : all) {
    const auto live = TRY(Live(home.path));
    if (live && live->version == home.version)
      places.push_back({LiveAddress(home.path), live->etag});
    if (keeps()) places.push_back({KeptAddress(home.path, home.version), {}});
  }
  return places;
}

}  // namespace replicafs::azure
