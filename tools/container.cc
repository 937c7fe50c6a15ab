// container create | list | show | delete
#include <utility>

#include "backend/replication/policy_refusals.h"
#include "backend/replication/policy_store.h"
#include "backend/retention/retention_rules.h"
#include "tools/container_command.h"

namespace replicafs {
namespace {

Json ToJson(const std::string& account, const ContainerInfo& container) {
  return {{"account", account},
          {"name", container.name},
          {"created", JsonTime(container.created)},
          {"etag", container.etag},
          {"destinationPolicyId", container.destination_policy_id}};
}

Result<ExitCode> Create(Context& context, const std::string& text) {
  const AccountPath path = TRY(ParseContainerPath(text));
  const std::shared_ptr<Account> account = TRY(context.accounts.OpenAccount(path.account));
  TRY(ApplyOne(account->store(), CreateContainer{path.container}, 0));
  if (context.json()) {
    const ContainerInfo info = TRY(account->store().GetContainer(path.container));
    PrintJson(ToJson(path.account, info));
  } else {
    PrintText("created container " + text + "\n");
  }
  return ExitCode::kOk;
}

Result<ExitCode> List(Context& context, const std::string& only_account) {
  std::vector<std::string> names = {only_account};
  if (only_account.empty()) names = TRY(context.accounts.AccountNames());
  Table table({{"CONTAINER"}, {"CREATED"}, {"WRITTEN BY"}});
  Json list = Json::array();
  for (const std::string& name : names) {
    const std::shared_ptr<Account> account = TRY(context.accounts.OpenAccount(name));
    const std::vector<ContainerInfo> containers = TRY(account->store().ListContainers());
    for (const ContainerInfo& container : containers) {
      list.push_back(ToJson(name, container));
      table.AddRow({name + "/" + container.name, ToString(container.created),
                    container.destination_policy_id.empty()
                        ? "everybody"
                        : "policy " + container.destination_policy_id});
    }
  }
  if (context.json()) {
    PrintJson(list);
  } else if (table.empty()) {
    PrintText("no containers; create one: replicafs container create ACCOUNT/CONTAINER\n");
  } else {
    PrintText(table.ToString());
  }
  return ExitCode::kOk;
}

struct Contents {
  uint64_t blobs = 0;
  uint64_t bytes = 0;
};

Result<Contents> CountContents(BlobStore& store, const std::string& container) {
  Contents contents;
  ListRequest request{.container = container, .hierarchical = false};
  for (;;) {
    const ListPage page = TRY(store.List(request));
    for (const ListItem& item : page.items) {
      const auto* blob = std::get_if<BlobInfo>(&item);
      if (blob == nullptr) continue;
      ++contents.blobs;
      contents.bytes += blob->size_bytes;
      request.after = blob->name;
    }
    if (!page.more) return contents;
  }
}

Result<ExitCode> Show(Context& context, const std::string& text) {
  const AccountPath path = TRY(ParseContainerPath(text));
  const OpenContainer opened = TRY(OpenContainerAt(context.accounts, path));
  const Contents contents = TRY(CountContents(opened.account->store(), path.container));
  if (context.json()) {
    Json document = ToJson(path.account, opened.info);
    document["blobs"] = contents.blobs;
    document["bytes"] = contents.bytes;
    PrintJson(document);
    return ExitCode::kOk;
  }
  const std::string& policy = opened.info.destination_policy_id;
  PrintText(ToString({{"container", text},
                      {"created", ToString(opened.info.created)},
                      {"etag", opened.info.etag},
                      {"blobs", std::to_string(contents.blobs)},
                      {"size", HumanBytes(contents.bytes)},
                      {"destination of", policy.empty() ? "-" : "policy " + policy}}));
  return ExitCode::kOk;
}

// The store itself refuses to delete a policy's destination.
Status RefuseSource(const Account& account, const std::vector<Policy>& policies,
                    const std::string& container) {
  for (const Policy& policy : policies) {
    if (policy.source_account != account.name()) continue;
    for (const Rule& rule : policy.rules) {
      if (rule.source_container != container) continue;
      return Error{ErrorCode::kBusy, "container '" + account.name() + "/" + container +
                                         "' is a source of policy " + policy.policy_id +
                                         "; delete the policy first: replicafs policy delete " +
                                         policy.policy_id};
    }
  }
  return Ok();
}

Error WhyNotDeleted(const Error& error, const std::string& account, const std::string& container) {
  if (error.code == ErrorCode::kPrecondition) return refusal::AccountChangedMeanwhile(account);
  if (error.code != ErrorCode::kNotEmpty) return error;
  return Error{ErrorCode::kNotEmpty, "container '" + container +
                                         "' has blobs, versions or snapshots, which would be lost "
                                         "for good; to delete them too, add --yes"};
}

struct DeleteOptions {
  std::string path;
  bool yes = false;
};

Result<ExitCode> Delete(Context& context, const DeleteOptions& options) {
  const AccountPath path = TRY(ParseContainerPath(options.path));
  const OpenContainer opened = TRY(OpenContainerAt(context.accounts, path));
  PoliciesAsRead read = TRY(ReadPolicies(*opened.account));
  TRY(RefuseSource(*opened.account, read.policies, path.container));
  const auto deleted = opened.account->store().Apply(
      {std::move(read.unchanged),
       DeleteContainer{.name = path.container, .only_empty = !options.yes},
       RemoveState{RetentionKey(path.container)},
       RemoveState{RetentionPositionKey(path.container)}},
      0);
  if (!deleted) return WhyNotDeleted(deleted.error(), path.account, options.path);
  if (context.json()) {
    PrintJson({{"deleted", options.path}});
  } else {
    PrintText("deleted container " + options.path + "\n");
  }
  return ExitCode::kOk;
}

void AddDelete(CommandLine& line, CLI::App& group) {
  const auto options = std::make_shared<DeleteOptions>();
  CLI::App& command =
      line.Add(group,
               {.name = "delete",
                .sentence = "Deletes a container with all blobs, versions and snapshots in it.",
                .example = "replicafs container delete westus/photos --yes",
                .exit_codes = "6: it is not empty and --yes is missing, or a policy names it."},
               [options](Context& context) { return Delete(context, *options); });
  command.add_option(kContainerPathText, options->path, "The container")->required();
  command.add_flag("--yes", options->yes, "Also when it is not empty");
}

}  // namespace

void AddContainerCommands(CommandLine& line) {
  CLI::App& group = line.Group("container", "Containers of blobs.");
  AddContainerCommand(line, group,
                      {.name = "create",
                       .sentence = "Makes an empty container.",
                       .example = "replicafs container create westus/photos",
                       .exit_codes = "6: the container exists."},
                      Create);
  const auto account = std::make_shared<std::string>();
  CLI::App& list = line.Add(group,
                            {.name = "list",
                             .sentence = "Lists the containers of one account or of all.",
                             .example = "replicafs container list westus",
                             .exit_codes = {}},
                            [account](Context& context) { return List(context, *account); });
  list.add_option("ACCOUNT", *account, "The account (default: all)");
  AddContainerCommand(line, group,
                      {.name = "show",
                       .sentence = "Prints what is known of a container, and counts its blobs.",
                       .example = "replicafs container show westus/photos",
                       .exit_codes = {}},
                      Show);
  AddDelete(line, group);
  AddContainerRetention(line, group);
  AddContainerImmutability(line, group);
  AddContainerLegalHold(line, group);
}

}  // namespace replicafs
