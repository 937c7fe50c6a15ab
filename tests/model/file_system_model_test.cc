// Random operations on mounts, crashes and steps of a link must have the results that a plain tree
// has. REPLICAFS_SEED=n reruns a failure; REPLICAFS_STEPS=n makes it longer; REPLICAFS_TRACE=1
// prints the operations; REPLICAFS_COMPARE=n compares everything every n steps.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>

#include "backend/base/log.h"
#include "tests/model/model.h"
#include "tests/support/matchers.h"

namespace replicafs {
namespace {

// A world is begun anew now and then: its histories grow.
constexpr uint64_t kStepsOfAWorld = 4000;

uint64_t NumberFromEnvironment(const char* name, uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

ModelOptions OptionsFor(World::Accounts accounts) {
  const uint64_t seed = NumberFromEnvironment("REPLICAFS_SEED", 0);
  return {.seed = seed != 0 ? seed : std::random_device{}(),
          .accounts = accounts,
          .compare_every = NumberFromEnvironment("REPLICAFS_COMPARE", 16),
          .trace = std::getenv("REPLICAFS_TRACE") != nullptr};
}

// The first problem of a world.
std::optional<std::string> RunWorld(const ModelOptions& options, uint64_t steps) {
  Model model(options);
  while (!model.problem() && model.steps() < steps) model.Step();
  if (!model.problem()) model.CompareAll();
  return model.problem();
}

class FileSystemModel : public ::testing::Test {
 protected:
  // What a crash loses is logged, and so is much else that is meant.
  static void SetUpTestSuite() { Must(LogToFile("/dev/null", LogLevel::kError)); }

  static void ExpectNoDifference(ModelOptions options, uint64_t steps) {
    steps = NumberFromEnvironment("REPLICAFS_STEPS", steps);
    fmt::print("seed {}, {} steps\n", options.seed, steps);
    for (uint64_t done = 0; done < steps; done += kStepsOfAWorld, ++options.seed) {
      const auto problem = RunWorld(options, std::min(steps - done, kStepsOfAWorld));
      if (problem) FAIL() << *problem;
    }
  }
};

TEST_F(FileSystemModel, OnMemoryRandomOperationsMatchThePlainTree) {
  ExpectNoDifference(OptionsFor(World::Accounts::kInMemory), 4000);
}

TEST_F(FileSystemModel, OnEmbeddedAccountsRandomOperationsMatchThePlainTree) {
  ExpectNoDifference(OptionsFor(World::Accounts::kEmbedded), 2000);
}

TEST_F(FileSystemModel, OnMemoryWithRelaxedDurabilityRandomOperationsMatchThePlainTree) {
  ModelOptions options = OptionsFor(World::Accounts::kInMemory);
  options.durability = Durability::kRelaxed;
  ExpectNoDifference(options, 4000);
}

TEST_F(FileSystemModel, OnEmbeddedAccountsWithRelaxedDurabilityRandomOperationsMatchThePlainTree) {
  ModelOptions options = OptionsFor(World::Accounts::kEmbedded);
  options.durability = Durability::kRelaxed;
  ExpectNoDifference(options, 2000);
}

class PlantedFaults : public FileSystemModel, public ::testing::WithParamInterface<PlantedFault> {};

TEST_P(PlantedFaults, AreFound) {
  constexpr uint64_t kStepsMax = 60'000;
  ModelOptions options = OptionsFor(World::Accounts::kInMemory);
  options.fault = GetParam();
  const auto problem = RunWorld(options, kStepsMax);
  ASSERT_TRUE(problem) << "not found in " << kStepsMax << " steps with seed " << options.seed;
  fmt::print("{}: {}\n", ToString(options.fault), *problem);
}

INSTANTIATE_TEST_SUITE_P(Model, PlantedFaults,
                         ::testing::Values(PlantedFault::kShortCommit, PlantedFault::kOldNameStays,
                                           PlantedFault::kLostVersion,
                                           PlantedFault::kForgottenCommit, PlantedFault::kStaleStat,
                                           PlantedFault::kLostTombstone),
                         [](const auto& parameter) {
                           std::string name = ToString(parameter.param);
                           std::replace(name.begin(), name.end(), ' ', '_');
                           return name;
                         });

}  // namespace
}  // namespace replicafs
