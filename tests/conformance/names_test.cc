// ListNames tells the same names as List, and of each what it is.
#include "tests/conformance/suite.h"

namespace replicafs {
namespace {

REPLICAFS_CONFORMANCE_SUITE(NameListing);

// Of all pages together.
std::vector<ListedName> AllNames(BlobStore& store, ListNamesRequest request) {
  std::vector<ListedName> all;
  for (;;) {
    NamePage page = Must(store.ListNames(request));
    EXPECT_LE(page.items.size(), request.limit);
    for (ListedName& item : page.items) all.push_back(std::move(item));
    if (!page.more) return all;
    REPLICAFS_CHECK(!page.items.empty());
    request.after = request.prefix + all.back().name;
  }
}

void ExpectEqual(const std::vector<ListedName>& names, const std::vector<ListedName>& expected) {
  ASSERT_EQ(names.size(), expected.size());
  for (size_t i = 0; i < names.size(); ++i) {
    SCOPED_TRACE(expected[i].name);
    EXPECT_EQ(names[i].name, expected[i].name);
    EXPECT_EQ(names[i].file_id, expected[i].file_id);
    EXPECT_EQ(names[i].type, expected[i].type);
    EXPECT_EQ(names[i].is_prefix, expected[i].is_prefix);
    EXPECT_EQ(names[i].has_other, expected[i].has_other);
  }
}

TEST_P(NameListing, EveryLimitAndPrefixThenWhatListTells) {
  for (const char* name : {"a", "a!", "a/b", "a/c", "a0", "b/x/y", "b/z", "c", "d/e", "/r", "e//f"})
    Put(name, "1");
  Put("a/c", "changed");
  Put("gone/x", "1");
  Must(Apply(RemoveBlob{Photo("gone/x")}));
  for (const char* prefix : {"", "a", "a/", "b/", "b/x/", "c", "e/", "none/", "d"}) {
    SCOPED_TRACE(prefix);
    const ListPage page = Must(store().List({.container = "photos", .prefix = prefix}));
    const std::vector<ListedName> expected = NamesOf(page, prefix).items;
    for (size_t limit = 1; limit <= expected.size() + 1; ++limit) {
      ExpectEqual(
          AllNames(store(), {.container = "photos", .prefix = prefix, .after = "", .limit = limit}),
          expected);
    }
  }
}

TEST_P(NameListing, EveryTypeThenTold) {
  const auto put = [&](const char* name, StringMap metadata) {
    Must(Apply(CommitBlob{
        .path = Photo(name), .content = "", .properties = {.metadata = std::move(metadata)}}));
  };
  put("1 file", {{"colour", "blue"}, {"permissions", "420"}, {"is_symlink", "false"}});
  put("2 directory", {{"hdi_isfolder", "true"}, {"zone", "1"}});
  put("3 symlink", {{"atime", "1"}, {"is_symlink", "true"}});
  put("4 fifo", {{"is_fifo", "true"}});
  put("5 socket", {{"is_socket", "true"}});
  put("6 character device", {{"is_char_dev", "true"}, {"posix_rdev", "5"}});
  put("7 block device", {{"is_block_dev", "true"}});
  put("8 both", {{"hdi_isfolder", "true"}, {"is_symlink", "true"}});
  put("9 beside/x", {});

  const NamePage page = Must(store().ListNames({.container = "photos", .prefix = "", .after = ""}));

  const std::vector<BlobType> expected = {
      BlobType::kFile,        BlobType::kDirectory, BlobType::kSymlink,
      BlobType::kFifo,        BlobType::kSocket,    BlobType::kCharacterDevice,
      BlobType::kBlockDevice, BlobType::kDirectory, BlobType::kDirectory};
  ASSERT_EQ(page.items.size(), expected.size());
  for (size_t i = 0; i < expected.size(); ++i)
    EXPECT_EQ(page.items[i].type, expected[i]) << page.items[i].name;
}

TEST_P(NameListing, AfterNamesThatAreNotThereThenTheNextOnes) {
  for (const char* name : {"p/a", "p/c", "p/d/x", "p/e"}) Put(name, "1");
  const auto after = [&](const char* name) {
    std::vector<std::string> names;
    for (const ListedName& item : AllNames(
             store(), {.container = "photos", .prefix = "p/", .after = std::string("p/") + name}))
      names.push_back(item.name);
    return names;
  };

  EXPECT_EQ(after("b"), (std::vector<std::string>{"c", "d/", "e"}));
  EXPECT_EQ(after("d/"), (std::vector<std::string>{"e"}));
  EXPECT_EQ(after("d/q"), (std::vector<std::string>{"e"}));
  EXPECT_EQ(after(""), (std::vector<std::string>{"a", "c", "d/", "e"}));
  EXPECT_TRUE(after("z").empty());
  EXPECT_CODE(kNotFound, store().ListNames({.container = "music", .prefix = "", .after = ""}));
}

}  // namespace
}  // namespace replicafs
