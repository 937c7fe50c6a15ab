// account container-deletion
#include "backend/blob/container_deletion.h"
#include "tools/command.h"
#include "tools/duration.h"

namespace replicafs {
namespace {

struct DeletionOptions {
  std::string account;
  std::string takes;
};

Result<ExitCode> PrintOrSet(Context& context, const DeletionOptions& options) {
  const std::shared_ptr<Account> account = TRY(context.accounts.OpenAccount(options.account));
  BlobStore& store = account->store();
  if (!options.takes.empty()) {
    const auto takes = ParseDuration(options.takes);
    if (!takes || *takes > kContainerDeletionMax)
      return UsageError("'" + options.takes + "' is no span of time of up to a day, such as 30s");
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(*takes);
    TRY(ApplyOne(store,
                 PutState{std::string(kContainerDeletionKey), EncodeContainerDeletionTime(seconds)},
                 0));
  }
  const auto row = TRY(store.GetState(kContainerDeletionKey));
  const std::chrono::seconds takes = TRY(ParseContainerDeletionTime(row));
  if (context.json()) {
    PrintJson({{"account", options.account}, {"seconds", takes.count()}});
  } else if (takes.count() == 0) {
    PrintText(options.account + ": a deleted container can be created again at once\n");
  } else {
    PrintText(options.account + ": a deleted container can be created again after " +
              HumanDuration(static_cast<uint64_t>(takes.count())) + "\n");
  }
  return ExitCode::kOk;
}

}  // namespace

void AddAccountContainerDeletion(CommandLine& line, CLI::App& account_group) {
  const auto options = std::make_shared<DeletionOptions>();
  CLI::App& command =
      line.Add(account_group,
               {.name = "container-deletion",
                .sentence = "Prints or sets for how long the name of a deleted container is taken. "
                            "It counts for those that are deleted afterwards. An account takes no "
                            "time by default; Azure takes 30 seconds and more.",
                .example = "replicafs account container-deletion westus 30s",
                .exit_codes = {}},
               [options](Context& context) { return PrintOrSet(context, *options); });
  command.add_option("NAME", options->account, "The account")->required();
  command.add_option("DURATION", options->takes, "Such as 30s, 5m or 0 (default: print it)");
}

}  // namespace replicafs
