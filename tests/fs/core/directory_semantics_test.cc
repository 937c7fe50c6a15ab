// Statements of fs/SEMANTICS.md on destinations, directories and names.
#include <fcntl.h>
#include <sys/stat.h>

#include "tests/fs/core/semantics.h"

namespace replicafs {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

TEST_F(Semantics, S14_ADestinationCanBeReadAndDeletedFromAndNothingElse) {
  ASSERT_OK(WriteFile("a", "a"));
  ASSERT_OK(Mkdir("d"));
  ASSERT_OK(WriteFile("d/x", "x"));
  SetDestination("policy");

  EXPECT_CODE(kDestination, Open("new", O_WRONLY | O_CREAT));
  EXPECT_CODE(kDestination, Open("a", O_WRONLY));
  EXPECT_CODE(kDestination, Open("a", O_RDONLY | O_TRUNC));
  EXPECT_CODE(kDestination, SetAttributes("a", {.size_bytes = 0}));
  EXPECT_CODE(kDestination, SetAttributes("a", {.mode = 0600}));
  EXPECT_CODE(kDestination, SetAttributes("d", {.mtime_ns = 1}));
  EXPECT_CODE(kDestination, Mkdir("e"));
  EXPECT_CODE(kDestination, Symlink("t", "l"));
  EXPECT_CODE(kDestination, Rename("a", "b"));
  EXPECT_EQ(Must(ReadFile("a")), "a");
  EXPECT_OK(Unlink("a"));
  EXPECT_OK(Unlink("d/x"));
  EXPECT_OK(Rmdir("d"));
}

TEST_F(Semantics, S15_TheDestinationRuleEndsWithThePolicy) {
  SetDestination("policy");
  EXPECT_CODE(kDestination, WriteFile("a", "a"));

  SetDestination("");

  EXPECT_OK(WriteFile("a", "a"));
}

TEST_F(Semantics, S16_ADirectoryWithoutAMarkerStaysWhenItsLastEntryGoes) {
  Put("d/x", "x");

  ASSERT_OK(Unlink("d/x"));

  EXPECT_TRUE(S_ISDIR(Must(Stat("d")).mode));
  EXPECT_OK(Rmdir("d"));
  EXPECT_CODE(kNotFound, Stat("d"));
}

TEST_F(Semantics, S17_InADestinationRmdirOfAnEmptiedDirectorySucceeds) {
  Put("d/x", "x");
  SetDestination("policy");
  const NodeId directory = Must(Walk("d"));
  ASSERT_NE(directory.value, 0U);

  ASSERT_OK(Unlink("d/x"));

  EXPECT_OK(Rmdir("d"));
}

TEST_F(Semantics, S19_AFileBesideADirectoryIsShownEscaped) {
  Put("a", "file");
  Put("a/b", "below");

  EXPECT_THAT(Must(List("")), UnorderedElementsAre("a", "%!a%file"));
  EXPECT_TRUE(S_ISDIR(Must(Stat("a")).mode));
  EXPECT_EQ(Must(ReadFile("%!a%file")), "file");
  EXPECT_OK(Rename("%!a%file", "c"));
  EXPECT_THAT(Must(List("")), UnorderedElementsAre("a", "c"));
}

TEST_F(Semantics, S20_NamesThatLinuxCannotShowAreShownEscaped) {
  Put("x/../y", "1");
  Put("x//z", "2");
  Put(std::string(300, 'l'), "3");

  EXPECT_EQ(Must(ReadFile("x/%!.%2E/y")), "1");
  EXPECT_EQ(Must(ReadFile("x/%!/z")), "2");
  const auto names = Must(List(""));
  ASSERT_EQ(names.size(), 2U);
  EXPECT_EQ(Must(ReadFile(names[0])), "3");
  EXPECT_OK(Unlink(names[0]));
}

TEST_F(Semantics, S21_EveryLinuxNameCanBeUsed) {
  const std::string name = "odd\n\\\x01\xFF%!.";
  ASSERT_OK(WriteFile(name, "odd"));

  EXPECT_THAT(Must(List("")), ElementsAre(name));
  EXPECT_EQ(Must(ReadFile(name)), "odd");
  EXPECT_CODE(kNameTooLong, WriteFile(std::string(256, 'a'), ""));
}

TEST_F(Semantics, S21_NamesThatTheAccountDoesNotTakeAreRefused) {
  ASSERT_EQ(store().capabilities().names.max_chars, 1024U);
  std::string directory(250, 'd');
  ASSERT_OK(Mkdir(directory));
  for (int i = 0; i < 3; ++i) ASSERT_OK(Mkdir(directory += "/" + std::string(250, 'd')));
  const std::string longest = directory + "/" + std::string(1024 - directory.size() - 1, 'f');

  EXPECT_OK(WriteFile(longest, "fits"));
  EXPECT_CODE(kNameTooLong, WriteFile(longest + "x", ""));
  EXPECT_CODE(kNameTooLong, Mkdir(longest + "x"));
  EXPECT_CODE(kNameTooLong, Rename(longest, longest + "x"));
  EXPECT_CODE(kNameTooLong,
              Rename(std::string(250, 'd'), "longer than it was" + std::string(237, 'd')));
  EXPECT_EQ(Must(ReadFile(longest)), "fits");
}

TEST_F(Semantics, S26_ADirectorysTimeMovesWithItsEntries) {
  ASSERT_OK(Mkdir("d"));
  const int64_t made = Must(Stat("d")).mtime_ns;
  ASSERT_OK(WriteFile("d/x", "x"));
  const int64_t added = Must(Stat("d")).mtime_ns;

  ASSERT_OK(SetAttributes("d", {.mode = 0700}));
  const int64_t changed_mode = Must(Stat("d")).mtime_ns;
  ASSERT_OK(Unlink("d/x"));

  EXPECT_GT(added, made);
  EXPECT_EQ(changed_mode, added);
  EXPECT_GT(Must(Stat("d")).mtime_ns, added);
}

TEST_F(Semantics, S36_ADirectorysLinksCountItsSubdirectories) {
  ASSERT_OK(Mkdir("made"));
  ASSERT_OK(WriteFile("made/file", "1"));
  Put("implied/deep/file", "1");
  EXPECT_EQ(Must(Stat("")).links, 4U);
  EXPECT_EQ(Must(Stat("made")).links, 2U);
  EXPECT_EQ(Must(Stat("implied")).links, 3U);

  ASSERT_OK(Rename("implied/deep", "made/deep"));
  ASSERT_OK(Mkdir("made/empty"));

  EXPECT_EQ(Must(Stat("")).links, 4U);
  EXPECT_EQ(Must(Stat("made")).links, 4U);
  EXPECT_EQ(Must(Stat("implied")).links, 2U);
  ASSERT_OK(Rmdir("made/empty"));
  ASSERT_OK(Rmdir("implied"));
  EXPECT_EQ(Must(Stat("made")).links, 3U);
  EXPECT_EQ(Must(Stat("")).links, 3U);
}

}  // namespace
}  // namespace replicafs
