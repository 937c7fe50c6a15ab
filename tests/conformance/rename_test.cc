#include "tests/conformance/dump.h"
#include "tests/conformance/suite.h"

namespace replicafs {
namespace {

using StringList = std::vector<std::string>;

std::vector<Mutation> RenameBlob(const BlobPath& from, const BlobPath& to) {
  std::vector<Mutation> mutations;
  mutations.push_back(CommitBlob{.path = to, .content = ContentOf{from, {}}});
  mutations.push_back(RemoveBlob{from});
  return mutations;
}

REPLICAFS_CONFORMANCE_SUITE(Rename);

TEST_P(Rename, BlobThenFileIdGoesAlong) {
  Put("a", "text");
  const uint64_t file_id = Stat(Photo("a")).file_id;

  Must(ApplyAll(RenameBlob(Photo("a"), Photo("b"))));

  EXPECT_FALSE(Exists("a"));
  EXPECT_EQ(Text(Photo("b")), "text");
  EXPECT_EQ(Stat(Photo("b")).file_id, file_id);
  EXPECT_NE(Put("a", "new").version, VersionId{});
  EXPECT_NE(Stat(Photo("a")).file_id, file_id);
}

TEST_P(Rename, BlobOverAnotherThenItsFileIdWins) {
  Put("a", "text");
  Put("b", "other");
  const uint64_t file_id = Stat(Photo("a")).file_id;

  Must(ApplyAll(RenameBlob(Photo("a"), Photo("b"))));

  EXPECT_EQ(Text(Photo("b")), "text");
  EXPECT_EQ(Stat(Photo("b")).file_id, file_id);
  EXPECT_EQ(Versions("b").size(), 2U);
}

TEST_P(Rename, ExchangedThenFileIdsAreExchanged) {
  Put("a", "1");
  Put("b", "2");
  const BlobInfo a = Stat(Photo("a"));
  const BlobInfo b = Stat(Photo("b"));
  std::vector<Mutation> exchange;
  exchange.push_back(CommitBlob{.path = Photo("a"), .content = ContentOf{Photo("b"), b.version}});
  exchange.push_back(CommitBlob{.path = Photo("b"), .content = ContentOf{Photo("a"), a.version}});

  Must(ApplyAll(std::move(exchange)));

  EXPECT_EQ(Text(Photo("a")), "2");
  EXPECT_EQ(Text(Photo("b")), "1");
  EXPECT_EQ(Stat(Photo("a")).file_id, b.file_id);
  EXPECT_EQ(Stat(Photo("b")).file_id, a.file_id);
}

TEST_P(Rename, BlobThenHistoryStaysWhereItWasMade) {
  Put("a", "1");
  Put("a", "2");

  Must(ApplyAll(RenameBlob(Photo("a"), Photo("b"))));

  EXPECT_EQ(Versions("a").size(), 2U);
  EXPECT_EQ(Versions("b").size(), 1U);
}

TEST_P(Rename, PrefixThenEveryBlobBelowMoves) {
  for (const char* name : {"a/1", "a/b/2", "a/b/c/3", "a", "a0"}) Put(name, name);

  Must(Apply(RenamePrefix{"photos", "a/", "x/y/"}));

  EXPECT_EQ(Names({.container = "photos", .hierarchical = false}),
            (StringList{"a", "a0", "x/y/1", "x/y/b/2", "x/y/b/c/3"}));
  EXPECT_EQ(Text(Photo("x/y/b/2")), "a/b/2");
  EXPECT_CODE(kNotFound, store().StatPrefix(Photo("a/")));
}

TEST_P(Rename, PrefixThenIdentitiesGoAlong) {
  Must(Apply(
      CommitBlob{.path = Photo("a/1"), .content = "1", .properties = {.metadata = {{"k", "v"}}}}));
  Put("a/b/2", "2");
  const BlobInfo blob = Stat(Photo("a/1"));
  const uint64_t prefix = Must(store().StatPrefix(Photo("a/"))).file_id;
  const uint64_t inner = Must(store().StatPrefix(Photo("a/b/"))).file_id;

  Must(Apply(RenamePrefix{"photos", "a/", "z/"}));

  EXPECT_EQ(Stat(Photo("z/1")).file_id, blob.file_id);
  EXPECT_EQ(Stat(Photo("z/1")).properties, blob.properties);
  EXPECT_EQ(Must(store().StatPrefix(Photo("z/"))).file_id, prefix);
  EXPECT_EQ(Must(store().StatPrefix(Photo("z/b/"))).file_id, inner);
  Put("a/1", "new");
  EXPECT_NE(Must(store().StatPrefix(Photo("a/"))).file_id, prefix);
}

TEST_P(Rename, PrefixThenItsOwnTimeGoesAlong) {
  Put("p/a/1", "1");
  const Timestamp before = Must(store().StatPrefix(Photo("p/a/"))).children_changed;
  clock_.Advance(std::chrono::seconds(1));

  Must(Apply(RenamePrefix{"photos", "p/a/", "p/z/"}));

  EXPECT_EQ(Must(store().StatPrefix(Photo("p/z/"))).children_changed, before);
  EXPECT_GE(Must(store().StatPrefix(Photo("p/"))).children_changed, clock_.Now());
}

TEST_P(Rename, PrefixThenHistoriesStay) {
  const Outcome first = Put("a/1", "old");
  Put("a/1", "new");
  Put("a/gone", "x");
  Must(Apply(RemoveBlob{Photo("a/gone")}));

  Must(Apply(RenamePrefix{"photos", "a/", "z/"}));

  EXPECT_EQ(Versions("a/1").size(), 2U);
  EXPECT_EQ(Text(Photo("a/1"), first.version), "old");
  EXPECT_EQ(Versions("z/1").size(), 1U);
  EXPECT_TRUE(Versions("z/gone").empty());
  EXPECT_EQ(Names({.container = "photos", .prefix = "a/", .scope = ListScope::kAll}),
            (StringList{"a/1", "a/gone"}));
}

TEST_P(Rename, PrefixThenOneGroupOfEventPairs) {
  Put("a/1", "1");
  Put("a/2", "22");
  const uint64_t before = Must(journal().Head());

  const Outcome outcome = Must(Apply(RenamePrefix{"photos", "a/", "z/"}));

  const auto events = Events(before);
  ASSERT_EQ(events.size(), 4U);
  EXPECT_EQ(outcome.sequence, before + 4);
  for (size_t i = 0; i < 4; i += 2) {
    EXPECT_EQ(events[i].kind, EventKind::kCreated);
    EXPECT_EQ(events[i + 1].kind, EventKind::kDeleted);
    EXPECT_EQ(events[i].other_name, events[i + 1].name);
    EXPECT_EQ(events[i + 1].other_name, events[i].name);
    EXPECT_EQ(events[i].version, Stat(Photo(events[i].name)).version);
    EXPECT_EQ(events[i].group_end, before + 4);
    EXPECT_EQ(events[i + 1].group_end, before + 4);
  }
}

TEST_P(Rename, DirectoryWithItsMarkerThenBothMove) {
  const BlobProperties directory{.metadata = {{"hdi_isfolder", "true"}}};
  Must(Apply(CommitBlob{.path = Photo("a"), .content = "", .properties = directory}));
  Put("a/1", "1");
  const uint64_t file_id = Stat(Photo("a")).file_id;
  std::vector<Mutation> mutations;
  mutations.push_back(RenamePrefix{"photos", "a/", "z/"});
  mutations.push_back(CommitBlob{
      .path = Photo("z"), .content = ContentOf{Photo("a"), {}}, .properties = directory});
  mutations.push_back(RemoveBlob{Photo("a")});

  Must(ApplyAll(std::move(mutations)));

  EXPECT_EQ(Names({.container = "photos", .hierarchical = false}), (StringList{"z", "z/1"}));
  EXPECT_EQ(Stat(Photo("z")).file_id, file_id);
  EXPECT_EQ(Must(store().StatPrefix(Photo("z/"))).file_id, file_id);
}

TEST_P(Rename, PrefixThatCannotMoveThenNothingChanges) {
  Put("a/b/1", "1");
  Put("z/1", "1");
  const std::string before = Dump(account());

  EXPECT_CODE(kNotFound, Apply(RenamePrefix{"photos", "q/", "r/"}));
  EXPECT_CODE(kNotEmpty, Apply(RenamePrefix{"photos", "a/", "z/"}));
  EXPECT_CODE(kInvalid, Apply(RenamePrefix{"photos", "a/", "a/b/"}));
  EXPECT_CODE(kInvalid, Apply(RenamePrefix{"photos", "a/", "a/"}));
  EXPECT_EQ(Dump(account()), before);
}

TEST_P(Rename, PrefixWhoseNewNamesAreTooLongThenNothingChanges) {
  const size_t max = store().capabilities().names.max_chars;
  std::string deep = "a/";
  while (deep.size() < max - 3) deep += deep.size() % 200 == 199 ? '/' : 'x';
  Put(deep, "1");
  Put("a/b", "1");

  EXPECT_CODE(kNameTooLong, Apply(RenamePrefix{"photos", "a/", "longer/"}));

  EXPECT_EQ(Names({.container = "photos", .hierarchical = false}), (StringList{"a/b", deep}));
}

TEST_P(Rename, OverAnotherThenTheDirectoryOfTheTargetChanged) {
  Put("d/a", "1");
  Put("e/b", "2");
  clock_.Advance(std::chrono::seconds(1));

  Must(ApplyAll(RenameBlob(Photo("d/a"), Photo("e/b"))));

  EXPECT_GE(Must(store().StatPrefix(Photo("e/"))).children_changed, clock_.Now());
}

TEST_P(Rename, MarkerArrivesWhereADirectoryWasThenTheyShareItsFileId) {
  const BlobProperties directory{.metadata = {{"hdi_isfolder", "true"}}};
  Put("z/gone", "1");
  Must(Apply(RemoveBlob{Photo("z/gone")}));
  Must(Apply(CommitBlob{.path = Photo("a"), .content = "", .properties = directory}));
  const uint64_t file_id = Stat(Photo("a")).file_id;
  std::vector<Mutation> mutations;
  mutations.push_back(CommitBlob{
      .path = Photo("z"), .content = ContentOf{Photo("a"), {}}, .properties = directory});
  mutations.push_back(RemoveBlob{Photo("a")});
  Must(ApplyAll(std::move(mutations)));

  Put("z/new", "1");

  EXPECT_EQ(Stat(Photo("z")).file_id, file_id);
  EXPECT_EQ(Must(store().StatPrefix(Photo("z/"))).file_id, file_id);
}

TEST_P(Rename, PrefixOntoADeadOneThenMoves) {
  Put("z/old", "1");
  Must(Apply(RemoveBlob{Photo("z/old")}));
  Put("a/1", "1");

  EXPECT_OK(Apply(RenamePrefix{"photos", "a/", "z/"}));
  EXPECT_EQ(Names({.container = "photos", .hierarchical = false}), (StringList{"z/1"}));
}

}  // namespace
}  // namespace replicafs
