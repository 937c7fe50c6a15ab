#include "tests/conformance/suite.h"

namespace replicafs {
namespace {

class CountedDirectories : public StoreTest {
 protected:
  void SetUp() override {
    Put("other", "1");
    if (!Must(store().GetContainer("photos")).directories) GTEST_SKIP() << "not counted";
  }
  std::optional<uint64_t> InContainer() { return Must(store().GetContainer("photos")).directories; }
  std::optional<uint64_t> In(std::string_view prefix) {
    return Must(store().StatPrefix(Photo(prefix))).directories;
  }
  void PutMarker(std::string_view name) {
    Must(Apply(CommitBlob{.path = Photo(name), .content = "", .properties = kMarker}));
  }

  const BlobProperties kMarker{.metadata = {{"hdi_isfolder", "true"}}};
};
INSTANTIATE_TEST_SUITE_P(Stores, CountedDirectories, ::testing::ValuesIn(RegisteredStores()),
                         [](const auto& instance) { return instance.param.name; });

TEST_P(CountedDirectories, PrefixesAndMarkersThenEachNameOnce) {
  Put("d/file", "1");
  Put("d/implied/a/b", "1");
  Put("d/implied/c", "1");
  PutMarker("d/marker");
  PutMarker("d/both");
  Put("d/both/x", "1");
  Put("d/beside", "1");
  Put("d/beside/x", "1");

  EXPECT_EQ(In("d/"), 4U);
  EXPECT_EQ(In("d/implied/"), 1U);
  EXPECT_EQ(In("d/both/"), 0U);
  EXPECT_EQ(InContainer(), 1U);
  const ListPage page = Must(store().List({.container = "photos", .after = "d"}));
  EXPECT_EQ(std::get<PrefixInfo>(page.items.at(0)).directories, 4U);
}

TEST_P(CountedDirectories, OneOfMarkerAndPrefixGoesThenStillADirectory) {
  for (const char* name : {"d/a", "d/b", "e"}) {
    PutMarker(name);
    Put(std::string(name) + "/x", "1");
  }

  Must(Apply(RemoveBlob{Photo("d/a")}));
  Must(Apply(RemoveBlob{Photo("d/b/x")}));
  Must(Apply(RemoveBlob{Photo("e/x")}));
  EXPECT_EQ(In("d/"), 2U);
  EXPECT_EQ(InContainer(), 2U);

  Must(Apply(RemoveBlob{Photo("d/a/x")}));
  Must(Apply(RemoveBlob{Photo("e")}));
  EXPECT_EQ(In("d/"), 1U);
  EXPECT_EQ(InContainer(), 1U);
  Must(Apply(RemoveBlob{Photo("d/b")}));
  EXPECT_EQ(InContainer(), 0U);
}

TEST_P(CountedDirectories, BlobBecomesAMarkerThenCounted) {
  Put("d/a", "1");
  Put("a", "1");

  Must(Apply(PatchBlob{.path = Photo("d/a"), .metadata = kMarker.metadata}));
  PutMarker("a");
  EXPECT_EQ(In("d/"), 1U);
  EXPECT_EQ(InContainer(), 2U);

  Put("d/a", "2");
  Must(Apply(PatchBlob{.path = Photo("a"), .metadata = StringMap{}}));
  EXPECT_EQ(In("d/"), 0U);
  EXPECT_EQ(InContainer(), 1U);
}

TEST_P(CountedDirectories, PreviousVersionPatchedThenNotCounted) {
  const VersionId before = Put("d/a", "1").version;
  Put("d/a", "2");

  Must(Apply(PatchBlob{.path = Photo("d/a"), .version = before, .metadata = kMarker.metadata}));
  Must(Apply(RemoveVersion{Photo("d/a"), before}));

  EXPECT_EQ(In("d/"), 0U);
}

TEST_P(CountedDirectories, PrefixRenamedThenBothParentsCount) {
  Put("from/a/b/x", "1");
  Put("from/y", "1");
  Put("to/z", "1");

  Must(Apply(RenamePrefix{"photos", "from/a/", "to/a/"}));

  EXPECT_EQ(In("from/"), 0U);
  EXPECT_EQ(In("to/"), 1U);
  EXPECT_EQ(In("to/a/"), 1U);
  EXPECT_EQ(InContainer(), 2U);
}

}  // namespace
}  // namespace replicafs
