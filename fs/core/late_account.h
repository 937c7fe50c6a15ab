// An account in front of which changes may wait: whoever asks it for a name that waits finds the
// change made, or is answered from it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "backend/blob/account.h"
#include "fs/core/late_changes.h"
#include "fs/core/late_store.h"

namespace replicafs {

// Thread-safe.
class LateAccount final : public Account {
 public:
  LateAccount(std::shared_ptr<Account> inner, LateChanges::Maker make,
              LateChanges::Finisher finish);

  const std::string& name() const override { return inner_->name(); }
  BlobStore& store() override { return store_; }
  // What it tells holds all that was answered.
  Journal& journal() override { return journal_; }
  const std::string& local_directory() const override { return inner_->local_directory(); }

  LateChanges& late() { return late_; }
  // Past what waits.
  BlobStore& inner_store() { return inner_->store(); }
  Journal& inner_journal() { return inner_->journal(); }
  // Grows with every change of the account and with every one that waits.
  uint64_t ChangeCount() { return inner_->journal().ChangeCount() + late_.pushed(); }

 private:
  class SettledJournal final : public Journal {
   public:
    SettledJournal(Journal& inner, LateChanges& late) : inner_(inner), late_(late) {}

    Result<std::vector<Event>> Read(uint64_t after, size_t limit) override {
      late_.Settle();
      return inner_.Read(after, limit);
    }
    Result<uint64_t> Head() override {
      late_.Settle();
      return inner_.Head();
    }
    void Wait(uint64_t after, std::chrono::milliseconds timeout, std::stop_token stop) override {
      inner_.Wait(after, timeout, std::move(stop));
    }
    uint64_t ChangeCount() override {
      late_.Settle();
      return inner_.ChangeCount();
    }

   private:
    Journal& inner_;
    LateChanges& late_;
  };

  const std::shared_ptr<Account> inner_;
  LateChanges late_;
  LateStore store_;
  SettledJournal journal_;
};

}  // namespace replicafs
