// The group of the commands about one blob, and what they share.
#include "tools/blob_target.h"

namespace replicafs {

void AddBlobOptions(CLI::App& command, BlobOptions& options) {
  command.add_option("PATH", options.path, kBlobPathText)->required();
  command.add_option("--version", options.version,
                     "A version id (default: the current version), see: replicafs versions list");
}

Result<BlobTarget> FindBlob(Context& context, const BlobOptions& options) {
  VersionsTarget target = TRY(FindBlobTarget(context, options.path));
  if (!options.version.empty()) {
    const VersionId version = TRY(ParseVersionArgument(options.version));
    BlobInfo info = TRY(VersionOf(target, version));
    return BlobTarget{.target = std::move(target), .info = std::move(info)};
  }
  auto info = target.store().Stat(target.blob);
  if (!info && info.error().code == ErrorCode::kNotFound)
    return Error{ErrorCode::kNotFound, "there is no blob '" + target.text +
                                           "'; a deleted one has versions: replicafs versions "
                                           "list " +
                                           target.text};
  TRY(info);
  return BlobTarget{.target = std::move(target), .info = *std::move(info)};
}

Result<ExitCode> ChangeBlob(Context& context, const BlobTarget& blob, Mutation change) {
  auto changed = ApplyOne(blob.store(), std::move(change), 0);
  if (!changed) return std::move(changed).error().Within("'" + blob.target.text + "'");
  const BlobInfo info = TRY(VersionOf(blob.target, blob.info.version));
  PrintBlob(context, blob.target, info);
  return ExitCode::kOk;
}

void AddBlobCommands(CommandLine& line) {
  CLI::App& group = line.Group("blob", "What is known of a blob, and what protects it.");
  AddBlobPut(line, group);
  AddBlobGet(line, group);
  AddBlobShow(line, group);
  AddBlobTier(line, group);
  AddBlobImmutability(line, group);
  AddBlobLegalHold(line, group);
  AddBlobSnapshot(line, group);
}

}  // namespace replicafs
