// What is copied, and what is not.
#include <gmock/gmock.h>

#include "tests/document/story.h"

namespace replicafs::document {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::vector<Sentence> kCopying{
    {1, "Block blobs are copied asynchronously from a source account to a destination account",
     [](Story& story) {
       story.Create();
       story.Write("a", "one");
       EXPECT_THAT(story.Replica("a"), IsEmpty());
       story.CatchUp();
       EXPECT_THAT(story.Replica("a"), ElementsAre("current one"));
     }},
    {2, "One source account goes to destination accounts in two regions",
     [](Story& story) {
       story.AddAccount("north");
       story.AddContainer("north", "photos3");
       story.Create();
       PolicyRequest second = Story::Request();
       second.destination_account = "north";
       second.rules[0].destination_container = "photos3";
       const Policy to_north = Must(story.TryCreate(second));
       story.Write("a", "one");
       story.CatchUp();
       Link link(Must(story.accounts.OpenAccount("west")),
                 Must(story.accounts.OpenAccount("north")), to_north.policy_id, story.clock);
       while (Must(link.Step({})) == StepResult::kAdvanced) {
       }
       EXPECT_THAT(story.Replica("a"), ElementsAre("current one"));
       EXPECT_THAT(story.History("north", {"photos3", "a"}), ElementsAre("current one"));
     }},
    {6, "Append and page blobs are not replicated",
     [](Story& story) {
       story.Create();
       for (const BlobKind kind : {BlobKind::kAppend, BlobKind::kPage}) {
         const std::string page(512, 'x');
         Must(story.Apply("west", CommitBlob{.path = {"photos", std::string(ToString(kind))},
                                             .content = page,
                                             .kind = kind}));
       }
       story.Write("a", "one");
       story.CatchUp();
       EXPECT_THAT(story.Replica("a"), ElementsAre("current one"));
       for (const BlobKind kind : {BlobKind::kAppend, BlobKind::kPage})
         EXPECT_THAT(story.Replica(std::string(ToString(kind))), IsEmpty());
       EXPECT_EQ(story.FailureCode(), "");
     }},
    {11, "Content, all versions, metadata and properties are copied",
     [](Story& story) {
       story.Create();
       const BlobProperties properties{
           .headers = {.content_type = "image/png", .cache_control = "no-cache"},
           .metadata = {{"camera", "x100"}}};
       story.Write("a", "one", properties);
       story.Write("a", "two", properties);
       story.CatchUp();
       EXPECT_THAT(story.Replica("a"), ElementsAre("previous one", "current two"));
       const BlobProperties copied = story.Stat("east", {"photos2", "a"}).properties;
       EXPECT_EQ(copied.headers, properties.headers);
       EXPECT_EQ(copied.metadata, properties.metadata);
     }},
    {12, "The accounts are not in step at once; the status of the source blob says when",
     [](Story& story) {
       story.Create();
       story.Write("a", "one");
       EXPECT_EQ(story.StatusOf("a"), "pending");
       story.CatchUp();
       EXPECT_EQ(story.StatusOf("a"), "complete");
     }},
    {13, "A changed blob has its former state as a version, on both sides",
     [](Story& story) {
       story.Create();
       story.Write("a", "one");
       story.CatchUp();
       story.Write("a", "two");
       story.CatchUp();
       EXPECT_THAT(story.History("west", {"photos", "a"}),
                   ElementsAre("previous one", "current two"));
       EXPECT_EQ(story.Replica("a"), story.History("west", {"photos", "a"}));
     }},
    {15, "The version id is not copied: the destination gives its own",
     [](Story& story) {
       story.Create();
       const VersionId version = story.Write("a", "one");
       story.clock.Advance(std::chrono::seconds(1));
       story.CatchUp();
       const BlobInfo replica = story.Stat("east", {"photos2", "a"});
       EXPECT_NE(replica.version, version);
       ASSERT_TRUE(replica.origin.has_value());
       EXPECT_EQ(replica.origin->version, version);
     }},
    {16, "A deleted blob has previous versions and no current one, on both sides",
     [](Story& story) {
       story.Create();
       story.Write("a", "one");
       story.Write("a", "two");
       story.CatchUp();
       ASSERT_OK(story.Remove("a"));
       story.CatchUp();
       EXPECT_THAT(story.Replica("a"), ElementsAre("previous one", "previous two"));
       story.Write("a", "three");
       story.CatchUp();
       EXPECT_THAT(story.Replica("a"),
                   ElementsAre("previous one", "previous two", "current three"));
     }},
    {17, "Snapshots are not copied",
     [](Story& story) {
       story.Create();
       story.Write("a", "one");
       Must(story.Apply("west", CreateSnapshot{.path = {"photos", "a"}}));
       story.CatchUp();
       EXPECT_EQ(Must(story.store("west").ListSnapshots({"photos", "a"})).size(), 1U);
       EXPECT_THAT(Must(story.store("east").ListSnapshots({"photos2", "a"})), IsEmpty());
       EXPECT_EQ(story.Replica("a"), story.History("west", {"photos", "a"}));
     }},
    {18, "Index tags are not copied",
     [](Story& story) {
       story.Create();
       story.Write("a", "one", {.tags = {{"project", "x"}}});
       story.CatchUp();
       EXPECT_THAT(story.Stat("east", {"photos2", "a"}).properties.tags, IsEmpty());
     }},
    {19, "Both accounts may be on any online tier, and on different ones",
     [](Story& story) {
       story.Create();
       for (const Tier tier : {Tier::kHot, Tier::kCool, Tier::kCold}) {
         const std::string name(ToString(tier));
         story.Write(name, "one", {.tier = tier});
         story.CatchUp();
         ASSERT_OK(story.SetTier("east", {"photos2", name}, Tier::kCold));
         story.Write(name, "two", {.tier = tier});
         story.CatchUp();
         EXPECT_THAT(story.Replica(name), ElementsAre("previous one", "current two"));
       }
     }},
    {24, "Writes and deletes are taken from the change feed, in their order",
     [](Story& story) {
       story.Create();
       for (int i = 0; i < 20; ++i) {
         story.Write("a", std::to_string(i));
         if (i % 3 == 0) {
           ASSERT_OK(story.Remove("a"));
         }
       }
       story.CatchUp();
       EXPECT_EQ(story.Replica("a"), story.History("west", {"photos", "a"}));
     }},
    {36, "A destination container refuses writes with a conflict",
     [](Story& story) {
       story.Create();
       story.Write("a", "one");
       story.CatchUp();
       const BlobPath replica{"photos2", "a"};
       EXPECT_CODE(kDestination, story.TryWrite(replica, "east"));
       EXPECT_CODE(kDestination, story.TryWrite({"photos2", "new"}, "east"));
       EXPECT_CODE(kDestination,
                   story.Apply("east", PatchBlob{.path = replica, .metadata = StringMap{}}));
       EXPECT_CODE(kDestination, story.Apply("east", RenamePrefix{"photos2", "d/", "e/"}));
     }},
    {37, "To write to it, remove the rule, or the policy",
     [](Story& story) {
       PolicyRequest request = Story::Request();
       request.rules.push_back({.source_container = "mail", .destination_container = "mail2"});
       story.Create(request);
       Policy without = story.policy;
       without.rules.pop_back();
       Must(story.TryUpdateHalf("east", without));
       Must(story.TryUpdateHalf("west", without));
       EXPECT_OK(story.TryWrite({"mail2", "a"}, "east"));
       EXPECT_CODE(kDestination, story.TryWrite({"photos2", "a"}, "east"));
       ASSERT_OK(DeletePolicy(story.accounts, story.policy.policy_id));
       EXPECT_OK(story.TryWrite({"photos2", "a"}, "east"));
     }},
    {38, "Reading and deleting in a destination container is allowed",
     [](Story& story) {
       story.Create();
       story.Write("a", "one");
       story.CatchUp();
       EXPECT_OK(story.store("east").Open({"photos2", "a"}));
       EXPECT_OK(story.Apply("east", RemoveBlob{.path = {"photos2", "a"}}));
       story.CatchUp();
       EXPECT_THAT(story.Replica("a"), ElementsAre("previous one"));
     }},
    {39, "A replica may be moved to the archive tier",
     [](Story& story) {
       story.Create();
       story.Write("a", "one");
       story.CatchUp();
       EXPECT_OK(story.SetTier("east", {"photos2", "a"}, Tier::kArchive));
       EXPECT_EQ(story.Stat("east", {"photos2", "a"}).properties.tier, Tier::kArchive);
       EXPECT_EQ(story.StatusOf("a"), "complete");
     }},
    {40, "A tier that changes at the source does not change at the destination",
     [](Story& story) {
       story.Create();
       story.Write("a", "one");
       story.CatchUp();
       ASSERT_OK(story.SetTier("west", {"photos", "a"}, Tier::kCool));
       story.CatchUp();
       EXPECT_EQ(story.Stat("east", {"photos2", "a"}).properties.tier, Tier::kHot);
     }},
};

REPLICAFS_DOCUMENT_TABLE(Copying, kCopying);

}  // namespace
}  // namespace replicafs::document
