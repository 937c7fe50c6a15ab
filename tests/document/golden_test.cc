// What is printed of policies, byte for byte, and every message that refuses one. To see what a
// change does to them: REPLICAFS_UPDATE_GOLDEN=1 writes the files anew, and git shows the
// difference.
#include <fcntl.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "backend/base/digest.h"
#include "backend/base/unique_fd.h"
#include "backend/replication/policy_definition.h"
#include "backend/replication/policy_refusals.h"
#include "tests/support/matchers.h"

namespace replicafs {
namespace {

using refusal::Side;

std::string IdOf(const std::string& account) {
  return "/subscriptions/s1/resourceGroups/g1/providers/Microsoft.Storage/storageAccounts/" +
         account;
}

// As in the examples of the REST reference.
Policy Example() {
  return {.policy_id = "2a20bb73-5717-4635-985a-5d4cf777438f",
          .source_account = "src1122",
          .destination_account = "dst112",
          .source_resource_id = IdOf("src1122"),
          .destination_resource_id = IdOf("dst112"),
          .rules = {{.rule_id = "d5d18a48-8801-4554-aeaa-74faf65f5ef9",
                     .source_container = "scont139",
                     .destination_container = "dcont139",
                     .prefixes = {"blobA", "blobB"}}},
          .metrics = true};
}

Policy ExampleAtSource() {
  Policy policy = Example();
  policy.enabled_time = *ParseTimestamp("2019-06-08T03:01:55.7168089Z");
  policy.rules.push_back({.rule_id = "cfbb4bc2-8b60-429f-b05a-d1e0942b33b2",
                          .source_container = "scont179",
                          .destination_container = "dcont179",
                          .min_creation_time = ParseTimestamp("2020-02-19T16:05:00Z")});
  policy.priority_replication = true;
  policy.tags_replication = false;
  return policy;
}

void ExpectGolden(const std::string& name, const std::string& text) {
  const std::string path = std::string(REPLICAFS_GOLDEN_DIRECTORY) + "/" + name;
  if (std::getenv("REPLICAFS_UPDATE_GOLDEN") != nullptr) {
    const UniqueFd file = Must(OpenFile(path, O_WRONLY | O_CREAT | O_TRUNC));
    ASSERT_OK(WriteFullAt(file.get(), AsBytes(text), 0));
  }
  EXPECT_EQ(Must(ReadWholeFile(path)), text) << path;
}

TEST(Golden, PolicyShownThenAsAzPrintsIt) {
  ExpectGolden("show-destination.json", PrintDefinition(Example(), IdOf("dst112")) + "\n");
  ExpectGolden("show-source.json", PrintDefinition(ExampleAtSource(), IdOf("src1122")) + "\n");
}

TEST(Golden, PoliciesListedThenAsAzPrintsThem) {
  ExpectGolden(
      "list.json",
      PrintDefinitions({{Example(), IdOf("dst112")}, {ExampleAtSource(), IdOf("src1122")}}) + "\n");
  ExpectGolden("list-none.json",
               PrintDefinitions(std::vector<std::pair<Policy, std::string>>{}) + "\n");
}

TEST(Golden, RulesShownThenAsAzPrintsThem) {
  const Policy policy = ExampleAtSource();
  ExpectGolden("rule-show.json", PrintDefinition(policy.rules[1]) + "\n");
  ExpectGolden("rule-list.json", PrintDefinitions(policy.rules) + "\n");
}

TEST(Golden, WhatIsPrintedThenItIsTakenAgain) {
  for (const char* name : {"show-destination.json", "show-source.json"}) {
    const std::string text =
        Must(ReadWholeFile(std::string(REPLICAFS_GOLDEN_DIRECTORY) + "/" + name));
    const Policy policy = Must(ParseDefinition(text));
    EXPECT_EQ(policy.policy_id, Example().policy_id);
    EXPECT_EQ(policy.rules[0], Example().rules[0]);
  }
}

// Every function of policy_refusals.h is called here.
TEST(Golden, RefusalsThenEachNamesWhatIsWrongAndTheRemedy) {
  Policy policy = Example();
  policy.source_account = "westus";
  policy.destination_account = "eastus";
  const Rule& rule = policy.rules[0];
  const std::string other = "b9c7d2ab-6a4d-4f5e-9d60-f5a6a3b1c2d3";
  const std::vector<std::pair<std::string, Error>> refusals{
      {"AccountIsNoPart", refusal::AccountIsNoPart("northus", policy)},
      {"DefaultIdAtSource", refusal::DefaultIdAtSource(policy)},
      {"OwnIdAtDestination", refusal::OwnIdAtDestination(policy)},
      {"RuleWithoutId", refusal::RuleWithoutId(rule)},
      {"RuleIdAtDestination", refusal::RuleIdAtDestination(rule)},
      {"UnknownId", refusal::UnknownId("westus", other)},
      {"UnknownRule", refusal::UnknownRule(policy, other)},
      {"LastRule", refusal::LastRule(policy)},
      {"OtherAccounts", refusal::OtherAccounts(policy)},
      {"IdTaken", refusal::IdTaken("westus", policy)},
      {"PairTaken", refusal::PairTaken(policy)},
      {"PairHalfTaken, source", refusal::PairHalfTaken(policy, Side::kSource)},
      {"PairHalfTaken, destination", refusal::PairHalfTaken(policy, Side::kDestination)},
      {"TooManyDestinations", refusal::TooManyDestinations(policy)},
      {"TooManyIncoming", refusal::TooManyIncoming(policy)},
      {"VersioningIsOff", refusal::VersioningIsOff("westus", Side::kSource)},
      {"ChangeFeedIsOff", refusal::ChangeFeedIsOff("westus")},
      {"OtherResourceId", refusal::OtherResourceId("westus", IdOf("westus"), IdOf("other"))},
      {"NameAlone", refusal::NameAlone("westus", policy)},
      {"CrossTenant", refusal::CrossTenant("westus", policy)},
      {"VersioningIsNeeded", refusal::VersioningIsNeeded("westus", policy)},
      {"ChangeFeedIsNeeded", refusal::ChangeFeedIsNeeded("westus", policy)},
      {"CrossTenantIsNeeded", refusal::CrossTenantIsNeeded("westus", policy)},
      {"TenantIsNeeded", refusal::TenantIsNeeded("westus", policy)},
      {"NoContainer, source", refusal::NoContainer("westus/photos", Side::kSource)},
      {"NoContainer, destination", refusal::NoContainer("eastus/photos", Side::kDestination)},
      {"SourceIsDestination", refusal::SourceIsDestination("westus/photos", other)},
      {"DestinationIsSource", refusal::DestinationIsSource("eastus/photos", other)},
      {"DestinationTaken", refusal::DestinationTaken("eastus/photos", other)},
      {"ChangedMeanwhile", refusal::ChangedMeanwhile(policy)},
      {"AccountChangedMeanwhile", refusal::AccountChangedMeanwhile("westus")}};
  std::string text;
  for (const auto& [name, error] : refusals)
    text += name + " (" + std::string(ErrorCodeName(error.code)) + ")\n  " + error.message + "\n";

  ExpectGolden("refusals.txt", text);
}

}  // namespace
}  // namespace replicafs
