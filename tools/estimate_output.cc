// Estimates for people.
#include "tools/estimate_output.h"

#include <fmt/format.h>

namespace replicafs {
namespace {

std::string Money(double cost, const std::string& currency) {
  return fmt::format("{:.{}f} {}", cost, cost != 0 && cost < 0.1 ? 4 : 2, currency);
}

std::string Amount(uint64_t amount, std::string_view unit) {
  return unit == "bytes" ? HumanBytes(amount) : std::to_string(amount);
}

std::string Title(const Estimate& estimate) {
  const Policy& policy = estimate.policy;
  const std::string link = policy.source_account + " -> " + policy.destination_account;
  if (policy.policy_id.empty()) return link + ": a new policy would copy\n\n";
  return link + ": policy " + policy.policy_id + " has still to copy\n\n";
}

std::string Counts(const Estimate& estimate) {
  return ToString(
      {{"blobs", std::to_string(estimate.blobs)},
       {"versions", std::to_string(estimate.versions)},
       {"bytes", HumanBytes(estimate.bytes)},
       {"to send", HumanBytes(estimate.sent_bytes) + ", without what the destination has"},
       {"removals", std::to_string(estimate.removals)},
       {"property changes", std::to_string(estimate.property_changes)},
       {"there already",
        std::to_string(estimate.there_versions) + " versions, " + HumanBytes(estimate.there_bytes)},
       {"would fail", std::to_string(estimate.failed_events())}});
}

std::string NewOnly(const Estimate& estimate) {
  std::string text;
  for (const Rule& rule : estimate.policy.rules) {
    if (!estimate.policy.policy_id.empty() || rule.min_creation_time) continue;
    text += "The rule for '" + rule.source_container +
            "' copies only what is new from now on; --existing copies what is there.\n";
  }
  return text.empty() ? text : "\n" + text;
}

std::string Failures(const Estimate& estimate) {
  if (estimate.failures.empty()) return {};
  Table table({{"WOULD FAIL"},
               {"COUNT", Table::Align::kRight},
               {"BYTES", Table::Align::kRight},
               {"SUCH AS"},
               {"BECAUSE"}});
  for (const FailureForecast& failure : estimate.failures)
    table.AddRow({failure.code, std::to_string(failure.events), HumanBytes(failure.bytes),
                  Printable(failure.examples.front()), Printable(failure.reason)});
  return "\n" + table.ToString();
}

std::string Time(const Estimate& estimate) {
  const RateBasis& basis = estimate.basis;
  const std::string time = estimate.seconds ? HumanDuration(*estimate.seconds) : "unknown";
  switch (basis.kind) {
    case RateBasis::Kind::kLink:
      return "\nTime: " + time + ", at the rate of this link up to " + ToString(basis.measured) +
             ".\n";
    case RateBasis::Kind::kReading:
      return fmt::format(
          "\nTime: {} at the least. A sample of {} was read from the source in {} ms; how fast the "
          "destination takes it is not known before a link has worked.\n",
          time, HumanBytes(basis.rate.logical_bytes), basis.rate.milliseconds);
    case RateBasis::Kind::kUnknown: break;
  }
  return "\nTime: unknown: no link has worked yet, and there is too little content for a sample.\n";
}

std::string_view TitleOf(CostPeriod period) {
  switch (period) {
    case CostPeriod::kOnce: return "once";
    case CostPeriod::kEachMonth: return "each month";
    case CostPeriod::kRecent: return "changes a month";
  }
  return "once";
}

std::string Costs(const PricedEstimate& priced) {
  const std::string& currency = priced.prices.currency;
  Table table({{"COST"},
               {"OF"},
               {"AS BILLED", Table::Align::kRight},
               {"", Table::Align::kRight},
               {"REALLY HERE", Table::Align::kRight},
               {"", Table::Align::kRight}});
  for (const CostItem& item : CostsOf(priced.estimate, priced.prices)) {
    const auto here = item.here_cost();
    table.AddRow({std::string(TitleOf(item.period)), std::string(item.what),
                  Amount(item.billed, item.unit), Money(item.billed_cost(), currency),
                  item.here ? Amount(*item.here, item.unit) : "-",
                  here ? Money(*here, currency) : "-"});
  }
  const RecentChanges& recent = priced.estimate.recent;
  std::string text = "\n" + table.ToString();
  text +=
      "\nAs billed: Azure counts whole versions. Really here: what the destination does not have "
      "yet.\n";
  if (recent.since != Timestamp{})
    text += fmt::format(
        "Changes a month: those in the scope of the rules in the last {} days, from {}.\n",
        kRecentDays, ToString(recent.since));
  if (priced.example_prices)
    text +=
        "The prices are examples: replicafs policy estimate --print-prices >prices.toml, edit it, "
        "and give it with --prices.\n";
  return text;
}

}  // namespace

std::string Describe(const PricedEstimate& priced) {
  const Estimate& estimate = priced.estimate;
  return Title(estimate) + Counts(estimate) + NewOnly(estimate) + Failures(estimate) +
         Time(estimate) + Costs(priced);
}

}  // namespace replicafs
