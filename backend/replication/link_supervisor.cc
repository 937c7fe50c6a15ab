#include "backend/replication/link_supervisor.h"

#include <algorithm>
#include <map>
#include <optional>
#include <thread>
#include <tuple>
#include <utility>

#include "backend/base/log.h"
#include "backend/replication/link_runner.h"
#include "backend/replication/policy_store.h"

namespace replicafs {
namespace {

constexpr std::chrono::milliseconds kPoll{100};

// What is known of an account that is watched.
struct Watched {
  std::shared_ptr<Account> account;  // nullptr while it cannot be opened
  std::string logged;                // the error that was logged last
  std::optional<uint64_t> change_count;
  std::vector<Policy> policies;
};

// A policy's id alone is not enough: a root may hold accounts that came with their policies.
using LinkId = std::tuple<std::string, std::string, std::string>;
LinkId IdOf(const Policy& policy) {
  return {policy.policy_id, policy.source_account, policy.destination_account};
}

}  // namespace

class LinkSupervisor::State {
 public:
  State(AccountSource& accounts, std::vector<std::string> names, const Clock& clock,
        LinkOptions options)
      : accounts_(accounts), all_accounts_(names.empty()), clock_(clock), options_(options) {
    for (std::string& name : names) watched_.emplace(std::move(name), Watched{});
    thread_ = std::jthread([this](std::stop_token stop) { Run(stop); });
  }

 private:
  void Run(std::stop_token stop) {
    while (!stop.stop_requested()) {
      if (all_accounts_) FindAccounts();
      for (auto& [name, watched] : watched_) {
        const Status looked = Look(name, watched);
        if (looked) {
          watched.logged.clear();
        } else if (looked.error().message != watched.logged) {
          watched.logged = looked.error().message;
          Log(LogLevel::kError, "the policies of account '{}' are unknown: {}", name,
              watched.logged);
        }
      }
      StartAndStop();
      WaitOrStop(kPoll, stop);
    }
    for (auto& [id, thread] : runners_) thread.request_stop();
    runners_.clear();
  }

  // Those that cannot be listed now are found the next time. An account that is gone takes its
  // links with it.
  void FindAccounts() {
    const auto names = accounts_.AccountNames();
    if (!names) return;
    for (const std::string& name : *names) watched_.try_emplace(name);
    std::erase_if(watched_, [&](const auto& watched) {
      return std::find(names->begin(), names->end(), watched.first) == names->end();
    });
  }

  Status Look(const std::string& name, Watched& watched) {
    if (watched.account == nullptr) watched.account = TRY(accounts_.OpenAccount(name));
    const uint64_t change_count = watched.account->journal().ChangeCount();
    if (watched.change_count == change_count) return Ok();
    watched.policies = TRY(ListPolicies(*watched.account));
    watched.change_count = change_count;
    return Ok();
  }

  void StartAndStop() {
    std::map<LinkId, const Policy*> wanted;
    for (const auto& [name, watched] : watched_) {
      for (const Policy& policy : watched.policies) wanted.emplace(IdOf(policy), &policy);
    }
    for (auto& [id, thread] : runners_) {
      if (!wanted.contains(id)) thread.request_stop();
    }
    std::erase_if(runners_, [&](const auto& runner) { return !wanted.contains(runner.first); });
    for (const auto& [id, policy] : wanted) {
      if (runners_.contains(id)) continue;
      runners_.emplace(id, std::jthread([this, policy = *policy](std::stop_token stop) {
                         LinkRunner(accounts_, policy, clock_, options_).Run(stop);
                       }));
    }
  }

  AccountSource& accounts_;
  const bool all_accounts_;
  const Clock& clock_;
  const LinkOptions options_;
  // Of the supervisor's own thread alone.
  std::map<std::string, Watched> watched_;
  std::map<LinkId, std::jthread> runners_;
  std::jthread thread_;
};

LinkSupervisor::LinkSupervisor(AccountSource& accounts, std::vector<std::string> account_names,
                               const Clock& clock, LinkOptions options)
    : state_(std::make_unique<State>(accounts, std::move(account_names), clock, options)) {}

LinkSupervisor::~LinkSupervisor() = default;

}  // namespace replicafs
