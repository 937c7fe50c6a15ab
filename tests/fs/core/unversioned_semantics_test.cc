#include <fcntl.h>

#include "backend/blob/account_settings.h"
#include "tests/fs/core/semantics.h"

namespace replicafs {
namespace {

class Unversioned : public Semantics {
 protected:
  void SwitchOff() {
    const auto row = EncodeSettings({.unversioned_since = clock().Now()});
    Must(ApplyOne(store(), PutState{std::string(kSettingsKey), *row}, 0));
  }
};

TEST_F(Unversioned, S99_WhatIsWrittenWhileItIsOffLeavesNoPreviousVersion) {
  ASSERT_OK(WriteFile("a", "1"));
  clock().Advance(std::chrono::seconds(1));
  SwitchOff();

  ASSERT_OK(WriteFile("a", "2"));
  ASSERT_OK(WriteFile("a", "3"));
  ASSERT_OK(WriteFile("b", "1"));
  ASSERT_OK(Unlink("b"));

  EXPECT_EQ(Must(ReadFile("a")), "3");
  EXPECT_EQ(VersionCount("a"), 2U);
  EXPECT_EQ(VersionCount("b"), 0U);
}

TEST_F(Unversioned, S99_AnOpenReaderKeepsWhatItOpened) {
  SwitchOff();
  ASSERT_OK(WriteFile("a", "1"));
  ASSERT_OK(WriteFile("b", "b"));
  const HandleId reader = Must(Open("a", O_RDONLY));

  const HandleId other = Must(Open("b", O_RDONLY));

  Put("a", "2");
  EXPECT_EQ(Must(ReadAll(reader)), "1");
  ASSERT_OK(Rename("a", "b"));

  EXPECT_EQ(Must(ReadAll(reader)), "1");
  EXPECT_EQ(Must(ReadAll(other)), "b");
  ASSERT_OK(Close(reader));
  ASSERT_OK(Close(other));
}

TEST_F(Unversioned, S99_FilesChangePlaces) {
  SwitchOff();
  ASSERT_OK(WriteFile("a", "1"));
  ASSERT_OK(WriteFile("b", "2"));

  ASSERT_OK(Rename("a", "b", RenameMode::kExchange));

  EXPECT_EQ(Must(ReadFile("a")), "2");
  EXPECT_EQ(Must(ReadFile("b")), "1");
  EXPECT_EQ(VersionCount("a"), 1U);
}

}  // namespace
}  // namespace replicafs
