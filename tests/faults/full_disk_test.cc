// S80 of the store: what still works on a full disk, and what comes back with room.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/backend/embedded/account_fixture.h"
#include "tests/faults/fault_disk.h"

namespace replicafs {
namespace {

constexpr int kNames = 200;

class FullDiskTest : public EmbeddedAccountTest {
 protected:
  static std::string NameOf(int number) { return fmt::format("d/{}", number); }
  void Fill() {
    for (int i = 0; i < kNames; ++i) Put(NameOf(i), std::string(500, 'x'));
  }
  uint64_t ReserveBytes() const { return std::filesystem::file_size(path() + "/reserve"); }
  Status TryPut(const std::string& text) {
    const auto put = ApplyOne(store(), CommitBlob{.path = {"box", "new"}, .content = text}, 0);
    if (!put) return put.error();
    return Ok();
  }
};

TEST_F(FullDiskTest, S80_NewContentThenNoSpaceAndEverythingElseWorks) {
  Fill();
  const BlockRef block{Sha256(AsBytes("block")), 5};
  FaultDisk disk(path());
  disk.SetRoom(0);

  for (int i = 0; i < kNames; ++i) {
    const std::string name = NameOf(i);
    ASSERT_OK(ApplyOne(
        store(),
        PatchBlob{.path = {"box", name}, .metadata = StringMap{{"key", std::string(300, 'm')}}}, 0))
        << i;
    ASSERT_OK(store().Apply(
        {CommitBlob{.path = {"box", "e/" + name}, .content = ContentOf{{"box", name}}},
         RemoveBlob{{"box", name}}},
        0))
        << i;
    if (i % 2 != 0) continue;
    ASSERT_OK(ApplyOne(store(), RemoveBlob{{"box", "e/" + name}}, 0)) << i;
  }

  EXPECT_CODE(kNoSpace, TryPut("new"));
  EXPECT_CODE(kNoSpace, store().StageBlock(block.digest, AsBytes("block")));
  EXPECT_EQ(Must(Read("e/d/1")), std::string(500, 'x'));
  ExpectClean();
}

TEST_F(FullDiskTest, S80_RoomThatWasHeldThenNotForNewContent) {
  Fill();
  FaultDisk disk(path());
  disk.SetRoom(0);
  for (int i = 0; i < kNames && ReserveBytes() > 0; ++i) {
    ASSERT_OK(ApplyOne(store(),
                       PatchBlob{.path = {"box", NameOf(i)},
                                 .metadata = StringMap{{"key", std::string(2000, 'm')}}},
                       0));
  }
  ASSERT_EQ(ReserveBytes(), 0U);

  EXPECT_CODE(kNoSpace, TryPut("new"));
  disk.SetRoom(TestOptions().reserve_bytes - 1);
  EXPECT_CODE(kNoSpace, TryPut("new"));
  disk.SetRoom(TestOptions().reserve_bytes + (1 << 20));
  EXPECT_OK(TryPut("new"));

  EXPECT_EQ(ReserveBytes(), TestOptions().reserve_bytes);
  ExpectClean();
}

TEST_F(FullDiskTest, S80_OpenedOnAFullDiskThenReadsAndRemovalsWork) {
  Fill();
  account_.reset();
  std::filesystem::resize_file(path() + "/reserve", 0);
  FaultDisk disk(path());
  disk.SetRoom(0);

  Open();

  EXPECT_EQ(Must(Read(NameOf(0))), std::string(500, 'x'));
  EXPECT_CODE(kNoSpace, TryPut("new"));
  ExpectClean();
}

}  // namespace
}  // namespace replicafs
