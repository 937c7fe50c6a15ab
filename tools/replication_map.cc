// replication map
#include "backend/replication/version_map.h"
#include "tools/account_path.h"
#include "tools/command.h"

namespace replicafs {
namespace {

std::string StateOf(const std::optional<BlobInfo>& info) {
  if (!info) return "gone";
  return info->is_current ? "current" : "previous";
}

Json ToJson(const VersionPair& pair) {
  const auto& replica = pair.replica;
  return {{"sourceVersion", ToString(pair.source_version)},
          {"sourceState", StateOf(pair.source)},
          {"destinationVersion", replica ? Json(ToString(replica->version)) : Json(nullptr)},
          {"destinationState", replica ? Json(StateOf(replica)) : Json(nullptr)},
          {"policyId", pair.policy_id},
          {"status", ToString(pair.status)}};
}

Json ToJson(const BlobMap& map) {
  Json versions = Json::array();
  for (const VersionPair& pair : map.versions) versions.push_back(ToJson(pair));
  return {{"sourceAccount", map.source_account},
          {"sourceContainer", map.source.container},
          {"sourceName", map.source.name},
          {"destinationAccount", map.destination_account},
          {"destinationContainer", map.destination.container},
          {"destinationName", map.destination.name},
          {"versions", versions}};
}

std::string Describe(const BlobMap& map) {
  Table table(
      {{"SOURCE VERSION"}, {"STATE"}, {"STATUS"}, {"DESTINATION VERSION"}, {"STATE"}, {"POLICY"}});
  for (const VersionPair& pair : map.versions)
    table.AddRow({ToString(pair.source_version), StateOf(pair.source),
                  std::string(ToString(pair.status)),
                  pair.replica ? ToString(pair.replica->version) : "-",
                  pair.replica ? StateOf(pair.replica) : "-", OrDash(pair.policy_id)});
  return Printable(map.source_account + "/" + ToString(map.source) + " -> " +
                   map.destination_account + "/" + ToString(map.destination)) +
         "\n" + table.ToString();
}

Result<ExitCode> Map(Context& context, const std::string& argument) {
  const AccountPath path = TRY(ResolvePath(context.accounts, argument));
  if (path.name.empty())
    return UsageError("'" + argument + "' names no blob: write ACCOUNT/CONTAINER/NAME");
  const std::vector<BlobMap> maps =
      TRY(MapVersions(context.accounts, path.account, {path.container, path.name}));
  if (context.json()) {
    Json list = Json::array();
    for (const BlobMap& map : maps) list.push_back(ToJson(map));
    PrintJson(list);
    return ExitCode::kOk;
  }
  std::string text;
  for (const BlobMap& map : maps) text += (text.empty() ? "" : "\n") + Describe(map);
  PrintText(text.empty() ? "no policy copies this, and it is no replica\n" : text);
  return ExitCode::kOk;
}

}  // namespace

void AddReplicationMap(CommandLine& line, CLI::App& replication_group) {
  const auto path = std::make_shared<std::string>();
  CLI::App& command =
      line.Add(replication_group,
               {.name = "map",
                .sentence = "Lists which version at the source became which at the destination.",
                .example = "replicafs replication map westus/photos/2026/cat.jpg",
                .exit_codes = {}},
               [path](Context& context) { return Map(context, *path); });
  command
      .add_option("PATH", *path,
                  "ACCOUNT/CONTAINER/NAME, or a file below a mount, at the source or destination")
      ->required();
}

}  // namespace replicafs
