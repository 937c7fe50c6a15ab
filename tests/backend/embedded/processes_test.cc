#include <gtest/gtest.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <thread>

#include "backend/embedded/embedded_account.h"
#include "backend/embedded/presence.h"
#include "tests/support/child_process.h"
#include "tests/support/matchers.h"
#include "tests/support/temp_directory.h"

namespace replicafs {
namespace {

EmbeddedAccount::Options SmallMap() {
  EmbeddedAccount::Options options;
  options.initial_map_bytes = 64 << 10;
  options.garbage_interval = {};
  return options;
}

std::unique_ptr<EmbeddedAccount> OpenAt(const std::string& path) {
  return Must(EmbeddedAccount::Open(path, "alpha", SystemClock(), SmallMap()));
}

std::string Text(int number) {
  return "content of blob " + std::to_string(number);
}

// Commits blobs for ever, every other one as a block; says a byte for each that is acknowledged.
[[noreturn]] void CommitForEver(const std::string& path, int first, Pipe& acknowledged) {
  const auto account = OpenAt(path);
  BlobStore& store = account->store();
  for (int i = first;; ++i) {
    const std::string name = "d" + std::to_string(i % 7) + "/" + std::to_string(i);
    CommitBlob commit{.path = {"box", name}, .content = Text(i)};
    if (i % 2 == 0) {
      const Digest digest = Sha256(AsBytes(Text(i)));
      Must(store.StageBlock(digest, AsBytes(Text(i))));
      commit.content = BlockList{{digest, Text(i).size()}};
    }
    Must(ApplyOne(store, commit, 0));
    acknowledged.Say(1);
    if (i % 5 == 0) Must(ApplyOne(store, RemoveBlob{{"box", name}}, 0));
  }
}

TEST(EmbeddedProcesses, KilledAgainAndAgainThenCleanAndNothingAcknowledgedIsLost) {
  TempDirectory directory;
  const std::string path = directory / "account";
  ASSERT_OK(EmbeddedAccount::Create(path));
  ASSERT_OK(ApplyOne(OpenAt(path)->store(), CreateContainer{"box"}, 0));

  for (int round = 0; round < 5; ++round) {
    constexpr int kAcknowledged = 30;
    const int first = round * 1000 + 1;
    Pipe acknowledged;
    Child child([&]() -> int { CommitForEver(path, first, acknowledged); });
    for (int i = 0; i < kAcknowledged + round; ++i) acknowledged.Hear();
    child.Kill();

    const auto account = OpenAt(path);
    const auto report = Must(account->Check({.depth = embedded::CheckDepth::kBytes}));
    EXPECT_TRUE(report.clean()) << report.findings.front().what;
    for (int i = first; i < first + kAcknowledged; ++i) {
      const BlobPath blob{"box", "d" + std::to_string(i % 7) + "/" + std::to_string(i)};
      const auto versions = Must(account->store().ListVersions(blob));
      ASSERT_EQ(versions.size(), 1U) << ToString(blob);
      EXPECT_EQ(versions[0].size_bytes, Text(i).size());
    }
  }
}

TEST(EmbeddedProcesses, OtherProcessCommitsThenWaitReturnsAndVersionsStayInOrder) {
  TempDirectory directory;
  const std::string path = directory / "account";
  ASSERT_OK(EmbeddedAccount::Create(path));
  ASSERT_OK(ApplyOne(OpenAt(path)->store(), CreateContainer{"box"}, 0));
  Pipe go;
  Child child([&] {
    go.Hear();
    const auto account = OpenAt(path);
    for (int i = 0; i < 20; ++i)
      Must(ApplyOne(account->store(), CommitBlob{.path = {"box", "a"}, .content = Text(i)}, 1));
    return 0;
  });
  const auto account = OpenAt(path);
  const uint64_t head = Must(account->journal().Head());

  go.Say(1);
  account->journal().Wait(head, std::chrono::minutes(1), {});
  EXPECT_GT(Must(account->journal().Head()), head);
  for (int i = 0; i < 20; ++i)
    Must(ApplyOne(account->store(), CommitBlob{.path = {"box", "a"}, .content = Text(i)}, 2));
  EXPECT_EQ(child.Wait(), 0);

  EXPECT_EQ(Must(account->store().ListVersions({"box", "a"})).size(), 40U);
  EXPECT_EQ(Must(account->journal().Head()), head + 40);
  EXPECT_TRUE(Must(account->Check({})).clean());
}

TEST(EmbeddedProcesses, OpenTwiceInOneProcessThenBusy) {
  TempDirectory directory;
  ASSERT_OK(EmbeddedAccount::Create(directory / "account"));
  const auto account = OpenAt(directory / "account");

  EXPECT_CODE(kBusy, EmbeddedAccount::Open(directory / "account", "alpha", SystemClock()));
}

TEST(EmbeddedProcesses, DirectoryWithoutAccountThenNotFound) {
  TempDirectory directory;

  EXPECT_CODE(kNotFound, EmbeddedAccount::Open(directory.path(), "alpha", SystemClock()));
}

TEST(EmbeddedProcesses, AnotherProcessHasTheAccountOpenThenNobodyIsAlone) {
  TempDirectory directory;
  const std::string path = directory / "account";
  ASSERT_OK(EmbeddedAccount::Create(path));
  const auto presence = Must(embedded::Presence::Enter(path));
  EXPECT_TRUE(embedded::Presence::Alone(presence));
  Pipe opened;
  Pipe go;
  Child child([&] {
    const auto account = OpenAt(path);
    opened.Say(1);
    go.Hear();
    return 0;
  });
  opened.Hear();

  EXPECT_FALSE(embedded::Presence::Alone(presence));
  go.Say(1);
  EXPECT_EQ(child.Wait(), 0);
  EXPECT_TRUE(embedded::Presence::Alone(presence));
}

TEST(EmbeddedProcesses, AloneThenWhatNothingRefersToGoesAfterTheShortGrace) {
  TempDirectory directory;
  const std::string path = directory / "account";
  ASSERT_OK(EmbeddedAccount::Create(path));
  EmbeddedAccount::Options options = SmallMap();
  options.garbage_interval = std::chrono::milliseconds(5);
  options.short_grace = {};
  const auto account = Must(EmbeddedAccount::Open(path, "alpha", SystemClock(), options));
  BlobStore& store = account->store();
  ASSERT_OK(ApplyOne(store, CreateContainer{"box"}, 0));
  const BlockRef block{Sha256(AsBytes(Text(1))), Text(1).size()};
  ASSERT_OK(store.StageBlock(block.digest, AsBytes(Text(1))));
  const Outcome outcome = Must(
      ApplyOne(store, CommitBlob{.path = {"box", "a"}, .content = BlockList{block}}, 0));

  ASSERT_OK(ApplyOne(store, RemoveVersion{{"box", "a"}, outcome.version}, 0));

  const std::string hex = ToHex(block.digest);
  const std::string file = path + "/blocks/" + hex.substr(0, 2) + "/" + hex;
  constexpr std::chrono::seconds kPatience{20};
  const auto deadline = WaitClock::now() + kPatience;
  const auto is_there = [&] { return ::access(file.c_str(), F_OK) == 0; };
  while (is_there() && WaitClock::now() < deadline) std::this_thread::yield();
  EXPECT_FALSE(is_there());
}

}  // namespace
}  // namespace replicafs
