// The past of every store: what its listings said at each moment must be what PastAccount says
// later.
#include <fmt/format.h>

#include <cstdlib>
#include <vector>

#include "backend/blob/account_settings.h"
#include "backend/past/moment.h"
#include "backend/past/past_account.h"
#include "backend/past/restore.h"
#include "tests/conformance/random_mutations.h"
#include "tests/conformance/suite.h"

namespace replicafs {
namespace {

REPLICAFS_CONFORMANCE_SUITE(Past);

void AddDirectory(BlobStore& store, const std::string& container, const std::string& prefix,
                  std::string& text) {
  ListRequest request{.container = container, .prefix = prefix, .limit = 3};
  for (;;) {
    const ListPage page = Must(store.List(request));
    for (const ListItem& item : page.items) {
      request.after = NameOf(item);
      if (const auto* info = std::get_if<PrefixInfo>(&item)) {
        const PrefixInfo alone = Must(store.StatPrefix({container, info->name}));
        EXPECT_EQ(alone.has_blob, info->has_blob);
        text += fmt::format("{}/{} has_blob {}\n", container, info->name, info->has_blob);
        AddDirectory(store, container, info->name, text);
        continue;
      }
      const auto& blob = std::get<BlobInfo>(item);
      auto reader = Must(store.Open({container, blob.name}));
      EXPECT_EQ(reader->info().version, blob.version);
      EXPECT_TRUE(blob.is_current);
      text +=
          fmt::format("{}/{} {} {} '{}' has_prefix {} versions", container, blob.name,
                      ToString(blob.version), blob.size_bytes, ReadAll(*reader), blob.has_prefix);
      for (const BlobInfo& version : Must(store.ListVersions({container, blob.name})))
        text += fmt::format(" {}{}", ToString(version.version), version.is_current ? "*" : "");
      text += "\n";
    }
    if (!page.more) return;
  }
}

// Names, versions and contents of everything that lives.
std::string Tree(BlobStore& store) {
  std::string text;
  for (const ContainerInfo& container : Must(store.ListContainers())) {
    text += container.name + "\n";
    AddDirectory(store, container.name, "", text);
  }
  return text;
}

// Such changes as take versions from the past, or containers, or the power to read.
bool KeepsHistory(Mutation& mutation) {
  if (auto* commit = std::get_if<CommitBlob>(&mutation)) {
    commit->replaces = {};
    commit->properties.tier = Tier::kHot;
  }
  if (auto* patch = std::get_if<PatchBlob>(&mutation); patch != nullptr && patch->tier)
    patch->tier = Tier::kCool;
  const auto* state = std::get_if<PutState>(&mutation);
  const bool switches_versioning = state != nullptr && state->key == kSettingsKey;
  return !std::holds_alternative<RemoveVersion>(mutation) &&
         !std::holds_alternative<DeleteContainer>(mutation) && !switches_versioning;
}

TEST_P(Past, S60_AfterRandomChangesThenEachMomentIsShownAsItWas) {
  const char* given = std::getenv("REPLICAFS_SEED");
  const uint64_t seed = given == nullptr ? RandomU64() : std::strtoull(given, nullptr, 0);
  SCOPED_TRACE("REPLICAFS_SEED=" + std::to_string(seed));
  RandomMutations random(seed);
  struct Moment {
    Timestamp time;
    std::string tree;
  };
  std::vector<Moment> moments;
  for (int step = 1; step <= 300; ++step) {
    auto lists = random.Draw({&account()}, clock_.Now());
    std::erase_if(lists[0], [](Mutation& mutation) { return !KeepsHistory(mutation); });
    if (!store().Apply(std::move(lists[0]), kWriter)) continue;
    const std::vector<Event> events = Events();
    if (step % 10 == 0) moments.push_back({events.back().time, Tree(store())});
    clock_.Advance(std::chrono::milliseconds(step % 3));
  }
  const std::shared_ptr<Account> present(&account(), [](Account*) {});

  for (const Moment& moment : moments) {
    SCOPED_TRACE(ToString(moment.time));
    PastAccount past(present, moment.time);
    ASSERT_EQ(Tree(past.store()), moment.tree);
  }
}

TEST_P(Past, S60_WhenDeletedAndMadeAgainThenEachLifeShowsAtItsTime) {
  const VersionId first = Put("d/f", "first life").version;
  const Outcome removed = Must(Apply(RemoveBlob{Photo("d/f")}));
  const Timestamp gone = Events().back().time;
  const VersionId second = Put("d/f", "second life").version;
  EXPECT_EQ(removed.version, first);

  const auto versions = Versions("d/f");

  EXPECT_EQ(BlobAt(versions, first.time())->info.version, first);
  EXPECT_TRUE(BlobAt(versions, first.time())->exact);
  EXPECT_FALSE(BlobAt(versions, gone));
  EXPECT_FALSE(BlobAt(versions, Timestamp{first.ticks - 1}));
  EXPECT_EQ(BlobAt(versions, second.time())->info.version, second);
}

TEST_P(Past, S61_WhenASessionReplacedItsVersionThenTheNearestOfThatLifeStandsForIt) {
  const VersionId before = Put("f", "before").version;
  const VersionId synced = Put("f", "half").version;
  const Outcome last = Must(
      Apply(CommitBlob{.path = Photo("f"), .content = std::string("whole"), .replaces = synced}));
  const VersionId fresh = Put("g", "half").version;
  Must(Apply(CommitBlob{.path = Photo("g"), .content = std::string("whole"), .replaces = fresh}));

  const auto then = BlobAt(Versions("f"), synced.time());
  ASSERT_TRUE(then);
  EXPECT_EQ(then->info.version, before);
  EXPECT_FALSE(then->exact);
  const auto of_new = BlobAt(Versions("g"), fresh.time());
  ASSERT_TRUE(of_new);
  EXPECT_FALSE(of_new->exact);
  EXPECT_GT(of_new->info.version, fresh);
  EXPECT_FALSE(BlobAt(Versions("g"), last.version.time()));
}

TEST_P(Past, S60_WhenADirectoryWasRenamedThenNoMomentShowsHalfOfIt) {
  for (const char* name : {"old/a", "old/b", "old/c"}) Put(name, name);
  const uint64_t before = Must(journal().Head());
  Must(Apply(RenamePrefix{.container = "photos", .from = "old/", .to = "new/"}));
  const std::vector<Event> events = Events(before);
  ASSERT_EQ(events.size(), 6U);

  for (const Event& event : events)
    EXPECT_EQ(Must(EndOfStep(journal(), event.time)), events.back().time);
  const Timestamp earlier{events.front().time.ticks - 1};
  EXPECT_EQ(Must(EndOfStep(journal(), earlier)), earlier);
  const Timestamp later{events.back().time.ticks + 1};
  EXPECT_EQ(Must(EndOfStep(journal(), later)), later);
}

TEST_P(Past, WhatWouldChangeIsRefused) {
  Put("f", "text");
  PastStore past(store(), clock_.Now());

  EXPECT_CODE(kReadOnly, past.Apply({RemoveBlob{Photo("f")}}, kWriter));
  EXPECT_CODE(kReadOnly, past.StageBlock(Sha256(AsBytes("x")), AsBytes("x")));
  EXPECT_CODE(kReadOnly, past.ReserveFileIds(1));
}

// Brings everything in the container to the moment, as `versions restore --at` does.
void RestoreAll(BlobStore& store, Timestamp moment, std::vector<RestoreStep>& done) {
  const ListPage page = Must(store.List(
      {.container = "photos", .hierarchical = false, .limit = 100'000, .scope = ListScope::kAll}));
  for (const ListItem& item : page.items) {
    RestoreStep step = Must(PlanRestore(store, "photos", std::get<BlobInfo>(item), moment));
    if (step.kind == RestoreKind::kUntouched) continue;
    Must(ApplyOne(store, *step.change, kWriter));
    done.push_back(std::move(step));
  }
}

TEST_P(Past, S63_RestoredThenAllIsAsItWasAndDoingItAgainChangesNothing) {
  const VersionId kept = Put("kept", "kept").version;
  Put("changed", "before");
  Put("removed", "removed");
  const Timestamp moment = Events().back().time;
  Put("changed", "after");
  Must(Apply(RemoveBlob{Photo("removed")}));
  Put("new", "new");
  std::vector<RestoreStep> first;
  std::vector<RestoreStep> second;

  RestoreAll(store(), moment, first);
  RestoreAll(store(), moment, second);

  EXPECT_EQ(first.size(), 3U);
  EXPECT_EQ(second.size(), 0U);
  EXPECT_EQ(Text(Photo("changed")), "before");
  EXPECT_EQ(Text(Photo("removed")), "removed");
  EXPECT_FALSE(Exists("new"));
  EXPECT_EQ(Stat(Photo("kept")).version, kept);
  EXPECT_EQ(Versions("changed").size(), 3U);
}

TEST_P(Past, WhenABlobChangedSinceThePlanThenItsRestoreFails) {
  Put("f", "before");
  const Timestamp moment = Events().back().time;
  Put("f", "after");
  const RestoreStep step = Must(PlanRestore(store(), "photos", Versions("f").front(), moment));
  Put("f", "meanwhile");

  EXPECT_CODE(kPrecondition, ApplyOne(store(), *step.change, kWriter));
}

}  // namespace
}  // namespace replicafs
