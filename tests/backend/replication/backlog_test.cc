// The backlog is what a link has still to do, no more and no less, and its buckets add up to it.
#include "backend/replication/backlog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>

#include "backend/replication/event_window.h"
#include "backend/replication/link_rows.h"
#include "backend/replication/rule_index.h"
#include "tests/backend/replication/link_fixture.h"

namespace replicafs {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr int64_t kSecond = Timestamp::kTicksPerSecond;

TEST(AgeBuckets, EachAgeThenItsBucket) {
  constexpr int64_t kMinute = 60 * kSecond;
  const Timestamp now{1'000'000 * kMinute};
  const std::vector<std::pair<int64_t, size_t>> ages = {
      {-kSecond, 0},           {0, 0},
      {5 * kMinute - 1, 0},    {5 * kMinute, 1},
      {10 * kMinute - 1, 1},   {10 * kMinute, 2},
      {15 * kMinute - 1, 2},   {15 * kMinute, 3},
      {30 * kMinute - 1, 3},   {30 * kMinute, 4},
      {120 * kMinute - 1, 4},  {120 * kMinute, 5},
      {480 * kMinute - 1, 5},  {480 * kMinute, 6},
      {1440 * kMinute - 1, 6}, {1440 * kMinute, 7},
      {90'000 * kMinute, 7}};
  for (const auto& [age, bucket] : ages) {
    const AgeBuckets buckets = DivideByAge({{.time = {now.ticks - age}, .bytes = 3}}, now);
    for (size_t i = 0; i < kAgeBuckets; ++i) {
      EXPECT_EQ(buckets[i].operations, i == bucket ? 1U : 0U) << age;
      EXPECT_EQ(buckets[i].bytes, i == bucket ? 3U : 0U) << age;
    }
  }
}

TEST(RuleIndex, ManyRulesThenTheSameRuleAsWithoutItWithinMicroseconds) {
  Policy policy;
  for (int i = 0; i < 1000; ++i)
    policy.rules.push_back({.source_container = "c" + std::to_string(i),
                            .destination_container = "d" + std::to_string(i),
                            .prefixes = {"a/", "b/"},
                            .start_sequence = static_cast<uint64_t>(i % 3)});
  const RuleIndex index(policy);
  std::vector<Event> events;
  for (int i = 0; i < 2000; ++i)
    events.push_back({.sequence = static_cast<uint64_t>(1 + i % 4),
                      .kind = static_cast<EventKind>(1 + i % 8),
                      .container = "c" + std::to_string(i * 7 % 1100),
                      .name = (i % 5 == 0 ? "x/" : "b/") + std::to_string(i)});
  for (const Event& event : events) {
    EXPECT_EQ(index.RuleOf(event), RuleOf(policy, event));
    EXPECT_EQ(index.Find(event.container, event.name),
              FindRule(policy, event.container, event.name));
  }

  constexpr int kRounds = 500;
  size_t found = 0;
  const auto start = std::chrono::steady_clock::now();
  for (int round = 0; round < kRounds; ++round) {
    for (const Event& event : events) found += index.RuleOf(event) == nullptr ? 0U : 1U;
  }
  const auto took = std::chrono::steady_clock::now() - start;

  EXPECT_GT(found, 0U);
  EXPECT_LT(took / (kRounds * 2000), std::chrono::microseconds(5));
}

class Backlog : public ::testing::Test, public LinkFixture {
 protected:
  LinkStatus Read() {
    auto links = Must(ReadLinkStatus(*source, accounts, clock));
    EXPECT_EQ(links.size(), 1U);
    return std::move(links[0]);
  }
  Event EventAt(uint64_t sequence) { return Must(source->journal().Read(sequence - 1, 1)).front(); }
  bool SourceHas(const Event& event) {
    return source->inner().store().Stat({event.container, event.name}, event.version).has_value();
  }
  bool HasReplica(const Event& event) {
    const auto versions = Must(destination->inner().store().ListVersions({"replica", event.name}));
    return std::any_of(versions.begin(), versions.end(), [&](const BlobInfo& version) {
      return version.origin && version.origin->version == event.version;
    });
  }
  void ExpectExact();
};

// Counts again, from the journal and both accounts, in the plainest way.
void Backlog::ExpectExact() {
  const LinkStatus status = Read();
  const uint64_t cursor = Must(ReadCursor(destination->inner().store(), policy.policy_id))
                              .value_or(policy.rules[0].start_sequence);
  const Timestamp now = clock.Now();
  std::set<uint64_t> failed;
  std::set<VersionId> missed;
  for (const Failure& failure : Failures()) failed.insert(failure.sequence);
  for (const Failure& failure : Superseded()) missed.insert(failure.version);
  AgeBuckets expected;
  AgeBucket all;
  uint64_t through = 0;
  bool done = true;
  for (const Event& event : Must(source->journal().Read(0, 1'000'000))) {
    const bool ours = event.container == "photos" && event.name.starts_with("in/") &&
                      event.sequence > policy.rules[0].start_sequence;
    const bool carries_version =
        event.kind == EventKind::kCreated || event.kind == EventKind::kPropertiesChanged;
    const bool removal =
        event.kind == EventKind::kDeleted || event.kind == EventKind::kVersionDeleted;
    const bool copied = ours && (removal || (carries_version && SourceHas(event)));
    const bool pending = copied && event.sequence > cursor && !failed.contains(event.sequence);
    if (copied && event.kind == EventKind::kCreated) {
      const bool arrived = event.sequence <= cursor && !failed.contains(event.sequence) &&
                           !missed.contains(event.version);
      EXPECT_EQ(HasReplica(event), arrived) << event.name << " " << event.sequence;
    }
    done = done && !pending && !failed.contains(event.sequence);
    if (done && event.group_end == event.sequence) through = event.sequence;
    if (!pending) continue;
    const int64_t age = (now.ticks - event.time.ticks) / kSecond / 60;
    const size_t bucket = age < 5      ? 0
                          : age < 10   ? 1
                          : age < 15   ? 2
                          : age < 30   ? 3
                          : age < 120  ? 4
                          : age < 480  ? 5
                          : age < 1440 ? 6
                                       : 7;
    const uint64_t bytes = event.kind == EventKind::kCreated ? event.size_bytes : 0;
    for (AgeBucket* sum : {&expected[bucket], &all}) {
      ++sum->operations;
      sum->bytes += bytes;
    }
  }
  EXPECT_TRUE(status.exact);
  EXPECT_EQ(status.cursor, cursor);
  for (size_t i = 0; i < kAgeBuckets; ++i) {
    EXPECT_EQ(status.pending[i].operations, expected[i].operations) << AgeBucketName(i);
    EXPECT_EQ(status.pending[i].bytes, expected[i].bytes) << AgeBucketName(i);
  }
  EXPECT_EQ(status.pending_operations, all.operations);
  EXPECT_EQ(status.pending_bytes, all.bytes);
  EXPECT_EQ(status.failures.size(), failed.size());
  EXPECT_EQ(status.replicated_through, through == 0 ? Timestamp{} : EventAt(through).time);
}

// One change at the source, one step of the link, or some time that passes.
class RandomWork {
 public:
  RandomWork(LinkFixture& fixture, uint64_t seed) : fixture_(fixture), random_(seed) {}

  void DoOne(Link& link) {
    const std::string name = (Below(6) == 0 ? "out/" : "in/") + std::to_string(Below(5));
    const auto current = fixture_.source->inner().store().Stat({"photos", name});
    switch (Below(12)) {
      case 0:
      case 1: return Write(name, {});
      case 2: return Write(name, current ? current->version : VersionId{});
      case 3:
        if (current) fixture_.Patch(name, {{"key", std::to_string(Below(100))}});
        return;
      case 4:
        if (current) fixture_.Remove(name);
        return;
      case 5:
        if (current && Below(2) == 0) return Archive(name);
        return DeleteSomeVersion(name);
      case 6:
        if (current && current->properties.tier != Tier::kArchive)
          fixture_.Rename(name, "in/" + std::to_string(5 + Below(3)));
        return;
      case 7: return fixture_.clock.Advance(minutes(Below(200)));
      default: EXPECT_OK(link.Step({})); return;
      case 11:
        if (Below(2) == 0) SetReplicaTier(name);
        if (Below(4) == 0) {
          EXPECT_OK(link.RetryFailures({}));
        }
        return;
    }
  }

 private:
  uint64_t Below(uint64_t end) { return random_() % end; }
  void Write(const std::string& name, VersionId replaces) {
    fixture_.Write(name, std::string(Below(100), 'x') + std::to_string(random_()), replaces);
  }
  void Archive(const std::string& name) {
    EXPECT_OK(ApplyOne(fixture_.source->inner().store(),
                       PatchBlob{.path = {"photos", name}, .tier = Tier::kArchive}, 0));
  }
  void SetReplicaTier(const std::string& name) {
    BlobStore& store = fixture_.destination->inner().store();
    if (!store.Stat({"replica", name})) return;
    const Tier tier = Below(2) == 0 ? Tier::kArchive : Tier::kHot;
    EXPECT_OK(ApplyOne(store, PatchBlob{.path = {"replica", name}, .tier = tier}, 0));
  }
  void DeleteSomeVersion(const std::string& name) {
    const auto versions = Must(fixture_.source->inner().store().ListVersions({"photos", name}));
    if (versions.empty()) return;
    const VersionId version = versions[Below(versions.size())].version;
    EXPECT_OK(
        ApplyOne(fixture_.source->inner().store(), RemoveVersion{{"photos", name}, version}, 0));
  }

  LinkFixture& fixture_;
  std::mt19937_64 random_;
};

class RandomBacklog : public Backlog, public ::testing::WithParamInterface<uint64_t> {};

TEST_P(RandomBacklog, AfterEachStepThenExact) {
  const uint64_t seed = GetParam();
  Write("in/0", "before");
  Create(seed % 2 == 0 ? ExistingBlobs::kCopy : ExistingBlobs::kLeave, {"in/"});
  const auto link = MakeLink({.window_events = 1 + seed % 3});
  RandomWork work(*this, seed);
  for (int i = 0; i < 250 && !HasFailure(); ++i) {
    work.DoOne(*link);
    ExpectExact();
  }
}
INSTANTIATE_TEST_SUITE_P(Seeds, RandomBacklog, ::testing::Range(uint64_t{1}, uint64_t{9}));

TEST_F(Backlog, FailedAboveTheCursorThenCountedOnceAsAFailure) {
  Create();
  const VersionId version = Write("a", "x");
  const uint64_t sequence = Must(source->journal().Head());
  const Failure failure{.sequence = sequence, .path = {"photos", "a"}, .version = version};
  ASSERT_OK(ApplyOne(source->store(),
                     PutState{FailureKey(policy.policy_id, sequence), Encode(failure)}, 0));

  const LinkStatus status = Read();

  EXPECT_EQ(status.pending_operations, 0U);
  EXPECT_EQ(status.failures.size(), 1U);
}

TEST_F(Backlog, SourceContainerDeletedThenNothingOfItIsLeftToCopy) {
  Create();
  Write("a", "x");
  ASSERT_OK(ApplyOne(source->store(), DeleteContainer{"photos"}, 0));
  MakeContainer(*source, "photos");
  Write("b", "xy");

  const LinkStatus status = Read();

  EXPECT_EQ(status.pending_operations, 1U);
  EXPECT_EQ(status.pending_bytes, 2U);
}

TEST_F(Backlog, DestinationAwayThenTheWatermarkServesAndItIsSaid) {
  Create();
  Write("a", "x");
  ASSERT_OK(CatchUp(*MakeLink()));
  Write("b", "x");
  accounts.Remove("destination");

  const LinkStatus status = Read();

  EXPECT_FALSE(status.exact);
  EXPECT_EQ(status.pending_operations, 1U);
  EXPECT_EQ(status.progress.versions_copied, 1U);
}

TEST_F(Backlog, HalfOfAStepFailedThenReplicatedThroughIsBeforeTheStep) {
  Create();
  Write("a", "x");
  const uint64_t before = Must(source->journal().Head());
  Rename("a", "b");
  const uint64_t head = Must(source->journal().Head());
  ASSERT_EQ(head, before + 2);
  ASSERT_OK(CatchUp(*MakeLink()));
  EXPECT_EQ(Read().replicated_through, EventAt(head).time);
  const Failure failure{.sequence = head, .path = {"photos", "b"}};

  ASSERT_OK(
      ApplyOne(source->store(), PutState{FailureKey(policy.policy_id, head), Encode(failure)}, 0));

  EXPECT_EQ(Read().replicated_through, EventAt(before).time);
}

}  // namespace
}  // namespace replicafs
