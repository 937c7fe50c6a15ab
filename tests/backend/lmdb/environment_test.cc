#include "backend/lmdb/environment.h"

#include <gtest/gtest.h>

#include <array>

#include "backend/lmdb/cursor.h"
#include "tests/support/matchers.h"
#include "tests/support/temp_directory.h"

namespace replicafs::lmdb {
namespace {

TEST(Environment, RowThatWasPutThenIsThereAfterReopen) {
  TempDirectory directory;
  constexpr std::array<std::string_view, 1> kNames{"rows"};
  {
    auto environment = Must(Environment::Open(directory.path(), {}));
    const Table table = Must(environment->OpenTables(kNames)).front();
    ASSERT_OK(environment->Update(
        [&](WriteTransaction& transaction) { return table.Put(transaction, "key", "value"); }));
  }

  auto environment = Must(Environment::Open(directory.path(), {}));

  const Table table = Must(environment->OpenTables(kNames)).front();
  const ReadTransaction transaction = Must(environment->BeginRead());
  EXPECT_EQ(Must(table.Get(transaction, "key")), "value");
}

TEST(Environment, OpenTwiceInOneProcessThenBusy) {
  TempDirectory directory;
  auto environment = Must(Environment::Open(directory.path(), {}));

  EXPECT_CODE(kBusy, Environment::Open(directory.path(), {}));
}

}  // namespace
}  // namespace replicafs::lmdb
