// versions delete PATH VERSION… | --before TIME | --keep N
#include <algorithm>

#include "backend/base/clock.h"
#include "tools/moment.h"
#include "tools/versions_target.h"

namespace replicafs {
namespace {

constexpr size_t kBatchChanges = 500;

struct Options {
  std::string path;
  std::vector<std::string> versions;
  std::string before;
  std::optional<uint64_t> keep;
  bool current = false;
  bool yes = false;
};

Result<std::vector<BlobInfo>> NamedVersions(const VersionsTarget& target, const Options& options) {
  std::vector<BlobInfo> chosen;
  for (const std::string& text : options.versions) {
    const VersionId version = TRY(ParseVersionArgument(text));
    BlobInfo info = TRY(VersionOf(target, version));
    if (info.is_current && !options.current)
      return Error{ErrorCode::kPermission, ToString(version) + " is the current version of '" +
                                               target.text + "'; to delete it too, add --current"};
    const bool is_new = std::none_of(chosen.begin(), chosen.end(), [&](const BlobInfo& other) {
      return other.version == version;
    });
    if (is_new) chosen.push_back(std::move(info));
  }
  return chosen;
}

// Previous versions that both options, as far as they are given, let go.
Result<std::vector<BlobInfo>> OldVersions(const VersionsTarget& target, const Options& options) {
  Timestamp before{SystemClock().Now()};
  if (!options.before.empty()) before = TRY(ParseMoment("--before", options.before, before));
  std::vector<BlobInfo> chosen;
  uint64_t newer = 0;
  const auto versions = TRY(VersionsOf(target));
  for (const BlobInfo& info : versions) {
    if (info.is_current || newer++ < options.keep.value_or(0)) continue;
    if (options.before.empty() || info.ended < before) chosen.push_back(info);
  }
  return chosen;
}

Status DeleteAll(const VersionsTarget& target, const std::vector<BlobInfo>& chosen) {
  for (size_t first = 0; first < chosen.size(); first += kBatchChanges) {
    std::vector<Mutation> mutations;
    const size_t end = std::min(chosen.size(), first + kBatchChanges);
    for (size_t i = first; i < end; ++i)
      mutations.push_back(RemoveVersion{target.blob, chosen[i].version});
    TRY(target.store().Apply(std::move(mutations), 0));
  }
  return Ok();
}

Status CheckOptions(const Options& options) {
  const bool by_rule = !options.before.empty() || options.keep.has_value();
  if (options.versions.empty() && !by_rule)
    return UsageError("say which versions: VERSION-ID…, --before TIME or --keep N (see --help)");
  if (!options.versions.empty() && by_rule)
    return UsageError("VERSION-IDs do not go with --before and --keep");
  if (options.current && by_rule)
    return UsageError("--current goes with the current version's VERSION-ID");
  return Ok();
}

Result<ExitCode> Delete(Context& context, const Options& options) {
  TRY(CheckOptions(options));
  const VersionsTarget target = TRY(FindBlobTarget(context, options.path));
  const auto chosen =
      TRY(options.versions.empty() ? OldVersions(target, options) : NamedVersions(target, options));
  if (chosen.size() > 1 && !options.yes)
    return Error{ErrorCode::kPermission, std::to_string(chosen.size()) + " versions of '" +
                                             target.text +
                                             "' would be lost for good; to delete them, add --yes"};
  TRY(DeleteAll(target, chosen));
  if (context.json()) {
    Json deleted = Json::array();
    for (const BlobInfo& info : chosen) deleted.push_back(ToString(info.version));
    PrintJson({{"deleted", std::move(deleted)}});
    return ExitCode::kOk;
  }
  for (const BlobInfo& info : chosen) PrintText("deleted " + ToString(info.version) + "\n");
  if (chosen.empty()) PrintText("no version is old enough\n");
  return ExitCode::kOk;
}

}  // namespace

void AddVersionsDelete(CommandLine& line, CLI::App& group) {
  const auto options = std::make_shared<Options>();
  CLI::App& command = line.Add(
      group,
      {.name = "delete",
       .sentence = "Deletes versions of a blob for good, also in a destination.",
       .example = "replicafs versions delete westus/photos/cat.jpg 2026-11-20T20:31:07.1234567Z\n"
                  "  replicafs versions delete westus/photos/cat.jpg --keep 5 --yes\n"
                  "  replicafs versions delete westus/photos/cat.jpg --before -30d --yes",
       .exit_codes = "6: --yes or --current is missing."},
      [options](Context& context) { return Delete(context, *options); });
  command.add_option("PATH", options->path, kBlobPathText)->required();
  command.add_option("VERSION-ID", options->versions, "As `versions list` prints them");
  command
      .add_option("--before", options->before,
                  "Previous versions that were replaced or removed before this moment, so that "
                  "every later moment can still be restored: " +
                      std::string(kMomentText))
      ->type_name("TIME");
  command.add_option("--keep", options->keep, "Previous versions but the newest N")->type_name("N");
  command.add_flag("--current", options->current, "Also the current version, if it is named");
  command.add_flag("--yes", options->yes, "Also when it is more than one");
}

}  // namespace replicafs
