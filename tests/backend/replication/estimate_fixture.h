// Compares an estimate with what its link does.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "backend/replication/estimate.h"
#include "backend/replication/estimate_outcome.h"
#include "tests/backend/replication/link_fixture.h"

namespace replicafs {

class EstimateFixture : public LinkFixture {
 public:
  using LinkFixture::LinkFixture;

  PolicyRequest ExistingRequest(std::vector<std::string> prefixes = {}) const {
    PolicyRequest request = Request();
    request.existing = ExistingBlobs::kCopy;
    request.rules[0].prefixes = std::move(prefixes);
    return request;
  }

  // Fails the test when it changes one of the accounts.
  Estimate EstimateOf(const PolicyRequest& request) {
    const auto before = Changes();
    Estimate estimate = Must(EstimatePolicy(accounts, request, clock, {}));
    EXPECT_EQ(before, Changes());
    return estimate;
  }
  Estimate EstimateRestOf(const std::string& policy_id) {
    const auto before = Changes();
    Estimate estimate = Must(EstimateRest(accounts, policy_id, clock, {}));
    EXPECT_EQ(before, Changes());
    return estimate;
  }

  // Creates the policy and lets its link do everything.
  void Enable(const PolicyRequest& request) {
    policy = Must(CreatePolicy(accounts, request, clock));
    ASSERT_OK(CatchUp(*MakeLink()));
  }

  void AtDestination(Mutation mutation) {
    ASSERT_OK(ApplyOne(destination->inner().store(), std::move(mutation), 0));
  }
  void AtSource(Mutation mutation) {
    ASSERT_OK(ApplyOne(source->inner().store(), std::move(mutation), 0));
  }

  static std::map<std::string, uint64_t> FailuresIn(const Estimate& estimate) {
    std::map<std::string, uint64_t> failures;
    for (const FailureForecast& forecast : estimate.failures)
      failures[forecast.code] = forecast.events;
    return failures;
  }

  void ExpectItCameTrue(const Estimate& estimate) {
    const EstimateOutcome outcome = Must(ReadOutcome(accounts, estimate, {}));
    EXPECT_TRUE(outcome.done);
    EXPECT_EQ(estimate.versions, outcome.copied_versions);
    EXPECT_EQ(estimate.bytes, outcome.copied_bytes);
    EXPECT_EQ(estimate.sent_bytes, outcome.sent_bytes);
    EXPECT_EQ(FailuresIn(estimate), outcome.failed);
    EXPECT_EQ(outcome.later_changes, 0U);
    if (!outcome.replicas) return;
    EXPECT_EQ(estimate.blobs, outcome.replicas->blobs);
    EXPECT_EQ(estimate.versions, outcome.replicas->versions);
    EXPECT_EQ(estimate.bytes, outcome.replicas->bytes);
  }

 private:
  std::pair<uint64_t, uint64_t> Changes() const {
    return {source->journal().ChangeCount(), destination->journal().ChangeCount()};
  }
};

}  // namespace replicafs
