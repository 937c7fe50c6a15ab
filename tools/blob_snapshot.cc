// blob snapshot create | list | delete
#include "tools/blob_target.h"
#include "tools/key_file.h"

namespace replicafs {
namespace {

struct CreateOptions {
  std::string path;
  std::string key_file;
};

struct DeleteOptions {
  std::string path;
  std::vector<std::string> snapshots;
};

Json ToJson(const BlobInfo& snapshot) {
  return {{"snapshot", ToString(snapshot.version)},
          {"bytes", snapshot.size_bytes},
          {"etag", snapshot.etag},
          {"lastModified", JsonTime(snapshot.last_modified)}};
}

Result<ExitCode> Create(Context& context, const CreateOptions& options) {
  ContentKeyPtr key = TRY(ReadKeyFileIfNamed(options.key_file));
  const BlobTarget blob = TRY(FindBlob(context, {.path = options.path}));
  auto made =
      ApplyOne(blob.store(), CreateSnapshot{.path = blob.target.blob, .key = std::move(key)}, 0);
  if (!made) return std::move(made).error().Within("'" + blob.target.text + "'");
  if (context.json()) {
    PrintJson({{"name", blob.target.text},
               {"snapshot", ToString(made->snapshot)},
               {"version", ToString(made->version)}});
  } else {
    PrintText(ToString(made->snapshot) + "\n");
  }
  return ExitCode::kOk;
}

Result<ExitCode> List(Context& context, const std::string& path) {
  const VersionsTarget target = TRY(FindBlobTarget(context, path));
  const auto snapshots = TRY(target.store().ListSnapshots(target.blob));
  if (context.json()) {
    Json list = Json::array();
    for (const BlobInfo& snapshot : snapshots) list.push_back(ToJson(snapshot));
    PrintJson(list);
    return ExitCode::kOk;
  }
  Table table({{"SNAPSHOT"}, {"SIZE", Table::Align::kRight}, {"LAST MODIFIED"}});
  for (const BlobInfo& snapshot : snapshots)
    table.AddRow({ToString(snapshot.version), HumanBytes(snapshot.size_bytes),
                  ToString(snapshot.last_modified)});
  PrintText(table.empty() ? "'" + target.text + "' has no snapshots\n" : table.ToString());
  return ExitCode::kOk;
}

// All or none.
Result<ExitCode> Delete(Context& context, const DeleteOptions& options) {
  const VersionsTarget target = TRY(FindBlobTarget(context, options.path));
  std::vector<Mutation> removals;
  for (const std::string& text : options.snapshots)
    removals.push_back(RemoveSnapshot{target.blob, TRY(ParseVersionArgument(text))});
  auto removed = target.store().Apply(std::move(removals), 0);
  if (!removed) return std::move(removed).error().Within("'" + target.text + "'");
  if (context.json()) PrintJson({{"name", target.text}, {"deleted", removed->size()}});
  return ExitCode::kOk;
}

}  // namespace

void AddBlobSnapshot(CommandLine& line, CLI::App& blob_group) {
  CLI::App& group =
      line.Group(blob_group, "snapshot", "States of a blob that stay until somebody deletes them.");
  const auto create_options = std::make_shared<CreateOptions>();
  CLI::App& create =
      line.Add(group,
               {.name = "create",
                .sentence = "Keeps what a blob is now, and prints the snapshot's id. The blob gets "
                            "a new version, equal to the one before. No policy copies snapshots.",
                .example = "replicafs blob snapshot create westus/photos/2026/cat.jpg",
                .exit_codes = "6: it is archived, protected, a replica, or encrypted."},
               [create_options](Context& context) { return Create(context, *create_options); });
  create.add_option("PATH", create_options->path, kBlobPathText)->required();
  create.add_option("--key-file", create_options->key_file, kKeyFileText);

  const auto listed = std::make_shared<std::string>();
  CLI::App& list = line.Add(group,
                            {.name = "list",
                             .sentence = "Lists a blob's snapshots, newest first.",
                             .example = "replicafs blob snapshot list westus/photos/2026/cat.jpg",
                             .exit_codes = {}},
                            [listed](Context& context) { return List(context, *listed); });
  list.add_option("PATH", *listed, kBlobPathText)->required();

  const auto delete_options = std::make_shared<DeleteOptions>();
  CLI::App& deletion =
      line.Add(group,
               {.name = "delete",
                .sentence = "Deletes snapshots for good, all that are named or none.",
                .example = "replicafs blob snapshot delete westus/photos/2026/cat.jpg "
                           "2026-11-20T20:31:07.1234567Z",
                .exit_codes = "6: the container is protected."},
               [delete_options](Context& context) { return Delete(context, *delete_options); });
  deletion.add_option("PATH", delete_options->path, kBlobPathText)->required();
  deletion.add_option("SNAPSHOT", delete_options->snapshots, "Ids, see: blob snapshot list")
      ->required();
}

}  // namespace replicafs
