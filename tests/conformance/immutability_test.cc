#include "tests/conformance/suite.h"

namespace replicafs {
namespace {

using std::chrono::hours;

constexpr hours kDay{24};

ReplicaOrigin Origin() {
  return {.policy_id = "policy",
          .rule_id = "rule",
          .account = "source",
          .path = {"source-container", "a"},
          .version = VersionId{42}};
}

class ProtectionTest : public StoreTest {
 protected:
  Timestamp In(hours time) const {
    return Timestamp{clock_.Now().ticks +
                     std::chrono::seconds(time).count() * Timestamp::kTicksPerSecond};
  }
  Result<Outcome> Keep(std::string_view name, hours time,
                       ImmutabilityMode mode = ImmutabilityMode::kUnlocked,
                       VersionId version = {}) {
    return Apply(SetImmutability{Photo(name), version, ImmutabilityPolicy{In(time), mode}});
  }
  Result<Outcome> KeepAll(uint32_t days, ImmutabilityMode mode = ImmutabilityMode::kUnlocked) {
    return Apply(SetContainerImmutability{"photos", ContainerImmutabilityPolicy{days, mode}});
  }
  // Everything that would change, end or remove the current version of the blob "d/a".
  void ExpectProtected(VersionId version) {
    const BlobPath path = Photo("d/a");
    EXPECT_CODE(kImmutable, Apply(CommitBlob{.path = path, .content = "x"}));
    EXPECT_CODE(kImmutable, Apply(CommitBlob{.path = path, .content = "x", .replaces = version}));
    EXPECT_CODE(kImmutable, Apply(RemoveBlob{path}));
    EXPECT_CODE(kImmutable, Apply(RemoveVersion{path, version}));
    EXPECT_CODE(kImmutable, Apply(PatchBlob{.path = path, .metadata = StringMap{{"k", "v"}}}));
    EXPECT_CODE(kImmutable, Apply(PatchBlob{.path = path, .tags = StringMap{{"k", "v"}}}));
    EXPECT_CODE(kImmutable, Apply(PatchBlob{.path = path, .headers = ContentHeaders{"a/b"}}));
    EXPECT_CODE(kImmutable,
                Apply(PatchBlob{.path = path, .tags = StringMap{}, .tier = Tier::kCool}));
    EXPECT_CODE(kImmutable, Apply(RenamePrefix{"photos", "d/", "e/"}));
    EXPECT_CODE(kImmutable,
                ApplyAll({CommitBlob{.path = Photo("e"), .content = ContentOf{path, {}}},
                          RemoveBlob{path}}));
    EXPECT_CODE(kImmutable, Apply(DeleteContainer{"photos"}));
    EXPECT_EQ(Stat(path).version, version);
    EXPECT_FALSE(Exists("e"));
  }
};

#define REPLICAFS_PROTECTION_SUITE(Suite)                                          \
  class Suite : public ProtectionTest {};                                          \
  INSTANTIATE_TEST_SUITE_P(Stores, Suite, ::testing::ValuesIn(RegisteredStores()), \
                           [](const auto& instance) { return instance.param.name; })

REPLICAFS_PROTECTION_SUITE(Immutability);

TEST_P(Immutability, OfAVersionThenItIsToldAndNothingElseChanges) {
  const Outcome put = Put("d/a", "1");
  const BlobInfo before = Stat(Photo("d/a"));

  const Outcome set = Must(Keep("d/a", kDay, ImmutabilityMode::kLocked));

  BlobInfo expected = before;
  expected.protection.policy = ImmutabilityPolicy{In(kDay), ImmutabilityMode::kLocked};
  const BlobInfo info = Stat(Photo("d/a"));
  EXPECT_EQ(info.protection, expected.protection);
  EXPECT_EQ(info.etag, put.etag);
  EXPECT_EQ(info.last_modified, before.last_modified);
  EXPECT_EQ(info.sequence, set.sequence);
  EXPECT_EQ(Versions("d/a").at(0).protection, expected.protection);
  EXPECT_EQ(Events().back().kind, EventKind::kImmutabilityChanged);
  EXPECT_EQ(Events().back().name, "d/a");
  EXPECT_EQ(Events().back().version, put.version);
  EXPECT_EQ(Must(store().Open(Photo("d/a")))->info().protection, expected.protection);
}

TEST_P(Immutability, SetAgainThenNoEvent) {
  Put("a", "1");
  Must(Keep("a", kDay));
  const uint64_t head = Must(journal().Head());

  EXPECT_OK(Keep("a", kDay));
  EXPECT_OK(Apply(SetLegalHold{Photo("a"), {}, false}));
  EXPECT_OK(Apply(SetContainerImmutability{"photos", {}}));
  EXPECT_OK(Apply(ChangeContainerHolds{"photos", {}, {"absent"}}));

  EXPECT_EQ(Must(journal().Head()), head);
}

TEST_P(Immutability, OfTheCurrentVersionThenAllChangesAreRefused) {
  const Outcome put = Put("d/a", "1");
  Must(Keep("d/a", kDay));

  ExpectProtected(put.version);
}

TEST_P(Immutability, OfTheContainerThenAllChangesAreRefused) {
  const Outcome put = Put("d/a", "1");
  Must(KeepAll(1));

  ExpectProtected(put.version);
}

TEST_P(Immutability, HoldOnTheVersionThenAllChangesAreRefused) {
  const Outcome put = Put("d/a", "1");
  Must(Apply(SetLegalHold{Photo("d/a"), {}, true}));

  ExpectProtected(put.version);
}

TEST_P(Immutability, HoldOnTheContainerThenAllChangesAreRefused) {
  const Outcome put = Put("d/a", "1");
  Must(Apply(ChangeContainerHolds{"photos", {"case1"}, {}}));

  ExpectProtected(put.version);
}

TEST_P(Immutability, EitherOfTwoExchangedThenRefused) {
  Put("d/a", "1");
  Put("e/b", "2");
  Must(Keep("e/b", kDay));

  EXPECT_CODE(kImmutable, Apply(ExchangePrefixes{"photos", "d/", "e/"}));
  EXPECT_CODE(kImmutable, Apply(ExchangePrefixes{"photos", "e/", "d/"}));
  EXPECT_EQ(Text(Photo("d/a")), "1");
}

TEST_P(Immutability, ReadsNewNamesAndTheTierThenAllowed) {
  Put("d/a", "1");
  Must(KeepAll(1));

  EXPECT_EQ(Text(Photo("d/a")), "1");
  EXPECT_OK(Apply(CommitBlob{.path = Photo("d/b"), .content = "2"}));
  EXPECT_OK(Apply(CommitBlob{.path = Photo("c"), .content = ContentOf{Photo("d/a"), {}}}));
  EXPECT_OK(Apply(PatchBlob{.path = Photo("d/a"), .tier = Tier::kCool}));
  EXPECT_EQ(Stat(Photo("d/a")).properties.tier, Tier::kCool);
}

TEST_P(Immutability, PreviousVersionThenItStaysAndTheCurrentOneIsFree) {
  const Outcome first = Put("a", "1");
  const Outcome second = Put("a", "2");
  Must(Keep("a", kDay, ImmutabilityMode::kUnlocked, first.version));

  EXPECT_CODE(kImmutable, Apply(RemoveVersion{Photo("a"), first.version}));
  EXPECT_CODE(kImmutable, Apply(PatchBlob{.path = Photo("a"),
                                          .version = first.version,
                                          .metadata = StringMap{{"k", "v"}}}));
  EXPECT_OK(Apply(PatchBlob{.path = Photo("a"), .metadata = StringMap{{"k", "v"}}}));
  EXPECT_OK(Apply(RemoveVersion{Photo("a"), second.version}));
  EXPECT_CODE(kImmutable, Apply(DeleteContainer{"photos"}));
  EXPECT_EQ(Text(Photo("a"), first.version), "1");
}

TEST_P(Immutability, NewVersionThenItHasNoPolicyOfItsOwn) {
  Put("d/a", "1");
  Must(Keep("d/a", hours(1)));
  clock_.Advance(hours(2));

  Must(Apply(RenamePrefix{"photos", "d/", "e/"}));
  Put("e/b", "2");
  Must(Apply(CommitBlob{.path = Photo("e/b"), .content = ContentOf{Photo("e/a"), {}}}));

  EXPECT_EQ(Stat(Photo("e/a")).protection, Protection{});
  EXPECT_EQ(Stat(Photo("e/b")).protection, Protection{});
  EXPECT_TRUE(Versions("d/a").at(0).protection.policy);
}

TEST_P(Immutability, TimeOverThenChangesWork) {
  Put("a", "1");
  Put("b", "1");
  Must(Keep("a", hours(1), ImmutabilityMode::kLocked));
  Must(KeepAll(1, ImmutabilityMode::kLocked));
  clock_.Advance(hours(23));
  EXPECT_CODE(kImmutable, Apply(RemoveBlob{Photo("a")}));

  clock_.Advance(hours(2));

  EXPECT_OK(Apply(CommitBlob{.path = Photo("a"), .content = "2"}));
  EXPECT_OK(Apply(RemoveBlob{Photo("b")}));
}

TEST_P(Immutability, ContainerThenEachVersionCountsFromItsOwnTime) {
  const Outcome first = Put("a", "1");
  clock_.Advance(hours(20));
  Put("a", "2");
  Must(KeepAll(1));
  clock_.Advance(hours(10));

  EXPECT_OK(Apply(RemoveVersion{Photo("a"), first.version}));
  EXPECT_CODE(kImmutable, Apply(RemoveBlob{Photo("a")}));
}

TEST_P(Immutability, UnlockedThenItMayBeChangedAndRemoved) {
  Put("a", "1");
  Must(Keep("a", 3 * kDay));
  Must(KeepAll(3));

  EXPECT_OK(Keep("a", kDay));
  EXPECT_OK(KeepAll(2));
  EXPECT_OK(Apply(SetImmutability{Photo("a"), {}, {}}));
  EXPECT_OK(Apply(SetContainerImmutability{"photos", {}}));

  EXPECT_OK(Apply(RemoveBlob{Photo("a")}));
}

TEST_P(Immutability, LockedThenItCanOnlyBeMadeLonger) {
  Put("a", "1");
  Must(Keep("a", 3 * kDay, ImmutabilityMode::kLocked));
  Must(KeepAll(3, ImmutabilityMode::kLocked));

  EXPECT_CODE(kImmutable, Keep("a", 2 * kDay, ImmutabilityMode::kLocked));
  EXPECT_CODE(kImmutable, Keep("a", 4 * kDay, ImmutabilityMode::kUnlocked));
  EXPECT_CODE(kImmutable, Apply(SetImmutability{Photo("a"), {}, {}}));
  EXPECT_CODE(kImmutable, KeepAll(2, ImmutabilityMode::kLocked));
  EXPECT_CODE(kImmutable, KeepAll(4, ImmutabilityMode::kUnlocked));
  EXPECT_CODE(kImmutable, Apply(SetContainerImmutability{"photos", {}}));
  EXPECT_OK(Keep("a", 4 * kDay, ImmutabilityMode::kLocked));
  EXPECT_OK(KeepAll(4, ImmutabilityMode::kLocked));

  EXPECT_EQ(Must(store().GetContainer("photos")).protection.policy,
            (ContainerImmutabilityPolicy{4, ImmutabilityMode::kLocked}));
}

TEST_P(Immutability, LockedAndOverThenItIsStillLocked) {
  Put("a", "1");
  Must(Keep("a", kDay, ImmutabilityMode::kLocked));
  clock_.Advance(2 * kDay);

  EXPECT_CODE(kImmutable, Apply(SetImmutability{Photo("a"), {}, {}}));
  EXPECT_OK(Keep("a", kDay, ImmutabilityMode::kLocked));
}

TEST_P(Immutability, HoldAndPolicyThenBothMustGo) {
  Put("a", "1");
  Must(Keep("a", kDay));
  Must(Apply(SetLegalHold{Photo("a"), {}, true}));
  Must(Apply(ChangeContainerHolds{"photos", {"case1", "case2"}, {}}));

  Must(Apply(SetImmutability{Photo("a"), {}, {}}));
  EXPECT_CODE(kImmutable, Apply(RemoveBlob{Photo("a")}));
  Must(Apply(SetLegalHold{Photo("a"), {}, false}));
  EXPECT_CODE(kImmutable, Apply(RemoveBlob{Photo("a")}));
  Must(Apply(ChangeContainerHolds{"photos", {}, {"case1"}}));
  EXPECT_CODE(kImmutable, Apply(RemoveBlob{Photo("a")}));
  Must(Apply(ChangeContainerHolds{"photos", {}, {"case2"}}));
  EXPECT_OK(Apply(RemoveBlob{Photo("a")}));
}

TEST_P(Immutability, OfTheContainerThenItIsToldAndInTheJournal) {
  const std::string etag = Must(store().GetContainer("photos")).etag;

  const Outcome kept = Must(KeepAll(7));
  Must(Apply(ChangeContainerHolds{"photos", {"case1", "case2"}, {}}));

  const ContainerInfo info = Must(store().GetContainer("photos"));
  EXPECT_EQ(info.protection.policy, ContainerImmutabilityPolicy{7});
  EXPECT_EQ(info.protection.legal_holds, (std::set<std::string>{"case1", "case2"}));
  EXPECT_NE(kept.etag, etag);
  EXPECT_NE(info.etag, kept.etag);
  EXPECT_EQ(Must(store().ListContainers()).at(0).protection, info.protection);
  EXPECT_EQ(Events().back().kind, EventKind::kImmutabilityChanged);
  EXPECT_EQ(Events().back().container, "photos");
  EXPECT_EQ(Events().back().name, "");
}

TEST_P(Immutability, ContainerWithoutProtectedVersionsThenItCanBeDeleted) {
  Must(KeepAll(7, ImmutabilityMode::kLocked));
  EXPECT_OK(Apply(DeleteContainer{"photos"}));
}

TEST_P(Immutability, EmptyContainerUnderHoldThenItStays) {
  Must(Apply(ChangeContainerHolds{"photos", {"case1"}, {}}));
  EXPECT_CODE(kImmutable, Apply(DeleteContainer{"photos"}));
}

TEST_P(Immutability, WrongArgumentsThenRefused) {
  Put("a", "1");

  EXPECT_CODE(kInvalid, Keep("a", hours(0)));
  EXPECT_CODE(kInvalid, Keep("a", -kDay));
  EXPECT_CODE(kInvalid, Keep("a", 146'001 * kDay));
  EXPECT_CODE(kInvalid, KeepAll(0));
  EXPECT_CODE(kInvalid, KeepAll(146'001));
  for (const char* tag : {"", "ab", "Case1", "case 1", "123456789012345678901234"})
    EXPECT_CODE(kInvalid, Apply(ChangeContainerHolds{"photos", {tag}, {}})) << tag;
  std::set<std::string> many;
  for (int i = 10; i <= 20; ++i) many.insert("case" + std::to_string(i));
  EXPECT_CODE(kInvalid, Apply(ChangeContainerHolds{"photos", many, {}}));
}

TEST_P(Immutability, NothingThereThenNotFound) {
  Put("a", "1");

  EXPECT_CODE(kNotFound, Keep("b", kDay));
  EXPECT_CODE(kNotFound, Keep("a", kDay, ImmutabilityMode::kUnlocked, VersionId{5}));
  EXPECT_CODE(kNotFound, Apply(SetLegalHold{Photo("b"), {}, true}));
  EXPECT_CODE(kNotFound, Apply(SetLegalHold{{"none", "a"}, {}, true}));
  EXPECT_CODE(kNotFound, Apply(SetContainerImmutability{"none", {}}));
  EXPECT_CODE(kNotFound, Apply(ChangeContainerHolds{"none", {}, {}}));
}

TEST_P(Immutability, ReplicaThenTheLinkIsRefusedToo) {
  Must(Apply(SetDestination{"photos", "policy"}));
  Must(Apply(CommitBlob{.path = Photo("a"), .content = "1", .origin = Origin()}));
  Must(Keep("a", kDay));

  EXPECT_CODE(kImmutable,
              Apply(CommitBlob{.path = Photo("a"), .content = "2", .origin = Origin()}));
  EXPECT_CODE(kImmutable, Apply(RemoveBlob{Photo("a")}));
  EXPECT_CODE(kImmutable, Apply(PatchBlob{.path = Photo("a"),
                                          .metadata = StringMap{{"k", "v"}},
                                          .origin_policy_id = "policy"}));
}

TEST_P(Immutability, OneOfManyChangesRefusedThenNoneIsMade) {
  if (!store().capabilities().atomic_batch) GTEST_SKIP() << "changes one by one";
  Put("a", "1");
  Must(Keep("a", kDay));

  EXPECT_CODE(kImmutable, ApplyAll({CommitBlob{.path = Photo("b"), .content = "2"},
                                    ChangeContainerHolds{"photos", {"case1"}, {}},
                                    SetLegalHold{Photo("b"), {}, true}, RemoveBlob{Photo("a")}}));

  EXPECT_FALSE(Exists("b"));
  EXPECT_TRUE(Must(store().GetContainer("photos")).protection.legal_holds.empty());
}

TEST_P(Immutability, ReopenedThenEverythingStillHolds) {
  if (!GetParam().durable) GTEST_SKIP() << "keeps nothing";
  const Outcome first = Put("d/a", "1");
  Put("d/a", "2");
  Must(Keep("d/a", kDay, ImmutabilityMode::kLocked, first.version));
  Must(Apply(SetLegalHold{Photo("d/a"), {}, true}));
  Must(KeepAll(7));
  Must(Apply(ChangeContainerHolds{"photos", {"case1"}, {}}));
  const auto versions = Versions("d/a");
  const ContainerProtection container = Must(store().GetContainer("photos")).protection;

  Reopen();

  EXPECT_EQ(Versions("d/a").at(0).protection, versions.at(0).protection);
  EXPECT_EQ(Versions("d/a").at(1).protection, versions.at(1).protection);
  EXPECT_EQ(Must(store().GetContainer("photos")).protection, container);
  EXPECT_CODE(kImmutable, Apply(RemoveBlob{Photo("d/a")}));
}

}  // namespace
}  // namespace replicafs
