#include "backend/replication/link_runner.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "backend/base/digest.h"
#include "backend/base/log.h"
#include "backend/base/mutex.h"
#include "backend/replication/link_progress.h"
#include "backend/replication/link_supervisor.h"
#include "backend/replication/retry_request.h"

namespace replicafs {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kBackoffMin{100};
constexpr milliseconds kBackoffMax{30'000};
constexpr milliseconds kOwnerPoll{500};
constexpr milliseconds kPolicyPoll{200};
constexpr milliseconds kRetryInterval{60'000};

}  // namespace

void WaitOrStop(milliseconds time, std::stop_token stop) {
  Mutex mutex;
  CondVar woken;
  const std::stop_callback wake(stop, [&] {
    MutexLock lock(mutex);
    woken.NotifyAll();
  });
  const auto deadline = std::chrono::steady_clock::now() + time;
  MutexLock lock(mutex);
  while (!stop.stop_requested()) {
    const auto left = deadline - std::chrono::steady_clock::now();
    if (left <= left.zero()) return;
    woken.WaitFor(mutex, left);
  }
}

void LinkRunner::Run(std::stop_token stop) {
  while (!stop.stop_requested()) {
    const Status ended = RunAsOwner(stop);
    if (stop.stop_requested()) return;
    if (ended) {
      WaitOrStop(kPolicyPoll, stop);
    } else {
      Report(ended.error());
      WaitOrStop(NextBackOff(), stop);
    }
  }
}

Status LinkRunner::RunAsOwner(std::stop_token stop) {
  const auto source = TRY(accounts_.OpenAccount(policy_.source_account));
  const auto ownership = TRY(LinkOwnership::TryAcquire(*source, policy_.policy_id));
  if (ownership == nullptr) {
    WaitOrStop(kOwnerPoll, stop);
    return Ok();
  }
  const auto destination = OpenDestination(*source, stop);
  if (destination == nullptr) return Ok();
  Link link(source, destination, policy_.policy_id, clock_, options_);
  next_retry_ = {};
  return RunLink(*source, link, stop);
}

// Again and again, as the owner who tells the source what is wrong; nullptr when stopped.
std::shared_ptr<Account> LinkRunner::OpenDestination(Account& source, std::stop_token stop) {
  while (!stop.stop_requested()) {
    auto destination = accounts_.OpenAccount(policy_.destination_account);
    if (destination) return *std::move(destination);
    Report(destination.error());
    // What cannot be told is in the log.
    static_cast<void>(
        PublishError(source.store(), policy_.policy_id, clock_, destination.error().message));
    Answer(source, RequestAt(source), destination.error());
    BackOff(source, stop);
  }
  return nullptr;
}

Status LinkRunner::RunLink(Account& source, Link& link, std::stop_token stop) {
  while (!stop.stop_requested()) {
    RetryWhenDue(source, link, stop);
    const uint64_t head = TRY(source.journal().Head());
    const auto step = link.Step(stop);
    if (!step) {
      if (stop.stop_requested()) return Ok();
      Report(step.error());
      // What cannot be told is in the log.
      static_cast<void>(link.PublishProgress(step.error().message));
      BackOff(source, stop);
      continue;
    }
    backoff_ = {};
    reported_.clear();
    if (*step == StepResult::kPolicyGone) return Ok();
    if (*step == StepResult::kCaughtUp) source.journal().Wait(head, kPolicyPoll, stop);
  }
  return Ok();
}

void LinkRunner::RetryWhenDue(Account& source, Link& link, std::stop_token stop) {
  const auto now = std::chrono::steady_clock::now();
  const uint64_t request = RequestAt(source);
  if (now < next_retry_ && request == 0) return;
  const Status retried = request == 0
                             ? link.RetryFailures(stop)
                             : RetryAllFailures(source, link, policy_.policy_id, clock_, stop);
  next_retry_ = now + kRetryInterval;
  if (stop.stop_requested()) return;
  Answer(source, request, retried);
  if (!retried) {
    Log(LogLevel::kWarning, "failures of policy {} were not tried again: {}", policy_.policy_id,
        retried.error().message);
  }
}

// A row that cannot be read now is read again soon.
uint64_t LinkRunner::RequestAt(Account& source) const {
  auto request = UnansweredRetry(source.store(), policy_.policy_id);
  return std::move(request).value_or(0);
}

void LinkRunner::Answer(Account& source, uint64_t request, const Status& retried) {
  if (request == 0) return;
  const Status answered = AnswerRetry(source.store(), policy_.policy_id, request,
                                      retried ? std::string() : retried.error().message);
  if (!answered)
    Log(LogLevel::kWarning, "a retry of policy {} was not answered: {}", policy_.policy_id,
        answered.error().message);
}

void LinkRunner::Report(const Error& error) {
  if (error.message == reported_) return;
  reported_ = error.message;
  Log(LogLevel::kError, "policy {} from '{}' to '{}' waits: {}", policy_.policy_id,
      policy_.source_account, policy_.destination_account, error.message);
}

// Doubles; jitter of a half keeps links that failed together from coming back together.
milliseconds LinkRunner::NextBackOff() {
  backoff_ = std::clamp(backoff_ * 2, kBackoffMin, kBackoffMax);
  const auto jitter = static_cast<int64_t>(RandomU64() % 1000);
  return backoff_ / 2 + milliseconds(backoff_.count() * jitter / 2000);
}

void LinkRunner::BackOff(Account& source, std::stop_token stop) {
  const auto end = std::chrono::steady_clock::now() + NextBackOff();
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(end - std::chrono::steady_clock::now());
    if (left.count() <= 0 || stop.stop_requested() || RequestAt(source) != 0) return;
    WaitOrStop(std::min(left, kPolicyPoll), stop);
  }
}

}  // namespace replicafs
