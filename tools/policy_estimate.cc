// policy estimate
#include "backend/base/unique_fd.h"
#include "backend/replication/estimate.h"
#include "backend/replication/estimate_outcome.h"
#include "backend/replication/policy_definition.h"
#include "tools/command.h"
#include "tools/estimate_output.h"
#include "tools/policy_options.h"
#include "tools/price_file.h"
#include "tools/progress.h"

namespace replicafs {
namespace {

struct Options {
  PolicyArguments policy;
  std::string policy_id;
  std::string prices;
  std::string save;
  std::string compare;
  bool print_prices = false;
};

Result<ExitCode> Compare(Context& context, const std::string& file) {
  const std::string text = TRY(ReadWholeFile(file));
  const Estimate estimate = TRY(ParseEstimate(text, file));
  Progress progress("blobs counted", context.output);
  const OutcomeOptions options{.progress = [&](uint64_t blobs) { progress.Update(blobs, 0); }};
  const EstimateOutcome outcome = TRY(ReadOutcome(context.accounts, estimate, options));
  progress.Finish();
  if (context.json()) {
    PrintJson(ComparisonJson(estimate, outcome));
  } else {
    PrintText(DescribeComparison(estimate, outcome));
  }
  return ExitCode::kOk;
}

Result<PricedEstimate> Prices(const Options& options) {
  PricedEstimate priced;
  if (options.prices.empty()) return priced;
  const std::string text = TRY(ReadWholeFile(options.prices));
  priced.prices = TRY(ParsePrices(text, options.prices));
  priced.example_prices = false;
  return priced;
}

Result<Estimate> Run(Context& context, const Options& options) {
  Progress progress("changes", context.output);
  const EstimateOptions estimate{
      .progress = [&](uint64_t done, uint64_t total) { progress.Update(done, total); }};
  if (!options.policy_id.empty())
    return EstimateRest(context.accounts, options.policy_id, SystemClock(), estimate);
  const Policy definition = TRY(options.policy.Definition());
  if (definition.policy_id != kDefaultPolicyId)
    return UsageError("the policy has the id '" + definition.policy_id +
                      "' already: say what is left of it with --policy-id");
  const PolicyRequest request = TRY(RequestOf(definition, options.policy.limits()));
  return EstimatePolicy(context.accounts, request, SystemClock(), estimate);
}

Result<ExitCode> EstimateIt(Context& context, const Options& options) {
  if (options.print_prices) {
    PrintText(PrintPrices(PriceList()));
    return ExitCode::kOk;
  }
  const bool is_new = options.policy.given();
  const int modes =
      (is_new ? 1 : 0) + (options.policy_id.empty() ? 0 : 1) + (options.compare.empty() ? 0 : 1);
  if (modes > 1)
    return UsageError("a new policy, --policy-id and --compare exclude each other: give one");
  if (!options.compare.empty()) return Compare(context, options.compare);
  PricedEstimate priced = TRY(Prices(options));
  priced.estimate = TRY(Run(context, options));
  const Json document = ToJson(priced);
  if (!options.save.empty()) TRY(WriteFileAtomically(options.save, document.dump(2) + "\n", 0644));
  if (context.json()) {
    PrintJson(document);
    return ExitCode::kOk;
  }
  PrintText(Describe(priced));
  if (!options.save.empty())
    PrintText("\nAfterwards: replicafs policy estimate --compare " + options.save + "\n");
  return ExitCode::kOk;
}

}  // namespace

void AddPolicyEstimate(CommandLine& line, CLI::App& policy_group) {
  const auto options = std::make_shared<Options>();
  CLI::App& command = line.Add(
      policy_group,
      {.name = "estimate",
       .sentence =
           "Says what a policy would copy before it is created: blobs, versions and bytes, how "
           "much\n"
           "of it is to be sent, what would fail and why, how long it takes and what it costs. It\n"
           "takes what `policy create` takes, does what the link would do, and writes nothing.\n\n"
           "Figures. The bytes are the sizes of all versions; of them, those to send are what the\n"
           "destination does not have, each block once. Versions that the destination has from an\n"
           "earlier policy are there already. What would fail has the codes and reasons of\n"
           "`replication failures`. Content that is damaged at the source shows only when it is\n"
           "read; see `account check --deep`.\n\n"
           "Time. At the rate that the link measured last, where the policy has one; else a "
           "sample\n"
           "of up to 64 MiB is read at the source, which says how long it takes at the least.\n\n"
           "Cost. The table of Azure's document on object replication: read a change feed record,\n"
           "read and write each version, send it whole, and store it whole for a month, whether "
           "its\n"
           "blocks are unique or not. Beside what is billed so stands what is really read, sent "
           "and\n"
           "stored here. Prices are those of a file, and examples without one. What a change "
           "costs\n"
           "at the source is the same without a policy, and left out.\n\n"
           "With --policy-id: what a policy at work has still to do. With --compare: whether an\n"
           "estimate that was saved came true.",
       .example = "replicafs policy estimate --source westus --destination eastus \\\n"
                  "      --rule photos:photos --existing --save estimate.json\n"
                  "  replicafs policy estimate --print-prices >prices.toml\n"
                  "  replicafs policy estimate --policy policy.json --prices prices.toml\n"
                  "  replicafs policy estimate --compare estimate.json",
       .exit_codes = "2: also a price file that says something else. 6: the two accounts have a "
                     "policy already;\n--compare: the policy or its rules are others."},
      [options](Context& context) { return EstimateIt(context, *options); });
  options->policy.AddTo(command);
  command.add_option("--policy-id", options->policy_id, "A policy that is there already")
      ->type_name("ID");
  command.add_option("--prices", options->prices, "Prices in TOML, as --print-prices prints them")
      ->type_name("FILE");
  command.add_flag("--print-prices", options->print_prices,
                   "Prints a price file with the examples, and does nothing else");
  command.add_option("--save", options->save, "Writes the estimate to this file too, as JSON")
      ->type_name("FILE");
  command
      .add_option("--compare", options->compare,
                  "Says how the policy turned out that was estimated in this file")
      ->type_name("FILE");
}

}  // namespace replicafs
