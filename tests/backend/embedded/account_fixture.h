// An embedded account in a temporary directory, with one container, "box".
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "backend/embedded/embedded_account.h"
#include "backend/embedded/schema.h"
#include "backend/lmdb/environment.h"
#include "tests/support/manual_clock.h"
#include "tests/support/matchers.h"
#include "tests/support/temp_directory.h"

namespace replicafs {

class EmbeddedAccountTest : public ::testing::Test {
 protected:
  static EmbeddedAccount::Options TestOptions() {
    EmbeddedAccount::Options options;
    options.initial_map_bytes = 64 << 10;
    options.garbage_interval = {};
    return options;
  }

  EmbeddedAccountTest() {
    Must(EmbeddedAccount::Create(path()));
    Open();
    Must(ApplyOne(store(), CreateContainer{"box"}, 0));
  }

  std::string path() const { return directory_ / "account"; }
  void Open() {
    account_.reset();
    account_ = Must(EmbeddedAccount::Open(path(), "alpha", clock_, TestOptions()));
  }
  BlobStore& store() { return account_->store(); }
  std::string PathOf(const Digest& digest) const {
    return path() + "/blocks/" + ToHex(digest).substr(0, 2) + "/" + ToHex(digest);
  }

  Outcome Put(const std::string& name, const std::string& text) {
    return Must(ApplyOne(store(), CommitBlob{.path = {"box", name}, .content = text}, 0));
  }
  BlockRef Stage(const std::string& text) {
    const Digest digest = Sha256(AsBytes(text));
    Must(store().StageBlock(digest, AsBytes(text)));
    return {digest, text.size()};
  }
  Outcome PutBlocks(const std::string& name, const BlockList& blocks) {
    return Must(ApplyOne(store(), CommitBlob{.path = {"box", name}, .content = blocks}, 0));
  }
  Result<std::string> Read(const std::string& name) {
    const auto reader = TRY(store().Open({"box", name}));
    std::string text(reader->info().size_bytes, ' ');
    const size_t size = TRY(reader->ReadAt(0, std::as_writable_bytes(std::span(text))));
    text.resize(size);
    return text;
  }
  // Changes tables behind the account's back; the account is opened anew.
  void Rewrite(
      const std::function<Status(lmdb::WriteTransaction&, const embedded::Tables&)>& change) {
    account_.reset();
    {
      auto environment = Must(lmdb::Environment::Open(path() + "/meta", {}));
      const embedded::Tables tables = Must(embedded::OpenSchema(*environment));
      ASSERT_OK(environment->Update(
          [&](lmdb::WriteTransaction& transaction) { return change(transaction, tables); }));
    }
    Open();
  }
  void ExpectClean() {
    const auto report = Must(account_->Check({.depth = embedded::CheckDepth::kBytes}));
    for (const auto& finding : report.findings) {
      EXPECT_NE(finding.severity, embedded::Severity::kError)
          << finding.kind << ": " << finding.what;
    }
  }

  TempDirectory directory_;
  ManualClock clock_;
  std::unique_ptr<EmbeddedAccount> account_;
};

}  // namespace replicafs
