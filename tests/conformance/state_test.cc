#include "tests/conformance/suite.h"

namespace replicafs {
namespace {

REPLICAFS_CONFORMANCE_SUITE(State);

TEST_P(State, PutThenRead) {
  const std::string value("any\0bytes\xff", 10);

  Must(Apply(PutState{"link/1", value}));

  EXPECT_EQ(Must(store().GetState("link/1")), value);
  EXPECT_EQ(Must(store().GetState("link/2")), std::nullopt);
}

TEST_P(State, PutAgainThenReplaced) {
  Must(Apply(PutState{"k", "1"}));
  Must(Apply(PutState{"k", ""}));

  EXPECT_EQ(Must(store().GetState("k")), "");
}

TEST_P(State, RemovedThenAbsent) {
  Must(Apply(PutState{"k", "1"}));

  EXPECT_OK(Apply(RemoveState{"k"}));
  EXPECT_OK(Apply(RemoveState{"k"}));
  EXPECT_EQ(Must(store().GetState("k")), std::nullopt);
}

TEST_P(State, ListedThenByKeyBelowThePrefix) {
  for (const char* key : {"b/2", "a", "b/1", "b/", "b0", "b"}) Must(Apply(PutState{key, key}));

  std::vector<std::string> keys;
  for (const StateRow& row : Must(store().ListState("b/"))) {
    EXPECT_EQ(row.key, row.value);
    keys.push_back(row.key);
  }

  EXPECT_EQ(keys, (std::vector<std::string>{"b/", "b/1", "b/2"}));
  EXPECT_EQ(Must(store().ListState("")).size(), 6U);
}

TEST_P(State, LongKeyThenTaken) {
  const std::string key(500, 'k');

  EXPECT_OK(Apply(PutState{key, "1"}));
  EXPECT_EQ(Must(store().GetState(key)), "1");
}

TEST_P(State, ExpectationHoldsThenApplied) {
  Must(Apply(PutState{"k", "1"}));

  EXPECT_OK(ApplyAll({ExpectState{"k", "1"}, ExpectState{"absent", std::nullopt},
                      PutState{"k", "2"}, ExpectState{"k", "2"}}));
  EXPECT_EQ(Must(store().GetState("k")), "2");
}

TEST_P(State, ExpectationFailsThenNothingIsApplied) {
  Must(Apply(PutState{"k", "1"}));

  EXPECT_CODE(kPrecondition, ApplyAll({PutState{"x", "1"}, ExpectState{"k", "2"}}));
  EXPECT_CODE(kPrecondition, ApplyAll({PutState{"x", "1"}, ExpectState{"k", std::nullopt}}));
  EXPECT_CODE(kPrecondition, ApplyAll({PutState{"x", "1"}, ExpectState{"y", ""}}));
  EXPECT_EQ(Must(store().GetState("x")), std::nullopt);
}

TEST_P(State, ChangedThenNoEventButChangeCountGrows) {
  const uint64_t head = Must(journal().Head());
  const uint64_t count = journal().ChangeCount();

  Must(Apply(PutState{"k", "1"}));

  EXPECT_EQ(Must(journal().Head()), head);
  EXPECT_GT(journal().ChangeCount(), count);
}

TEST_P(State, ReopenedThenKept) {
  if (!GetParam().durable) GTEST_SKIP() << "not durable";
  Must(Apply(PutState{"k", "1"}));

  Reopen();

  EXPECT_EQ(Must(store().GetState("k")), "1");
}

}  // namespace
}  // namespace replicafs
