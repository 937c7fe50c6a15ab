// One suite for every store and decorator. A store joins by registering itself:
//
//   const bool registered = RegisterStore(
//       {.name = "Memory", .open = [](const StorePlace& place) -> Result<std::unique_ptr<Account>>
//       {…}});
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "backend/blob/account.h"
#include "tests/support/manual_clock.h"
#include "tests/support/matchers.h"
#include "tests/support/temp_directory.h"

namespace replicafs {

struct StorePlace {
  std::string directory;  // exists, and belongs to this account alone
  const Clock* clock = nullptr;
};

struct RegisteredStore {
  std::string name;  // letters and digits
  // Opens the account at the place, creating it when there is none yet.
  std::function<Result<std::unique_ptr<Account>>(const StorePlace& place)> open;
  bool durable = false;  // opening the same place again finds everything as it was
  // After each test: whether what lies behind the store is what it says. May be empty.
  std::function<void(Account& account)> compare{};
};
void PrintTo(const RegisteredStore& store, std::ostream* out);

// Call before main.
bool RegisterStore(RegisteredStore store);
const std::vector<RegisteredStore>& RegisteredStores();

constexpr uint64_t kWriter = 7;

// A store with one container, "photos", and short ways to use it.
class StoreTest : public ::testing::TestWithParam<RegisteredStore> {
 protected:
  StoreTest();
  void TearDown() override {
    if (GetParam().compare && account_ != nullptr) GetParam().compare(*account_);
  }

  BlobStore& store() { return account_->store(); }
  Journal& journal() { return account_->journal(); }
  Account& account() { return *account_; }
  void Reopen();

  static BlobPath Photo(std::string_view name) { return {"photos", std::string(name)}; }

  Result<Outcome> Apply(Mutation mutation);
  Result<std::vector<Outcome>> ApplyAll(std::vector<Mutation> mutations);
  Outcome Put(std::string_view name, std::string_view text);
  BlockRef Stage(std::string_view text);
  BlobInfo Stat(const BlobPath& path, VersionId version = {});
  std::string Text(const BlobPath& path, VersionId version = {});
  std::vector<BlobInfo> Versions(std::string_view name);
  std::vector<Event> Events(uint64_t after = 0);
  // The names of all pages together.
  std::vector<std::string> Names(ListRequest request);
  bool Exists(std::string_view name) { return store().Stat(Photo(name)).has_value(); }

  ManualClock clock_;
  TempDirectory directory_;
  std::unique_ptr<Account> account_;
};

// The whole content that the reader has.
std::string ReadAll(BlobReader& reader);
const std::string& NameOf(const ListItem& item);

#define REPLICAFS_CONFORMANCE_SUITE(Suite)                                         \
  class Suite : public StoreTest {};                                               \
  INSTANTIATE_TEST_SUITE_P(Stores, Suite, ::testing::ValuesIn(RegisteredStores()), \
                           [](const auto& instance) { return instance.param.name; })

}  // namespace replicafs
