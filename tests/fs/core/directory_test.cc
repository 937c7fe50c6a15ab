#include <fmt/format.h>
#include <sys/stat.h>

#include <set>

#include "tests/support/file_system_fixture.h"
#include "tests/support/matchers.h"

namespace replicafs {
namespace {

class Directory : public ::testing::Test, public MountedFixture {
 protected:
  // Up to `limit` entries after the cookie, which moves on.
  std::vector<std::string> ReadSome(HandleId handle, uint64_t& cookie, size_t limit) {
    std::vector<std::string> names;
    EXPECT_OK(fs().ReadDirectory(handle, cookie, FileSystem::Lookups::kNone,
                                 [&](const DirectoryEntry& entry) {
                                   if (names.size() == limit) return false;
                                   names.push_back(entry.name);
                                   cookie = entry.cookie;
                                   return true;
                                 }));
    return names;
  }

  void PutMany(size_t count) {
    for (size_t i = 0; i < count; ++i) Put(fmt::format("f{:05}", i), "x");
  }
};

TEST_F(Directory, S34_EveryEntryIsListedOnceWhileOthersChange) {
  PutMany(1000);
  const HandleId handle = Must(fs().OpenDirectory(kRootNode));
  std::multiset<std::string> seen;
  uint64_t cookie = 0;

  for (size_t round = 0;; ++round) {
    const auto names = ReadSome(handle, cookie, 37);
    if (names.empty()) break;
    seen.insert(names.begin(), names.end());
    Put(fmt::format("a{}", round), "new, before the position");
    if (round % 2 == 0)
      Must(ApplyOne(store(), RemoveBlob{.path = {"box", "f00000"}}, 0)), Put("f00000", "");
  }

  for (size_t i = 1; i < 1000; ++i) EXPECT_EQ(seen.count(fmt::format("f{:05}", i)), 1U) << i;
  fs().ReleaseDirectory(handle);
}

TEST_F(Directory, S34_AFileCommittedBeforeItWasShownIsShown) {
  const HandleId made = Must(Open("a", O_WRONLY | O_CREAT));
  const HandleId other = Must(Open("b", O_WRONLY | O_CREAT));
  const HandleId handle = Must(fs().OpenDirectory(kRootNode));
  std::vector<std::string> names;
  uint64_t cookie = 0;
  const auto one = [&](const DirectoryEntry& entry) {
    if (names.size() == 3) return false;
    names.push_back(entry.name);
    cookie = entry.cookie;
    return true;
  };
  ASSERT_OK(fs().ReadDirectory(handle, 0, FileSystem::Lookups::kNone, one));
  ASSERT_EQ(names.back(), "a");

  ASSERT_OK(Close(made));
  ASSERT_OK(Close(other));
  ASSERT_OK(fs().ReadDirectory(handle, cookie, FileSystem::Lookups::kNone,
                               [&](const DirectoryEntry& entry) {
                                 names.push_back(entry.name);
                                 return true;
                               }));

  EXPECT_EQ(names, (std::vector<std::string>{".", "..", "a", "b"}));
  fs().ReleaseDirectory(handle);
}

TEST_F(Directory, S34_SeekingBackReadsTheSameAgain) {
  PutMany(2000);
  const HandleId handle = Must(fs().OpenDirectory(kRootNode));
  uint64_t cookie = 0;
  ReadSome(handle, cookie, 701);
  const uint64_t remembered = cookie;
  const auto expected = ReadSome(handle, cookie, 10);
  ReadSome(handle, cookie, 1000);

  cookie = remembered;

  EXPECT_EQ(ReadSome(handle, cookie, 10), expected);
  cookie = 0;
  EXPECT_EQ(ReadSome(handle, cookie, 3).at(2), "f00000");
  fs().ReleaseDirectory(handle);
}

TEST_F(Directory, CountedEntriesAreNodesAndRefusedOnesAreNot) {
  PutMany(10);
  const HandleId handle = Must(fs().OpenDirectory(kRootNode));
  std::vector<Entry> entries;

  ASSERT_OK(
      fs().ReadDirectory(handle, 0, FileSystem::Lookups::kCount, [&](const DirectoryEntry& entry) {
        if (entries.size() == 5) return false;
        entries.push_back(entry.entry);
        return true;
      }));

  EXPECT_EQ(entries[0].node.value, 0U);
  EXPECT_EQ(entries[1].node.value, 0U);
  EXPECT_OK(fs().GetAttributes(entries[4].node));
  fs().Forget(entries[4].node, 1);
  EXPECT_CODE(kStale, fs().GetAttributes(entries[4].node));
  fs().ReleaseDirectory(handle);
}

TEST_F(Directory, ListingsHaveTheAttributesThatLookupGives) {
  Put("a/b", "x");
  ASSERT_OK(Mkdir("d"));
  ASSERT_OK(WriteFile("d/x", "x"));
  ASSERT_OK(WriteFile("f", "hello"));
  const HandleId handle = Must(fs().OpenDirectory(kRootNode));

  ASSERT_OK(
      fs().ReadDirectory(handle, 0, FileSystem::Lookups::kCount, [&](const DirectoryEntry& entry) {
        if (entry.name.starts_with('.')) return true;
        const Attributes expected = Must(Stat(entry.name));
        EXPECT_EQ(entry.entry.attributes.inode, expected.inode) << entry.name;
        EXPECT_EQ(entry.entry.attributes.mode, expected.mode) << entry.name;
        EXPECT_EQ(entry.entry.attributes.mtime_ns, expected.mtime_ns) << entry.name;
        EXPECT_EQ(entry.entry.attributes.size_bytes, expected.size_bytes) << entry.name;
        return true;
      }));
  fs().ReleaseDirectory(handle);
}

TEST_F(Directory, ListingsOfNamesHaveTheirInodesAndTypes) {
  Put("a/b", "x");
  Put("beside", "x");
  Put("beside/x", "x");
  Put("odd\x01name", "x");
  ASSERT_OK(Mkdir("d"));
  ASSERT_OK(WriteFile("d/x", "x"));
  ASSERT_OK(Mkdir("empty"));
  ASSERT_OK(WriteFile("f", "hello"));
  ASSERT_OK(Symlink("f", "link"));
  const HandleId pending = Must(Open("new", O_WRONLY | O_CREAT));
  const HandleId handle = Must(fs().OpenDirectory(kRootNode));

  size_t seen = 0;
  ASSERT_OK(
      fs().ReadDirectory(handle, 0, FileSystem::Lookups::kNone, [&](const DirectoryEntry& entry) {
        if (entry.name.starts_with('.')) return true;
        const Attributes expected = Must(Stat(entry.name));
        EXPECT_EQ(entry.entry.attributes.inode, expected.inode) << entry.name;
        EXPECT_EQ(entry.entry.attributes.mode & S_IFMT, expected.mode & S_IFMT) << entry.name;
        EXPECT_EQ(entry.entry.node.value, 0U);
        ++seen;
        return true;
      }));

  EXPECT_EQ(seen, 9U);
  fs().ReleaseDirectory(handle);
  ASSERT_OK(Close(pending));
}

TEST_F(Directory, S34_TheComponentWithoutBytesIsListedOnce) {
  Put("d/", "x");
  Put("d/a", "x");
  const HandleId handle = Must(fs().OpenDirectory(Must(Walk("d"))));
  std::vector<std::string> names;
  for (uint64_t cookie = 0;;) {
    // Others change something, so that nothing is shown from a page that was read before.
    Put("other", fmt::format("{}", cookie));
    const auto one = ReadSome(handle, cookie, 1);
    if (one.empty()) break;
    names.push_back(one[0]);
  }

  EXPECT_EQ(names, (std::vector<std::string>{".", "..", "%!", "a"}));
  fs().ReleaseDirectory(handle);
}

// The kernel asks now for the one, now for the other.
TEST_F(Directory, S34_NamesAndAttributesInTurnsAreOneListing) {
  PutMany(3000);
  const HandleId handle = Must(fs().OpenDirectory(kRootNode));
  std::vector<std::string> names;
  uint64_t cookie = 0;
  for (size_t round = 0, before = SIZE_MAX; before != names.size(); ++round) {
    before = names.size();
    const bool counts = round % 3 == 0;
    ASSERT_OK(fs().ReadDirectory(handle, cookie,
                                 counts ? FileSystem::Lookups::kCount : FileSystem::Lookups::kNone,
                                 [&](const DirectoryEntry& entry) {
                                   if (names.size() == before + 100 + round) return false;
                                   names.push_back(entry.name);
                                   cookie = entry.cookie;
                                   if (counts && !entry.name.starts_with('.')) {
                                     EXPECT_EQ(entry.entry.attributes.size_bytes, 1U);
                                     fs().Forget(entry.entry.node, 1);
                                   }
                                   return true;
                                 }));
  }

  ASSERT_EQ(names.size(), 3002U);
  for (size_t i = 0; i < 3000; ++i) EXPECT_EQ(names[i + 2], fmt::format("f{:05}", i));
  fs().ReleaseDirectory(handle);
}

TEST(DirectoryScopes, AllAccountsAndPrefixesCanBeMounted) {
  MountedFixture all{MountScope{}};
  all.Put("p/q/file", "x");
  EXPECT_EQ(Must(all.List("")), std::vector<std::string>{"memory"});
  EXPECT_EQ(Must(all.List("memory")), std::vector<std::string>{"box"});
  EXPECT_EQ(Must(all.ReadFile("memory/box/p/q/file")), "x");
  EXPECT_CODE(kPermission, all.Mkdir("memory/new"));
  EXPECT_CODE(kPermission, all.Rmdir("memory/box"));
  EXPECT_CODE(kNotFound, all.Stat("memory/none"));

  MountedFixture prefix{MountScope{.account = "memory", .container = "box", .prefix = "p/q/"}};
  EXPECT_TRUE(Must(prefix.List("")).empty());
  ASSERT_OK(prefix.WriteFile("new", "y"));
  EXPECT_OK(prefix.store().Stat({"box", "p/q/new"}));
  EXPECT_EQ(Must(prefix.List(".versions")), std::vector<std::string>{"new"});
}

}  // namespace
}  // namespace replicafs
