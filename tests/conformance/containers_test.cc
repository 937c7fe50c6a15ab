#include "tests/conformance/suite.h"

namespace replicafs {
namespace {

REPLICAFS_CONFORMANCE_SUITE(Containers);

TEST_P(Containers, CreatedThenFound) {
  Must(Apply(CreateContainer{"music"}));

  const ContainerInfo info = Must(store().GetContainer("music"));

  EXPECT_EQ(info.name, "music");
  EXPECT_GE(info.created, ManualClock::kStart);
  EXPECT_FALSE(info.etag.empty());
  EXPECT_TRUE(info.destination_policy_id.empty());
}

TEST_P(Containers, ListedByName) {
  for (const char* name : {"zoo", "a-b", "a0b", "abc"}) Must(Apply(CreateContainer{name}));

  std::vector<std::string> names;
  for (const ContainerInfo& info : Must(store().ListContainers())) names.push_back(info.name);

  EXPECT_EQ(names, (std::vector<std::string>{"a-b", "a0b", "abc", "photos", "zoo"}));
}

TEST_P(Containers, CreatedTwiceThenExists) {
  EXPECT_CODE(kExists, Apply(CreateContainer{"photos"}));
}

TEST_P(Containers, BadNameThenInvalid) {
  for (const char* name : {"", "ab", "Photos", "a--b", "-ab", "ab-", "a_b", "a/b"})
    EXPECT_CODE(kInvalid, Apply(CreateContainer{name})) << name;
}

TEST_P(Containers, DeletedThenGone) {
  Put("a", "1");

  Must(Apply(DeleteContainer{"photos"}));

  EXPECT_CODE(kNotFound, store().GetContainer("photos"));
  EXPECT_TRUE(Must(store().ListContainers()).empty());
}

TEST_P(Containers, DeletedAndCreatedAgainThenEmpty) {
  Put("a/b", "1");
  Put("a/b", "2");
  Must(Apply(DeleteContainer{"photos"}));

  Must(Apply(CreateContainer{"photos"}));

  EXPECT_TRUE(Names({.container = "photos", .scope = ListScope::kAll}).empty());
  EXPECT_TRUE(Versions("a/b").empty());
  EXPECT_CODE(kNotFound, store().StatPrefix(Photo("a/")));
}

TEST_P(Containers, DeletedThenOthersKeepSharedContent) {
  const BlockRef block = Stage("shared");
  Must(Apply(CreateContainer{"music"}));
  Must(Apply(CommitBlob{.path = {"music", "x"}, .content = BlockList{block}}));
  Must(Apply(CommitBlob{.path = Photo("x"), .content = BlockList{block}}));

  Must(Apply(DeleteContainer{"photos"}));

  EXPECT_EQ(Text({"music", "x"}), "shared");
}

TEST_P(Containers, DeleteMissingThenNotFound) {
  EXPECT_CODE(kNotFound, Apply(DeleteContainer{"music"}));
}

TEST_P(Containers, DeleteDestinationThenBusy) {
  Must(Apply(SetDestination{"photos", "policy"}));

  EXPECT_CODE(kBusy, Apply(DeleteContainer{"photos"}));
}

TEST_P(Containers, OnlyEmptyAndAnythingInItThenNotEmptyAndKept) {
  const DeleteContainer only_empty{.name = "photos", .only_empty = true};
  Put("d/e/f", "1");
  EXPECT_CODE(kNotEmpty, Apply(only_empty));

  Must(Apply(CreateSnapshot{.path = Photo("d/e/f")}));
  Must(Apply(RemoveBlob{Photo("d/e/f")}));
  EXPECT_CODE(kNotEmpty, Apply(only_empty));

  for (const BlobInfo& version : Versions("d/e/f"))
    Must(Apply(RemoveVersion{Photo("d/e/f"), version.version}));
  EXPECT_CODE(kNotEmpty, Apply(only_empty));
  const auto snapshots = Must(store().ListSnapshots(Photo("d/e/f")));
  ASSERT_EQ(snapshots.size(), 1U);
  EXPECT_EQ(ReadAll(*Must(store().OpenSnapshot(Photo("d/e/f"), snapshots[0].version))), "1");

  Must(Apply(RemoveSnapshot{Photo("d/e/f"), snapshots[0].version}));
  EXPECT_OK(Apply(only_empty));
  EXPECT_CODE(kNotFound, store().GetContainer("photos"));
}

TEST_P(Containers, OnlyEmptyAndNeverWrittenToThenDeleted) {
  Must(Apply(CreateContainer{"films"}));
  Must(Apply(CreateContainer{"music"}));
  Put("a", "1");
  Must(Apply(CommitBlob{.path = {"music", "a"}, .content = "1"}));

  EXPECT_OK(Apply(DeleteContainer{.name = "films", .only_empty = true}));
}

TEST_P(Containers, MissingThenEveryCallIsNotFound) {
  const BlobPath path{"music", "x"};

  EXPECT_CODE(kNotFound, store().GetContainer("music"));
  EXPECT_CODE(kNotFound, store().Stat(path));
  EXPECT_CODE(kNotFound, store().StatPrefix({"music", "x/"}));
  EXPECT_CODE(kNotFound, store().List({.container = "music"}));
  EXPECT_CODE(kNotFound, store().ListVersions(path));
  EXPECT_CODE(kNotFound, store().Open(path));
  EXPECT_CODE(kNotFound, Apply(CommitBlob{.path = path, .content = "1"}));
  EXPECT_CODE(kNotFound, Apply(RemoveBlob{path}));
  EXPECT_CODE(kNotFound, Apply(RemoveVersion{path, VersionId{1}}));
  EXPECT_CODE(kNotFound, Apply(PatchBlob{.path = path, .tier = Tier::kCool}));
  EXPECT_CODE(kNotFound, Apply(RenamePrefix{"music", "a/", "b/"}));
  EXPECT_CODE(kNotFound, Apply(SetDestination{"music", "policy"}));
}

}  // namespace
}  // namespace replicafs
