// The journal of an account whose events count once the service has them.
#pragma once

#include <vector>

#include "backend/azure/uploader.h"
#include "backend/blob/journal.h"

namespace replicafs::azure {

// Borrows both.
class PublishedJournal final : public Journal {
 public:
  PublishedJournal(Journal& local, Uploader& uploader) : local_(local), uploader_(uploader) {}

  Result<std::vector<Event>> Read(uint64_t after, size_t limit) override;
  Result<uint64_t> Head() override;
  void Wait(uint64_t after, std::chrono::milliseconds timeout, std::stop_token stop) override;
  uint64_t ChangeCount() override;

 private:
  Journal& local_;
  Uploader& uploader_;
};

}  // namespace replicafs::azure
