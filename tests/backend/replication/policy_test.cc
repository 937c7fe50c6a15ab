// Rule matching, what makes a policy valid, and the text of its row.
#include "backend/replication/policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/support/matchers.h"

namespace replicafs {
namespace {

using ::testing::HasSubstr;

Policy SomePolicy() {
  return {.policy_id = "5a3c1e9c-0000-4000-8000-000000000001",
          .source_account = "source",
          .destination_account = "destination",
          .enabled_time = {17'672'256'000'000'000},
          .rules = {{.rule_id = "6b4d2fad-0000-4000-8000-000000000001",
                     .source_container = "photos",
                     .destination_container = "replica",
                     .prefixes = {"a/", "b"},
                     .start_sequence = 7}}};
}

struct Match {
  std::vector<std::string> prefixes;
  std::string container;
  std::string name;
  bool matches;
};

class RuleMatching : public ::testing::TestWithParam<Match> {};

TEST_P(RuleMatching, BlobIsComparedWithContainerAndPrefixesThenTheyDecide) {
  const Rule rule{.source_container = "photos", .prefixes = GetParam().prefixes};

  EXPECT_EQ(Matches(rule, GetParam().container, GetParam().name), GetParam().matches);
}

INSTANTIATE_TEST_SUITE_P(
    Table, RuleMatching,
    ::testing::Values(Match{{}, "photos", "anything", true}, Match{{}, "other", "anything", false},
                      Match{{"b"}, "photos", "bb/x", true}, Match{{"bb/"}, "photos", "bb", false},
                      Match{{"bb/"}, "photos", "bb/", true}, Match{{"B"}, "photos", "b", false},
                      Match{{"x", "y"}, "photos", "yes", true},
                      Match{{"x", "y"}, "photos", "no", false}, Match{{"é"}, "photos", "été", true},
                      Match{{"*"}, "photos", "anything", false}));

TEST(Policy, SeveralRulesThenTheOneOfTheContainerIsFound) {
  Policy policy = SomePolicy();
  policy.rules.push_back(
      {.rule_id = "6b4d2fad-0000-4000-8000-000000000002", .source_container = "music"});

  EXPECT_EQ(FindRule(policy, "music", "x"), &policy.rules[1]);
  EXPECT_EQ(FindRule(policy, "photos", "c"), nullptr);
  EXPECT_EQ(FindRuleById(policy, "6b4d2fad-0000-4000-8000-000000000001"), &policy.rules[0]);
  EXPECT_EQ(FindRuleById(policy, "rule-3"), nullptr);
}

TEST(Policy, EncodedThenItDecodesToTheSame) {
  EXPECT_EQ(Must(DecodePolicy(EncodePolicy(SomePolicy()))), SomePolicy());
}

TEST(Policy, RowOfANewerReleaseThenUnknownMembersAreIgnored) {
  std::string row = EncodePolicy(SomePolicy());
  row.insert(1, R"("future":{"x":[1]},)");

  EXPECT_EQ(Must(DecodePolicy(row)), SomePolicy());
}

TEST(Policy, RowCutAnywhereThenItIsCorruptAndNoCrash) {
  const std::string row = EncodePolicy(SomePolicy());
  for (size_t size = 0; size < row.size(); ++size)
    EXPECT_CODE(kCorrupt, DecodePolicy(row.substr(0, size)));
}

TEST(PolicyValidate, EverythingInOrderThenOk) {
  EXPECT_OK(Validate(SomePolicy()));
}

struct Invalid {
  std::string about;
  void (*spoil)(Policy&);
  std::string message;
};

class PolicyLimits : public ::testing::TestWithParam<Invalid> {};

TEST_P(PolicyLimits, BrokenThenTheMessageNamesIt) {
  Policy policy = SomePolicy();
  GetParam().spoil(policy);

  const Status valid = Validate(policy);

  ASSERT_TRUE(FailedWith(ErrorCode::kInvalid, valid));
  EXPECT_THAT(valid.error().message, HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Table, PolicyLimits,
    ::testing::Values(
        Invalid{"SameAccount", [](Policy& p) { p.destination_account = "source"; }, "another"},
        Invalid{"BadAccount", [](Policy& p) { p.source_account = "No!"; }, "account name"},
        Invalid{"NoRule", [](Policy& p) { p.rules.clear(); }, "at least one rule"},
        Invalid{"BadContainer", [](Policy& p) { p.rules[0].source_container = "X"; },
                "container name"},
        Invalid{"EmptyPrefix", [](Policy& p) { p.rules[0].prefixes = {""}; }, "empty prefix"},
        Invalid{"PrefixTwice",
                [](Policy& p) {
                  p.rules[0].prefixes = {"a", "a"};
                },
                "twice"},
        Invalid{"ElevenPrefixes",
                [](Policy& p) {
                  p.rules[0].prefixes.clear();
                  for (char c = 'a'; c < 'l'; ++c) p.rules[0].prefixes.emplace_back(1, c);
                },
                "at most 10"},
        Invalid{"SourceTwice",
                [](Policy& p) {
                  p.rules.push_back(p.rules[0]);
                  p.rules[1].destination_container = "other";
                },
                "source container 'photos'"},
        Invalid{"DestinationTwice",
                [](Policy& p) {
                  p.rules.push_back(p.rules[0]);
                  p.rules[1].source_container = "other";
                },
                "destination container 'replica'"},
        Invalid{"TooManyRules",
                [](Policy& p) {
                  p.rules.clear();
                  for (int i = 0; i <= 1000; ++i) {
                    const std::string name = "container-" + std::to_string(i);
                    p.rules.push_back({.source_container = name, .destination_container = name});
                  }
                },
                "at most 1000"}),
    [](const auto& test) { return test.param.about; });

}  // namespace
}  // namespace replicafs
