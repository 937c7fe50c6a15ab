#include <fcntl.h>
#include <unistd.h>

#include "tests/mount/mount_fixture.h"

namespace replicafs {
namespace {

using MountedVersion = MountTest;

TEST_F(MountedVersion, WhenWrittenTwiceThenBothVersionsAreFiles) {
  ASSERT_EQ(PutFile(Photo("f"), "first"), 0);
  const std::string first = GetXattr(Photo("f"), "user.version.id").value_or("");
  ASSERT_EQ(PutFile(Photo("f"), "second"), 0);

  const std::vector<std::string> versions = NamesIn(Photo(".versions/f"));

  ASSERT_EQ(versions.size(), 2U);
  EXPECT_EQ(versions.front(), first);
  EXPECT_EQ(GetFile(Photo(".versions/f/" + versions[0])), "first");
  EXPECT_EQ(GetFile(Photo(".versions/f/" + versions[1])), "second");
  EXPECT_EQ(NamesIn(At("west/photos")), std::vector<std::string>{"f"});
}

TEST_F(MountedVersion, WhenDeletedThenCopyingAVersionBackRestoresIt) {
  ASSERT_EQ(PutFile(Photo("f"), "content"), 0);
  ASSERT_EQ(::unlink(Photo("f").c_str()), 0);
  const std::vector<std::string> versions = NamesIn(Photo(".versions/f"));
  ASSERT_EQ(versions.size(), 1U);

  EXPECT_SHELL("cp '" + Photo(".versions/f/" + versions[0]) + "' '" + Photo("f") + "'");

  EXPECT_EQ(GetFile(Photo("f")), "content");
}

TEST_F(MountedVersion, WhenOpenedForWriteThenAVersionRefuses) {
  ASSERT_EQ(PutFile(Photo("f"), "content"), 0);
  const std::string version = Photo(".versions/f/" + NamesIn(Photo(".versions/f")).at(0));

  EXPECT_NE(ErrnoOf(::open(version.c_str(), O_WRONLY)), 0);
  EXPECT_NE(Touch(Photo(".versions/f/other")), 0);
  EXPECT_EQ(GetFile(version), "content");
}

TEST_F(MountedVersion, WhenUnlinkedThenThatVersionIsGoneForGood) {
  ASSERT_EQ(PutFile(Photo("f"), "first"), 0);
  ASSERT_EQ(PutFile(Photo("f"), "second"), 0);
  const std::vector<std::string> versions = NamesIn(Photo(".versions/f"));
  ASSERT_EQ(versions.size(), 2U);

  ASSERT_EQ(::unlink(Photo(".versions/f/" + versions[0]).c_str()), 0);

  EXPECT_EQ(NamesIn(Photo(".versions/f")), std::vector<std::string>{versions[1]});
  EXPECT_EQ(GetFile(Photo("f")), "second");
}

}  // namespace
}  // namespace replicafs
