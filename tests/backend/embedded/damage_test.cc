#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backend/embedded/keys.h"
#include "backend/embedded/records.h"
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
  static uint64_t RootOf(const lmdb::Transaction& transaction, const embedded::Tables& tables) {
    const auto row = Must(tables.containers.Get(transaction, "box"));
    return Must(embedded::DecodeContainer(row.value())).root_directory_id;
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

// Whoever lost the key's sum must neither get ciphertext for content nor the reverse.
TEST_F(DamageTest, VersionThatSaysOtherwiseThanItsContentThenCorruptAndFound) {
  const Digest key = Sha256(AsBytes("key"));
  PutBlocks("plain", {Stage("content")});
  Must(ApplyOne(store(),
                CommitBlob{.path = {"box", "sealed"},
                           .content = BlockList{Stage("sealed")},
                           .encryption = ContentEncryption{key, {Nonce{}}}},
                0));
  ExpectClean();

  Rewrite([&](lmdb::WriteTransaction& transaction, const embedded::Tables& tables) -> Status {
    const uint64_t root = RootOf(transaction, tables);
    for (const char* name : {"plain", "sealed"}) {
      const std::string row_key = embedded::EntryKey(root, name);
      const auto row = TRY(tables.entries.Get(transaction, row_key));
      embedded::VersionRecord record = TRY(embedded::DecodeVersion(*row));
      record.key_sha256 = record.key_sha256 ? std::nullopt : std::optional(key);
      TRY(tables.entries.Put(transaction, row_key, Encode(record)));
    }
    return Ok();
  });

  EXPECT_CODE(kCorrupt, Read("plain"));
  EXPECT_CODE(kCorrupt, Read("sealed"));
  EXPECT_THAT(Kinds({}), ::testing::ElementsAre("content-key", "content-key"));
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

TEST_F(DamageTest, DamagedBlockFileThenNoPartsOfIt) {
  const BlockRef whole = Stage("sound");
  const BlockRef changed = Stage("content");
  const BlockRef missing = Stage("missing");
  PutBlocks("changed", {whole, changed});
  PutBlocks("missing", {whole, missing});
  Overwrite(changed, "Content");
  ASSERT_EQ(::unlink(PathOf(missing.digest).c_str()), 0);

  for (const char* name : {"changed", "missing"}) {
    const auto reader = Must(store().Open({"box", name}));
    EXPECT_TRUE(Must(reader->PartsAt(0, 5)).has_value());
    const auto parts = reader->PartsAt(0, 12);
    ASSERT_TRUE(FailedWith(ErrorCode::kCorrupt, parts));
    EXPECT_THAT(parts.error().message, ::testing::HasSubstr(name));
  }
}

TEST_F(DamageTest, BlockFileLosesItsEndAfterItWasVerifiedThenNoPartsBeyondIt) {
  const BlockRef block = Stage("content");
  PutBlocks("a", {block});
  const auto reader = Must(store().Open({"box", "a"}));
  ASSERT_TRUE(Must(reader->PartsAt(0, 7)).has_value());

  ASSERT_EQ(::chmod(PathOf(block.digest).c_str(), 0600), 0);
  ASSERT_EQ(::truncate(PathOf(block.digest).c_str(), 3), 0);

  EXPECT_TRUE(Must(reader->PartsAt(0, 3)).has_value());
  EXPECT_CODE(kCorrupt, reader->PartsAt(0, 7));
  std::string into(7, '?');
  EXPECT_CODE(kCorrupt, reader->ReadAt(0, std::as_writable_bytes(std::span(into))));
}

TEST_F(DamageTest, BlockFileGoesWhileItIsReadThenItsReadersKeepIt) {
  const BlockRef block = Stage("content");
  PutBlocks("a", {block});
  const auto reader = Must(store().Open({"box", "a"}));
  const auto parts = Must(reader->PartsAt(0, 7));

  ASSERT_EQ(::unlink(PathOf(block.digest).c_str()), 0);

  std::string into(7, '?');
  EXPECT_EQ(Must(ReadFullAt(parts->parts[0].file->get(), std::as_writable_bytes(std::span(into)),
                            parts->parts[0].offset)),
            7U);
  EXPECT_EQ(into, "content");
  EXPECT_EQ(Must(Read("a")), "content");
}

// The blocks after those that are read in order are verified before anybody asks for them.
TEST_F(DamageTest, DamagedBlockThatWasLookedAtAheadThenCorruptOnlyWhenItIsRead) {
  BlockList blocks;
  for (const char* text : {"first", "second", "third", "fourth"}) blocks.push_back(Stage(text));
  PutBlocks("a", blocks);
  Overwrite(blocks[2], "THIRD");

  const auto reader = Must(store().Open({"box", "a"}));
  std::string into(5 + 6 + 5 + 6, '?');
  const auto bytes = std::as_writable_bytes(std::span(into));

  EXPECT_EQ(Must(reader->ReadAt(0, bytes.first(5))), 5U);
  EXPECT_EQ(Must(reader->ReadAt(5, bytes.subspan(5, 6))), 6U);
  EXPECT_CODE(kCorrupt, reader->ReadAt(11, bytes.subspan(11, 5)));
  EXPECT_EQ(Must(reader->ReadAt(16, bytes.subspan(16, 6))), 6U);
  EXPECT_EQ(into, "firstsecond?????fourth");
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
  std::string row;
  Rewrite([&](lmdb::WriteTransaction& transaction, const embedded::Tables& tables) -> Status {
    row = std::string(TRY(tables.containers.Get(transaction, "box")).value());
    TRY(tables.containers.Delete(transaction, "box"));
    return Ok();
  });

  const auto report = Must(account_->Check({.repair = embedded::CheckRepair::kRepair}));

  EXPECT_FALSE(report.clean());
  clock_.Advance(std::chrono::hours(48));
  Must(account_->CollectGarbage(std::chrono::hours(1)));
  Rewrite([&](lmdb::WriteTransaction& transaction, const embedded::Tables& tables) -> Status {
    return tables.containers.Put(transaction, "box", row);
  });
  EXPECT_EQ(Must(Read("a")), "content");
}

TEST_F(DamageTest, WrongCountsOfDirectoriesThenFoundAndMended) {
  Put("d/e/f", "1");
  Rewrite([&](lmdb::WriteTransaction& transaction, const embedded::Tables& tables) -> Status {
    auto container =
        Must(embedded::DecodeContainer(Must(tables.containers.Get(transaction, "box")).value()));
    const std::string key = embedded::EntryKey(container.root_directory_id, "d/");
    auto directory =
        Must(embedded::DecodeDirectory(Must(tables.entries.Get(transaction, key)).value()));
    container.subdirectories = 7;
    directory.subdirectories = 0;
    TRY(tables.containers.Put(transaction, "box", Encode(container)));
    return tables.entries.Put(transaction, key, Encode(directory));
  });

  EXPECT_THAT(Kinds({}), ::testing::UnorderedElementsAre("container-counts", "directory-counts"));
  EXPECT_TRUE(Must(account_->Check({.repair = embedded::CheckRepair::kRepair})).clean());

  ExpectClean();
  EXPECT_EQ(Must(store().GetContainer("box")).directories, 1U);
  EXPECT_EQ(Must(store().StatPrefix({"box", "d/"})).directories, 1U);
}

TEST_F(DamageTest, AlteredRowThenCorruptAndNamedAndTheOthersAreServed) {
  Put("a", "1");
  Put("b", "2");
  Rewrite([&](lmdb::WriteTransaction& transaction, const embedded::Tables& tables) -> Status {
    const std::string key = embedded::EntryKey(RootOf(transaction, tables), "a");
    std::string row(Must(tables.entries.rows().Get(transaction, key)).value());
    row[row.size() / 2] = static_cast<char>(row[row.size() / 2] ^ 1);
    return tables.entries.rows().Put(transaction, key, row);
  });

  const auto read = Read("a");
  const auto report = Must(account_->Check({}));

  ASSERT_TRUE(FailedWith(ErrorCode::kCorrupt, read));
  EXPECT_THAT(read.error().message, ::testing::HasSubstr("row of 'entries'"));
  EXPECT_FALSE(report.clean());
  ASSERT_FALSE(report.findings.empty());
  EXPECT_EQ(report.findings[0].kind, "row-damaged");
  EXPECT_THAT(report.findings[0].what, ::testing::HasSubstr("name 'a'"));
  EXPECT_EQ(Must(Read("b")), "2");
}

TEST_F(DamageTest, RowOfAnotherKeyThenCorrupt) {
  Put("a", "1");
  Put("b", "2");
  Rewrite([&](lmdb::WriteTransaction& transaction, const embedded::Tables& tables) -> Status {
    const uint64_t root = RootOf(transaction, tables);
    const std::string row(
        Must(tables.entries.rows().Get(transaction, embedded::EntryKey(root, "b"))).value());
    return tables.entries.rows().Put(transaction, embedded::EntryKey(root, "a"), row);
  });

  EXPECT_CODE(kCorrupt, Read("a"));
  EXPECT_CODE(kCorrupt, store().List({.container = "box"}));
}

TEST_F(DamageTest, RepairWithDamagedRowThenChangesNothing) {
  Put("a", "1");
  Rewrite([&](lmdb::WriteTransaction& transaction, const embedded::Tables& tables) -> Status {
    TRY(tables.content_refs.Put(transaction, embedded::NumberKey(99), "x"));
    return tables.entries.rows().Put(
        transaction, embedded::EntryKey(RootOf(transaction, tables), "a"), "spoilt");
  });

  EXPECT_FALSE(Must(account_->Check({.repair = embedded::CheckRepair::kRepair})).clean());

  Rewrite([&](lmdb::WriteTransaction& transaction, const embedded::Tables& tables) -> Status {
    EXPECT_TRUE(Must(tables.content_refs.Get(transaction, embedded::NumberKey(99))));
    EXPECT_TRUE(Must(tables.contents.Get(transaction, embedded::NumberKey(1))));
    return Ok();
  });
}

}  // namespace
}  // namespace replicafs
