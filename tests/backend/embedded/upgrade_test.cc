#include <array>
#include <utility>
#include <vector>

#include "backend/lmdb/cursor.h"
#include "tests/backend/embedded/account_fixture.h"

namespace replicafs {
namespace {

class UpgradeTest : public EmbeddedAccountTest {
 protected:
  // The same account as a program of format 1 would have left it.
  void MakePlain() {
    account_.reset();
    auto environment = Must(lmdb::Environment::Open(path() + "/meta", {}));
    const embedded::Tables tables = Must(embedded::OpenSchema(*environment));
    ASSERT_OK(environment->Update([&](lmdb::WriteTransaction& transaction) -> Status {
      TRY(MakeUnprotected(transaction, tables));
      for (const embedded::Table* table :
           {&tables.meta, &tables.containers, &tables.entries, &tables.graves, &tables.versions,
            &tables.contents, &tables.blocks, &tables.journal})
        TRY(MakePlainTable(transaction, *table, "\1"));
      for (const embedded::Table* table :
           {&tables.content_refs, &tables.unreferenced, &tables.state})
        TRY(MakePlainTable(transaction, *table, ""));
      return tables.meta.rows().Put(transaction, embedded::kFormatKey, "\1");
    }));
  }

  // As a program of format 2 would have left it.
  void MakeFormat2() {
    account_.reset();
    auto environment = Must(lmdb::Environment::Open(path() + "/meta", {}));
    const embedded::Tables tables = Must(embedded::OpenSchema(*environment));
    ASSERT_OK(environment->Update([&](lmdb::WriteTransaction& transaction) -> Status {
      TRY(MakeUnprotected(transaction, tables));
      return tables.meta.rows().Put(transaction, embedded::kFormatKey, "\2");
    }));
  }

  // Containers whose rows end before the flags of their protection.
  static Status MakeUnprotected(lmdb::WriteTransaction& transaction,
                                const embedded::Tables& tables) {
    for (const std::string name : {"box", "empty"}) {
      const auto row = TRY(tables.containers.Get(transaction, name));
      if (!row) continue;
      TRY(tables.containers.Put(transaction, name, std::string(row->substr(0, row->size() - 1))));
    }
    return Ok();
  }

  static Status MakePlainTable(lmdb::WriteTransaction& transaction, const embedded::Table& table,
                               const std::string& form) {
    std::vector<std::pair<std::string, std::string>> rows;
    {
      auto cursor = TRY(lmdb::Cursor::Open(transaction, table.rows()));
      bool found = TRY(cursor.First());
      for (; found; found = TRY(cursor.Next())) {
        const std::string key(cursor.key());
        if (key == embedded::kFormatKey) continue;
        rows.emplace_back(
            key, form + std::string(TRY(embedded::UnsealRow(table.id(), key, cursor.value()))));
      }
    }
    for (const auto& [key, row] : rows) TRY(table.rows().Put(transaction, key, row));
    return Ok();
  }
};

TEST_F(UpgradeTest, AccountOfFormat1ThenOpensAndGoesOn) {
  Put("d/a", "1");
  Put("d/a", "2");
  Put("b", "3");
  PutBlocks("c", {Stage("block")});
  Must(ApplyOne(store(), RemoveBlob{{"box", "b"}}, 0));
  Must(ApplyOne(store(), CommitBlob{.path = {"box", "copy"}, .content = ContentOf{{"box", "c"}}},
                0));
  Must(ApplyOne(store(), PutState{"key", "\1state"}, 0));
  PutBlocks("gone", {Stage("other")});
  const auto versions = Must(store().ListVersions({"box", "gone"}));
  Must(ApplyOne(store(), RemoveVersion{{"box", "gone"}, versions[0].version}, 0));

  MakePlain();
  Open();

  ExpectClean();
  EXPECT_EQ(Must(Read("d/a")), "2");
  EXPECT_EQ(Must(Read("copy")), "block");
  EXPECT_EQ(Must(store().GetState("key")), "\1state");
  Put("d/a", "4");
  Open();
  EXPECT_EQ(Must(Read("d/a")), "4");
  EXPECT_EQ(Must(store().ListVersions({"box", "d/a"})).size(), 3U);
  ExpectClean();
}

TEST_F(UpgradeTest, AccountOfFormat2ThenOpensWithoutProtectionAndTakesSome) {
  Must(ApplyOne(store(), CreateContainer{"empty"}, 0));
  Put("a", "1");
  MakeFormat2();

  Open();

  ExpectClean();
  EXPECT_EQ(Must(store().ListContainers()).size(), 2U);
  EXPECT_EQ(Must(store().GetContainer("box")).protection, ContainerProtection{});
  Must(ApplyOne(store(), ChangeContainerHolds{"box", {"case1"}, {}}, 0));
  Must(ApplyOne(store(), SetLegalHold{{"box", "a"}, {}, true}, 0));
  Open();
  EXPECT_CODE(kImmutable, ApplyOne(store(), RemoveBlob{{"box", "a"}}, 0));
  ExpectClean();
}

TEST_F(UpgradeTest, AccountOfFormat3ThenOpensWithBlockBlobsAndTakesOthers) {
  Put("a", "1");
  Must(ApplyOne(store(), ChangeContainerHolds{"box", {"case1"}, {}}, 0));
  account_.reset();
  {
    auto environment = Must(lmdb::Environment::Open(path() + "/meta", {}));
    const embedded::Tables tables = Must(embedded::OpenSchema(*environment));
    ASSERT_OK(environment->Update([&](lmdb::WriteTransaction& transaction) {
      return tables.meta.rows().Put(transaction, embedded::kFormatKey, "\3");
    }));
  }

  Open();

  ExpectClean();
  EXPECT_EQ(Must(store().Stat({"box", "a"})).kind, BlobKind::kBlock);
  EXPECT_EQ(Must(store().GetContainer("box")).protection.legal_holds.size(), 1U);
  Must(ApplyOne(store(),
                CommitBlob{.path = {"box", "log"}, .content = "1", .kind = BlobKind::kAppend}, 0));
  Open();
  EXPECT_EQ(Must(store().Stat({"box", "log"})).kind, BlobKind::kAppend);
  ExpectClean();
}

TEST_F(UpgradeTest, NumberOfTheFormatDamagedThenRefusedAndNothingSealedTwice) {
  Must(ApplyOne(store(), PutState{"key", "state"}, 0));
  account_.reset();
  const auto write_format = [&](const std::string& row) {
    auto environment = Must(lmdb::Environment::Open(path() + "/meta", {}));
    constexpr std::array<std::string_view, 1> kNames{"meta"};
    const lmdb::Table meta = Must(environment->OpenTables(kNames)).front();
    ASSERT_OK(environment->Update([&](lmdb::WriteTransaction& transaction) {
      return meta.Put(transaction, embedded::kFormatKey, row);
    }));
  };
  write_format("\1");

  EXPECT_CODE(kCorrupt, EmbeddedAccount::Open(path(), "alpha", clock_, TestOptions()));

  write_format("\2");
  EXPECT_CODE(kCorrupt, EmbeddedAccount::Open(path(), "alpha", clock_, TestOptions()));

  write_format("\3");
  Open();
  EXPECT_EQ(Must(store().GetState("key")), "state");
}

TEST_F(UpgradeTest, NewerFormatThenNotSupported) {
  account_.reset();
  {
    auto environment = Must(lmdb::Environment::Open(path() + "/meta", {}));
    const embedded::Tables tables = Must(embedded::OpenSchema(*environment));
    ASSERT_OK(environment->Update([&](lmdb::WriteTransaction& transaction) {
      return tables.meta.rows().Put(transaction, embedded::kFormatKey, "\5");
    }));
  }

  EXPECT_CODE(kNotSupported, EmbeddedAccount::Open(path(), "alpha", clock_, TestOptions()));
}

}  // namespace
}  // namespace replicafs
