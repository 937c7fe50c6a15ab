// Applies retention in the background for as long as a process has accounts mounted.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "backend/base/clock.h"
#include "backend/blob/account.h"

namespace replicafs {

struct RetentionKeeperOptions {
  std::chrono::milliseconds interval = std::chrono::hours(1);
};

// One thread: a pass over the accounts (none named: all there are) at once, and again an interval
// after the last. An account that another process is at is passed over. What was done is logged
// once a pass, an error once until it changes.
class RetentionKeeper {
 public:
  // `accounts` and `clock` outlive it.
  RetentionKeeper(AccountSource& accounts, std::vector<std::string> account_names,
                  const Clock& clock, RetentionKeeperOptions options = {});
  ~RetentionKeeper();  // stops after the step under way, and joins
  RetentionKeeper(const RetentionKeeper&) = delete;
  RetentionKeeper& operator=(const RetentionKeeper&) = delete;

 private:
  struct KeptAccount {
    std::shared_ptr<Account> account;  // held, so that it does not open and close with each pass
    std::string reported;              // the error that was logged last
  };

  void Run(std::stop_token stop);
  Status RunPass(const std::string& name, KeptAccount& kept, std::stop_token stop);

  AccountSource& accounts_;
  const std::vector<std::string> account_names_;
  const Clock& clock_;
  const RetentionKeeperOptions options_;
  std::map<std::string, KeptAccount> kept_;  // of the thread alone
  std::jthread thread_;
};

}  // namespace replicafs
