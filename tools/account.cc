// account create | update | list | show
#include <map>

#include "backend/account/account_kind.h"
#include "backend/replication/change_settings.h"
#include "tools/account_azure.h"
#include "tools/command.h"
#include "tools/policy_output.h"

namespace replicafs {
namespace {

constexpr const char* kDurabilityText =
    "commit: what close() acknowledged is on disk (default); relaxed: it is within a second, in "
    "order, and fsync() waits for it";

// What both create and update take.
struct AccountOptions {
  std::string name;
  std::optional<std::string> tenant;
  std::optional<std::string> resource_id;
  std::optional<Durability> durability;
  SettingsChange settings;
  AzureOptions azure;

  void AddTo(CLI::App& command);
};

struct CreateOptions {
  AccountOptions common;
  std::string kind;
  std::string endpoint;
  CreateAccountRequest request;
};

Json ToJson(const AccountDescriptor& account) {
  Json document = {{"name", account.name},
                   {"kind", account.kind},
                   {"tenant", account.tenant},
                   {"region", account.region},
                   {"directory", account.directory},
                   {"created", JsonTime(account.created)},
                   {"durability", ToString(account.durability)}};
  if (account.azure) document.update(ToJson(*account.azure));
  return document;
}

Result<Json> ToJson(Context& context, const AccountDescriptor& account,
                    const AccountSettings& settings) {
  Json document = ToJson(account);
  document["resourceId"] = TRY(ResourceIdOf(context, account.name));
  document["versioning"] = settings.versioning();
  document["changeFeed"] = settings.change_feed;
  document["allowCrossTenantReplication"] = settings.allow_cross_tenant_replication;
  return document;
}

Result<std::optional<AzureSettings>> AzureSettingsOf(Context& context,
                                                     const CreateOptions& options) {
  const AzureOptions& azure = options.common.azure;
  if (options.kind == kAzureKind) {
    TRY(RefuseForAzure(options.common.settings.versioning, options.common.durability));
    // The service is not asked in vain.
    TRY(context.accounts.CheckIsFree(options.common.name));
    AzureSettings settings = TRY(azure.ApplyTo({.endpoint = options.endpoint}));
    return std::optional<AzureSettings>(std::move(settings));
  }
  const std::string given = options.endpoint.empty() ? azure.Given() : "--endpoint";
  if (!given.empty()) return UsageError(given + " is for accounts of --kind azure");
  return std::optional<AzureSettings>();
}

Result<ExitCode> Create(Context& context, const CreateOptions& create) {
  const AccountOptions& options = create.common;
  CreateAccountRequest request = create.request;
  request.azure = TRY(AzureSettingsOf(context, create));
  request.name = options.name;
  request.tenant = options.tenant.value_or("");
  request.resource_id = options.resource_id.value_or("");
  request.durability = options.durability.value_or(Durability::kCommit);
  const AccountDescriptor account = TRY(context.accounts.Create(request));
  AccountSettings settings;
  if (options.settings.any())
    settings = TRY(ChangeSettings(context.accounts, account.name, options.settings, SystemClock()));
  if (context.json()) {
    PrintJson(TRY(ToJson(context, account, settings)));
  } else {
    const std::string of_service = account.azure ? " of " + account.azure->endpoint : std::string();
    PrintText("created account " + account.name + of_service + " in " + account.directory + "\n");
  }
  return ExitCode::kOk;
}

Result<std::optional<AzureSettings>> UpdatedAzureSettings(Context& context,
                                                          const AccountOptions& options) {
  const AccountDescriptor account = TRY(context.accounts.Describe(options.name));
  if (account.azure) TRY(RefuseForAzure(options.settings.versioning, options.durability));
  const std::string given = options.azure.Given();
  if (given.empty()) return std::optional<AzureSettings>();
  if (!account.azure) return UsageError(given + " is for accounts of kind azure");
  AzureSettings settings = TRY(options.azure.ApplyTo(*account.azure));
  return std::optional<AzureSettings>(std::move(settings));
}

Result<ExitCode> Update(Context& context, const AccountOptions& options) {
  const bool describes =
      options.tenant || options.resource_id || options.durability || !options.azure.Given().empty();
  if (!describes && !options.settings.any())
    return UsageError("say what to change: see replicafs account update --help");
  const std::optional<AzureSettings> azure = TRY(UpdatedAzureSettings(context, options));
  if (options.tenant || options.resource_id)
    TRY(CheckIdentityIsFree(context.accounts, options.name));
  // The account is opened with them below: what opened it until now may be gone.
  if (azure) TRY(context.accounts.Update({.name = options.name, .azure = azure}));
  // The settings may be refused: first.
  const AccountSettings settings =
      TRY(ChangeSettings(context.accounts, options.name, options.settings, SystemClock()));
  const AccountDescriptor account =
      TRY(context.accounts.Update({.name = options.name,
                                   .tenant = options.tenant,
                                   .resource_id = options.resource_id,
                                   .durability = options.durability}));
  if (context.json()) {
    PrintJson(TRY(ToJson(context, account, settings)));
  } else {
    PrintText("updated account " + account.name + "\n");
    if (options.durability)
      PrintText("mounts that run take the durability up when they are mounted again\n");
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
  Table table(
      {{"ACCOUNT"}, {"KIND"}, {"REGION"}, {"TENANT"}, {"CREATED"}, {"ENDPOINT"}, {"DIRECTORY"}});
  for (const AccountDescriptor& account : accounts)
    table.AddRow({account.name, account.kind, OrDash(account.region), OrDash(account.tenant),
                  ToString(account.created), account.azure ? account.azure->endpoint : "-",
                  account.directory});
  PrintText(table.ToString());
  return ExitCode::kOk;
}

Result<ExitCode> Show(Context& context, const std::string& name) {
  const AccountDescriptor descriptor = TRY(context.accounts.Describe(name));
  const std::shared_ptr<Account> account = TRY(context.accounts.OpenAccount(name));
  const SpaceInfo space = TRY(account->store().Space());
  const std::vector<ContainerInfo> containers = TRY(account->store().ListContainers());
  const uint64_t head = TRY(account->journal().Head());
  const AccountSettings settings = TRY(ReadSettings(*account));
  if (context.json()) {
    Json document = TRY(ToJson(context, descriptor, settings));
    document["containers"] = containers.size();
    document["blobs"] = space.blob_count;
    document["journalHead"] = head;
    document["totalBytes"] = space.total_bytes;
    document["availableBytes"] = space.available_bytes;
    PrintJson(document);
    return ExitCode::kOk;
  }
  std::vector<std::pair<std::string, std::string>> fields{{"name", descriptor.name},
                                                          {"kind", descriptor.kind}};
  if (descriptor.azure) {
    for (auto& field : FieldsOf(*descriptor.azure)) fields.push_back(std::move(field));
  }
  const std::vector<std::pair<std::string, std::string>> rest{
      {"region", OrDash(descriptor.region)},
      {"tenant", OrDash(descriptor.tenant)},
      {"resource id", TRY(ResourceIdOf(context, name))},
      {"cross-tenant replication",
       settings.allow_cross_tenant_replication ? "allowed" : "not allowed"},
      {"versioning",
       settings.versioning() ? "on" : "off since " + ToString(*settings.unversioned_since)},
      {"change feed", settings.change_feed ? "on" : "off"},
      {"created", ToString(descriptor.created)},
      {"durability", std::string(ToString(descriptor.durability))},
      {"directory", descriptor.directory},
      {"containers", std::to_string(containers.size())},
      {"blobs", std::to_string(space.blob_count)},
      {"journal head", std::to_string(head)},
      {"disk available",
       HumanBytes(space.available_bytes) + " of " + HumanBytes(space.total_bytes)}};
  fields.insert(fields.end(), rest.begin(), rest.end());
  PrintText(ToString(fields));
  return ExitCode::kOk;
}

CLI::CheckedTransformer DurabilityNames() {
  return CLI::CheckedTransformer(std::map<std::string, Durability>{
      {"commit", Durability::kCommit}, {"relaxed", Durability::kRelaxed}});
}

void AccountOptions::AddTo(CLI::App& command) {
  command.add_option("--tenant", tenant, "Whose account it is (free text)");
  command
      .add_option("--resource-id", resource_id,
                  "What full resource ids in policies must say: /subscriptions/SUBSCRIPTION/"
                  "resourceGroups/GROUP/providers/Microsoft.Storage/storageAccounts/NAME")
      ->type_name("ID");
  command.add_option("--durability", durability, kDurabilityText)->transform(DurabilityNames());
  command
      .add_option("--versioning", settings.versioning,
                  "Whether what is overwritten or deleted becomes a previous version (default: "
                  "true). Policies need it.")
      ->type_name("true|false");
  command
      .add_option("--change-feed", settings.change_feed,
                  "Whether policies may copy from the account (default: true)")
      ->type_name("true|false");
  command
      .add_option("--allow-cross-tenant-replication", settings.allow_cross_tenant_replication,
                  "Whether policies may join it to accounts of another tenant, and name it "
                  "without its full resource id (default: false)")
      ->type_name("true|false");
  azure.AddTo(command);
}

void AddCreate(CommandLine& line, CLI::App& group) {
  const auto options = std::make_shared<CreateOptions>();
  CLI::App& command = line.Add(
      group,
      {.name = "create",
       .sentence = "Makes an account on this machine, or makes one of Azure Blob known to it.",
       .example = "replicafs account create westus --region westus2 --path /mnt/disk2/westus\n"
                  "  replicafs account create cloud --kind azure --endpoint "
                  "https://contoso.blob.core.windows.net --credential-file ~/.azure-key",
       .exit_codes = "6: the account exists, the directory is not empty, others may read the "
                     "credential, or the service refuses it."},
      [options](Context& context) { return Create(context, *options); });
  command
      .add_option("NAME", options->common.name,
                  "3 to 24 lower-case letters and digits; need not be the service's name for it")
      ->required();
  command
      .add_option("--kind", options->kind,
                  "embedded: the data is kept on this machine (default); azure: by the Blob "
                  "service, with a part of it on this machine")
      ->type_name("embedded|azure")
      ->check(CLI::IsMember({std::string(kEmbeddedKind), std::string(kAzureKind)}));
  command
      .add_option("--endpoint", options->endpoint,
                  "Kind azure: the service's URL: https://NAME.blob.core.windows.net. A connection "
                  "string says it")
      ->type_name("URL");
  command.add_option("--region", options->request.region, "Where it is said to be (free text)");
  command.add_option("--path", options->request.path,
                     "Empty or new directory for what is kept on this machine (default: below the "
                     "root)");
  options->common.AddTo(command);
}

void AddUpdate(CommandLine& line, CLI::App& group) {
  const auto options = std::make_shared<AccountOptions>();
  CLI::App& command = line.Add(
      group,
      {.name = "update",
       .sentence = "Changes whose an account is, how it is used (durability: by mounts from their "
                   "next start on) and reached, and what it does. While versioning is off, what is "
                   "overwritten "
                   "or deleted is gone; the versions from before stay.",
       .example = "replicafs account update westus --durability relaxed",
       .exit_codes = "6: a policy needs what would change."},
      [options](Context& context) { return Update(context, *options); });
  command.add_option("NAME", options->name, "The account")->required();
  options->AddTo(command);
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
  AddAccountContainerDeletion(line, group);
}

}  // namespace replicafs
