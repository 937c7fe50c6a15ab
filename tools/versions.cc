// versions list | restore
#include "tools/account_path.h"
#include "tools/command.h"

namespace replicafs {
namespace {

struct Options {
  std::string path;
  std::string version;
};

// An existing container and a blob's name in it.
struct Target {
  OpenContainer container;
  BlobPath blob;
  std::string text;  // "account/container/name"
};

Result<Target> FindTarget(Context& context, const std::string& text) {
  const AccountPath path = TRY(ResolvePath(context.accounts, text));
  if (path.name.empty())
    return UsageError("'" + text + "' names no blob: write ACCOUNT/CONTAINER/NAME");
  OpenContainer container = TRY(OpenContainerAt(context.accounts, path));
  return Target{.container = std::move(container),
                .blob = {.container = path.container, .name = path.name},
                .text = ToString(path)};
}

std::string StateOf(const BlobInfo& info) {
  return info.is_current ? "current" : "previous";
}

Json ToJson(const BlobInfo& info) {
  Json document = {{"version", ToString(info.version)},
                   {"state", StateOf(info)},
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

Result<ExitCode> List(Context& context, const Options& options) {
  const Target target = TRY(FindTarget(context, options.path));
  const std::vector<BlobInfo> versions =
      TRY(target.container.account->store().ListVersions(target.blob));
  if (versions.empty())
    return Error{ErrorCode::kNotFound, "there never was a blob '" + target.text +
                                           "'; a deleted one would still be listed"};
  if (context.json()) {
    Json list = Json::array();
    for (const BlobInfo& info : versions) list.push_back(ToJson(info));
    PrintJson(list);
    return ExitCode::kOk;
  }
  Table table({{"VERSION"}, {"STATE"}, {"SIZE", Table::Align::kRight}, {"UNTIL"}});
  for (const BlobInfo& info : versions)
    table.AddRow({ToString(info.version), StateOf(info), HumanBytes(info.size_bytes),
                  info.ended == Timestamp{} ? "-" : ToString(info.ended)});
  PrintText(table.ToString());
  return ExitCode::kOk;
}

Status RefuseDestination(const Target& target) {
  const std::string& policy = target.container.info.destination_policy_id;
  if (policy.empty()) return Ok();
  return Error{ErrorCode::kDestination,
               "'" + target.text + "' lies in a destination of policy " + policy +
                   ", which takes changes from its source alone: restore the version there, or "
                   "delete the policy first"};
}

// The new version, or the old one when that is the current one already.
Result<VersionId> MakeCurrent(BlobStore& store, const Target& target, VersionId version) {
  auto old = store.Stat(target.blob, version);
  if (!old && old.error().code == ErrorCode::kNotFound)
    return Error{ErrorCode::kNotFound, "'" + target.text + "' has no version " + ToString(version) +
                                           "; see: replicafs versions list " + target.text};
  const BlobInfo info = TRY(std::move(old));
  if (info.is_current) return info.version;
  CommitBlob commit;
  commit.path = target.blob;
  commit.content = ContentOf{.path = target.blob, .version = version};
  commit.properties = info.properties;
  const Outcome outcome = TRY(ApplyOne(store, std::move(commit), 0));
  return outcome.version;
}

Result<ExitCode> Restore(Context& context, const Options& options) {
  const std::optional<VersionId> version = ParseVersionId(options.version);
  if (!version)
    return UsageError("'" + options.version +
                      "' is no version id, such as 2026-11-20T20:31:07.1234567Z");
  const Target target = TRY(FindTarget(context, options.path));
  TRY(RefuseDestination(target));
  const VersionId current = TRY(MakeCurrent(target.container.account->store(), target, *version));
  if (context.json()) {
    PrintJson({{"restored", ToString(*version)}, {"version", ToString(current)}});
  } else if (current == *version) {
    PrintText(ToString(*version) + " is the current version already\n");
  } else {
    PrintText("restored " + ToString(*version) + " as version " + ToString(current) + "\n");
  }
  return ExitCode::kOk;
}

constexpr char kPathText[] = "ACCOUNT/CONTAINER/NAME, or a file below a mount";

}  // namespace

void AddVersionsCommands(CommandLine& line) {
  CLI::App& group = line.Group("versions", "Past states of blobs.");
  const auto options = std::make_shared<Options>();
  CLI::App& list = line.Add(group,
                            {.name = "list",
                             .sentence = "Lists the versions of a blob, newest first.",
                             .example = "replicafs versions list westus/photos/2026/cat.jpg",
                             .exit_codes = {}},
                            [options](Context& context) { return List(context, *options); });
  list.add_option("PATH", options->path, kPathText)->required();
  CLI::App& restore =
      line.Add(group,
               {.name = "restore",
                .sentence = "Makes an old version of a blob the current one; no data moves.",
                .example = "replicafs versions restore westus/photos/cat.jpg "
                           "2026-11-20T20:31:07.1234567Z",
                .exit_codes = "6: the container is a destination."},
               [options](Context& context) { return Restore(context, *options); });
  restore.add_option("PATH", options->path, kPathText)->required();
  restore.add_option("VERSION-ID", options->version, "As `versions list` prints it")->required();
}

}  // namespace replicafs
