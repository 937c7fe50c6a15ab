// replication status | failures
#include <algorithm>

#include "backend/replication/policy_store.h"
#include "tools/command.h"
#include "tools/replication_output.h"

namespace replicafs {
namespace {

Status AddLinks(Context& context, const std::string& account, std::vector<LinkStatus>& links) {
  const std::shared_ptr<Account> opened = TRY(context.accounts.OpenAccount(account));
  std::vector<LinkStatus> some = TRY(ReadLinkStatus(*opened, context.accounts, SystemClock()));
  for (LinkStatus& link : some) {
    // A destination that cannot be opened is the link's last error.
    const Result<bool> half = IsHalf(context.accounts, link.policy);
    link.half = half && *half;
    links.push_back(std::move(link));
  }
  return Ok();
}

// Policies of which only the destination has its half. Accounts that cannot be read say nothing.
Status AddLonelyHalves(Context& context, const std::string& only_source,
                       std::vector<LinkStatus>& links) {
  const std::vector<std::string> names = TRY(context.accounts.AccountNames());
  for (const std::string& name : names) {
    const auto account = context.accounts.OpenAccount(name);
    if (!account) continue;
    const auto policies = ListPolicies(**account);
    if (!policies) continue;
    for (const Policy& policy : *policies) {
      if (policy.destination_account != name) continue;
      if (!only_source.empty() && policy.source_account != only_source) continue;
      const bool shown = std::any_of(links.begin(), links.end(), [&](const LinkStatus& link) {
        return link.policy.policy_id == policy.policy_id;
      });
      const Result<bool> half = IsHalf(context.accounts, policy);
      if (!shown && half && *half) links.push_back({.policy = policy, .half = true});
    }
  }
  return Ok();
}

// Of the links that leave one account, or all accounts when `only_account` is empty.
Result<std::vector<LinkStatus>> LinksOf(Context& context, const std::string& only_account) {
  std::vector<LinkStatus> links;
  if (!only_account.empty()) {
    TRY(AddLinks(context, only_account, links));
  } else {
    const std::vector<std::string> names = TRY(context.accounts.AccountNames());
    for (const std::string& name : names) {
      const Status added = AddLinks(context, name, links);
      if (!added)
        PrintWarning("the links of account '" + name + "' are not shown: " + added.error().message);
    }
  }
  TRY(AddLonelyHalves(context, only_account, links));
  return links;
}

// What a reader of the table must do something about.
std::string Notes(const LinkStatus& link) {
  if (link.half) return LinkName(link.policy) + ": " + HalfPolicy(link.policy) + "\n";
  std::string text;
  if (!link.running && link.pending_operations > 0)
    text += LinkName(link.policy) + ": no process runs this link; mount one of its accounts\n";
  if (!link.progress.last_error.empty())
    text += LinkName(link.policy) + ": " + Printable(link.progress.last_error) + "\n";
  if (!link.failures.empty() || !link.superseded.empty())
    text += LinkName(link.policy) + ": see replicafs replication failures " +
            link.policy.source_account + "\n";
  return text;
}

Result<ExitCode> ShowStatus(Context& context, const std::string& only_account) {
  const std::vector<LinkStatus> links = TRY(LinksOf(context, only_account));
  if (context.json()) {
    Json list = Json::array();
    for (const LinkStatus& link : links) list.push_back(ToJson(link));
    PrintJson(list);
    return ExitCode::kOk;
  }
  if (links.empty()) {
    PrintText("no policy copies " + (only_account.empty() ? "anything" : "'" + only_account + "'") +
              "; see: replicafs policy create --help\n");
    return ExitCode::kOk;
  }
  std::string notes;
  for (const LinkStatus& link : links) notes += Notes(link);
  const Table ages = MakeAgeTable(links);
  PrintText(MakeStatusTable(links).ToString() + (ages.empty() ? "" : "\n" + ages.ToString()) +
            (notes.empty() ? "" : "\n" + notes));
  return ExitCode::kOk;
}

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

void AddWithAccount(CommandLine& line, CLI::App& group, const CommandHelp& help,
                    Result<ExitCode> (*body)(Context&, const std::string&)) {
  const auto account = std::make_shared<std::string>();
  CLI::App& command =
      line.Add(group, help, [account, body](Context& context) { return body(context, *account); });
  command.add_option("ACCOUNT", *account, "The source account (default: all)");
}

}  // namespace

void AddReplicationCommands(CommandLine& line) {
  CLI::App& group = line.Group("replication", "What the policies have copied, and what not.");
  AddWithAccount(line, group,
                 {.name = "status",
                  .sentence = "Prints each link: how far it is, what it sent, who runs it.",
                  .example = "replicafs replication status westus",
                  .exit_codes = {}},
                 ShowStatus);
  AddReplicationWait(line, group);
  AddWithAccount(line, group,
                 {.name = "failures",
                  .sentence = "Lists what cannot be copied, with the reasons: 'retried' now and "
                              "then, or 'superseded' by a newer version and given up.",
                  .example = "replicafs replication failures westus",
                  .exit_codes = {}},
                 ShowFailures);
}

}  // namespace replicafs
