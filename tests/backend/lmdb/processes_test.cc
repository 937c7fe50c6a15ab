#include <gtest/gtest.h>
#include <sys/resource.h>

#include <array>
#include <csignal>
#include <string>

#include "backend/lmdb/cursor.h"
#include "backend/lmdb/environment.h"
#include "tests/support/child_process.h"
#include "tests/support/matchers.h"
#include "tests/support/temp_directory.h"

namespace replicafs::lmdb {
namespace {

constexpr std::array<std::string_view, 1> kNames{"rows"};

struct Opened {
  std::unique_ptr<Environment> environment;
  Table table;

  explicit Opened(const std::string& path)
      : environment(Must(Environment::Open(path, {.initial_map_bytes = 64 << 10}))),
        table(Must(environment->OpenTables(kNames)).front()) {}

  Status Put(const std::string& key, const std::string& value) {
    return environment->Update(
        [&](WriteTransaction& transaction) { return table.Put(transaction, key, value); });
  }
  size_t Count() { return Must(table.Count(Must(environment->BeginRead()))); }
};

TEST(Processes, BothWriteAndGrowThenAllRowsAreThere) {
  TempDirectory directory;
  constexpr int kRows = 200;
  const auto write = [&](const std::string& who) {
    Opened opened(directory.path());
    for (int i = 0; i < kRows; ++i) {
      if (!opened.Put(who + std::to_string(i), std::string(2000, 'x'))) return 1;
    }
    return 0;
  };

  Child child([&] { return write("child"); });
  EXPECT_EQ(write("parent"), 0);

  EXPECT_EQ(child.Wait(), 0);
  EXPECT_EQ(Opened(directory.path()).Count(), size_t{2 * kRows});
}

TEST(Processes, OtherProcessCommitsThenLastTransactionIdGrows) {
  TempDirectory directory;
  Pipe opened_pipe;
  Pipe go;
  Child child([&] {
    Opened opened(directory.path());
    opened_pipe.Say(1);
    go.Hear();
    return opened.Put("key", "value") ? 0 : 1;
  });
  opened_pipe.Hear();
  Opened opened(directory.path());
  const uint64_t before = opened.environment->LastTransactionId();

  go.Say(1);
  ASSERT_EQ(child.Wait(), 0);

  EXPECT_GT(opened.environment->LastTransactionId(), before);
  EXPECT_EQ(opened.Count(), 1U);
}

// A dead reader would pin every page that was in use when it began.
TEST(Processes, ReaderKilledThenItsPagesAreUsedAgain) {
  TempDirectory directory;
  {
    Opened opened(directory.path());
    ASSERT_OK(opened.Put("key", std::string(1 << 20, 'x')));
  }
  Pipe reading;
  Child child([&] {
    Opened opened(directory.path());
    const auto transaction = Must(opened.environment->BeginRead());
    reading.Say(1);
    ::pause();
    return 0;
  });
  reading.Hear();
  child.Kill();

  Opened opened(directory.path());
  for (int i = 0; i < 50; ++i)
    ASSERT_OK(opened.Put("key", std::string(1 << 20, static_cast<char>('a' + i % 26))));

  EXPECT_LE(opened.environment->MapBytes(), uint64_t{16} << 20);
}

TEST(Processes, WriterKilledInsideATransactionThenItsChangesAreGone) {
  TempDirectory directory;
  Pipe writing;
  Child child([&] {
    Opened opened(directory.path());
    return opened.environment->Update([&](WriteTransaction& transaction) -> Status {
      TRY(opened.table.Put(transaction, "key", "value"));
      writing.Say(1);
      ::pause();
      return Ok();
    })
               ? 0
               : 1;
  });
  writing.Hear();
  child.Kill();

  Opened opened(directory.path());

  EXPECT_EQ(opened.Count(), 0U);
  EXPECT_OK(opened.Put("key", "value"));
}

TEST(Processes, CommitDoesNotFitTheDiskThenUsableAfterwards) {
  TempDirectory directory;
  Child child([&] {
    Opened opened(directory.path());
    if (!opened.Put("first", "value")) return 1;
    ::signal(SIGXFSZ, SIG_IGN);
    rlimit limit{};
    ::getrlimit(RLIMIT_FSIZE, &limit);
    const auto unlimited = limit.rlim_cur;
    limit.rlim_cur = 1 << 20;
    ::setrlimit(RLIMIT_FSIZE, &limit);
    const Status failed = opened.Put("large", std::string(4 << 20, 'x'));
    // kIo: LMDB's answer to a write that was cut short.
    if (failed ||
        (failed.error().code != ErrorCode::kNoSpace && failed.error().code != ErrorCode::kIo)) {
      return 2;
    }
    if (!opened.Put("small", "value")) return 3;
    limit.rlim_cur = unlimited;
    ::setrlimit(RLIMIT_FSIZE, &limit);
    if (!opened.Put("large", std::string(4 << 20, 'x'))) return 4;
    return opened.Count() == 3 ? 0 : 5;
  });
  EXPECT_EQ(child.Wait(), 0);
}

}  // namespace
}  // namespace replicafs::lmdb
