// S80, S81, S82 of the store: every call that changes files fails once, and power is cut anywhere.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <cerrno>
#include <cstdlib>
#include <map>
#include <random>

#include "tests/faults/fault_disk.h"
#include "tests/faults/store_scenario.h"
#include "tests/support/matchers.h"
#include "tests/support/temp_directory.h"

namespace replicafs {
namespace {

constexpr int kPowerCuts = 60;

uint64_t Seed() {
  const char* given = std::getenv("REPLICAFS_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device()();
}

class StoreFaultTest : public ::testing::Test {
 protected:
  StoreFaultTest() {
    char* real = ::realpath(directory_.path().c_str(), nullptr);
    path_ = std::string(real) + "/account";
    std::free(real);
  }

  // Calls that a run makes when nothing fails, from the first after Create on.
  uint64_t CallsOfARun() {
    const std::string path = path_ + "-whole";
    FaultDisk disk(path);
    StoreScenario scenario(path);
    scenario.Create();
    const uint64_t before = disk.calls();
    scenario.Run();
    const uint64_t calls = disk.calls() - before;
    EXPECT_EQ(scenario.Verify(), "");
    return calls;
  }

  void SweepWith(int error_number) {
    const uint64_t calls = CallsOfARun();
    ASSERT_GT(calls, 100U);
    std::map<std::string, int> failed;
    for (uint64_t number = 1; number <= calls; ++number) {
      const std::string path = path_ + std::to_string(number);
      FaultDisk disk(path);
      StoreScenario scenario(path);
      scenario.Create();
      disk.FailCall(number, error_number);
      scenario.Run();
      ++failed[disk.failed_call()];
      ASSERT_EQ(scenario.Verify(), "")
          << "call " << number << ", " << disk.failed_call() << ", errno " << error_number;
    }
    for (const char* call : {"open", "pwrite", "fsync", "fdatasync", "rename", "unlink", "mkdir"})
      EXPECT_GT(failed[call], 0) << call;
  }

  TempDirectory directory_;
  std::string path_;
};

TEST_F(StoreFaultTest, S80_EachCallFindsNoSpaceThenNothingCommittedIsLost) {
  SweepWith(ENOSPC);
}

TEST_F(StoreFaultTest, S81_EachCallFailsThenNothingCommittedIsLost) {
  SweepWith(EIO);
}

TEST_F(StoreFaultTest, S82_PowerCutAnywhereThenNothingCommittedIsLost) {
  const uint64_t seed = Seed();
  SCOPED_TRACE(fmt::format("REPLICAFS_SEED={}", seed));
  std::mt19937_64 random(seed);
  const uint64_t calls = CallsOfARun();
  int acknowledged = 0;

  for (int i = 0; i < kPowerCuts; ++i) {
    const std::string path = path_ + std::to_string(i);
    FaultDisk disk(path);
    StoreScenario scenario(path);
    scenario.Create();
    const uint64_t number = 1 + random() % calls;
    disk.CutPowerAt(number);
    scenario.Run();
    acknowledged += scenario.acknowledged();
    disk.RestorePower(random);
    ASSERT_EQ(scenario.Verify(), "") << "cut at call " << number << " of " << calls;
  }
  EXPECT_GT(acknowledged, kPowerCuts);
}

}  // namespace
}  // namespace replicafs
