// Random lists of mutations, the same for every store that gets the same seed.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "backend/blob/account.h"

namespace replicafs {

// Names versions and etags by their place in a blob's history instead of by value, so that a list
// can be said to several accounts: see Ask.
class RandomMutations {
 public:
  explicit RandomMutations(uint64_t seed) : random_(seed) {}

  // Draws the next list and says it for each account; equal up to version ids and etags when the
  // accounts have equal histories.
  // `now` is the accounts' clock.
  std::vector<std::vector<Mutation>> Draw(const std::vector<Account*>& accounts, Timestamp now);

 private:
  enum class Kind;
  // One mutation as drawn, before it is said to an account.
  struct Plan {
    Kind kind;
    BlobPath path;
    BlobPath other;
    std::string text;
    size_t which = 0;    // of the versions of the blob, newest first; past the end: no version
    size_t variant = 0;  // of the precondition, the policy or the property
    Timestamp now;
  };

  size_t Below(size_t end) { return std::uniform_int_distribution<size_t>(0, end - 1)(random_); }
  std::string Name();
  Plan DrawPlan();
  static BlobProperties PropertiesOf(const Plan& plan);
  static Mutation Say(const Plan& plan, Account& account);
  static Mutation SayCommit(const Plan& plan, Account& account);
  static Mutation SayProtect(const Plan& plan, Account& account);
  static Mutation SaySettings(const Plan& plan);
  static Mutation SaySnapshot(const Plan& plan, Account& account);
  static Mutation SayProtectContainer(const Plan& plan);
  static Mutation SayPatch(const Plan& plan, Account& account);

  std::mt19937_64 random_;
};

}  // namespace replicafs
