#include "tests/conformance/dump.h"
#include "tests/conformance/suite.h"

namespace replicafs {
namespace {

using StringList = std::vector<std::string>;

REPLICAFS_CONFORMANCE_SUITE(Exchange);

TEST_P(Exchange, PrefixesThenEachHasWhatTheOtherHad) {
  for (const char* name : {"a/1", "a/both", "a/s/x", "a", "p/b/both", "p/b/t/y", "p/b/s/z", "ab"})
    Put(name, name);

  Must(Apply(ExchangePrefixes{"photos", "a/", "p/b/"}));

  EXPECT_EQ(Names({.container = "photos", .hierarchical = false}),
            (StringList{"a", "a/both", "a/s/z", "a/t/y", "ab", "p/b/1", "p/b/both", "p/b/s/x"}));
  EXPECT_EQ(Text(Photo("a/both")), "p/b/both");
  EXPECT_EQ(Text(Photo("p/b/both")), "a/both");
  EXPECT_EQ(Text(Photo("a/s/z")), "p/b/s/z");
}

TEST_P(Exchange, PrefixesThenIdentitiesAndTimesGoAlong) {
  Put("a/both", "1");
  Put("a/s/x", "1");
  clock_.Advance(std::chrono::seconds(1));
  Put("b/both", "2");
  Put("b/s/x", "2");
  Put("b/t/y", "2");
  const BlobInfo first = Stat(Photo("a/both"));
  const BlobInfo second = Stat(Photo("b/both"));
  const auto prefix = [&](const char* name) { return Must(store().StatPrefix(Photo(name))); };
  const PrefixInfo a = prefix("a/");
  const PrefixInfo a_s = prefix("a/s/");
  const PrefixInfo b = prefix("b/");
  const PrefixInfo b_s = prefix("b/s/");
  const PrefixInfo b_t = prefix("b/t/");

  Must(Apply(ExchangePrefixes{"photos", "a/", "b/"}));

  EXPECT_EQ(Stat(Photo("a/both")).file_id, second.file_id);
  EXPECT_EQ(Stat(Photo("b/both")).file_id, first.file_id);
  EXPECT_EQ(prefix("a/").file_id, b.file_id);
  EXPECT_EQ(prefix("b/").file_id, a.file_id);
  EXPECT_EQ(prefix("a/").children_changed, b.children_changed);
  EXPECT_EQ(prefix("b/").children_changed, a.children_changed);
  EXPECT_EQ(prefix("a/s/").file_id, b_s.file_id);
  EXPECT_EQ(prefix("b/s/").file_id, a_s.file_id);
  EXPECT_EQ(prefix("a/t/").file_id, b_t.file_id);
  Put("b/t/new", "3");
  EXPECT_NE(prefix("b/t/").file_id, b_t.file_id);
}

TEST_P(Exchange, PrefixesThenTheDirectoriesThatHoldThemChanged) {
  Put("p/a/x", "1");
  Put("p/other", "1");
  Put("q/b/x", "1");
  clock_.Advance(std::chrono::seconds(1));

  Must(Apply(ExchangePrefixes{"photos", "p/a/", "q/b/"}));

  EXPECT_GE(Must(store().StatPrefix(Photo("p/"))).children_changed, clock_.Now());
  EXPECT_GE(Must(store().StatPrefix(Photo("q/"))).children_changed, clock_.Now());
}

TEST_P(Exchange, PrefixesThenHistoriesStay) {
  Put("a/both", "old");
  Put("a/both", "one");
  Put("a/gone", "x");
  Must(Apply(RemoveBlob{Photo("a/gone")}));
  Put("b/both", "two");

  Must(Apply(ExchangePrefixes{"photos", "a/", "b/"}));

  EXPECT_EQ(Versions("a/both").size(), 3U);
  EXPECT_EQ(Versions("b/both").size(), 2U);
  EXPECT_TRUE(Versions("b/gone").empty());
}

TEST_P(Exchange, PrefixesThenOneGroupOfEvents) {
  Put("a/1", "1");
  Put("a/2", "22");
  Put("b/2", "222");
  const uint64_t before = Must(journal().Head());

  const Outcome outcome = Must(Apply(ExchangePrefixes{"photos", "a/", "b/"}));

  StringList said;
  for (const Event& event : Events(before)) {
    said.push_back(std::string(ToString(event.kind)) + " " + event.name + " " + event.other_name);
    EXPECT_EQ(event.group_end, outcome.sequence);
  }
  EXPECT_EQ(said, (StringList{"Created b/1 a/1", "Deleted a/1 b/1", "Created b/2 a/2",
                              "Created a/2 b/2"}));
}

TEST_P(Exchange, DirectoriesWithTheirMarkersThenAllOfThemChangePlaces) {
  const BlobProperties directory{.metadata = {{"hdi_isfolder", "true"}}};
  for (const char* name : {"a", "b"}) {
    Must(Apply(CommitBlob{.path = Photo(name), .content = "", .properties = directory}));
    Put(std::string(name) + "/x", name);
  }
  const BlobInfo a = Stat(Photo("a"));
  const BlobInfo b = Stat(Photo("b"));
  std::vector<Mutation> mutations;
  mutations.push_back(ExchangePrefixes{"photos", "a/", "b/"});
  mutations.push_back(CommitBlob{
      .path = Photo("a"), .content = ContentOf{Photo("b"), b.version}, .properties = directory});
  mutations.push_back(CommitBlob{
      .path = Photo("b"), .content = ContentOf{Photo("a"), a.version}, .properties = directory});

  Must(ApplyAll(std::move(mutations)));

  EXPECT_EQ(Stat(Photo("a")).file_id, b.file_id);
  EXPECT_EQ(Stat(Photo("b")).file_id, a.file_id);
  EXPECT_EQ(Must(store().StatPrefix(Photo("a/"))).file_id, b.file_id);
  EXPECT_EQ(Must(store().StatPrefix(Photo("b/"))).file_id, a.file_id);
  EXPECT_EQ(Text(Photo("a/x")), "b");
}

TEST_P(Exchange, PrefixesThatCannotThenNothingChanges) {
  Put("a/b/1", "1");
  Put("z/1", "1");
  const std::string before = Dump(account());

  EXPECT_CODE(kNotFound, Apply(ExchangePrefixes{"photos", "a/", "q/"}));
  EXPECT_CODE(kNotFound, Apply(ExchangePrefixes{"photos", "q/", "a/"}));
  EXPECT_CODE(kNotFound, Apply(ExchangePrefixes{"music", "a/", "z/"}));
  EXPECT_CODE(kInvalid, Apply(ExchangePrefixes{"photos", "a/", "a/b/"}));
  EXPECT_CODE(kInvalid, Apply(ExchangePrefixes{"photos", "a/b/", "a/"}));
  EXPECT_CODE(kInvalid, Apply(ExchangePrefixes{"photos", "a/", "a/"}));
  EXPECT_CODE(kInvalid, Apply(ExchangePrefixes{"photos", "a", "z"}));
  EXPECT_EQ(Dump(account()), before);
}

}  // namespace
}  // namespace replicafs
