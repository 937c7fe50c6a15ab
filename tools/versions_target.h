// What the commands about versions share.
#pragma once

#include <string>

#include "backend/blob/blob_info.h"
#include "tools/account_path.h"
#include "tools/command.h"

namespace replicafs {

constexpr char kBlobPathText[] = "ACCOUNT/CONTAINER/NAME, or a file below a mount";

// An existing container and a name in it.
struct VersionsTarget {
  OpenContainer container;
  BlobPath blob;     // its name is empty when the whole container is meant
  std::string text;  // "account/container/name"

  BlobStore& store() const { return container.account->store(); }
};

Result<VersionsTarget> FindContainerTarget(Context& context, const std::string& path);
// kInvalid when no blob is named.
Result<VersionsTarget> FindBlobTarget(Context& context, const std::string& path);
// All versions, newest first; kNotFound when there never was such a blob.
Result<std::vector<BlobInfo>> VersionsOf(const VersionsTarget& target);
// The blob's version; kNotFound says how to list them.
Result<BlobInfo> VersionOf(const VersionsTarget& target, VersionId version);
Result<VersionId> ParseVersionArgument(const std::string& text);
// kDestination when the container takes changes from its source alone.
Status RefuseRestore(const VersionsTarget& target);

Json VersionJson(const BlobInfo& info);
std::string StateOf(const BlobInfo& info);  // "current" or "previous"

void AddVersionsRestore(CommandLine& line, CLI::App& versions_group);
void AddVersionsDiff(CommandLine& line, CLI::App& versions_group);
void AddVersionsDelete(CommandLine& line, CLI::App& versions_group);

}  // namespace replicafs
