#include "tools/versions_target.h"

namespace replicafs {

Result<VersionsTarget> FindContainerTarget(Context& context, const std::string& text) {
  const AccountPath path = TRY(ResolvePath(context.accounts, text));
  OpenContainer container = TRY(OpenContainerAt(context.accounts, path));
  return VersionsTarget{.container = std::move(container),
                        .blob = {.container = path.container, .name = path.name},
                        .text = ToString(path)};
}

Result<VersionsTarget> FindBlobTarget(Context& context, const std::string& text) {
  const AccountPath path = TRY(ResolvePath(context.accounts, text));
  if (path.name.empty())
    return UsageError("'" + text + "' names no blob: write ACCOUNT/CONTAINER/NAME");
  return FindContainerTarget(context, text);
}

Result<std::vector<BlobInfo>> VersionsOf(const VersionsTarget& target) {
  auto versions = TRY(target.store().ListVersions(target.blob));
  if (versions.empty())
    return Error{ErrorCode::kNotFound, "there never was a blob '" + target.text +
                                           "'; a deleted one would still be listed"};
  return versions;
}

Result<BlobInfo> VersionOf(const VersionsTarget& target, VersionId version) {
  auto info = target.store().Stat(target.blob, version);
  if (info || info.error().code != ErrorCode::kNotFound) return info;
  return Error{ErrorCode::kNotFound, "'" + target.text + "' has no version " + ToString(version) +
                                         "; see: replicafs versions list " + target.text};
}

Result<VersionId> ParseVersionArgument(const std::string& text) {
  const std::optional<VersionId> version = ParseVersionId(text);
  if (version) return *version;
  return UsageError("'" + text + "' is no version id, such as 2026-11-20T20:31:07.1234567Z");
}

Status RefuseRestore(const VersionsTarget& target) {
  const std::string& policy = target.container.info.destination_policy_id;
  if (policy.empty()) return Ok();
  return Error{ErrorCode::kDestination,
               "'" + target.text + "' lies in a destination of policy " + policy +
                   ", which takes changes from its source alone: restore there, or delete the "
                   "policy first"};
}

std::string StateOf(const BlobInfo& info) {
  return info.is_current ? "current" : "previous";
}

Json VersionJson(const BlobInfo& info) {
  Json document = {{"version", ToString(info.version)},
                   {"state", StateOf(info)},
                   {"type", ToString(info.kind)},
                   {"bytes", info.size_bytes},
                   {"etag", info.etag},
                   {"lastModified", JsonTime(info.last_modified)},
                   {"ended", JsonTime(info.ended)},
                   {"source", nullptr}};
  if (info.origin)
    document["source"] = info.origin->account + "/" + ToString(info.origin->path) + "@" +
                         ToString(info.origin->version);
  return document;
}

}  // namespace replicafs
