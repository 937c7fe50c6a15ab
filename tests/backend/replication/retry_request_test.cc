// Requests to try failures again, between who asks and who owns the link.
#include "backend/replication/retry_request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "backend/replication/link_rows.h"
#include "tests/backend/replication/link_fixture.h"

namespace replicafs {
namespace {

class RetryRequest : public ::testing::Test, public LinkFixture {
 protected:
  RetryRequest() { Create(); }
  BlobStore& store() { return source->store(); }
  const std::string& id() const { return policy.policy_id; }
  std::optional<std::string> AnswerTo(uint64_t request) {
    return Must(ReadRetryAnswer(store(), id(), request));
  }
};

TEST_F(RetryRequest, AskedThenOpenUntilAnswered) {
  EXPECT_EQ(Must(UnansweredRetry(store(), id())), 0U);
  const uint64_t request = Must(AskForRetry(store(), id()));
  EXPECT_EQ(Must(UnansweredRetry(store(), id())), request);
  EXPECT_EQ(AnswerTo(request), std::nullopt);

  ASSERT_OK(AnswerRetry(store(), id(), request, "no space"));

  EXPECT_EQ(Must(UnansweredRetry(store(), id())), 0U);
  EXPECT_EQ(AnswerTo(request), "no space");
}

TEST_F(RetryRequest, AskedAgainMeanwhileThenThatIsNotAnsweredWithTheFirst) {
  const uint64_t first = Must(AskForRetry(store(), id()));
  const uint64_t second = Must(AskForRetry(store(), id()));
  ASSERT_OK(AnswerRetry(store(), id(), first, ""));
  EXPECT_EQ(AnswerTo(first), "");
  EXPECT_EQ(AnswerTo(second), std::nullopt);

  ASSERT_OK(ForgetRetry(store(), id(), first));

  EXPECT_EQ(Must(UnansweredRetry(store(), id())), second);
}

TEST_F(RetryRequest, ForgottenThenNothingIsLeft) {
  const uint64_t request = Must(AskForRetry(store(), id()));
  ASSERT_OK(AnswerRetry(store(), id(), request, ""));

  ASSERT_OK(ForgetRetry(store(), id(), request));

  EXPECT_EQ(Must(store().GetState(RetryKey(id()))), std::nullopt);
  EXPECT_EQ(AnswerTo(request), "");
}

TEST_F(RetryRequest, PolicyGoneThenNobodyCanAskAndNoRowComesBack) {
  const uint64_t request = Must(AskForRetry(store(), id()));
  ASSERT_OK(ApplyOne(store(), RemoveState{PolicyKey(id())}, 0));

  EXPECT_EQ(AskForRetry(store(), id()).error().code, ErrorCode::kNotFound);
  ASSERT_OK(AnswerRetry(store(), id(), request, ""));
}

TEST_F(RetryRequest, MoreFailuresThanOneGoTakesThenEachIsTried) {
  constexpr int kFailures = 1500;
  ASSERT_OK(ApplyOne(destination->store(), SetDestination{"replica", ""}, 0));
  for (int i = 0; i < kFailures; ++i) Write(std::to_string(i), "x");
  const auto link = MakeLink();
  ASSERT_OK(CatchUp(*link));
  ASSERT_EQ(Failures().size(), static_cast<size_t>(kFailures));
  clock.Advance(std::chrono::seconds(1));

  ASSERT_OK(RetryAllFailures(*source, *link, id(), clock, {}));

  for (const Failure& failure : Failures()) EXPECT_GE(failure.attempts, 2U);
}

}  // namespace
}  // namespace replicafs
