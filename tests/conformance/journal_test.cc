#include <atomic>
#include <map>
#include <set>
#include <thread>

#include "tests/conformance/suite.h"

namespace replicafs {
namespace {

// What a reader of the journal alone knows: the versions of each blob, and which is current.
class Replayed {
 public:
  void Apply(const Event& event) {
    Blob& blob = blobs_[event.container + "/" + event.name];
    switch (event.kind) {
      case EventKind::kCreated:
        blob.versions.erase(event.replaces);
        blob.versions.insert(event.version);
        blob.current = event.version;
        break;
      case EventKind::kDeleted: blob.current = {}; break;
      case EventKind::kVersionDeleted:
        blob.versions.erase(event.version);
        if (blob.current == event.version) blob.current = {};
        break;
      case EventKind::kContainerDeleted:
        std::erase_if(blobs_, [&](const auto& entry) {
          return entry.first.starts_with(event.container + "/");
        });
        break;
      default: break;
    }
  }
  VersionId Current(const std::string& path) { return blobs_[path].current; }
  size_t VersionCount(const std::string& path) { return blobs_[path].versions.size(); }
  std::vector<std::string> Live(const std::string& container) const {
    std::vector<std::string> names;
    for (const auto& [path, blob] : blobs_) {
      if (blob.current && path.starts_with(container + "/"))
        names.push_back(path.substr(container.size() + 1));
    }
    return names;
  }

 private:
  struct Blob {
    std::set<VersionId> versions;
    VersionId current;
  };
  std::map<std::string, Blob> blobs_;
};

REPLICAFS_CONFORMANCE_SUITE(JournalOf);

TEST_P(JournalOf, EveryChangeThenOneEventInOrder) {
  Must(Apply(CreateContainer{"music"}));
  const Outcome put = Put("a", "123");
  Must(Apply(PatchBlob{.path = Photo("a"), .metadata = StringMap{}}));
  Must(Apply(PatchBlob{.path = Photo("a"), .tier = Tier::kCool}));
  Must(Apply(RemoveBlob{Photo("a")}));
  Must(Apply(RemoveVersion{Photo("a"), put.version}));
  Must(Apply(DeleteContainer{"music"}));

  const auto events = Events();

  const std::vector<EventKind> expected{EventKind::kContainerCreated, EventKind::kContainerCreated,
                                        EventKind::kCreated,          EventKind::kPropertiesChanged,
                                        EventKind::kTierChanged,      EventKind::kDeleted,
                                        EventKind::kVersionDeleted,   EventKind::kContainerDeleted};
  ASSERT_EQ(events.size(), expected.size());
  Timestamp last;
  for (size_t i = 0; i < events.size(); ++i) {
    EXPECT_EQ(events[i].sequence, i + 1);
    EXPECT_EQ(events[i].group_end, i + 1);
    EXPECT_EQ(events[i].kind, expected[i]);
    EXPECT_EQ(events[i].writer, kWriter);
    EXPECT_GT(events[i].time, last);
    last = events[i].time;
    if (i >= 2 && i <= 6) {
      EXPECT_EQ(events[i].container, "photos");
      EXPECT_EQ(events[i].name, "a");
      EXPECT_EQ(events[i].version, put.version);
    }
  }
  EXPECT_EQ(events[2].size_bytes, 3U);
}

TEST_P(JournalOf, ReplayedThenTheListing) {
  const Outcome a = Put("a", "1");
  Put("a", "2");
  Put("d/b", "1");
  const Outcome c = Put("c", "1");
  Must(Apply(CommitBlob{.path = Photo("c"), .content = "2", .replaces = c.version}));
  Must(Apply(RemoveVersion{Photo("a"), a.version}));
  Must(Apply(RenamePrefix{"photos", "d/", "e/"}));
  const Outcome f = Put("f", "1");
  Must(Apply(RemoveVersion{Photo("f"), f.version}));
  Put("g", "1");
  Must(Apply(RemoveBlob{Photo("g")}));
  Must(Apply(CreateContainer{"music"}));
  Must(Apply(CommitBlob{.path = {"music", "x"}, .content = "1"}));
  Must(Apply(DeleteContainer{"music"}));

  Replayed replayed;
  for (const Event& event : Events()) replayed.Apply(event);

  EXPECT_EQ(replayed.Live("photos"), Names({.container = "photos", .hierarchical = false}));
  EXPECT_TRUE(replayed.Live("music").empty());
  for (const char* name : {"a", "c", "d/b", "e/b", "f", "g"}) {
    const auto info = store().Stat(Photo(name));
    EXPECT_EQ(replayed.Current(std::string("photos/") + name), info ? info->version : VersionId{});
    EXPECT_EQ(replayed.VersionCount(std::string("photos/") + name), Versions(name).size());
  }
}

TEST_P(JournalOf, ReplacedVersionThenNamed) {
  const Outcome first = Put("a", "1");

  Must(Apply(CommitBlob{.path = Photo("a"), .content = "2", .replaces = first.version}));

  EXPECT_EQ(Events().back().replaces, first.version);
}

TEST_P(JournalOf, ListOfChangesThenOneGroup) {
  const uint64_t before = Must(journal().Head());

  const auto outcomes =
      Must(ApplyAll({CommitBlob{.path = Photo("a"), .content = "1"}, PutState{"k", "v"},
                     CommitBlob{.path = Photo("b"), .content = "1"}, RemoveBlob{Photo("a")}}));

  const auto events = Events(before);
  ASSERT_EQ(events.size(), 3U);
  for (const Event& event : events) EXPECT_EQ(event.group_end, before + 3);
  ASSERT_EQ(outcomes.size(), 4U);
  EXPECT_EQ(outcomes[0].sequence, before + 1);
  EXPECT_EQ(outcomes[1].sequence, 0U);
  EXPECT_EQ(outcomes[3].sequence, before + 3);
}

TEST_P(JournalOf, ReadWithLimitThenPages) {
  for (int i = 0; i < 5; ++i) Put("a", "1");

  EXPECT_EQ(Must(journal().Read(2, 2)).size(), 2U);
  EXPECT_EQ(Must(journal().Read(2, 2))[0].sequence, 3U);
  EXPECT_TRUE(Must(journal().Read(6, 10)).empty());
  EXPECT_TRUE(Must(journal().Read(1000, 10)).empty());
}

TEST_P(JournalOf, SomethingToReadThenWaitReturns) {
  journal().Wait(0, std::chrono::hours(1), {});

  EXPECT_GT(Must(journal().Head()), 0U);
}

TEST_P(JournalOf, NothingToReadThenWaitTimesOut) {
  const uint64_t head = Must(journal().Head());

  journal().Wait(head, std::chrono::milliseconds(5), {});

  EXPECT_EQ(Must(journal().Head()), head);
}

TEST_P(JournalOf, ChangeWhileWaitingThenWoken) {
  const uint64_t head = Must(journal().Head());
  std::jthread writer([&] { Put("a", "1"); });

  journal().Wait(head, std::chrono::hours(1), {});

  EXPECT_EQ(Must(journal().Head()), head + 1);
}

TEST_P(JournalOf, StopWhileWaitingThenReturns) {
  std::stop_source stop;
  std::jthread stopper([&] { stop.request_stop(); });

  journal().Wait(Must(journal().Head()), std::chrono::hours(1), stop.get_token());

  EXPECT_TRUE(stop.stop_requested());
}

TEST_P(JournalOf, FailedChangeThenNoEventAndNoTimeLost) {
  const uint64_t head = Must(journal().Head());

  EXPECT_CODE(kNotFound, Apply(RemoveBlob{Photo("missing")}));

  EXPECT_EQ(Must(journal().Head()), head);
  EXPECT_EQ(Put("a", "1").sequence, head + 1);
}

}  // namespace
}  // namespace replicafs
