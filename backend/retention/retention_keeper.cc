#include "backend/retention/retention_keeper.h"

#include <algorithm>
#include <utility>

#include "backend/base/log.h"
#include "backend/replication/link_runner.h"
#include "backend/retention/retention_pass.h"
#include "backend/retention/retention_rules.h"

namespace replicafs {

RetentionKeeper::RetentionKeeper(AccountSource& accounts, std::vector<std::string> account_names,
                                 const Clock& clock, RetentionKeeperOptions options)
    : accounts_(accounts),
      account_names_(std::move(account_names)),
      clock_(clock),
      options_(options),
      thread_([this](std::stop_token stop) { Run(stop); }) {}

RetentionKeeper::~RetentionKeeper() = default;

void RetentionKeeper::Run(std::stop_token stop) {
  while (!stop.stop_requested()) {
    std::vector<std::string> names = account_names_;
    // Those that cannot be listed now are found the next time.
    if (names.empty()) names = accounts_.AccountNames().value_or(std::vector<std::string>());
    std::erase_if(kept_, [&](const auto& kept) {
      return std::find(names.begin(), names.end(), kept.first) == names.end();
    });
    for (const std::string& name : names) {
      if (stop.stop_requested()) return;
      KeptAccount& kept = kept_[name];
      const Status done = RunPass(name, kept, stop);
      const std::string message = done ? std::string() : done.error().message;
      if (!done && message != kept.reported)
        Log(LogLevel::kError, "the retention of account '{}' waits: {}", name, message);
      kept.reported = message;
    }
    WaitOrStop(options_.interval, stop);
  }
}

Status RetentionKeeper::RunPass(const std::string& name, KeptAccount& kept, std::stop_token stop) {
  if (kept.account == nullptr) kept.account = TRY(accounts_.OpenAccount(name));
  Account& account = *kept.account;
  const auto rules = TRY(ListRetention(account.store()));
  if (rules.empty()) return Ok();
  const auto lock = TRY(AcquireRetention(account));
  if (!lock) return Ok();
  const RetentionReport report = TRY(RunRetentionPass(account, clock_, {.stop = stop}));
  if (report.changed())
    Log(LogLevel::kInfo,
        "retention of account '{}': {} blobs deleted, {} versions of {} bytes deleted for good, {} "
        "moved to another tier, {} wait for a link",
        name, report.ended_blobs, report.removed_versions, report.removed_bytes,
        report.moved_versions, report.held_versions);
  return Ok();
}

}  // namespace replicafs
