// A storage account on this machine: one directory (FORMAT.md).
#pragma once

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>

#include "backend/base/clock.h"
#include "backend/base/result.h"
#include "backend/blob/account.h"
#include "backend/embedded/check.h"
#include "backend/embedded/garbage.h"
#include "backend/embedded/service_side.h"

namespace replicafs {

namespace embedded {
struct AccountParts;
}  // namespace embedded

// Thread-safe. Several processes may have the account open at a time, a process only once: whoever
// opens accounts keeps the one object (AccountSource).
class EmbeddedAccount final : public Account {
 public:
  struct Options {
    uint64_t inline_max_bytes = 64 << 10;
    uint64_t initial_map_bytes = uint64_t{1} << 30;
    // Between rounds of garbage collection in the background; zero: none.
    std::chrono::milliseconds garbage_interval = std::chrono::minutes(1);
    // How long a block that nothing refers to any more stays: for readers in other processes, and
    // for commits of theirs that are under way.
    std::chrono::seconds garbage_grace = std::chrono::hours(1);
    // The same where no other process has the account open, or where the disk is nearly full.
    std::chrono::seconds short_grace = std::chrono::minutes(1);
    // Held for removals and small changes on a full disk; 0: none.
    uint64_t reserve_bytes = 8 << 20;
    // Of an account whose content lies at a service: reads what is missing here (service_side.h).
    embedded::OpenAtService open_at_service;
  };

  // Lays out an empty account in the directory, which is made when it does not exist. kExists.
  static Status Create(const std::string& directory);
  // kNotFound; kBusy when this process has it open; kNotSupported when a newer program wrote it;
  // kCorrupt. The clock outlives the account.
  static Result<std::unique_ptr<EmbeddedAccount>> Open(const std::string& directory,
                                                       std::string name, const Clock& clock,
                                                       const Options& options);
  static Result<std::unique_ptr<EmbeddedAccount>> Open(const std::string& directory,
                                                       std::string name, const Clock& clock) {
    return Open(directory, std::move(name), clock, Options{});
  }
  ~EmbeddedAccount() override;

  const std::string& name() const override { return name_; }
  BlobStore& store() override;
  Journal& journal() override;
  const std::string& local_directory() const override { return directory_; }

  // In one step, for the client of the account's service. REQUIRES: no mutation among them brings
  // content.
  Result<std::vector<Outcome>> ApplyForService(const std::vector<embedded::ServiceChange>& changes);

  // Where else the service may have the version's content; none when it has it under its own name.
  // kNotFound.
  Result<std::vector<embedded::ContentHome>> HomesOf(const BlobPath& path, VersionId version);

  // Frees the room of blocks that nothing has referred to for longer than the grace.
  Result<embedded::GarbageReport> CollectGarbage(std::chrono::seconds grace);
  // Compares everything with everything; see check.h.
  Result<embedded::CheckReport> Check(const embedded::CheckOptions& options);

 private:
  EmbeddedAccount(std::string directory, std::string name,
                  std::unique_ptr<embedded::AccountParts> parts);
  void CollectInBackground(const Options& options, std::stop_token stop);
  // A round; how long to wait for the next.
  std::chrono::milliseconds CollectRound(const Options& options);

  const std::string directory_;
  const std::string name_;
  const std::unique_ptr<embedded::AccountParts> parts_;
  std::jthread collector_;
};

}  // namespace replicafs
