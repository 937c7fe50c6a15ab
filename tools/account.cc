// account create | update | list | show
#include <map>

#include "tools/command.h"

namespace replicafs {
namespace {

constexpr const char* kDurabilityText =
    "commit: what close() acknowledged is on disk (default); relaxed: it is within a second, in "
    "order, and fsync() waits for it";

Json ToJson(const AccountDescriptor& account) {
  return {{"name", account.name},
          {"kind", account.kind},
          {"tenant", account.tenant},
          {"region", account.region},
          {"directory", account.directory},
          {"created", JsonTime(account.created)},
          {"durability", ToString(account.durability)}};
}

Result<ExitCode> Create(Context& context, const CreateAccountRequest& request) {
  const AccountDescriptor account = TRY(context.accounts.Create(request));
  if (context.json()) {
    PrintJson(ToJson(account));
  } else {
    PrintText("created account " + account.name + " in " + account.directory + "\n");
  }
  return ExitCode::kOk;
}

Result<ExitCode> Update(Context& context, const UpdateAccountRequest& request) {
  const AccountDescriptor account = TRY(context.accounts.Update(request));
  if (context.json()) {
    PrintJson(ToJson(account));
  } else {
    PrintText("updated account " + account.name +
              "; mounts that run take it up when they are mounted again\n");
  }
  return ExitCode::kOk;
}

Result<ExitCode> List(Context& context) {
  const std::vector<AccountDescriptor> accounts = TRY(context.accounts.List());
  if (context.json()) {
    Json list = Json::array();
    for (const AccountDescriptor& account : accounts) list.push_back(ToJson(account));
    PrintJson(list);
    return ExitCode::kOk;
  }
  if (accounts.empty()) {
    PrintText("no accounts below " + context.accounts.root() +
              "; create one: replicafs account create NAME\n");
    return ExitCode::kOk;
  }
  Table table({{"ACCOUNT"}, {"KIND"}, {"REGION"}, {"TENANT"}, {"CREATED"}, {"DIRECTORY"}});
  for (const AccountDescriptor& account : accounts)
    table.AddRow({account.name, account.kind, OrDash(account.region), OrDash(account.tenant),
                  ToString(account.created), account.directory});
  PrintText(table.ToString());
  return ExitCode::kOk;
}

Result<ExitCode> Show(Context& context, const std::string& name) {
  const AccountDescriptor descriptor = TRY(context.accounts.Describe(name));
  const std::shared_ptr<Account> account = TRY(context.accounts.OpenAccount(name));
  const SpaceInfo space = TRY(account->store().Space());
  const std::vector<ContainerInfo> containers = TRY(account->store().ListContainers());
  const uint64_t head = TRY(account->journal().Head());
  if (context.json()) {
    Json document = ToJson(descriptor);
    document["containers"] = containers.size();
    document["blobs"] = space.blob_count;
    document["journalHead"] = head;
    document["totalBytes"] = space.total_bytes;
    document["availableBytes"] = space.available_bytes;
    PrintJson(document);
    return ExitCode::kOk;
  }
  PrintText(ToString({{"name", descriptor.name},
                      {"kind", descriptor.kind},
                      {"region", OrDash(descriptor.region)},
                      {"tenant", OrDash(descriptor.tenant)},
                      {"created", ToString(descriptor.created)},
                      {"durability", std::string(ToString(descriptor.durability))},
                      {"directory", descriptor.directory},
                      {"containers", std::to_string(containers.size())},
                      {"blobs", std::to_string(space.blob_count)},
                      {"journal head", std::to_string(head)},
                      {"disk available", HumanBytes(space.available_bytes) + " of " +
                                             HumanBytes(space.total_bytes)}}));
  return ExitCode::kOk;
}

CLI::CheckedTransformer DurabilityNames() {
  return CLI::CheckedTransformer(std::map<std::string, Durability>{
      {"commit", Durability::kCommit}, {"relaxed", Durability::kRelaxed}});
}

void AddCreate(CommandLine& line, CLI::App& group) {
  const auto request = std::make_shared<CreateAccountRequest>();
  CLI::App& command = line.Add(
      group,
      {.name = "create",
       .sentence = "Makes an account on this machine.",
       .example = "replicafs account create westus --region westus2 --path /mnt/disk2/westus",
       .exit_codes = "6: the account exists, or the directory is not empty."},
      [request](Context& context) { return Create(context, *request); });
  command.add_option("NAME", request->name, "3 to 24 lower-case letters and digits")->required();
  command.add_option("--region", request->region, "Where it is said to be (free text)");
  command.add_option("--tenant", request->tenant, "Whose account it is (free text)");
  command.add_option("--durability", request->durability, kDurabilityText)
      ->transform(DurabilityNames());
  command.add_option("--path", request->path,
                     "Empty or new directory for the data (default: below the root)");
}

void AddUpdate(CommandLine& line, CLI::App& group) {
  const auto request = std::make_shared<UpdateAccountRequest>();
  CLI::App& command =
      line.Add(group,
               {.name = "update",
                .sentence = "Changes how an account is used, by mounts from their next start on.",
                .example = "replicafs account update westus --durability relaxed",
                .exit_codes = {}},
               [request](Context& context) { return Update(context, *request); });
  command.add_option("NAME", request->name, "The account")->required();
  command.add_option("--durability", request->durability, kDurabilityText)
      ->transform(DurabilityNames())
      ->required();
}

void AddShow(CommandLine& line, CLI::App& group) {
  const auto name = std::make_shared<std::string>();
  CLI::App& command = line.Add(group,
                               {.name = "show",
                                .sentence = "Prints what is known of an account.",
                                .example = "replicafs account show westus",
                                .exit_codes = {}},
                               [name](Context& context) { return Show(context, *name); });
  command.add_option("NAME", *name, "The account")->required();
}

}  // namespace

void AddAccountCommands(CommandLine& line) {
  CLI::App& group = line.Group("account", "Storage accounts of this machine.");
  AddCreate(line, group);
  AddUpdate(line, group);
  line.Add(group,
           {.name = "list",
            .sentence = "Lists the accounts below the root.",
            .example = "replicafs account list --output json",
            .exit_codes = {}},
           List);
  AddShow(line, group);
  AddAccountCheck(line, group);
  AddAccountRehydration(line, group);
}

}  // namespace replicafs
