// The account's journal, kept in its table `journal`.
#pragma once

#include "backend/base/mutex.h"
#include "backend/blob/journal.h"
#include "backend/embedded/schema.h"
#include "backend/lmdb/environment.h"

namespace replicafs::embedded {

class EmbeddedJournal final : public Journal {
 public:
  EmbeddedJournal(lmdb::Environment& environment, const Tables& tables)
      : environment_(environment), tables_(tables) {}

  Result<std::vector<Event>> Read(uint64_t after, size_t limit) override;
  Result<uint64_t> Head() override;
  void Wait(uint64_t after, std::chrono::milliseconds timeout, std::stop_token stop) override;
  uint64_t ChangeCount() override { return environment_.LastTransactionId(); }

  // This process has committed something.
  void Wake() EXCLUDES(mutex_);

 private:
  lmdb::Environment& environment_;
  const Tables& tables_;
  Mutex mutex_;
  CondVar changed_;
  uint64_t wakes_ GUARDED_BY(mutex_) = 0;
};

}  // namespace replicafs::embedded
