// An account in front of which removals may wait: whoever asks it anything finds them made.
#pragma once

#include <memory>
#include <string>

#include "backend/blob/account.h"
#include "backend/blob/forwarding_store.h"
#include "fs/core/removal_queue.h"

namespace replicafs {

// Thread-safe.
class SettlingAccount final : public Account {
 public:
  SettlingAccount(std::shared_ptr<Account> inner, RemovalQueue::Maker make);

  const std::string& name() const override { return inner_->name(); }
  BlobStore& store() override { return store_; }
  Journal& journal() override { return journal_; }
  const std::string& local_directory() const override { return inner_->local_directory(); }

  RemovalQueue& removals() { return removals_; }
  // Past the queue.
  BlobStore& inner_store() { return inner_->store(); }

 private:
  class Store final : public ForwardingStore {
   public:
    Store(BlobStore& inner, RemovalQueue& removals) : ForwardingStore(inner), removals_(removals) {}

   protected:
    BlobStore& Inner() override {
      removals_.Settle();
      return ForwardingStore::Inner();
    }

   private:
    RemovalQueue& removals_;
  };

  class SettledJournal final : public Journal {
   public:
    SettledJournal(Journal& inner, RemovalQueue& removals) : inner_(inner), removals_(removals) {}

    Result<std::vector<Event>> Read(uint64_t after, size_t limit) override {
      return inner_.Read(after, limit);
    }
    Result<uint64_t> Head() override {
      removals_.Settle();
      return inner_.Head();
    }
    void Wait(uint64_t after, std::chrono::milliseconds timeout, std::stop_token stop) override {
      inner_.Wait(after, timeout, std::move(stop));
    }
    uint64_t ChangeCount() override {
      removals_.Settle();
      return inner_.ChangeCount();
    }

   private:
    Journal& inner_;
    RemovalQueue& removals_;
  };

  const std::shared_ptr<Account> inner_;
  RemovalQueue removals_;
  Store store_;
  SettledJournal journal_;
};

}  // namespace replicafs
