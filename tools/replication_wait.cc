// replication wait
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <thread>

#include "backend/replication/link_supervisor.h"
#include "tools/command.h"
#include "tools/duration.h"
#include "tools/progress.h"
#include "tools/replication_output.h"
#include "tools/replication_scope.h"

namespace replicafs {
namespace {

using SteadyClock = std::chrono::steady_clock;

struct Options {
  std::string path;
  std::string timeout;
};

// At once, and when an owner goes away.
Status WarnWithoutOwner(Part& part) {
  const bool owned = TRY(LinkOwnership::IsOwned(*part.source, part.policy.policy_id));
  if (!owned && !part.warned)
    PrintWarning("no process runs the link " + LinkName(part.policy) +
                 "; nothing is copied until one of its accounts is mounted");
  part.warned = !owned;
  return Ok();
}

Result<PendingWork> PendingOf(std::vector<Part>& parts) {
  PendingWork all;
  for (Part& part : parts) {
    const PendingWork work = TRY(ReadPending(*part.source, part.policy, part.scope));
    if (work.operations > 0) TRY(WarnWithoutOwner(part));
    all.operations += work.operations;
    all.bytes += work.bytes;
    all.failures += work.failures;
  }
  return all;
}

// Sleeps until an account has changed, about a second at most. Under steady change, looking takes a
// small part of the time.
void WaitForChange(const std::vector<Part>& parts, const std::vector<uint64_t>& seen,
                   SteadyClock::duration look_took, SteadyClock::time_point deadline) {
  using std::chrono::milliseconds;
  constexpr auto kLookInterval = milliseconds(20);
  const auto begin = SteadyClock::now();
  const auto pause =
      std::clamp<SteadyClock::duration>(4 * look_took, milliseconds(50), milliseconds(2000));
  std::this_thread::sleep_until(std::min(deadline, begin + pause));
  const auto until = std::min(deadline, begin + std::chrono::seconds(1));
  while (SteadyClock::now() < until) {
    for (size_t i = 0; i < parts.size(); ++i) {
      if (parts[i].source->journal().ChangeCount() != seen[i]) return;
    }
    std::this_thread::sleep_for(kLookInterval);
  }
}

std::vector<uint64_t> ChangeCounts(const std::vector<Part>& parts) {
  std::vector<uint64_t> counts;
  for (const Part& part : parts) counts.push_back(part.source->journal().ChangeCount());
  return counts;
}

std::string Remaining(const PendingWork& work) {
  return fmt::format("{} {} ({}) pending", work.operations,
                     work.operations == 1 ? "operation" : "operations", HumanBytes(work.bytes));
}

// What is left when nothing is pending or the time is over.
Result<PendingWork> WaitUntil(std::vector<Part>& parts, SteadyClock::time_point deadline,
                              OutputFormat output) {
  Progress progress("replicating", output);
  uint64_t most = 0;
  for (;;) {
    const auto look = SteadyClock::now();
    const std::vector<uint64_t> seen = ChangeCounts(parts);
    const PendingWork work = TRY(PendingOf(parts));
    most = std::max(most, work.operations);
    progress.Update(most - work.operations, most, Remaining(work));
    if (work.operations == 0 || SteadyClock::now() >= deadline) {
      progress.Finish();
      return work;
    }
    WaitForChange(parts, seen, SteadyClock::now() - look, deadline);
  }
}

Result<ExitCode> Report(Context& context, const std::vector<Part>& parts, const PendingWork& work) {
  Json failures = Json::array();
  Table table = MakeFailureTable();
  for (const Part& part : parts) {
    const std::vector<Failure> all = TRY(ReadFailures(part.source->store(), part.policy.policy_id));
    for (const Failure& failure : all) {
      if (!Covers(part.scope, failure.path.container, failure.path.name)) continue;
      failures.push_back(ToJson(part.policy, failure, FailureState::kRetried));
      AddFailure(table, part.policy, failure, FailureState::kRetried);
    }
  }
  const bool timeout = work.operations > 0;
  const bool failed = !failures.empty();
  const ExitCode code = timeout  ? ExitCode::kTimeout
                        : failed ? ExitCode::kReplicationFailed
                                 : ExitCode::kOk;
  if (context.json()) {
    PrintJson({{"result", timeout  ? "timeout"
                          : failed ? "failed"
                                   : "complete"},
               {"pendingOperations", work.operations},
               {"pendingBytes", work.bytes},
               {"failures", failures}});
    return code;
  }
  if (failed) PrintText(table.ToString());
  if (timeout) {
    PrintError({ErrorCode::kTimeout, "the time is over: " + Remaining(work)}, context.output);
  } else if (failed) {
    PrintError({ErrorCode::kInternal, fmt::format("{} not copied", failures.size())},
               context.output);
  } else {
    PrintText(parts.empty() ? "no policy copies this\n" : "everything is copied\n");
  }
  return code;
}

Result<ExitCode> Wait(Context& context, const Options& options) {
  auto deadline = SteadyClock::time_point::max();
  if (!options.timeout.empty()) {
    const std::optional<std::chrono::milliseconds> timeout = ParseDuration(options.timeout);
    if (!timeout)
      return UsageError("--timeout '" + options.timeout + "': write a time such as 120s or 5m");
    deadline = SteadyClock::now() + *timeout;
  }
  std::vector<Part> parts = TRY(PartsOf(context, options.path));
  const PendingWork left = TRY(WaitUntil(parts, deadline, context.output));
  return Report(context, parts, left);
}

}  // namespace

void AddReplicationWait(CommandLine& line, CLI::App& replication_group) {
  const auto options = std::make_shared<Options>();
  CLI::App& command =
      line.Add(replication_group,
               {.name = "wait",
                .sentence = "Waits until nothing is left to copy.",
                .example = "replicafs replication wait /mnt/blobs/westus/photos --timeout 120s",
                .exit_codes = "0: everything is copied. 3: the time was over first. 4: something "
                              "cannot be copied."},
               [options](Context& context) { return Wait(context, *options); });
  command.add_option("PATH", options->path,
                     "ACCOUNT[/CONTAINER[/NAME]], or a path below a mount (default: everything)");
  command.add_option("--timeout", options->timeout, "Such as 120s or 5m (default: no end)")
      ->type_name("TIME");
}

}  // namespace replicafs
