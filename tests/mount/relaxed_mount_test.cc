// An account of relaxed durability in the program itself (fs/SEMANTICS.md, S55 and S56).
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <string>
#include <thread>

#include "backend/base/unique_fd.h"
#include "tests/mount/second_mount.h"

namespace replicafs {
namespace {

class RelaxedProcess : public SecondMountTest {
 protected:
  void SetUp() override {
    SecondMountTest::SetUp();
    if (IsSkipped()) return;
    const ShellResult relaxed = Run("account update west --durability relaxed");
    ASSERT_EQ(relaxed.exit_code, 0) << relaxed.output;
  }
};

int PutSynced(const std::string& path, const std::string& content) {
  const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT, 0644));
  if (!file.valid() || ::write(file.get(), content.data(), content.size()) < 0) return -1;
  return ::fsync(file.get());
}

TEST_F(RelaxedProcess, S55_KilledThenWhatIsThereIsAPrefixOfTheClosesAndWhatWasSyncedIsThere) {
  constexpr int kRounds = 5;
  constexpr int kSyncEach = 60;
  for (int round = 0; round < kRounds; ++round) {
    MountSecond();
    const std::string directory = "round" + std::to_string(round);
    ASSERT_EQ(::mkdir(Theirs(directory).c_str(), 0755), 0);
    const auto name = [&](int i) { return directory + "/f" + std::to_string(i); };
    std::atomic<int> closed = 0;
    std::atomic<int> synced = -1;
    std::thread writer([&] {
      for (int i = 0;; ++i) {
        const std::string content = "content of " + std::to_string(i);
        const bool syncs = i % kSyncEach == kSyncEach - 1;
        if ((syncs ? PutSynced(Theirs(name(i)), content) : PutFile(Theirs(name(i)), content)) != 0)
          return;
        if (syncs) synced = i;
        closed = i + 1;
      }
    });
    const int enough = 100 + round * 170;
    EXPECT_TRUE(Eventually([&] { return closed >= enough; }, std::chrono::seconds(20)));

    KillDaemon(SIGKILL);

    writer.join();
    int present = 0;
    while (Exists(Photo(name(present)))) ++present;
    EXPECT_GT(present, synced) << "a synced file is missing";
    EXPECT_EQ(NamesIn(Photo(directory)).size(), static_cast<size_t>(present)) << "there is a hole";
    for (int i = 0; i < present; ++i)
      EXPECT_EQ(GetFile(Photo(name(i))), "content of " + std::to_string(i));
  }
}

TEST_F(RelaxedProcess, S56_TerminatedThenWhatWasClosedIsThere) {
  MountSecond();
  for (int i = 0; i < 200; ++i) ASSERT_EQ(PutFile(Theirs("f" + std::to_string(i)), "content"), 0);

  KillDaemon(SIGTERM);

  EXPECT_EQ(NamesIn(At("west/photos")).size(), 200U);
}

TEST_F(RelaxedProcess, S56_DirectorySyncedThenWhatWasClosedIsThereAfterAKill) {
  MountSecond();
  for (int i = 0; i < 50; ++i) ASSERT_EQ(PutFile(Theirs("f" + std::to_string(i)), "content"), 0);
  {
    const UniqueFd directory(::open(Theirs("").c_str(), O_RDONLY | O_DIRECTORY));
    ASSERT_EQ(::fsync(directory.get()), 0);
  }

  KillDaemon(SIGKILL);

  EXPECT_EQ(NamesIn(At("west/photos")).size(), 50U);
}

TEST_F(RelaxedProcess, S55_ClosedThenOthersSeeItWithinASecond) {
  MountSecond();
  ASSERT_FALSE(Exists(Photo("f")));
  ASSERT_EQ(PutFile(Theirs("f"), "content"), 0);
  EXPECT_TRUE(
      Eventually([&] { return GetFile(Photo("f")) == "content"; }, std::chrono::seconds(1)));
}

}  // namespace
}  // namespace replicafs
