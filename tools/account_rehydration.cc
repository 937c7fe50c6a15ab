// account rehydration
#include "tools/command.h"
#include "tools/duration.h"

namespace replicafs {
namespace {

struct RehydrationOptions {
  std::string account;
  std::string takes;
};

Result<ExitCode> PrintOrSet(Context& context, const RehydrationOptions& options) {
  const std::shared_ptr<Account> account = TRY(context.accounts.OpenAccount(options.account));
  BlobStore& store = account->store();
  if (!options.takes.empty()) {
    const auto takes = ParseDuration(options.takes);
    if (!takes || *takes > kRehydrationMax)
      return UsageError("'" + options.takes + "' is no span of time of up to a year, such as 15h");
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(*takes);
    TRY(ApplyOne(store, PutState{std::string(kRehydrationKey), EncodeRehydrationTime(seconds)}, 0));
  }
  const auto row = TRY(store.GetState(kRehydrationKey));
  const std::chrono::seconds takes = TRY(ParseRehydrationTime(row));
  if (context.json()) {
    PrintJson({{"account", options.account}, {"seconds", takes.count()}});
  } else if (takes.count() == 0) {
    PrintText(options.account + ": what is archived can be read as soon as its tier is set\n");
  } else {
    PrintText(options.account + ": what is archived can be read " +
              HumanDuration(static_cast<uint64_t>(takes.count())) + " after its tier is set\n");
  }
  return ExitCode::kOk;
}

}  // namespace

void AddAccountRehydration(CommandLine& line, CLI::App& account_group) {
  const auto options = std::make_shared<RehydrationOptions>();
  CLI::App& command = line.Add(
      account_group,
      {.name = "rehydration",
       .sentence =
           "Prints or sets how long blobs take out of the archive tier. It counts for those "
           "whose tier is set afterwards. An account has nothing to wait for and takes no "
           "time by default; Azure takes up to 15 hours.",
       .example = "replicafs account rehydration westus 15h",
       .exit_codes = {}},
      [options](Context& context) { return PrintOrSet(context, *options); });
  command.add_option("NAME", options->account, "The account")->required();
  command.add_option("DURATION", options->takes, "Such as 15h, 30s or 0 (default: print it)");
}

}  // namespace replicafs
