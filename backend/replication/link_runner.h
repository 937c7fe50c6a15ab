// Runs one link again and again, whatever happens to it.
#pragma once

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>

#include "backend/base/clock.h"
#include "backend/base/result.h"
#include "backend/blob/account.h"
#include "backend/replication/link.h"
#include "backend/replication/policy.h"

namespace replicafs {

// Waits until the time is over or a stop is asked for.
void WaitOrStop(std::chrono::milliseconds time, std::stop_token stop);

// For one thread.
class LinkRunner {
 public:
  LinkRunner(AccountSource& accounts, Policy policy, const Clock& clock, LinkOptions options)
      : accounts_(accounts), policy_(std::move(policy)), clock_(clock), options_(options) {}

  // Until a stop is asked for. A policy that is gone, or half there, is looked for again.
  void Run(std::stop_token stop);

 private:
  Status RunAsOwner(std::stop_token stop);
  std::shared_ptr<Account> OpenDestination(Account& source, std::stop_token stop);
  // Until the link is over.
  Status RunLink(Account& source, Link& link, std::stop_token stop);
  void RetryWhenDue(Account& source, Link& link, std::stop_token stop);
  // Tells who asked for a retry (retry_request.h) how it went.
  void Answer(Account& source, uint64_t request, const Status& retried);
  void Report(const Error& error);
  std::chrono::milliseconds NextBackOff();
  // Waits until then, or until somebody asks for a retry.
  void BackOff(Account& source, std::stop_token stop);
  uint64_t RequestAt(Account& source) const;  // 0: none

  AccountSource& accounts_;
  const Policy policy_;
  const Clock& clock_;
  const LinkOptions options_;
  std::chrono::milliseconds backoff_{0};
  std::chrono::steady_clock::time_point next_retry_;
  std::string reported_;  // the error that was logged last
};

}  // namespace replicafs
