// The program itself: its daemon, and two processes with the same accounts.
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "backend/base/unique_fd.h"
#include "fs/fuse/mountpoint.h"
#include "tests/mount/second_mount.h"

namespace replicafs {
namespace {

constexpr std::chrono::seconds kNoticed{1};

using MountedProcess = SecondMountTest;

TEST_F(MountedProcess, WhoeverWorksInADirectoryThatOthersChangeStaysInIt) {
  MountSecond();
  ASSERT_EQ(::mkdir(Photo("d").c_str(), 0755), 0);
  ASSERT_EQ(PutFile(Photo("d/old"), "x"), 0);
  ASSERT_TRUE(Eventually([&] { return Exists(Theirs("d/old")); }, kNoticed));

  const ShellResult inside = Shell(
      "cd '" + Theirs("d") + "' && echo new > '" + Photo("d/new") + "' && rm '" + Photo("d/old") +
      "' && for i in $(seq 100); do [ -e new ] && [ ! -e old ] && break; sleep 0.05; done; "
      "cat new; env pwd");

  EXPECT_EQ(inside.exit_code, 0) << inside.output;
  EXPECT_EQ(inside.output, "new\n" + Theirs("d") + "\n");
  UmountSecond();
}

TEST_F(MountedProcess, WhenOneChangesThenTheOtherSeesItWithinASecond) {
  MountSecond();
  ASSERT_EQ(PutFile(Photo("f"), "first"), 0);
  ASSERT_FALSE(Exists(Theirs("absent")));
  EXPECT_TRUE(Eventually([&] { return GetFile(Theirs("f")) == "first"; }, kNoticed));

  ASSERT_EQ(PutFile(Photo("f"), "second, and longer"), 0);
  EXPECT_TRUE(Eventually([&] { return GetFile(Theirs("f")) == "second, and longer"; }, kNoticed));
  ASSERT_EQ(PutFile(Theirs("f"), "third"), 0);
  EXPECT_TRUE(Eventually([&] { return GetFile(Photo("f")) == "third"; }, kNoticed));

  ASSERT_EQ(PutFile(Photo("absent"), "came"), 0);
  EXPECT_TRUE(Eventually([&] { return GetFile(Theirs("absent")) == "came"; }, kNoticed));
  ASSERT_EQ(::rename(Theirs("absent").c_str(), Theirs("moved").c_str()), 0);
  EXPECT_TRUE(
      Eventually([&] { return !Exists(Photo("absent")) && Exists(Photo("moved")); }, kNoticed));
  ASSERT_EQ(::unlink(Photo("f").c_str()), 0);
  EXPECT_TRUE(Eventually([&] { return !Exists(Theirs("f")); }, kNoticed));
  EXPECT_TRUE(Eventually(
      [&] { return NamesIn(second_ + "/west/photos") == std::vector<std::string>{"moved"}; },
      kNoticed));
  ASSERT_EQ(::chmod(Photo("moved").c_str(), 0600), 0);
  EXPECT_TRUE(
      Eventually([&] { return (StatOf(Theirs("moved")).st_mode & 07777) == 0600; }, kNoticed));
  UmountSecond();
}

TEST_F(MountedProcess, WhenMountedTwiceOrOnAFileThenTheReasonIsSaid) {
  MountSecond();
  ASSERT_EQ(PutFile(Outside("file"), ""), 0);

  const ShellResult again = Run("mount '" + second_ + "'");
  const ShellResult missing = Run("mount '" + Outside("missing") + "'");
  const ShellResult file = Run("mount '" + Outside("file") + "'");

  EXPECT_EQ(again.exit_code, 6);
  EXPECT_NE(again.output.find("is a mount already"), std::string::npos) << again.output;
  EXPECT_EQ(missing.exit_code, 5);
  EXPECT_NE(missing.output.find("No such file"), std::string::npos) << missing.output;
  EXPECT_NE(file.exit_code, 0);
  EXPECT_NE(file.output.find("not a directory"), std::string::npos) << file.output;
  UmountSecond();
}

TEST_F(MountedProcess, S38_WhenRootHasTheMountToItselfThenOnlyExecutingIsRefused) {
  if (::geteuid() != 0) GTEST_SKIP() << "not root";
  MountSecond();
  ASSERT_EQ(PutFile(Theirs("script"), "#!/bin/sh\nexit 0\n"), 0);
  ASSERT_EQ(::chmod(Theirs("script").c_str(), 0000), 0);
  ASSERT_EQ(::mkdir(Theirs("d").c_str(), 0000), 0);

  EXPECT_EQ(ErrnoOf(::access(Theirs("script").c_str(), X_OK)), EACCES);
  EXPECT_EQ(ErrnoOf(::access(Theirs("script").c_str(), R_OK | W_OK)), 0);
  EXPECT_EQ(ErrnoOf(::access(Theirs("d").c_str(), X_OK)), 0);
  EXPECT_NE(Shell(Theirs("script")).exit_code, 0);
  ASSERT_EQ(::chmod(Theirs("script").c_str(), 0010), 0);
  EXPECT_EQ(ErrnoOf(::access(Theirs("script").c_str(), X_OK)), 0);
  EXPECT_EQ(Shell(Theirs("script")).exit_code, 0);
  UmountSecond();
}

TEST_F(MountedProcess, WhenTheScopeDoesNotExistThenTheDaemonsReasonReachesTheCaller) {
  const ShellResult result = Run("mount north '" + second_ + "'");

  EXPECT_EQ(result.exit_code, 5);
  EXPECT_NE(result.output.find("north"), std::string::npos) << result.output;
}

TEST_F(MountedProcess, WhenUnmountedWhileInUseThenTheUserIsNamed) {
  MountSecond();
  {
    const UniqueFd held(::open(second_.c_str(), O_RDONLY | O_DIRECTORY));

    const ShellResult busy = Run("umount '" + second_ + "'");

    EXPECT_EQ(busy.exit_code, 6);
    EXPECT_NE(busy.output.find("(" + std::to_string(::getpid()) + ")"), std::string::npos)
        << busy.output;
  }
  UmountSecond();
  EXPECT_EQ(Run("umount '" + second_ + "'").exit_code, 5);
}

TEST_F(MountedProcess, WhenUnmountedAfterAWriteThenTheProcessHasEndedAndEverythingIsThere) {
  MountSecond();
  const std::string content = Pattern(20 << 20);
  ASSERT_EQ(PutFile(Theirs("large"), content), 0);

  UmountSecond();

  EXPECT_EQ(DaemonPid(), 0);
  EXPECT_TRUE(Eventually([&] { return GetFile(Photo("large")) == content; }, kNoticed));
}

TEST_F(MountedProcess, WhenTerminatedWhileWrittenToThenWhatWasClosedIsThere) {
  MountSecond();
  const pid_t daemon = DaemonPid();
  ASSERT_GT(daemon, 0);
  std::atomic<int> closed = 0;
  std::thread writer([&] {
    for (int i = 0; PutFile(Theirs("f" + std::to_string(i)), "content") == 0; ++i) closed = i + 1;
  });
  ASSERT_TRUE(Eventually([&] { return closed >= 20; }, std::chrono::seconds(20)));

  ASSERT_EQ(::kill(daemon, SIGTERM), 0);

  writer.join();
  ASSERT_TRUE(Eventually([&] { return ::kill(daemon, 0) != 0; }, std::chrono::seconds(10)));
  const auto mounted = FindMount(std::filesystem::canonical(second_).string());
  EXPECT_TRUE(mounted && !*mounted);
  for (int i = 0; i < closed; ++i) {
    const std::string name = "f" + std::to_string(i);
    EXPECT_TRUE(Eventually([&] { return GetFile(Photo(name)) == "content"; }, kNoticed)) << name;
  }
}

TEST_F(MountedProcess, WhenTerminatedThenWhatOpenFilesHoldIsCommitted) {
  MountSecond();
  const pid_t daemon = DaemonPid();
  ASSERT_GT(daemon, 0);
  const UniqueFd open(::open(Theirs("open").c_str(), O_WRONLY | O_CREAT, 0644));
  ASSERT_EQ(::write(open.get(), "unflushed", 9), 9);

  ASSERT_EQ(::kill(daemon, SIGTERM), 0);

  ASSERT_TRUE(Eventually([&] { return ::kill(daemon, 0) != 0; }, std::chrono::seconds(10)));
  MountSecond();
  EXPECT_EQ(GetFile(Theirs("open")), "unflushed");
  UmountSecond();
}

TEST_F(MountedProcess, WhenTheDaemonWasKilledThenTheMountpointCanBeMountedAgain) {
  MountSecond();
  const pid_t daemon = DaemonPid();
  ASSERT_EQ(PutFile(Theirs("f"), "kept"), 0);
  ASSERT_EQ(::kill(daemon, SIGKILL), 0);
  ASSERT_TRUE(Eventually([&] { return GetFile(Theirs("f")) == std::nullopt && errno == ENOTCONN; },
                         std::chrono::seconds(5)));

  MountSecond();

  EXPECT_EQ(GetFile(Theirs("f")), "kept");
  UmountSecond();
}

TEST_F(MountedProcess, WhenTheDaemonWasKilledThenUmountCleansUp) {
  MountSecond();
  ASSERT_EQ(::kill(DaemonPid(), SIGKILL), 0);

  UmountSecond();

  EXPECT_FALSE(Must(FindMount(std::filesystem::canonical(second_).string())).has_value());
}

}  // namespace
}  // namespace replicafs
