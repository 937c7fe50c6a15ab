#include "tests/conformance/suite.h"

namespace replicafs {
namespace {

class BlobKindTest : public StoreTest {
 protected:
  Result<Outcome> PutAs(BlobKind kind, std::string_view name, std::string_view text) {
    return Apply(CommitBlob{.path = Photo(name), .content = std::string(text), .kind = kind});
  }
};

#define REPLICAFS_KIND_SUITE(Suite)                                                \
  class Suite : public BlobKindTest {};                                            \
  INSTANTIATE_TEST_SUITE_P(Stores, Suite, ::testing::ValuesIn(RegisteredStores()), \
                           [](const auto& instance) { return instance.param.name; })

REPLICAFS_KIND_SUITE(Kinds);

TEST_P(Kinds, MadeAsOneThenItIsToldEverywhere) {
  Put("block", "1");
  const Outcome append = Must(PutAs(BlobKind::kAppend, "append", "2"));
  Must(PutAs(BlobKind::kPage, "page", std::string(2 * kPageBytes, 'p')));

  EXPECT_EQ(Stat(Photo("block")).kind, BlobKind::kBlock);
  EXPECT_EQ(Stat(Photo("append")).kind, BlobKind::kAppend);
  EXPECT_EQ(Stat(Photo("page")).kind, BlobKind::kPage);
  EXPECT_EQ(Versions("append").at(0).kind, BlobKind::kAppend);
  EXPECT_EQ(Must(store().Open(Photo("append")))->info().kind, BlobKind::kAppend);
  const ListPage page = Must(store().List({.container = "photos"}));
  EXPECT_EQ(std::get<BlobInfo>(page.items.at(0)).kind, BlobKind::kAppend);
  EXPECT_EQ(Text(Photo("append")), "2");
  EXPECT_EQ(Events().back().blob_kind, BlobKind::kPage);
  EXPECT_EQ(Events(append.sequence - 1).front().blob_kind, BlobKind::kAppend);
}

TEST_P(Kinds, OtherThanTheCurrentOneThenRefusedUntilThatIsDeleted) {
  Must(PutAs(BlobKind::kAppend, "a", "1"));
  Put("b", "2");

  EXPECT_CODE(kBlobKind, PutAs(BlobKind::kBlock, "a", "x"));
  EXPECT_CODE(kBlobKind, PutAs(BlobKind::kPage, "a", ""));
  EXPECT_CODE(kBlobKind, PutAs(BlobKind::kAppend, "b", "x"));
  EXPECT_CODE(kBlobKind,
              Apply(CommitBlob{.path = Photo("a"), .content = ContentOf{Photo("b"), {}}}));

  EXPECT_OK(PutAs(BlobKind::kAppend, "a", "12"));
  Must(Apply(RemoveBlob{Photo("a")}));
  EXPECT_OK(PutAs(BlobKind::kBlock, "a", "x"));
  EXPECT_EQ(Versions("a").at(1).kind, BlobKind::kAppend);
}

TEST_P(Kinds, ContentOfAnotherBlobThenItsKindToo) {
  Must(PutAs(BlobKind::kAppend, "d/a", "1"));

  Must(Apply(CommitBlob{.path = Photo("copy"), .content = ContentOf{Photo("d/a"), {}}}));
  Must(Apply(RenamePrefix{"photos", "d/", "e/"}));

  EXPECT_EQ(Stat(Photo("copy")).kind, BlobKind::kAppend);
  EXPECT_EQ(Stat(Photo("e/a")).kind, BlobKind::kAppend);
}

TEST_P(Kinds, ExchangedPrefixesThenNoBlobBecomesAnother) {
  Must(PutAs(BlobKind::kAppend, "d/a", "1"));
  Put("d/b", "2");
  Put("e/b", "3");
  EXPECT_OK(Apply(ExchangePrefixes{"photos", "d/", "e/"}));
  EXPECT_EQ(Stat(Photo("e/a")).kind, BlobKind::kAppend);

  Put("d/a", "4");

  EXPECT_CODE(kBlobKind, Apply(ExchangePrefixes{"photos", "d/", "e/"}));
  EXPECT_EQ(Text(Photo("d/a")), "4");
}

TEST_P(Kinds, EventsOfAVersionThenTheySayItsKind) {
  const Outcome first = Must(PutAs(BlobKind::kPage, "a", ""));
  Must(Apply(PatchBlob{.path = Photo("a"), .metadata = StringMap{{"k", "v"}}}));
  Must(Apply(PatchBlob{.path = Photo("a"), .tier = Tier::kCool}));
  Must(Apply(SetLegalHold{Photo("a"), {}, true}));
  Must(Apply(SetLegalHold{Photo("a"), {}, false}));
  Must(Apply(RemoveBlob{Photo("a")}));
  Must(Apply(RemoveVersion{Photo("a"), first.version}));

  const auto events = Events(first.sequence - 1);

  EXPECT_EQ(events.size(), 7U);
  for (const Event& event : events)
    EXPECT_EQ(event.blob_kind, BlobKind::kPage) << ToString(event.kind);
}

TEST_P(Kinds, PageBlobWithoutWholePagesThenInvalid) {
  EXPECT_CODE(kInvalid, PutAs(BlobKind::kPage, "a", "1"));
  EXPECT_OK(PutAs(BlobKind::kPage, "a", ""));
}

TEST_P(Kinds, ReopenedThenKept) {
  if (!GetParam().durable) GTEST_SKIP() << "the store does not keep anything";
  Must(PutAs(BlobKind::kAppend, "a", "1"));

  Reopen();

  EXPECT_EQ(Stat(Photo("a")).kind, BlobKind::kAppend);
}

}  // namespace
}  // namespace replicafs
