// Links that run by themselves.
#include "backend/replication/link_supervisor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <thread>

#include "backend/replication/retry_request.h"
#include "backend/replication/status.h"
#include "tests/backend/replication/link_fixture.h"

namespace replicafs {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

class Supervisor : public ::testing::Test, public LinkFixture {
 protected:
  // Waits for what other threads bring about; false when it does not happen.
  template <class Condition>
  static bool Eventually(const Condition& holds) {
    const auto deadline = steady_clock::now() + std::chrono::seconds(20);
    while (steady_clock::now() < deadline) {
      if (holds()) return true;
      std::this_thread::yield();
    }
    return false;
  }
};

TEST_F(Supervisor, PolicyCreatedAndDeletedThenItsLinkStartsAndStops) {
  LinkSupervisor supervisor(accounts, {"source", "destination"}, clock);
  Create();
  Write("a", "x");
  EXPECT_TRUE(Eventually([&] { return ReplicaExists("a"); }));
  EXPECT_TRUE(Must(LinkOwnership::IsOwned(*source, policy.policy_id)));

  ASSERT_OK(DeletePolicy(accounts, policy.policy_id));

  EXPECT_TRUE(Eventually([&] { return !Must(LinkOwnership::IsOwned(*source, policy.policy_id)); }));
}

TEST_F(Supervisor, OnlyTheDestinationIsWatchedThenItsLinkRunsToo) {
  LinkSupervisor supervisor(accounts, {"destination"}, clock);
  Create();
  Write("a", "x");

  EXPECT_TRUE(Eventually([&] { return ReplicaExists("a"); }));
}

TEST_F(Supervisor, OwnerEndsThenAnotherTakesOver) {
  Create();
  auto owner = Must(LinkOwnership::TryAcquire(*source, policy.policy_id));
  ASSERT_NE(owner, nullptr);
  EXPECT_EQ(Must(LinkOwnership::TryAcquire(*source, policy.policy_id)), nullptr);
  LinkSupervisor supervisor(accounts, {"source"}, clock);
  Write("a", "x");
  EXPECT_FALSE(ReplicaExists("a"));

  owner.reset();

  EXPECT_TRUE(Eventually([&] { return ReplicaExists("a"); }));
}

TEST_F(Supervisor, DestinationFailsForAWhileThenTheErrorIsToldAndAllArrives) {
  Create();
  Write("a", "x");
  destination->script().Add({.call = StoreCall::kApply, .count = 2});
  LinkSupervisor supervisor(accounts, {"source"}, clock);
  EXPECT_TRUE(Eventually([&] { return !Progress().last_error.empty(); }));

  EXPECT_TRUE(Eventually([&] { return ReplicaExists("a"); }));
  EXPECT_TRUE(Eventually([&] { return Progress().last_error.empty(); }));
}

TEST_F(Supervisor, AccountAppearsLaterThenItsLinksStart) {
  Create();
  Write("a", "x");
  accounts.Remove("destination");
  LinkSupervisor supervisor(accounts, {"source"}, clock);
  EXPECT_TRUE(
      Eventually([&] { return Progress().last_error.find("'destination'") != std::string::npos; }));
  EXPECT_TRUE(Must(LinkOwnership::IsOwned(*source, policy.policy_id)));

  accounts.Add(destination);

  EXPECT_TRUE(Eventually([&] { return ReplicaExists("a"); }));
  EXPECT_TRUE(Eventually([&] { return Progress().last_error.empty(); }));
}

TEST_F(Supervisor, AllAccountsThenAlsoThoseThatAreCreatedLater) {
  Create();
  Write("a", "x");
  accounts.Remove("source");
  accounts.Remove("destination");
  LinkSupervisor supervisor(accounts, {}, clock);

  accounts.Add(source);
  accounts.Add(destination);

  EXPECT_TRUE(Eventually([&] { return ReplicaExists("a"); }));
}

TEST_F(Supervisor, DestroyedInTheMiddleOfACopyThenItStopsAtOnce) {
  Create();
  std::string content;
  for (int i = 0; i < 200'000; ++i) content += std::to_string(i) + " ";
  Write("a", content);
  const uint64_t staged = destination->script().Calls(StoreCall::kStageBlock);
  auto supervisor =
      std::make_unique<LinkSupervisor>(accounts, std::vector<std::string>{"source"}, clock);
  EXPECT_TRUE(
      Eventually([&] { return destination->script().Calls(StoreCall::kStageBlock) > staged; }));
  const auto start = steady_clock::now();

  supervisor.reset();

  EXPECT_LT(steady_clock::now() - start, milliseconds(1000));
}

TEST_F(Supervisor, RetryAskedForThenTheOwnerAnswersWhenItHasTried) {
  Create();
  ASSERT_OK(ApplyOne(destination->inner().store(), SetDestination{"replica", ""}, 0));
  Write("a", "x");
  LinkSupervisor supervisor(accounts, {"source"}, clock);
  EXPECT_TRUE(Eventually([&] { return Failures().size() == 1; }));
  ASSERT_OK(ApplyOne(destination->inner().store(), SetDestination{"replica", policy.policy_id}, 0));

  const uint64_t request = Must(AskForRetry(source->store(), policy.policy_id));

  std::optional<std::string> answer;
  EXPECT_TRUE(Eventually([&] {
    answer = Must(ReadRetryAnswer(source->store(), policy.policy_id, request));
    return answer.has_value();
  }));
  EXPECT_EQ(answer, "");
  EXPECT_TRUE(ReplicaExists("a"));
  EXPECT_TRUE(Failures().empty());
}

TEST_F(Supervisor, RetryAskedForWhileTheDestinationIsAwayThenTheAnswerSaysSo) {
  Create();
  accounts.Remove("destination");
  LinkSupervisor supervisor(accounts, {"source"}, clock);
  EXPECT_TRUE(Eventually([&] { return !Progress().last_error.empty(); }));

  const uint64_t request = Must(AskForRetry(source->store(), policy.policy_id));

  std::optional<std::string> answer;
  EXPECT_TRUE(Eventually([&] {
    answer = Must(ReadRetryAnswer(source->store(), policy.policy_id, request));
    return answer.has_value();
  }));
  EXPECT_THAT(answer.value_or(""), ::testing::HasSubstr("'destination'"));
}

}  // namespace
}  // namespace replicafs
