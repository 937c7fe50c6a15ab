// An account in memory: backend/blob/*.h as code, for tests. Clear rather than fast.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "backend/base/clock.h"
#include "backend/blob/account.h"
#include "tests/support/temp_directory.h"

namespace replicafs {

struct MemoryAccountOptions {
  std::string name = "memory";
  const Clock* clock = &SystemClock();  // outlives the account
  uint64_t inline_max_bytes = 64 << 10;
  NameLimits names;
};

struct MemoryCore;

class MemoryAccount final : public Account {
 public:
  explicit MemoryAccount(MemoryAccountOptions options = {});
  ~MemoryAccount() override;

  const std::string& name() const override { return name_; }
  BlobStore& store() override { return *store_; }
  Journal& journal() override { return *journal_; }
  const std::string& local_directory() const override { return directory_.path(); }

 private:
  const std::string name_;
  TempDirectory directory_;
  std::unique_ptr<MemoryCore> core_;
  std::unique_ptr<BlobStore> store_;
  std::unique_ptr<Journal> journal_;
};

}  // namespace replicafs
