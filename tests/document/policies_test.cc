// Policies, their rules, and whose accounts they join.
#include <gmock/gmock.h>

#include "tests/document/story.h"

namespace replicafs::document {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string IdOf(const std::string& account) {
  return "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/" + account;
}

PolicyRequest RequestByIds() {
  PolicyRequest request = Story::Request();
  request.source_account = IdOf("west");
  request.destination_account = IdOf("east");
  return request;
}

void Allow(Story& story, bool allowed) {
  for (const char* account : {"west", "east"})
    Must(ChangeSettings(story.accounts, account, {.allow_cross_tenant_replication = allowed},
                        story.clock));
}

// Another account with a container, and what copies from or to it.
PolicyRequest RequestTo(Story& story, const std::string& account) {
  story.AddAccount(account);
  story.AddContainer(account, "copies");
  PolicyRequest request = Story::Request();
  request.destination_account = account;
  request.rules[0].destination_container = "copies";
  return request;
}
PolicyRequest RequestFrom(Story& story, const std::string& account) {
  story.AddAccount(account);
  story.AddContainer(account, "originals");
  story.AddContainer("east", "from" + account);
  PolicyRequest request = Story::Request();
  request.source_account = account;
  request.rules[0] = {.source_container = "originals", .destination_container = "from" + account};
  return request;
}

const std::vector<Sentence> kPolicies{
    {3, "The source account must have the change feed on",
     [](Story& story) {
       Must(ChangeSettings(story.accounts, "west", {.change_feed = false}, story.clock));
       EXPECT_CODE(kInvalid, story.TryCreate(Story::Request()));
       Must(ChangeSettings(story.accounts, "west", {.change_feed = true}, story.clock));
       EXPECT_OK(story.TryCreate(Story::Request()));
     }},
    {4, "Both accounts must have versioning on",
     [](Story& story) {
       for (const char* account : {"west", "east"}) {
         Must(ChangeSettings(story.accounts, account, {.versioning = false}, story.clock));
         EXPECT_CODE(kInvalid, story.TryCreate(Story::Request()));
         Must(ChangeSettings(story.accounts, account, {.versioning = true}, story.clock));
       }
       EXPECT_OK(story.TryCreate(Story::Request()));
     }},
    {14, "Versioning cannot be switched off while policies are on the account",
     [](Story& story) {
       story.Create();
       for (const char* account : {"west", "east"}) {
         EXPECT_CODE(kBusy,
                     ChangeSettings(story.accounts, account, {.versioning = false}, story.clock));
       }
       ASSERT_OK(DeletePolicy(story.accounts, story.policy.policy_id));
       EXPECT_OK(ChangeSettings(story.accounts, "west", {.versioning = false}, story.clock));
     }},
    {23, "A policy names both accounts, and rules with a source and a destination container each",
     [](Story& story) {
       PolicyRequest request = Story::Request();
       request.rules.push_back({.source_container = "mail", .destination_container = "mail2"});
       story.Create(request);
       Must(story.TryWrite({"mail", "m"}, "west"));
       story.Write("a", "one");
       story.CatchUp();
       EXPECT_THAT(story.Replica("a"), ElementsAre("current one"));
       EXPECT_THAT(story.History("east", {"mail2", "m"}), ElementsAre("current x"));
       request.rules.clear();
       EXPECT_CODE(kInvalid, story.TryCreate(request));
     }},
    {25, "The policy gets its id at the destination, and must have the same at the source",
     [](Story& story) {
       const Policy half = Must(story.TryCreateHalf("east", Story::Definition()));
       EXPECT_NE(half.policy_id, kDefaultPolicyId);
       EXPECT_CODE(kInvalid, story.TryCreateHalf("west", Story::Definition()));
       Policy other = half;
       other.policy_id = NewGuid();
       Must(story.TryCreateHalf("west", other));
       story.Write("a", "one");
       Link mismatched(Must(story.accounts.OpenAccount("west")),
                       Must(story.accounts.OpenAccount("east")), other.policy_id, story.clock);
       EXPECT_EQ(Must(mismatched.Step({})), StepResult::kPolicyGone);
       ASSERT_OK(DeleteHalf(story.accounts, "west", other.policy_id));
       story.policy = Must(story.TryCreateHalf("west", half));
       story.Write("b", "two");
       story.CatchUp();
       EXPECT_THAT(story.Replica("a"), IsEmpty());
       EXPECT_THAT(story.Replica("b"), ElementsAre("current two"));
     }},
    {26, "A source account is replicated to two destination accounts at most",
     [](Story& story) {
       story.Create();
       Must(story.TryCreate(RequestTo(story, "north")));
       EXPECT_CODE(kInvalid, story.TryCreate(RequestTo(story, "south")));
     }},
    {27, "An account is the destination of two policies at most",
     [](Story& story) {
       story.Create();
       Must(story.TryCreate(RequestFrom(story, "north")));
       EXPECT_CODE(kInvalid, story.TryCreate(RequestFrom(story, "south")));
     }},
    {29, "A pair of accounts has one policy",
     [](Story& story) {
       story.Create();
       PolicyRequest second = Story::Request();
       second.rules[0] = {.source_container = "mail", .destination_container = "mail2"};
       EXPECT_CODE(kExists, story.TryCreate(second));
     }},
    {30, "A policy has up to 1,000 rules, and a container is in one of them",
     [](Story& story) {
       Policy policy = Story::Definition();
       policy.rules.clear();
       for (int i = 0; i < 1001; ++i) {
         const std::string name = "box-" + std::to_string(i);
         policy.rules.push_back({.source_container = name, .destination_container = name});
       }
       EXPECT_CODE(kInvalid, Validate(policy));
       policy.rules.pop_back();
       EXPECT_OK(Validate(policy));
       policy.rules[7].source_container = "box-8";
       EXPECT_CODE(kInvalid, Validate(policy));
       policy.rules[7] = {.source_container = "box-7", .destination_container = "box-8"};
       EXPECT_CODE(kInvalid, Validate(policy));
       PolicyRequest request = Story::Request();
       request.rules.push_back(request.rules[0]);
       EXPECT_CODE(kInvalid, story.TryCreate(request));
     }},
    {31, "A rule copies what is written after it was made",
     [](Story& story) {
       story.Write("old", "one");
       story.Create();
       story.Write("new", "two");
       story.CatchUp();
       EXPECT_THAT(story.Replica("old"), IsEmpty());
       EXPECT_THAT(story.Replica("new"), ElementsAre("current two"));
     }},
    {32, "Existing blobs are copied too, if asked for",
     [](Story& story) {
       story.Write("old", "one");
       PolicyRequest request = Story::Request();
       request.existing = ExistingBlobs::kCopy;
       story.Create(request);
       story.CatchUp();
       EXPECT_THAT(story.Replica("old"), ElementsAre("current one"));
     }},
    {33, "Or what was created from a moment on",
     [](Story& story) {
       story.Write("before", "one");
       story.clock.Advance(std::chrono::hours(1));
       PolicyRequest request = Story::Request();
       // Apply takes a millisecond first.
       request.rules[0].min_creation_time =
           Timestamp{story.clock.Now().ticks + Timestamp::kTicksPerSecond / 1000};
       story.Write("at", "two");
       story.Create(request);
       EXPECT_EQ(story.Stat("west", {"photos", "at"}).created, *request.rules[0].min_creation_time);
       story.CatchUp();
       EXPECT_THAT(story.Replica("before"), IsEmpty());
       EXPECT_THAT(story.Replica("at"), ElementsAre("current two"));
     }},
    {34, "With prefixes, only blobs whose names begin with one of them are copied",
     [](Story& story) {
       PolicyRequest request = Story::Request();
       request.rules[0].prefixes = {"b", "in/"};
       story.Create(request);
       for (const char* name : {"b", "bb/c", "B", "in/x", "in", "cb"}) story.Write(name, "x");
       story.CatchUp();
       for (const char* name : {"b", "bb/c", "in/x"})
         EXPECT_THAT(story.Replica(name), ElementsAre("current x"));
       for (const char* name : {"B", "in", "cb"}) EXPECT_THAT(story.Replica(name), IsEmpty());
     }},
    {35, "Both containers must exist before a rule names them",
     [](Story& story) {
       PolicyRequest request = Story::Request();
       request.rules[0].source_container = "none";
       EXPECT_CODE(kNotFound, story.TryCreate(request));
       request = Story::Request();
       request.rules[0].destination_container = "none";
       EXPECT_CODE(kNotFound, story.TryCreate(request));
     }},
    {41, "The definition of a policy is JSON, which can be taken from one and makes another",
     [](Story& story) {
       story.Create();
       const std::string json = PrintDefinition(story.policy, IdOf("west"));
       ASSERT_OK(DeletePolicy(story.accounts, story.policy.policy_id));
       Policy again = Must(ParseDefinition(json));
       again.policy_id = std::string(kDefaultPolicyId);
       again.rules[0].rule_id = "";
       const Policy half = Must(story.TryCreateHalf("east", again));
       EXPECT_OK(story.TryCreateHalf("west", half));
     }},
    {42, "The document's own sample has a date that is none; with a date it is a policy",
     [](Story&) {
       const std::string before = R"({"properties": {"policyId": "default",
           "sourceAccount": "west", "destinationAccount": "east",
           "rules": [{"ruleId": "", "sourceContainer": "photos", "destinationContainer": "photos2",
           "filters": {"prefixMatch": ["b"], "minCreationTime": ")";
       const auto refused = ParseDefinition(before + "2021-08-028T00:00:00Z\"}}]}}");
       ASSERT_TRUE(FailedWith(ErrorCode::kInvalid, refused));
       EXPECT_THAT(refused.error().message, HasSubstr("2021-08-028T00:00:00Z"));
       const Policy policy = Must(ParseDefinition(before + "2021-08-28T00:00:00Z\"}}]}}"));
       EXPECT_THAT(policy.rules[0].prefixes, ElementsAre("b"));
     }},
    {43, "Accounts of one tenant or of two, by full resource id or name, allowed or not",
     [](Story& story) {
       for (int cell = 0; cell < 8; ++cell) {
         const bool by_id = (cell & 1) != 0;
         const bool allowed = (cell & 2) != 0;
         const bool one_tenant = (cell & 4) != 0;
         story.accounts.SetIdentity("west", {"contoso", ""});
         story.accounts.SetIdentity("east", {one_tenant ? "contoso" : "fabrikam", ""});
         Allow(story, allowed);
         const auto made = story.TryCreate(by_id ? RequestByIds() : Story::Request());
         EXPECT_EQ(made.has_value(), allowed || (by_id && one_tenant)) << cell;
         if (made) {
           ASSERT_OK(DeletePolicy(story.accounts, made->policy_id));
         }
       }
     }},
    {44, "At the destination ids are given, at the source they are those of the destination",
     [](Story& story) {
       Policy half = Must(story.TryCreateHalf("east", Story::Definition()));
       EXPECT_NE(half.rules[0].rule_id, "");
       half.rules[0].rule_id = "";
       EXPECT_CODE(kInvalid, story.TryCreateHalf("west", half));
     }},
    {45, "Cross-tenant replication is not allowed on a new account",
     [](Story& story) {
       const auto west = Must(story.accounts.OpenAccount("west"));
       EXPECT_FALSE(Must(ReadSettings(*west)).allow_cross_tenant_replication);
     }},
    {46, "It cannot be disallowed while a cross-tenant policy is on the account",
     [](Story& story) {
       story.accounts.SetIdentity("west", {"contoso", ""});
       story.accounts.SetIdentity("east", {"fabrikam", ""});
       Allow(story, true);
       story.Create();
       EXPECT_CODE(kBusy, ChangeSettings(story.accounts, "east",
                                         {.allow_cross_tenant_replication = false}, story.clock));
       ASSERT_OK(DeletePolicy(story.accounts, story.policy.policy_id));
       EXPECT_OK(ChangeSettings(story.accounts, "east", {.allow_cross_tenant_replication = false},
                                story.clock));
     }},
    {47, "Once it is disallowed no cross-tenant policy can be made",
     [](Story& story) {
       story.accounts.SetIdentity("west", {"contoso", ""});
       story.accounts.SetIdentity("east", {"fabrikam", ""});
       Allow(story, true);
       Allow(story, false);
       EXPECT_CODE(kInvalid, story.TryCreate(RequestByIds()));
     }},
};

REPLICAFS_DOCUMENT_TABLE(Policies, kPolicies);

}  // namespace
}  // namespace replicafs::document
