#include "tests/conformance/suite.h"

namespace replicafs {
namespace {

class SnapshotTest : public StoreTest {
 protected:
  VersionId Take(std::string_view name) {
    return Must(Apply(CreateSnapshot{.path = Photo(name)})).snapshot;
  }
  std::vector<VersionId> SnapshotsOf(std::string_view name) {
    std::vector<VersionId> ids;
    for (const BlobInfo& info : Must(store().ListSnapshots(Photo(name))))
      ids.push_back(info.version);
    return ids;
  }
  std::string SnapshotText(std::string_view name, VersionId snapshot) {
    return ReadAll(*Must(store().OpenSnapshot(Photo(name), snapshot)));
  }
  using Ids = std::vector<VersionId>;
};

#define REPLICAFS_SNAPSHOT_SUITE(Suite)                                            \
  class Suite : public SnapshotTest {};                                            \
  INSTANTIATE_TEST_SUITE_P(Stores, Suite, ::testing::ValuesIn(RegisteredStores()), \
                           [](const auto& instance) { return instance.param.name; })

REPLICAFS_SNAPSHOT_SUITE(Snapshots);

TEST_P(Snapshots, TakenThenTheBlobHasANewVersionToo) {
  const Outcome put = Put("a", "one");
  Must(Apply(PatchBlob{.path = Photo("a"), .metadata = StringMap{{"k", "v"}}}));
  const BlobInfo before = Stat(Photo("a"));

  const Outcome taken = Must(Apply(CreateSnapshot{.path = Photo("a")}));

  const BlobInfo now = Stat(Photo("a"));
  EXPECT_EQ(now.version, taken.version);
  EXPECT_NE(now.version, put.version);
  EXPECT_EQ(now.properties, before.properties);
  EXPECT_EQ(now.created, before.created);
  EXPECT_EQ(now.file_id, before.file_id);
  EXPECT_EQ(Versions("a").size(), 2U);
  const auto snapshots = Must(store().ListSnapshots(Photo("a")));
  ASSERT_EQ(snapshots.size(), 1U);
  EXPECT_EQ(snapshots[0].version, taken.snapshot);
  EXPECT_EQ(snapshots[0].etag, before.etag);
  EXPECT_EQ(snapshots[0].properties, before.properties);
  EXPECT_FALSE(snapshots[0].is_current);
  EXPECT_EQ(SnapshotText("a", taken.snapshot), "one");
}

TEST_P(Snapshots, TakenThenTwoEventsAndADeletionOne) {
  Put("a", "one");
  const uint64_t head = Must(journal().Head());

  const Outcome taken = Must(Apply(CreateSnapshot{.path = Photo("a")}));
  Must(Apply(RemoveSnapshot{Photo("a"), taken.snapshot}));

  const auto events = Events(head);
  ASSERT_EQ(events.size(), 3U);
  EXPECT_EQ(events[0].kind, EventKind::kSnapshotCreated);
  EXPECT_EQ(events[0].version, taken.snapshot);
  EXPECT_EQ(events[1].kind, EventKind::kCreated);
  EXPECT_EQ(events[1].version, taken.version);
  EXPECT_EQ(events[2].kind, EventKind::kSnapshotDeleted);
  EXPECT_EQ(events[2].version, taken.snapshot);
}

TEST_P(Snapshots, BlobOverwrittenAndRemovedThenTheyStayUntilTheyAreDeleted) {
  Must(Apply(CommitBlob{.path = Photo("d/a"), .content = BlockList{Stage("block")}}));
  const VersionId first = Take("d/a");
  Put("d/a", "two");
  const VersionId second = Take("d/a");
  Must(Apply(RemoveBlob{Photo("d/a")}));
  for (const BlobInfo& version : Versions("d/a"))
    Must(Apply(RemoveVersion{Photo("d/a"), version.version}));

  EXPECT_EQ(SnapshotsOf("d/a"), (Ids{second, first}));
  EXPECT_TRUE(Versions("d/a").empty());
  EXPECT_EQ(SnapshotText("d/a", first), "block");
  EXPECT_EQ(SnapshotText("d/a", second), "two");
  EXPECT_TRUE(
      Names({.container = "photos", .hierarchical = false, .scope = ListScope::kAll}).empty());

  Must(Apply(RemoveSnapshot{Photo("d/a"), second}));
  EXPECT_EQ(SnapshotsOf("d/a"), Ids{first});
  Must(Apply(RemoveSnapshot{Photo("d/a"), first}));
  EXPECT_TRUE(SnapshotsOf("d/a").empty());
  EXPECT_TRUE(Names({.container = "photos", .scope = ListScope::kAll}).empty());
  EXPECT_CODE(kNotFound, Apply(RemoveSnapshot{Photo("d/a"), first}));
}

TEST_P(Snapshots, NothingElseBelowADirectoryThenItIsNotListed) {
  for (const char* name : {"d/e/f", "d/g/h", "d/x"}) {
    Put(name, "1");
    Take(name);
    Must(Apply(RemoveBlob{Photo(name)}));
  }
  const auto list = [&](const char* prefix, size_t limit) {
    return Names(
        {.container = "photos", .prefix = prefix, .limit = limit, .scope = ListScope::kAll});
  };
  const auto forget = [&](const char* name) {
    for (const BlobInfo& version : Versions(name))
      Must(Apply(RemoveVersion{Photo(name), version.version}));
  };

  forget("d/e/f");
  for (const size_t limit : {1U, 2U, 10U})
    EXPECT_EQ(list("d/", limit), (std::vector<std::string>{"d/g/", "d/x"})) << limit;
  EXPECT_FALSE(
      Must(store().List(
               {.container = "photos", .prefix = "d/e", .limit = 1, .scope = ListScope::kAll}))
          .more);

  forget("d/g/h");
  EXPECT_EQ(list("d/", 10), std::vector<std::string>{"d/x"});
  EXPECT_EQ(list("", 10), std::vector<std::string>{"d/"});

  forget("d/x");
  EXPECT_TRUE(list("", 10).empty());
  EXPECT_EQ(SnapshotsOf("d/e/f").size(), 1U);
}

TEST_P(Snapshots, NewestVersionRemovedThenADeletedBlobIsShownByTheOneBeforeIt) {
  const Outcome put = Put("a", "one");
  Take("a");
  const Outcome removed = Must(Apply(RemoveBlob{Photo("a")}));
  Must(Apply(RemoveVersion{Photo("a"), removed.version}));

  const ListPage page = Must(store().List({.container = "photos", .scope = ListScope::kAll}));

  ASSERT_EQ(page.items.size(), 1U);
  EXPECT_EQ(std::get<BlobInfo>(page.items[0]).version, put.version);
}

TEST_P(Snapshots, TheyAreNoVersions) {
  Put("a", "one");
  const VersionId snapshot = Take("a");
  const VersionId version = Stat(Photo("a")).version;

  EXPECT_CODE(kNotFound, store().Stat(Photo("a"), snapshot));
  EXPECT_CODE(kNotFound, store().Open(Photo("a"), snapshot));
  EXPECT_CODE(kNotFound, Apply(RemoveVersion{Photo("a"), snapshot}));
  EXPECT_CODE(kNotFound,
              Apply(PatchBlob{.path = Photo("a"), .version = snapshot, .metadata = StringMap{}}));
  EXPECT_CODE(kNotFound, store().OpenSnapshot(Photo("a"), version));
  EXPECT_CODE(kNotFound, Apply(RemoveSnapshot{Photo("a"), version}));
}

TEST_P(Snapshots, RenamedThenTheyStayAtTheOldName) {
  Put("d/a", "one");
  const VersionId snapshot = Take("d/a");

  Must(Apply(RenamePrefix{"photos", "d/", "e/"}));

  EXPECT_EQ(SnapshotsOf("d/a"), Ids{snapshot});
  EXPECT_TRUE(SnapshotsOf("e/a").empty());
  EXPECT_EQ(SnapshotText("d/a", snapshot), "one");
}

TEST_P(Snapshots, WhatMayNotBeTakenThenRefused) {
  Put("a", "one");
  EXPECT_CODE(kNotFound, Apply(CreateSnapshot{.path = Photo("b")}));
  EXPECT_CODE(kNotFound, Apply(CreateSnapshot{.path = {"nowhere", "a"}}));
  EXPECT_CODE(kPrecondition,
              Apply(CreateSnapshot{.path = Photo("a"), .precondition = {.if_match = "\"x\""}}));
  Must(Apply(PatchBlob{.path = Photo("a"), .tier = Tier::kArchive}));
  EXPECT_CODE(kArchived, Apply(CreateSnapshot{.path = Photo("a")}));
  Must(Apply(PatchBlob{.path = Photo("a"), .tier = Tier::kHot}));
  Must(Apply(SetLegalHold{Photo("a"), {}, true}));
  EXPECT_CODE(kImmutable, Apply(CreateSnapshot{.path = Photo("a")}));
  Must(Apply(SetLegalHold{Photo("a"), {}, false}));
  Must(Apply(SetDestination{"photos", "policy"}));
  EXPECT_CODE(kDestination, Apply(CreateSnapshot{.path = Photo("a")}));
  EXPECT_TRUE(SnapshotsOf("a").empty());
  EXPECT_EQ(Versions("a").size(), 1U);
}

TEST_P(Snapshots, UnderAHoldOfTheContainerThenTheyCannotBeDeleted) {
  Put("a", "one");
  const VersionId snapshot = Take("a");
  Must(Apply(ChangeContainerHolds{"photos", {"case1"}, {}}));

  EXPECT_CODE(kImmutable, Apply(RemoveSnapshot{Photo("a"), snapshot}));
}

TEST_P(Snapshots, OfAnEncryptedBlobThenTakenAndReadWithItsKeyAlone) {
  std::array<uint8_t, ContentKey::kBytes> secret{};
  const auto key = std::make_shared<const ContentKey>(secret);
  std::string text = "text";
  const Nonce nonce = key->NonceOf(AsBytes(text));
  key->Crypt(nonce, 0, AsBytes(text), std::as_writable_bytes(std::span(text.data(), text.size())));
  Must(Apply(CommitBlob{.path = Photo("a"),
                        .content = BlockList{Stage(text)},
                        .encryption = ContentEncryption{key->sha256(), {nonce}}}));

  EXPECT_CODE(kCustomerKey, Apply(CreateSnapshot{.path = Photo("a")}));
  const VersionId snapshot = Must(Apply(CreateSnapshot{.path = Photo("a"), .key = key})).snapshot;

  const auto reader = Must(store().OpenSnapshot(Photo("a"), snapshot));
  std::array<std::byte, 1> byte{};
  EXPECT_CODE(kCustomerKey, reader->ReadAt(0, byte));
  EXPECT_OK(reader->UseKey(key));
  EXPECT_EQ(ReadAll(*reader), "text");
}

TEST_P(Snapshots, ContainerDeletedThenTheyAreGone) {
  Put("a", "one");
  Take("a");
  Must(Apply(DeleteContainer{"photos"}));
  Must(Apply(CreateContainer{"photos"}));

  EXPECT_TRUE(SnapshotsOf("a").empty());
}

TEST_P(Snapshots, ReopenedThenKept) {
  if (!GetParam().durable) GTEST_SKIP() << "the store does not keep anything";
  Put("a", "one");
  const VersionId snapshot = Take("a");
  Put("a", "two");

  Reopen();

  EXPECT_EQ(SnapshotText("a", snapshot), "one");
}

}  // namespace
}  // namespace replicafs
