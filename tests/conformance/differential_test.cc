// Random changes to the specification and to another store: both must end alike.
#include <cstdlib>

#include "tests/conformance/dump.h"
#include "tests/conformance/random_mutations.h"
#include "tests/conformance/suite.h"
#include "tests/support/memory_account.h"

namespace replicafs {
namespace {

// From REPLICAFS_SEED, to run a failure again.
uint64_t Seed() {
  const char* given = std::getenv("REPLICAFS_SEED");
  return given == nullptr ? RandomU64() : std::strtoull(given, nullptr, 0);
}

std::string Said(const Result<std::vector<Outcome>>& result) {
  return result ? "ok" : std::string(ErrorCodeName(result.error().code));
}

REPLICAFS_CONFORMANCE_SUITE(Differential);

TEST_P(Differential, RandomChangesThenAsTheSpecification) {
  const uint64_t seed = Seed();
  SCOPED_TRACE("REPLICAFS_SEED=" + std::to_string(seed));
  const Capabilities& capabilities = store().capabilities();
  MemoryAccount specification({.clock = &clock_,
                               .inline_max_bytes = capabilities.inline_max_bytes,
                               .names = capabilities.names});
  Must(ApplyOne(specification.store(), CreateContainer{"photos"}, kWriter));
  const PutState rehydration{std::string(kRehydrationKey), "1"};
  Must(ApplyOne(specification.store(), rehydration, kWriter));
  Must(Apply(rehydration));
  RandomMutations random(seed);
  for (int step = 1; step <= 1000; ++step) {
    SCOPED_TRACE("step " + std::to_string(step));
    auto lists = random.Draw({&specification, &account()}, clock_.Now());

    const auto expected = specification.store().Apply(std::move(lists[0]), kWriter);
    const auto actual = store().Apply(std::move(lists[1]), kWriter);

    ASSERT_EQ(Said(actual), Said(expected)) << (actual ? "" : actual.error().message);
    if (step % 20 == 0) {
      ASSERT_EQ(Dump(account()), Dump(specification));
    }
    clock_.Advance(std::chrono::milliseconds(step % 50 == 0 ? 700 : step % 3));
  }
}

}  // namespace
}  // namespace replicafs
