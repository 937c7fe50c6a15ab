// A FaultyStore without faults owes what every store owes; with them, what its script says.
#include "tests/conformance/suite.h"
#include "tests/support/faulty_store.h"
#include "tests/support/memory_account.h"

namespace replicafs {
namespace {

const bool registered = RegisterStore(
    {.name = "Faulty", .open = [](const StorePlace& place) -> Result<std::unique_ptr<Account>> {
       return std::make_unique<FaultyAccount>(
           std::make_unique<MemoryAccount>(MemoryAccountOptions{.clock = place.clock}));
     }});

class FaultyStoreTest : public ::testing::Test {
 protected:
  FaultyStoreTest() { Must(Put("a", "text")); }

  BlobStore& store() { return account_.store(); }
  FaultScript& script() { return account_.script(); }
  Result<Outcome> Put(const std::string& name, const std::string& text) {
    if (!store().GetContainer("photos")) Must(ApplyOne(store(), CreateContainer{"photos"}, 1));
    return ApplyOne(store(), CommitBlob{.path = {"photos", name}, .content = text}, 1);
  }

  FaultyAccount account_{std::make_unique<MemoryAccount>()};
};

TEST_F(FaultyStoreTest, SecondApplyFailsBeforeThenOnlyItIsNotMade) {
  script().Add({.call = StoreCall::kApply, .nth = 2});

  EXPECT_OK(Put("b", "1"));
  EXPECT_CODE(kUnavailable, Put("c", "1"));
  EXPECT_OK(Put("d", "1"));
  EXPECT_CODE(kNotFound, store().Stat({"photos", "c"}));
}

TEST_F(FaultyStoreTest, ApplyFailsAfterThenItIsMade) {
  script().Add(
      {.call = StoreCall::kApply, .kind = FaultKind::kFailAfter, .error = ErrorCode::kTimeout});

  EXPECT_CODE(kTimeout, Put("b", "1"));
  EXPECT_OK(store().Stat({"photos", "b"}));
}

TEST_F(FaultyStoreTest, SeveralCallsThenAllOfThemFail) {
  script().Add({.call = StoreCall::kStat, .count = 2, .error = ErrorCode::kIo});

  EXPECT_CODE(kIo, store().Stat({"photos", "a"}));
  EXPECT_CODE(kIo, store().Stat({"photos", "a"}));
  EXPECT_OK(store().Stat({"photos", "a"}));
  EXPECT_EQ(script().Calls(StoreCall::kStat), 3U);
}

TEST_F(FaultyStoreTest, ReadsThenCorruptAndShort) {
  script().Add({.call = StoreCall::kReadAt, .nth = 1, .kind = FaultKind::kCorrupt});
  script().Add({.call = StoreCall::kReadAt, .nth = 2, .kind = FaultKind::kShort});
  auto reader = Must(store().Open({"photos", "a"}));
  std::string text(4, '\0');
  const auto into = std::as_writable_bytes(std::span(text.data(), text.size()));

  EXPECT_EQ(Must(reader->ReadAt(0, into)), 4U);
  EXPECT_NE(text, "text");
  EXPECT_EQ(Must(reader->ReadAt(0, into)), 3U);
  EXPECT_EQ(Must(reader->ReadAt(0, into)), 4U);
  EXPECT_EQ(text, "text");
}

TEST_F(FaultyStoreTest, StagedBlockIsLostThenNotHeld) {
  script().Add({.call = StoreCall::kStageBlock, .kind = FaultKind::kCorrupt});
  const Digest digest = Sha256(AsBytes("block"));

  EXPECT_OK(store().StageBlock(digest, AsBytes("block")));

  EXPECT_EQ(Must(store().HasBlocks({&digest, 1})), std::vector<bool>{false});
}

}  // namespace
}  // namespace replicafs
