// replication retry
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <thread>

#include "backend/replication/link_supervisor.h"
#include "backend/replication/retry_request.h"
#include "tools/command.h"
#include "tools/duration.h"
#include "tools/replication_output.h"
#include "tools/replication_scope.h"

namespace replicafs {
namespace {

using SteadyClock = std::chrono::steady_clock;

struct Options {
  std::string path;
  std::string timeout = "60s";
};

struct Outcome {
  size_t tried = 0;
  std::vector<Failure> left;
  std::string error;  // why nothing could be tried
  bool by_owner = false;
  bool answered = false;  // false: the time was over
};

Result<std::vector<Failure>> FailuresOf(const Part& part) {
  std::vector<Failure> failures = TRY(ReadFailures(part.source->store(), part.policy.policy_id));
  std::erase_if(failures, [&](const Failure& failure) {
    return !Covers(part.scope, failure.path.container, failure.path.name);
  });
  return failures;
}

// By this process, which owns the link meanwhile. Its error is the outcome's.
Status RetryHere(Context& context, const Part& part) {
  const auto destination = TRY(context.accounts.OpenAccount(part.policy.destination_account));
  Link link(part.source, destination, part.policy.policy_id, SystemClock());
  return RetryAllFailures(*part.source, link, part.policy.policy_id, SystemClock(), {});
}

// By the owner of the link; an owner that ends meanwhile leaves it to this process.
Status RetryPart(Context& context, const Part& part, SteadyClock::time_point deadline,
                 Outcome& outcome) {
  constexpr auto kLookInterval = std::chrono::milliseconds(50);
  BlobStore& source = part.source->store();
  const std::string& id = part.policy.policy_id;
  std::optional<uint64_t> request;
  std::optional<std::string> answer;
  while (!answer) {
    const auto ownership = TRY(LinkOwnership::TryAcquire(*part.source, id));
    if (ownership != nullptr) {
      PrintWarning("no process runs the link " + LinkName(part.policy) +
                   "; this command tries its failures again, and nothing else is copied");
      const Status retried = RetryHere(context, part);
      if (!retried) outcome.error = retried.error().message;
      outcome.answered = true;
      break;
    }
    if (!request) request = TRY(AskForRetry(source, id));
    answer = TRY(ReadRetryAnswer(source, id, *request));
    if (answer || SteadyClock::now() >= deadline) break;
    std::this_thread::sleep_for(kLookInterval);
  }
  if (answer) {
    outcome.by_owner = true;
    outcome.answered = true;
    outcome.error = *answer;
  }
  if (request) TRY(ForgetRetry(source, id, *request));
  return Ok();
}

struct Report {
  Json links = Json::array();
  Json failures = Json::array();
  Table table = MakeFailureTable();
  size_t tried = 0;
  size_t left = 0;
  bool timeout = false;
  std::string error;  // the first
};

void Add(const Part& part, const Outcome& outcome, Report& report) {
  report.links.push_back({{"policyId", part.policy.policy_id},
                          {"sourceAccount", part.policy.source_account},
                          {"destinationAccount", part.policy.destination_account},
                          {"tried", outcome.tried},
                          {"left", outcome.left.size()},
                          {"byOwner", outcome.by_owner},
                          {"answered", outcome.answered},
                          {"error", outcome.error}});
  for (const Failure& failure : outcome.left) {
    report.failures.push_back(ToJson(part.policy, failure, FailureState::kRetried));
    AddFailure(report.table, part.policy, failure, FailureState::kRetried);
  }
  report.tried += outcome.tried;
  report.left += outcome.left.size();
  report.timeout = report.timeout || !outcome.answered;
  if (report.error.empty() && !outcome.error.empty())
    report.error = "the link " + LinkName(part.policy) + ": " + outcome.error;
}

ExitCode Print(Context& context, const Report& report) {
  const ExitCode code = report.timeout          ? ExitCode::kTimeout
                        : !report.error.empty() ? ExitCode::kFailure
                        : report.left > 0       ? ExitCode::kReplicationFailed
                                                : ExitCode::kOk;
  if (context.json()) {
    PrintJson({{"tried", report.tried},
               {"left", report.left},
               {"links", report.links},
               {"failures", report.failures}});
    return code;
  }
  if (!report.table.empty()) PrintText(report.table.ToString());
  const std::string sum = fmt::format("{} tried again, {} left", report.tried, report.left);
  if (report.timeout) {
    PrintError({ErrorCode::kTimeout, "the link's owner has not answered in time; " + sum},
               context.output);
  } else if (!report.error.empty()) {
    PrintError({ErrorCode::kInternal, report.error}, context.output);
  } else if (report.left > 0) {
    PrintError({ErrorCode::kInternal, sum}, context.output);
  } else {
    PrintText(report.tried == 0 ? "nothing has failed\n" : sum + "\n");
  }
  return code;
}

Result<ExitCode> Retry(Context& context, const Options& options) {
  const std::optional<std::chrono::milliseconds> timeout = ParseDuration(options.timeout);
  if (!timeout)
    return UsageError("--timeout '" + options.timeout + "': write a time such as 120s or 5m");
  const auto deadline = SteadyClock::now() + *timeout;
  const std::vector<Part> parts = TRY(PartsOf(context, options.path));
  Report report;
  for (const Part& part : parts) {
    const std::vector<Failure> before = TRY(FailuresOf(part));
    if (before.empty()) continue;
    Outcome outcome{.tried = before.size()};
    TRY(RetryPart(context, part, deadline, outcome));
    outcome.left = TRY(FailuresOf(part));
    Add(part, outcome, report);
  }
  return Print(context, report);
}

}  // namespace

void AddReplicationRetry(CommandLine& line, CLI::App& replication_group) {
  const auto options = std::make_shared<Options>();
  CLI::App& command = line.Add(
      replication_group,
      {.name = "retry",
       .sentence = "Tries again now what could not be copied: asks the process that runs the "
                   "link, or does it itself when there is none.",
       .example = "replicafs replication retry westus/photos",
       .exit_codes = "0: nothing that failed is left. 1: the link could not try. 3: the time was "
                     "over first. 4: something still cannot be copied."},
      [options](Context& context) { return Retry(context, *options); });
  command.add_option("PATH", options->path,
                     "ACCOUNT[/CONTAINER[/NAME]], or a path below a mount: whose failures to "
                     "wait for (default: all). A link tries all of its failures");
  command.add_option("--timeout", options->timeout, "Such as 120s or 5m (default: 60s)")
      ->type_name("TIME");
}

}  // namespace replicafs
