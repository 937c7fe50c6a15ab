// replication failures, and the group of the others
#include "tools/command.h"
#include "tools/replication_links.h"
#include "tools/replication_output.h"

namespace replicafs {
namespace {

Result<ExitCode> ShowFailures(Context& context, const std::string& only_account) {
  const std::vector<LinkStatus> links = TRY(LinksOf(context, only_account));
  Json list = Json::array();
  Table table = MakeFailureTable();
  for (const LinkStatus& link : links) {
    const auto add = [&](const std::vector<Failure>& failures, FailureState state) {
      for (const Failure& failure : failures) {
        list.push_back(ToJson(link.policy, failure, state));
        AddFailure(table, link.policy, failure, state);
      }
    };
    add(link.failures, FailureState::kRetried);
    add(link.superseded, FailureState::kSuperseded);
  }
  if (context.json()) {
    PrintJson(list);
  } else {
    PrintText(table.empty() ? "nothing has failed\n" : table.ToString());
  }
  return ExitCode::kOk;
}

void AddFailures(CommandLine& line, CLI::App& group) {
  const auto account = std::make_shared<std::string>();
  CLI::App& command =
      line.Add(group,
               {.name = "failures",
                .sentence = "Lists what cannot be copied, with the reasons: 'retried' now and "
                            "then, or 'superseded' by a newer version and given up.",
                .example = "replicafs replication failures westus",
                .exit_codes = {}},
               [account](Context& context) { return ShowFailures(context, *account); });
  command.add_option("ACCOUNT", *account, "The source account (default: all)");
}

}  // namespace

void AddReplicationCommands(CommandLine& line) {
  CLI::App& group = line.Group("replication", "What the policies have copied, and what not.");
  AddReplicationStatus(line, group);
  AddReplicationWait(line, group);
  AddFailures(line, group);
  AddReplicationExplain(line, group);
  AddReplicationMap(line, group);
  AddReplicationRetry(line, group);
}

}  // namespace replicafs
