#include "backend/embedded/embedded_account.h"

#include <gtest/gtest.h>

#include "tests/support/matchers.h"
#include "tests/support/temp_directory.h"

namespace replicafs {
namespace {

TEST(EmbeddedAccount, BlobThatWasCommittedThenIsThereAfterReopen) {
  TempDirectory directory;
  ASSERT_OK(EmbeddedAccount::Create(directory / "account"));
  {
    auto account = Must(EmbeddedAccount::Open(directory / "account", "alpha", SystemClock()));
    ASSERT_OK(ApplyOne(account->store(), CreateContainer{"box"}, 0));
    ASSERT_OK(ApplyOne(account->store(),
                       CommitBlob{.path = {"box", "a/b"}, .content = std::string("hello")}, 0));
  }

  auto account = Must(EmbeddedAccount::Open(directory / "account", "alpha", SystemClock()));

  const auto reader = Must(account->store().Open({"box", "a/b"}));
  std::string text(5, ' ');
  EXPECT_EQ(Must(reader->ReadAt(0, std::as_writable_bytes(std::span(text)))), 5U);
  EXPECT_EQ(text, "hello");
  EXPECT_EQ(Must(account->journal().Head()), 2U);
}

// A key begins with the directory's id, and the last byte of 47 is a slash.
TEST(EmbeddedAccount, ContainerWithBlobsNamedLikeDirectoriesThenCanBeDeleted) {
  TempDirectory directory;
  ASSERT_OK(EmbeddedAccount::Create(directory / "account"));
  auto account = Must(EmbeddedAccount::Open(directory / "account", "alpha", SystemClock()));
  ASSERT_OK(ApplyOne(account->store(), CreateContainer{"box"}, 0));
  for (int i = 0; i < 50; ++i) {
    const BlobPath path{"box", "d" + std::to_string(i) + "/"};
    ASSERT_OK(ApplyOne(account->store(), CommitBlob{.path = path, .content = std::string("x")}, 0));
  }

  EXPECT_OK(ApplyOne(account->store(), DeleteContainer{"box"}, 0));

  EXPECT_EQ(Must(account->store().Space()).blob_count, 0U);
}

}  // namespace
}  // namespace replicafs
