// What a sentence of the object-replication document is tried on: embedded accounts, a policy
// between two of them, and its link, which runs when the test says so.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "backend/blob/container_deletion.h"
#include "backend/embedded/embedded_account.h"
#include "backend/replication/change_settings.h"
#include "backend/replication/explain.h"
#include "backend/replication/link.h"
#include "backend/replication/policy_definition.h"
#include "backend/replication/policy_store.h"
#include "backend/replication/status.h"
#include "tests/support/manual_clock.h"
#include "tests/support/matchers.h"
#include "tests/support/temp_directory.h"
#include "tests/support/test_accounts.h"

namespace replicafs::document {

// The accounts "west" with the containers "photos" and "mail", and "east" with "photos2" and
// "mail2".
class Story {
 public:
  Story();

  std::shared_ptr<Account> AddAccount(const std::string& name);
  void AddContainer(const std::string& account, const std::string& name);
  BlobStore& store(const std::string& account) {
    return Must(accounts.OpenAccount(account))->store();
  }

  // photos -> photos2.
  static PolicyRequest Request();
  // The first half of it, as it is sent to the destination.
  static Policy Definition();
  Result<Policy> TryCreate(const PolicyRequest& request);
  Result<Policy> TryCreateHalf(const std::string& account, Policy definition);
  Result<Policy> TryUpdateHalf(const std::string& account, Policy definition);
  void Create(const PolicyRequest& request = Request()) { policy = Must(TryCreate(request)); }

  // In west/photos.
  VersionId Write(const std::string& name, const std::string& text, BlobProperties properties = {});
  Status Remove(const std::string& name);
  // Anywhere: "west/photos/a".
  Result<Outcome> TryWrite(const BlobPath& blob, const std::string& account,
                           const std::string& text = "x", BlobProperties properties = {});
  Result<Outcome> Apply(const std::string& account, Mutation mutation);
  Status SetTier(const std::string& account, const BlobPath& blob, Tier tier);

  // Runs the link until it has nothing to do; once more what failed, with retry.
  void CatchUp();
  void Retry();

  // One line a version, oldest first: "previous text" or "current text".
  std::vector<std::string> History(const std::string& account, const BlobPath& blob);
  std::vector<std::string> Replica(const std::string& name) {
    return History("east", {"photos2", name});
  }
  BlobInfo Stat(const std::string& account, const BlobPath& blob, VersionId version = {});
  std::string StatusOf(const std::string& name);
  // "CODE", of the one failure; "" without any.
  std::string FailureCode();
  // The items of the check list that are the cause for this blob.
  std::vector<std::string> Causes(const std::string& name);

  ManualClock clock;
  TestAccounts accounts;
  Policy policy;

 private:
  TempDirectory directory_;
  std::unique_ptr<Link> link_;
};

// A row of a table: the number that COVERAGE.md gives it, and what it takes to hold.
struct Sentence {
  int number = 0;
  std::string_view says;
  void (*holds)(Story& story) = nullptr;
};
inline void PrintTo(const Sentence& sentence, std::ostream* out) {
  *out << sentence.says;
}

// One test a sentence, "Copying/Document.Holds/D11".
class Document : public ::testing::TestWithParam<Sentence> {};

#define REPLICAFS_DOCUMENT_TABLE(Table, sentences)                                                \
  INSTANTIATE_TEST_SUITE_P(Table, Document, ::testing::ValuesIn(sentences), [](const auto& row) { \
    return (row.param.number < 10 ? "D0" : "D") + std::to_string(row.param.number);               \
  })

}  // namespace replicafs::document
