#include <algorithm>

#include "tests/conformance/suite.h"

namespace replicafs {
namespace {

using StringList = std::vector<std::string>;

REPLICAFS_CONFORMANCE_SUITE(Listing);

TEST_P(Listing, HierarchicalThenPrefixesCountWithTheirSlash) {
  for (const char* name : {"a0", "a/b", "a.txt", "a-b", "a!", "a", "a/c/d", "b/x"}) Put(name, "1");

  EXPECT_EQ(Names({.container = "photos"}),
            (StringList{"a", "a!", "a-b", "a.txt", "a/", "a0", "b/"}));
}

TEST_P(Listing, FlatThenByteOrder) {
  for (const char* name : {"a0", "a/b", "a.txt", "a-b", "a!", "a", "a/c/d", "å", "Z", "~"})
    Put(name, "1");

  EXPECT_EQ(Names({.container = "photos", .hierarchical = false}),
            (StringList{"Z", "a", "a!", "a-b", "a.txt", "a/b", "a/c/d", "a0", "~", "å"}));
}

TEST_P(Listing, BelowAPrefixThenOnlyIt) {
  for (const char* name : {"a", "a/b", "a/b/c", "a/b0", "a0", "b/a"}) Put(name, "1");

  EXPECT_EQ(Names({.container = "photos", .prefix = "a/"}), (StringList{"a/b", "a/b/", "a/b0"}));
  EXPECT_EQ(Names({.container = "photos", .prefix = "a/", .hierarchical = false}),
            (StringList{"a/b", "a/b/c", "a/b0"}));
}

TEST_P(Listing, PrefixWithinAComponentThenNamesThatBeginWithIt) {
  for (const char* name : {"ab", "abc", "abd/x", "abe", "b"}) Put(name, "1");

  EXPECT_EQ(Names({.container = "photos", .prefix = "ab"}),
            (StringList{"ab", "abc", "abd/", "abe"}));
  EXPECT_EQ(Names({.container = "photos", .prefix = "abd"}), (StringList{"abd/"}));
  EXPECT_EQ(Names({.container = "photos", .prefix = "abd", .hierarchical = false}),
            (StringList{"abd/x"}));
  EXPECT_TRUE(Names({.container = "photos", .prefix = "zz"}).empty());
}

TEST_P(Listing, EveryLimitThenTheSameSequence) {
  for (const char* name : {"a", "a!", "a/b", "a/c", "a0", "b/x/y", "b/z", "c", "d/e"})
    Put(name, "1");
  Put("e/gone", "1");
  Must(Apply(RemoveBlob{Photo("e/gone")}));
  for (const char* prefix : {"", "a", "a/", "b/"}) {
    for (const bool hierarchical : {true, false}) {
      for (const ListScope scope : {ListScope::kLive, ListScope::kAll}) {
        ListRequest request{
            .container = "photos", .prefix = prefix, .hierarchical = hierarchical, .scope = scope};
        const StringList whole = Names(request);
        EXPECT_TRUE(std::is_sorted(whole.begin(), whole.end()));
        for (request.limit = 1; request.limit <= whole.size() + 1; ++request.limit)
          EXPECT_EQ(Names(request), whole) << "prefix " << prefix << " limit " << request.limit;
      }
    }
  }
}

TEST_P(Listing, AfterANameThatDoesNotExistThenTheNextOnes) {
  for (const char* name : {"a", "c", "d/x", "e"}) Put(name, "1");

  EXPECT_EQ(Names({.container = "photos", .after = "b"}), (StringList{"c", "d/", "e"}));
  EXPECT_EQ(Names({.container = "photos", .after = "d/"}), (StringList{"e"}));
  EXPECT_EQ(Names({.container = "photos", .hierarchical = false, .after = "d/"}),
            (StringList{"d/x", "e"}));
  EXPECT_TRUE(Names({.container = "photos", .after = "z"}).empty());
}

TEST_P(Listing, LimitedThenTellsWhetherThereIsMore) {
  Put("a", "1");
  Put("b", "1");

  EXPECT_TRUE(Must(store().List({.container = "photos", .limit = 1})).more);
  EXPECT_FALSE(Must(store().List({.container = "photos", .limit = 3})).more);
}

TEST_P(Listing, UnusualNamesThenUnharmed) {
  const StringList names{"100%",    "a b",  " lead", "trail ", "tab\there", "new\nline",
                         "ä/ö/ü",   "日本", "😀",     "a\\b",   "?#&=",      ".",
                         ".hidden", "..",   "-",     "\x7f",   "a:b",       "\"quoted\""};
  for (const std::string& name : names) Put(name, name);

  StringList expected = names;
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(Names({.container = "photos", .hierarchical = false}), expected);
  for (const std::string& name : names) EXPECT_EQ(Text(Photo(name)), name);
}

TEST_P(Listing, LongComponentsAndDeepPathsThenFound) {
  const std::string component(255, 'x');
  std::string deep = "d";
  while (deep.size() < 1000) deep += "/d";
  Put(component, "1");
  Put(component + "/" + component, "2");
  Put(deep, "3");

  EXPECT_EQ(Names({.container = "photos", .hierarchical = false}),
            (StringList{deep, component, component + "/" + component}));
  EXPECT_EQ(Text(Photo(component + "/" + component)), "2");
  EXPECT_EQ(Text(Photo(deep)), "3");
  EXPECT_OK(store().StatPrefix(Photo(deep.substr(0, deep.size() - 1))));
}

TEST_P(Listing, ComponentsAsLongAsTheStoreTakesThenEveryLimitTheSameSequence) {
  const NameLimits limits = store().capabilities().names;
  const size_t longest = limits.component_max_bytes > 0 ? limits.component_max_bytes : 500;
  for (const char last : {'a', 'b', 'c', 'd'}) {
    const std::string component = std::string(longest - 1, 'x') + last;
    Put(component, "1");
    if (last != 'b') Put(component + "/" + component, "2");
    if (last == 'c') Must(Apply(RemoveBlob{Photo(component)}));
    if (last == 'd') Must(Apply(RemoveBlob{Photo(component + "/" + component)}));
  }
  for (const bool hierarchical : {true, false}) {
    for (const ListScope scope : {ListScope::kLive, ListScope::kAll}) {
      ListRequest request{.container = "photos", .hierarchical = hierarchical, .scope = scope};
      const StringList whole = Names(request);
      EXPECT_EQ(whole.size(), (scope == ListScope::kLive ? 5U : 7U));
      for (request.limit = 1; request.limit <= whole.size() + 1; ++request.limit)
        EXPECT_EQ(Names(request), whole) << "limit " << request.limit;
    }
  }
}

TEST_P(Listing, LeadingAndDoubleSlashesThenEmptyComponents) {
  Put("/a", "1");
  Put("b//c", "2");

  EXPECT_EQ(Names({.container = "photos"}), (StringList{"/", "b/"}));
  EXPECT_EQ(Names({.container = "photos", .prefix = "/"}), (StringList{"/a"}));
  EXPECT_EQ(Names({.container = "photos", .prefix = "b/"}), (StringList{"b//"}));
  EXPECT_EQ(Names({.container = "photos", .prefix = "b//"}), (StringList{"b//c"}));
}

TEST_P(Listing, BlobBesideItsPrefixThenEachKnowsTheOther) {
  Put("a", "1");
  EXPECT_FALSE(Stat(Photo("a")).has_prefix);

  Put("a/b", "2");

  EXPECT_TRUE(Stat(Photo("a")).has_prefix);
  EXPECT_TRUE(Must(store().StatPrefix(Photo("a/"))).has_blob);
  EXPECT_NE(Must(store().StatPrefix(Photo("a/"))).file_id, Stat(Photo("a")).file_id);
  const ListPage page = Must(store().List({.container = "photos"}));
  ASSERT_EQ(page.items.size(), 2U);
  EXPECT_TRUE(std::get<BlobInfo>(page.items[0]).has_prefix);
  EXPECT_TRUE(std::get<PrefixInfo>(page.items[1]).has_blob);
}

TEST_P(Listing, NeighbourWithTheSameBeginningThenNoPrefix) {
  Put("a", "1");
  Put("a-b/c", "2");
  Put("a0/c", "2");

  EXPECT_FALSE(Stat(Photo("a")).has_prefix);
  EXPECT_CODE(kNotFound, store().StatPrefix(Photo("a/")));
}

TEST_P(Listing, MarkerThenSharesTheFileIdOfItsPrefix) {
  const BlobProperties directory{.metadata = {{"hdi_isfolder", "true"}}};
  Must(Apply(CommitBlob{.path = Photo("before"), .content = "", .properties = directory}));
  Put("before/x", "1");
  Put("after/x", "1");
  const uint64_t prefix_file_id = Must(store().StatPrefix(Photo("after/"))).file_id;

  Must(Apply(CommitBlob{.path = Photo("after"), .content = "", .properties = directory}));

  EXPECT_EQ(Must(store().StatPrefix(Photo("before/"))).file_id, Stat(Photo("before")).file_id);
  EXPECT_EQ(Must(store().StatPrefix(Photo("after/"))).file_id, prefix_file_id);
  EXPECT_EQ(Stat(Photo("after")).file_id, prefix_file_id);
}

TEST_P(Listing, LastBlobRemovedThenPrefixesEnd) {
  Put("a/b/c", "1");
  Put("a/x", "1");

  Must(Apply(RemoveBlob{Photo("a/b/c")}));
  EXPECT_CODE(kNotFound, store().StatPrefix(Photo("a/b/")));
  EXPECT_OK(store().StatPrefix(Photo("a/")));

  Must(Apply(RemoveBlob{Photo("a/x")}));
  EXPECT_CODE(kNotFound, store().StatPrefix(Photo("a/")));
  EXPECT_TRUE(Names({.container = "photos"}).empty());
}

TEST_P(Listing, AllScopeThenDeletedBlobsAndTheirPrefixes) {
  Put("gone/a", "1");
  Put("gone/a", "2");
  Put("b", "1");
  Must(Apply(RemoveBlob{Photo("gone/a")}));

  EXPECT_EQ(Names({.container = "photos"}), (StringList{"b"}));
  EXPECT_EQ(Names({.container = "photos", .scope = ListScope::kAll}), (StringList{"b", "gone/"}));
  const ListPage page =
      Must(store().List({.container = "photos", .prefix = "gone/", .scope = ListScope::kAll}));
  ASSERT_EQ(page.items.size(), 1U);
  EXPECT_FALSE(std::get<BlobInfo>(page.items[0]).is_current);
  EXPECT_EQ(std::get<BlobInfo>(page.items[0]).version, Versions("gone/a")[0].version);
}

TEST_P(Listing, ListedThenAsStat) {
  Must(Apply(CommitBlob{.path = Photo("a"),
                        .content = "123",
                        .properties = {.metadata = {{"k", "v"}}, .tags = {{"t", "u"}}}}));

  const ListPage page = Must(store().List({.container = "photos"}));

  const auto& listed = std::get<BlobInfo>(page.items.at(0));
  const BlobInfo info = Stat(Photo("a"));
  EXPECT_EQ(listed.version, info.version);
  EXPECT_EQ(listed.etag, info.etag);
  EXPECT_EQ(listed.size_bytes, info.size_bytes);
  EXPECT_EQ(listed.properties, info.properties);
  EXPECT_EQ(listed.file_id, info.file_id);
  EXPECT_EQ(listed.sequence, info.sequence);
  EXPECT_EQ(listed.content_md5, info.content_md5);
}

REPLICAFS_CONFORMANCE_SUITE(ChildrenChanged);

TEST_P(ChildrenChanged, ChildAppearsAndDisappearsThenSet) {
  Put("d/a", "1");
  clock_.Advance(std::chrono::seconds(1));

  const Outcome appeared = Put("d/b", "1");
  EXPECT_EQ(Must(store().StatPrefix(Photo("d/"))).children_changed, appeared.last_modified);

  clock_.Advance(std::chrono::seconds(1));
  Must(Apply(RemoveBlob{Photo("d/b")}));
  EXPECT_EQ(Must(store().StatPrefix(Photo("d/"))).children_changed, clock_.Now());
}

TEST_P(ChildrenChanged, OverwriteOrPatchThenNotSet) {
  const Outcome first = Put("d/a", "1");

  Put("d/a", "2");
  Must(Apply(PatchBlob{.path = Photo("d/a"), .tier = Tier::kCool}));

  EXPECT_EQ(Must(store().StatPrefix(Photo("d/"))).children_changed, first.last_modified);
}

TEST_P(ChildrenChanged, PrefixAppearsThenItsParentIsSetAndNoOther) {
  const Outcome first = Put("d/e/a", "1");

  const Outcome second = Put("d/f/a", "1");
  Put("d/f/b", "1");

  EXPECT_EQ(Must(store().StatPrefix(Photo("d/"))).children_changed, second.last_modified);
  EXPECT_EQ(Must(store().StatPrefix(Photo("d/e/"))).children_changed, first.last_modified);
}

TEST_P(ChildrenChanged, PrefixComesOrGoesBesideABlobThenItsParentIsNotSet) {
  const Outcome beside = Put("d/e", "1");
  clock_.Advance(std::chrono::seconds(1));

  Put("d/e/a", "1");
  EXPECT_EQ(Must(store().StatPrefix(Photo("d/"))).children_changed, beside.last_modified);
  Must(Apply(RemoveBlob{Photo("d/e/a")}));
  EXPECT_EQ(Must(store().StatPrefix(Photo("d/"))).children_changed, beside.last_modified);
}

TEST_P(ChildrenChanged, BlobComesOrGoesBesideAPrefixThenItsParentIsNotSet) {
  const Outcome below = Put("d/e/a", "1");
  clock_.Advance(std::chrono::seconds(1));

  Put("d/e", "1");
  EXPECT_EQ(Must(store().StatPrefix(Photo("d/"))).children_changed, below.last_modified);
  Must(Apply(RemoveBlob{Photo("d/e")}));
  EXPECT_EQ(Must(store().StatPrefix(Photo("d/"))).children_changed, below.last_modified);
}

TEST_P(ChildrenChanged, BlobAndPrefixOfANameGoThenSet) {
  Put("d/other", "1");
  Put("d/e", "1");
  Put("d/e/a", "1");
  clock_.Advance(std::chrono::seconds(1));

  Must(Apply(RemoveBlob{Photo("d/e")}));
  Must(Apply(RemoveBlob{Photo("d/e/a")}));

  EXPECT_GE(Must(store().StatPrefix(Photo("d/"))).children_changed, clock_.Now());
}

TEST_P(ChildrenChanged, SourceTimeThenItIsKept) {
  const Timestamp at_source{ManualClock::kStart.ticks - 12345};
  Put("d/x", "1");

  Must(Apply(CommitBlob{.path = Photo("d/a"), .content = "1", .source_time = at_source}));
  EXPECT_EQ(Must(store().StatPrefix(Photo("d/"))).children_changed, at_source);

  const Timestamp removed_at{at_source.ticks + 5};
  Must(Apply(RemoveBlob{.path = Photo("d/a"), .source_time = removed_at}));
  EXPECT_EQ(Must(store().StatPrefix(Photo("d/"))).children_changed, removed_at);
}

}  // namespace
}  // namespace replicafs
