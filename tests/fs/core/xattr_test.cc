#include <fcntl.h>

#include "fs/core/virtual_xattrs.h"
#include "tests/support/file_system_fixture.h"
#include "tests/support/matchers.h"

namespace replicafs {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::Not;

class Xattr : public ::testing::Test, public MountedFixture {};

TEST_F(Xattr, AnyUserNameAndValueComesBackAfterARemount) {
  ASSERT_OK(WriteFile("a", "a"));
  const std::string name = "user.Ünï\x01 Name";
  const std::string value("\0\xFF binary", 9);
  ASSERT_OK(SetXattr("a", name, value));

  Remount();

  EXPECT_EQ(Must(GetXattr("a", name)), value);
  EXPECT_THAT(Must(ListXattrs("a")), Contains(name));
  EXPECT_EQ(VersionCount("a"), 1U);
  EXPECT_OK(RemoveXattr("a", name));
  EXPECT_CODE(kNoAttribute, GetXattr("a", name));
  EXPECT_CODE(kNoAttribute, RemoveXattr("a", name));
}

TEST_F(Xattr, ModesAreHonoured) {
  ASSERT_OK(WriteFile("a", "a"));

  EXPECT_CODE(kNoAttribute, SetXattr("a", "user.x", "1", XattrMode::kReplace));
  EXPECT_OK(SetXattr("a", "user.x", "1", XattrMode::kCreate));
  EXPECT_CODE(kExists, SetXattr("a", "user.x", "2", XattrMode::kCreate));
  EXPECT_OK(SetXattr("a", "user.x", "2", XattrMode::kReplace));
  EXPECT_CODE(kTooLarge, SetXattr("a", "user.x", std::string(70'000, 'x')));
}

TEST_F(Xattr, OtherNamespacesAreNotSupported) {
  ASSERT_OK(WriteFile("a", "a"));

  EXPECT_CODE(kNotSupported, SetXattr("a", "security.x", "1"));
  EXPECT_CODE(kNotSupported, SetXattr("a", "trusted.x", "1"));
  EXPECT_CODE(kNoAttribute, GetXattr("a", "system.posix_acl_access"));
}

TEST_F(Xattr, ListedOnesCanAllBeReadAndSet) {
  ASSERT_OK(WriteFile("a", "a"));
  ASSERT_OK(SetXattr("a", "user.blob.metadata.project", "x"));
  ASSERT_OK(SetXattr("a", "user.blob.tag.colour", "red"));
  ASSERT_OK(SetXattr("a", "user.blob.content-type", "text/plain"));
  ASSERT_OK(WriteFile("copy", "a"));

  for (const std::string& name : Must(ListXattrs("a")))
    EXPECT_OK(SetXattr("copy", name, Must(GetXattr("a", name)))) << name;

  const BlobInfo copy = Must(store().Stat({"box", "copy"}));
  EXPECT_EQ(copy.properties.metadata.at("project"), "x");
  EXPECT_EQ(copy.properties.tags.at("colour"), "red");
  EXPECT_EQ(copy.properties.headers.content_type, "text/plain");
}

TEST_F(Xattr, ReadOnlyOnesIgnoreWrites) {
  ASSERT_OK(WriteFile("a", "a"));
  const std::string etag = Must(GetXattr("a", "user.blob.etag"));

  EXPECT_OK(SetXattr("a", "user.blob.etag", "mine"));
  EXPECT_OK(SetXattr("a", "user.replication.status", "complete"));
  EXPECT_OK(RemoveXattr("a", "user.version.id"));

  EXPECT_EQ(Must(GetXattr("a", "user.blob.etag")), etag);
  EXPECT_EQ(Must(GetXattr("a", "user.replication.status")), "none");
}

TEST_F(Xattr, VersionsAreListedNewestFirst) {
  ASSERT_OK(WriteFile("a", "1"));
  ASSERT_OK(WriteFile("a", "22"));
  const std::string id = Must(GetXattr("a", "user.version.id"));

  EXPECT_TRUE(Must(GetXattr("a", "user.version.list")).starts_with(id + " 2 current\n"));
  EXPECT_TRUE(Must(GetXattr("a", "user.version.list")).ends_with(" 1 previous"));
  for (int i = 0; i < 60; ++i) ASSERT_OK(WriteFile("a", "more"));
  EXPECT_THAT(Must(ListXattrs("a")), Not(Contains("user.version.list")));
  EXPECT_OK(GetXattr("a", "user.version.list"));
}

TEST_F(Xattr, OfAnUncommittedFileGoWithItsCommit) {
  const HandleId handle = Must(Open("a", O_WRONLY | O_CREAT));
  ASSERT_OK(SetXattr("a", "user.x", "1"));
  EXPECT_EQ(Must(GetXattr("a", "user.x")), "1");
  EXPECT_EQ(Must(GetXattr("a", "user.replication.status")), "none");
  EXPECT_CODE(kNoAttribute, GetXattr("a", "user.version.id"));

  ASSERT_OK(Close(handle));

  EXPECT_EQ(Must(GetXattr("a", "user.x")), "1");
  EXPECT_EQ(VersionCount("a"), 1U);
}

TEST_F(Xattr, DirectoriesKeepThemInTheirMarker) {
  Put("d/x", "x");
  EXPECT_THAT(Must(ListXattrs("d")), IsEmpty());

  ASSERT_OK(SetXattr("d", "user.x", "1"));

  EXPECT_EQ(Must(GetXattr("d", "user.x")), "1");
  EXPECT_EQ(Must(List("d")).size(), 1U);
}

TEST_F(Xattr, InADestinationOnlyTheTierCanBeSet) {
  ASSERT_OK(WriteFile("a", "a"));
  SetDestination("policy");

  EXPECT_CODE(kDestination, SetXattr("a", "user.x", "1"));
  EXPECT_CODE(kDestination, SetXattr("a", "user.blob.etag", "1"));
  EXPECT_CODE(kDestination, RemoveXattr("a", "user.x"));
  EXPECT_OK(SetXattr("a", "user.blob.tier", "cool"));
  EXPECT_EQ(Must(GetXattr("a", "user.blob.tier")), "Cool");
}

TEST_F(Xattr, AContainerIgnoresThemUnlessItIsADestination) {
  EXPECT_OK(SetXattr("", "user.copied", "value"));
  EXPECT_CODE(kNoAttribute, GetXattr("", "user.copied"));

  SetDestination("policy");

  EXPECT_CODE(kDestination, SetXattr("", "user.copied", "value"));
}

TEST_F(Xattr, SymlinksShowNone) {
  ASSERT_OK(Symlink("t", "l"));

  EXPECT_THAT(Must(ListXattrs("l")), IsEmpty());
}

TEST_F(Xattr, ImpossibleValuesAreRefused) {
  ASSERT_OK(WriteFile("a", "a"));

  EXPECT_CODE(kInvalid, SetXattr("a", "user.blob.tier", "warm"));
  EXPECT_CODE(kInvalid, SetXattr("a", "user.blob.metadata.permissions", "1"));
  EXPECT_CODE(kInvalid, SetXattr("a", "user.blob.metadata.A-b", "1"));
  EXPECT_CODE(kInvalid, SetXattr("a", "user.blob.metadata.x", "a\nb"));
  EXPECT_CODE(kInvalid, SetXattr("a", "user.", "1"));
}

}  // namespace
}  // namespace replicafs
