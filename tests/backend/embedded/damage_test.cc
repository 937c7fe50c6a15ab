#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>

#include "backend/embedded/keys.h"
#include "backend/embedded/records.h"
#include "backend/lmdb/environment.h"
#include "tests/backend/embedded/account_fixture.h"

namespace replicafs {
namespace {

class DamageTest : public EmbeddedAccountTest {
 protected:
  void Overwrite(const BlockRef& block, const std::string& bytes) {
    ASSERT_EQ(::chmod(PathOf(block.digest).c_str(), 0600), 0);
    const UniqueFd file = Must(OpenFile(PathOf(block.digest), O_WRONLY | O_TRUNC));
    ASSERT_OK(WriteFullAt(file.get(), AsBytes(bytes), 0));
  }
  std::vector<std::string> Kinds(const embedded::CheckOptions& options) {
    std::vector<std::string> kinds;
    for (const auto& finding : Must(account_->Check(options)).findings)
      kinds.push_back(finding.kind);
    return kinds;
  }
};

TEST_F(DamageTest, ChangedBlockFileThenCorruptAndNamed) {
  const BlockRef block = Stage("content");
  PutBlocks("a", {block});
  Overwrite(block, "Content");

  const auto read = Read("a");

  ASSERT_TRUE(FailedWith(ErrorCode::kCorrupt, read));
  EXPECT_THAT(read.error().message, ::testing::HasSubstr("box/a"));
  EXPECT_THAT(read.error().message, ::testing::HasSubstr(ToHex(block.digest)));
}

TEST_F(DamageTest, ShortBlockFileThenCorrupt) {
  const BlockRef block = Stage("content");
  PutBlocks("a", {block});
  Overwrite(block, "cont");

  EXPECT_CODE(kCorrupt, Read("a"));
}

TEST_F(DamageTest, MissingBlockFileThenCorrupt) {
  const BlockRef block = Stage("content");
  PutBlocks("a", {block});
  ASSERT_EQ(::unlink(PathOf(block.digest).c_str()), 0);

  EXPECT_CODE(kCorrupt, Read("a"));
}

TEST_F(DamageTest, DamagedBlockStagedAgainThenHealed) {
  const BlockRef block = Stage("content");
  PutBlocks("a", {block});
  Overwrite(block, "Content");
  EXPECT_CODE(kCorrupt, Read("a"));
  EXPECT_EQ(Must(store().HasBlocks(std::span(&block.digest, 1))), std::vector<bool>{false});

  Stage("content");

  EXPECT_EQ(Must(Read("a")), "content");
  ExpectClean();
}

TEST_F(DamageTest, CheckOfNamesThenFindsMissingAndShortFiles) {
  const BlockRef missing = Stage("missing");
  const BlockRef shorter = Stage("shorter");
  PutBlocks("a", {missing, shorter});
  ASSERT_EQ(::unlink(PathOf(missing.digest).c_str()), 0);
  Overwrite(shorter, "short");

  EXPECT_THAT(Kinds({}), ::testing::UnorderedElementsAre("block-missing", "block-size"));
}

TEST_F(DamageTest, CheckOfBytesThenFindsChangedFiles) {
  const BlockRef block = Stage("content");
  PutBlocks("a", {block});
  Overwrite(block, "Content");

  EXPECT_THAT(Kinds({.depth = embedded::CheckDepth::kBytes}),
              ::testing::ElementsAre("block-damaged"));
}

TEST_F(DamageTest, StagedBlockThenInformationOnly) {
  Stage("content");

  const auto report = Must(account_->Check({}));

  EXPECT_TRUE(report.clean());
  ASSERT_EQ(report.findings.size(), 1U);
  EXPECT_EQ(report.findings[0].kind, "block-orphan");
}

TEST_F(DamageTest, DamagedBlockThatNobodyReadStagedThenHealed) {
  const BlockRef block = Stage("content");
  PutBlocks("a", {block});
  Overwrite(block, "Content");
  Open();

  Stage("content");

  EXPECT_EQ(Must(Read("a")), "content");
}

TEST_F(DamageTest, ShortBlockFileThenNotHeld) {
  const BlockRef block = Stage("content");
  PutBlocks("a", {block});
  Overwrite(block, "cont");

  EXPECT_EQ(Must(store().HasBlocks(std::span(&block.digest, 1))), std::vector<bool>{false});
}

TEST_F(DamageTest, ContainerRowLostThenRepairKeepsWhatLayBelow) {
  const BlockRef block = Stage("content");
  PutBlocks("a", {block});
  constexpr std::array<std::string_view, 1> kNames{"containers"};
  account_.reset();
  std::string row;
  {
    auto environment = Must(lmdb::Environment::Open(path() + "/meta", {}));
    const lmdb::Table containers = Must(environment->OpenTables(kNames)).front();
    ASSERT_OK(environment->Update([&](lmdb::WriteTransaction& transaction) -> Status {
      row = std::string(TRY(containers.Get(transaction, "box")).value());
      TRY(containers.Delete(transaction, "box"));
      return Ok();
    }));
  }
  Open();

  const auto report = Must(account_->Check({.repair = embedded::CheckRepair::kRepair}));

  EXPECT_FALSE(report.clean());
  clock_.Advance(std::chrono::hours(48));
  Must(account_->CollectGarbage(std::chrono::hours(1)));
  account_.reset();
  {
    auto environment = Must(lmdb::Environment::Open(path() + "/meta", {}));
    const lmdb::Table containers = Must(environment->OpenTables(kNames)).front();
    ASSERT_OK(environment->Update([&](lmdb::WriteTransaction& transaction) -> Status {
      return containers.Put(transaction, "box", row);
    }));
  }
  Open();
  EXPECT_EQ(Must(Read("a")), "content");
}

TEST_F(DamageTest, WrongCountsOfDirectoriesThenFoundAndMended) {
  Put("d/e/f", "1");
  constexpr std::array<std::string_view, 2> kNames{"containers", "entries"};
  account_.reset();
  {
    auto environment = Must(lmdb::Environment::Open(path() + "/meta", {}));
    const auto tables = Must(environment->OpenTables(kNames));
    ASSERT_OK(environment->Update([&](lmdb::WriteTransaction& transaction) -> Status {
      auto container =
          Must(embedded::DecodeContainer(Must(tables[0].Get(transaction, "box")).value()));
      const std::string key = embedded::EntryKey(container.root_directory_id, "d/");
      auto directory =
          Must(embedded::DecodeDirectory(Must(tables[1].Get(transaction, key)).value()));
      container.subdirectories = 7;
      directory.subdirectories = 0;
      TRY(tables[0].Put(transaction, "box", Encode(container)));
      return tables[1].Put(transaction, key, Encode(directory));
    }));
  }
  Open();

  EXPECT_THAT(Kinds({}), ::testing::UnorderedElementsAre("container-counts", "directory-counts"));
  EXPECT_TRUE(Must(account_->Check({.repair = embedded::CheckRepair::kRepair})).clean());

  ExpectClean();
  EXPECT_EQ(Must(store().GetContainer("box")).directories, 1U);
  EXPECT_EQ(Must(store().StatPrefix({"box", "d/"})).directories, 1U);
}

}  // namespace
}  // namespace replicafs
