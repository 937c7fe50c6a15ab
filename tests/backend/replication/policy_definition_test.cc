// The JSON of Azure's policies: taken, refused with the member's name, and printed as az does.
#include "backend/replication/policy_definition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/support/matchers.h"

namespace replicafs {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kSourceId =
    "/subscriptions/s1/resourceGroups/g1/providers/Microsoft.Storage/storageAccounts/src1122";
constexpr const char* kDestinationId =
    "/subscriptions/s1/resourceGroups/g1/providers/Microsoft.Storage/storageAccounts/dst112";

// What the portal and the command line upload for a destination.
constexpr const char* kUploaded = R"({
  "properties": {
    "policyId": "default",
    "sourceAccount": "/subscriptions/s1/resourceGroups/g1/providers/Microsoft.Storage/storageAccounts/src1122",
    "destinationAccount": "/subscriptions/s1/resourceGroups/g1/providers/Microsoft.Storage/storageAccounts/dst112",
    "rules": [
      {
        "ruleId": "",
        "sourceContainer": "scont139",
        "destinationContainer": "dcont139",
        "filters": {"prefixMatch": ["b"], "minCreationTime": "2021-08-28T00:00:00Z"}
      }
    ],
    "metrics": {"enabled": true}
  }
})";

// The same half as `az storage account or-policy show` prints it once it has ids.
constexpr const char* kShown = R"({
  "destinationAccount": "/subscriptions/s1/resourceGroups/g1/providers/Microsoft.Storage/storageAccounts/dst112",
  "enabledTime": "2019-06-08T03:01:55.716808+00:00",
  "id": "/subscriptions/s1/resourceGroups/g1/providers/Microsoft.Storage/storageAccounts/dst112/objectReplicationPolicies/2a20bb73-5717-4635-985a-5d4cf777438f",
  "metrics": {
    "enabled": true
  },
  "name": "2a20bb73-5717-4635-985a-5d4cf777438f",
  "policyId": "2a20bb73-5717-4635-985a-5d4cf777438f",
  "priorityReplication": null,
  "resourceGroup": "g1",
  "rules": [
    {
      "destinationContainer": "dcont139",
      "filters": {
        "minCreationTime": "2021-08-28T00:00:00Z",
        "prefixMatch": [
          "b"
        ]
      },
      "ruleId": "d5d18a48-8801-4554-aeaa-74faf65f5ef9",
      "sourceContainer": "scont139"
    }
  ],
  "sourceAccount": "/subscriptions/s1/resourceGroups/g1/providers/Microsoft.Storage/storageAccounts/src1122",
  "tagsReplication": null,
  "type": "Microsoft.Storage/storageAccounts/objectReplicationPolicies"
})";

Policy WithIds(Policy policy) {
  policy.policy_id = "2a20bb73-5717-4635-985a-5d4cf777438f";
  policy.rules[0].rule_id = "d5d18a48-8801-4554-aeaa-74faf65f5ef9";
  return policy;
}

TEST(PolicyDefinition, UploadedForADestinationThenAllOfItIsTaken) {
  const Policy policy = Must(ParseDefinition(kUploaded));

  EXPECT_EQ(policy.policy_id, kDefaultPolicyId);
  EXPECT_EQ(policy.source_account, "src1122");
  EXPECT_EQ(policy.source_resource_id, kSourceId);
  EXPECT_EQ(policy.destination_account, "dst112");
  EXPECT_EQ(policy.destination_resource_id, kDestinationId);
  EXPECT_EQ(policy.metrics, true);
  EXPECT_EQ(policy.tags_replication, std::nullopt);
  ASSERT_EQ(policy.rules.size(), 1U);
  EXPECT_EQ(policy.rules[0].rule_id, "");
  EXPECT_THAT(policy.rules[0].prefixes, ElementsAre("b"));
  EXPECT_EQ(policy.rules[0].min_creation_time, ParseTimestamp("2021-08-28T00:00:00Z"));
}

TEST(PolicyDefinition, PrintedThenByteForByteAsTheCommandLineOfAzure) {
  Policy policy = WithIds(Must(ParseDefinition(kUploaded)));
  policy.enabled_time = *ParseTimestamp("2019-06-08T03:01:55.7168089Z");

  EXPECT_EQ(PrintDefinition(policy, kDestinationId), kShown);
}

TEST(PolicyDefinition, PrintedThenItIsTakenAgain) {
  const Policy policy = WithIds(Must(ParseDefinition(kUploaded)));

  EXPECT_EQ(Must(ParseDefinition(PrintDefinition(policy, kDestinationId))), policy);
}

TEST(PolicyDefinition, NoFiltersThenNullAndEveryNameAndOnlyWhatIsNew) {
  const Policy policy = Must(ParseDefinition(
      R"({"policyId": null, "sourceAccount": "src1122", "destinationAccount": "dst112",
          "rules": [{"sourceContainer": "a", "destinationContainer": "b", "filters": null}]})"));

  EXPECT_EQ(policy.policy_id, kDefaultPolicyId);
  EXPECT_EQ(policy.source_resource_id, "");
  EXPECT_TRUE(policy.rules[0].prefixes.empty());
  EXPECT_EQ(policy.rules[0].min_creation_time, std::nullopt);
  EXPECT_THAT(PrintDefinition(policy.rules[0]), HasSubstr("\"filters\": null"));
}

TEST(PolicyDefinition, EverythingThenTheTimeIsKeptAsItWasWritten) {
  const Timestamp time = Must(ParseCreationTime("1601-01-01T00:00:00Z"));

  EXPECT_EQ(time, kEverything);
  EXPECT_EQ(PrintCreationTime(time), "1601-01-01T00:00:00Z");
  EXPECT_EQ(PrintCreationTime(Must(ParseCreationTime("2020-02-19T16:05:00.5Z"))),
            "2020-02-19T16:05:00.5Z");
}

struct Refused {
  std::string about;
  std::string replace;
  std::string with;
  std::string message;
};

class PolicyDefinitionRefused : public ::testing::TestWithParam<Refused> {};

TEST_P(PolicyDefinitionRefused, WrongThenTheMessageNamesTheMember) {
  std::string text = kUploaded;
  const size_t at = text.find(GetParam().replace);
  ASSERT_NE(at, std::string::npos);
  text.replace(at, GetParam().replace.size(), GetParam().with);

  const auto policy = ParseDefinition(text);

  ASSERT_TRUE(FailedWith(ErrorCode::kInvalid, policy));
  EXPECT_THAT(policy.error().message, HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Table, PolicyDefinitionRefused,
    ::testing::Values(
        Refused{"DateOfTheDocument", "2021-08-28T", "2021-08-028T",
                "properties.rules[0].filters.minCreationTime: '2021-08-028T00:00:00Z' is no time"},
        Refused{"DateThatIsNone", "2021-08-28T", "2021-02-30T", "is no time"},
        Refused{"UnknownMember", "\"metrics\"", "\"metric\"",
                "properties.metric: is unknown; there are: policyId"},
        Refused{"UnknownInRule", "\"ruleId\"", "\"id\"", "properties.rules[0].id: is unknown"},
        Refused{"UnknownFilter", "\"prefixMatch\"", "\"prefix\"",
                "properties.rules[0].filters.prefix: is unknown"},
        Refused{"NoContainer", "\"sourceContainer\": \"scont139\",", "",
                "properties.rules[0].sourceContainer: is missing"},
        Refused{"NoAccount", "\"sourceAccount\"", "\"enabledTime\"",
                "properties.sourceAccount: is missing"},
        Refused{"BadResourceId", "Microsoft.Storage/", "Microsoft.Compute/",
                "properties.sourceAccount: '/subscriptions/s1"},
        Refused{"PrefixIsNumber", "[\"b\"]", "[1]", "prefixMatch: holds what is no string"},
        Refused{"PrefixesAreText", "[\"b\"]", "\"b\"", "prefixMatch: is no list"},
        Refused{"FlagIsText", "true", "\"true\"", "properties.metrics.enabled: is neither"},
        Refused{"NotJson", "{", "", "is not JSON"}),
    [](const auto& test) { return test.param.about; });

}  // namespace
}  // namespace replicafs
