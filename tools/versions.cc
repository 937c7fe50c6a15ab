// versions list, and the group of the others
#include "tools/versions_target.h"

namespace replicafs {
namespace {

Result<ExitCode> List(Context& context, const std::string& path) {
  const VersionsTarget target = TRY(FindBlobTarget(context, path));
  const std::vector<BlobInfo> versions = TRY(VersionsOf(target));
  if (context.json()) {
    Json list = Json::array();
    for (const BlobInfo& info : versions) list.push_back(VersionJson(info));
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

}  // namespace

void AddVersionsCommands(CommandLine& line) {
  CLI::App& group = line.Group("versions", "Past states of blobs.");
  const auto path = std::make_shared<std::string>();
  CLI::App& list = line.Add(group,
                            {.name = "list",
                             .sentence = "Lists the versions of a blob, newest first.",
                             .example = "replicafs versions list westus/photos/2026/cat.jpg",
                             .exit_codes = {}},
                            [path](Context& context) { return List(context, *path); });
  list.add_option("PATH", *path, kBlobPathText)->required();
  AddVersionsDiff(line, group);
  AddVersionsRestore(line, group);
  AddVersionsDelete(line, group);
}

}  // namespace replicafs
