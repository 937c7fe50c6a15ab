// blob tier
#include "tools/blob_target.h"

namespace replicafs {
namespace {

struct TierOptions {
  BlobOptions blob;
  std::string tier;
};

Result<ExitCode> SetTier(Context& context, const TierOptions& options) {
  const auto tier = ParseTier(options.tier);
  if (!tier)
    return UsageError("'" + options.tier + "' is no tier: write Hot, Cool, Cold or Archive");
  const BlobTarget blob = TRY(FindBlob(context, options.blob));
  return ChangeBlob(
      context, blob,
      PatchBlob{.path = blob.target.blob, .version = blob.info.version, .tier = tier});
}

}  // namespace

void AddBlobTier(CommandLine& line, CLI::App& blob_group) {
  const auto options = std::make_shared<TierOptions>();
  CLI::App& command = line.Add(
      blob_group,
      {.name = "tier",
       .sentence =
           "Moves a version to another tier. One in the archive tier cannot be read; on its "
           "way out it stays there for the account's time, see: replicafs account "
           "rehydration.",
       .example = "replicafs blob tier westus/photos/2026/cat.jpg Archive",
       .exit_codes = "6: it is on its way to another tier."},
      [options](Context& context) { return SetTier(context, *options); });
  command.add_option("PATH", options->blob.path, kBlobPathText)->required();
  command.add_option("TIER", options->tier, "Hot, Cool, Cold or Archive")->required();
  command.add_option("--version", options->blob.version,
                     "A version id (default: the current version)");
}

}  // namespace replicafs
