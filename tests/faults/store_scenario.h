// A life of an embedded account, with what it must hold afterwards whatever failed on the way.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "backend/embedded/embedded_account.h"
#include "tests/support/manual_clock.h"

namespace replicafs {

class StoreScenario {
 public:
  explicit StoreScenario(std::string path) : path_(std::move(path)) {}

  // Makes the account. Before anything fails.
  void Create();
  // Opens it, commits, renames, removes, collects garbage, and closes it. Anything may fail.
  void Run();
  // After the disk works again: what was acknowledged is there, what failed is there as a whole or
  // not at all, the check finds nothing, and the account takes changes. "" or what is wrong.
  std::string Verify();

  // Changes that were acknowledged.
  int acknowledged() const { return acknowledged_; }

 private:
  // nullopt: no blob.
  using Content = std::optional<std::string>;

  Status Open();
  void Apply(std::vector<Mutation> mutations, const std::map<std::string, Content>& outcome);
  void Put(const std::string& name, const std::string& text);
  void PutBlocks(const std::string& name, const std::vector<std::string>& blocks);
  void Remove(const std::string& name);
  void RenamePrefixTo(const std::string& from, const std::string& to);
  void Move(const std::string& from, const std::string& to);
  void RemoveVersions(const std::string& name);
  Result<Content> Read(const std::string& name);
  Content OneOf(const std::string& name) const;

  const std::string path_;
  ManualClock clock_;
  std::unique_ptr<EmbeddedAccount> account_;
  std::map<std::string, std::set<Content>> expected_;
  int acknowledged_ = 0;
};

}  // namespace replicafs
