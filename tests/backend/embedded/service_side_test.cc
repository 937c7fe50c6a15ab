// The side of an embedded account that the client of a service sees.
#include "backend/embedded/service_side.h"

#include <gmock/gmock.h>

#include "backend/embedded/account_parts.h"
#include "tests/backend/embedded/account_fixture.h"

namespace replicafs {
namespace {

using embedded::ForgetBlob;
using embedded::ImportBlob;
using embedded::ServiceChange;
using embedded::SettleVersion;
using embedded::UndoEvent;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// What the service would give: the version's size in dots.
class Dots final : public BlobReader {
 public:
  explicit Dots(BlobInfo info) : info_(std::move(info)) {}
  const BlobInfo& info() const override { return info_; }
  Status UseKey(ContentKeyPtr) override { return Ok(); }
  Result<size_t> ReadAt(uint64_t, std::span<std::byte> into) override {
    std::fill(into.begin(), into.end(), std::byte{'.'});
    return into.size();
  }
  Result<std::optional<FileParts>> PartsAt(uint64_t, size_t) override {
    return std::optional<FileParts>();
  }
  const std::optional<BlockList>& blocks() const override { return blocks_; }

 private:
  const BlobInfo info_;
  const std::optional<BlockList> blocks_;
};

class ServiceSideTest : public EmbeddedAccountTest {
 protected:
  ServiceSideTest() { OpenWithService(); }
  void OpenWithService() {
    EmbeddedAccount::Options options = TestOptions();
    options.open_at_service = [this](embedded::OpenedVersion version) {
      opened_homes_ = version.homes;
      return std::make_unique<Dots>(std::move(version.info));
    };
    account_.reset();
    account_ = Must(EmbeddedAccount::Open(path(), "alpha", clock_, options));
  }
  std::vector<Outcome> ApplyAll(const std::vector<ServiceChange>& changes) {
    return Must(account_->ApplyForService(changes));
  }
  VersionId Import(const std::string& name, uint64_t size) {
    const std::vector<ServiceChange> import{ImportBlob{.path = {"box", name},
                                                       .size_bytes = size,
                                                       .created = clock_.Now(),
                                                       .last_modified = clock_.Now(),
                                                       .row_key = "row/" + name,
                                                       .row_start = "etag "}};
    return ApplyAll(import).at(0).version;
  }
  std::vector<std::string> History(const std::string& name) {
    std::vector<std::string> history;
    for (const BlobInfo& info : Must(store().ListVersions({"box", name})))
      history.push_back((info.is_current ? "current " : "previous ") +
                        std::to_string(info.size_bytes));
    return history;
  }
  Event LastEvent() {
    const uint64_t head = Must(account_->journal().Head());
    return Must(account_->journal().Read(head - 1, 1)).at(0);
  }

  std::vector<embedded::ContentHome> opened_homes_;
};

TEST_F(ServiceSideTest, ImportedThenItIsCurrentAndReadFromTheService) {
  const VersionId version = Import("a", 3);

  EXPECT_EQ(Must(Read("a")), "...");
  EXPECT_EQ(Must(store().GetState("row/a")), "etag " + std::to_string(version.ticks));
  EXPECT_EQ(LastEvent().kind, EventKind::kCreated);
  ExpectClean();
}

TEST_F(ServiceSideTest, ImportedOverWhatIsHereThenThatIsAPreviousVersion) {
  Put("a", "mine!");

  Import("a", 3);

  EXPECT_THAT(History("a"), ElementsAre("current 3", "previous 5"));
  ExpectClean();
}

TEST_F(ServiceSideTest, ImportedOverWhatTheServiceAloneHadThenThatIsGone) {
  Import("a", 5);

  Import("a", 3);

  EXPECT_THAT(History("a"), ElementsAre("current 3"));
  EXPECT_TRUE(LastEvent().replaces);
  ExpectClean();
}

TEST_F(ServiceSideTest, ForgottenThenWhatIsHereStaysAsAPreviousVersion) {
  Put("here", "mine!");
  Import("there", 3);

  ApplyAll({ForgetBlob{{"box", "here"}}, ForgetBlob{{"box", "there"}}});

  EXPECT_THAT(History("here"), ElementsAre("previous 5"));
  EXPECT_THAT(History("there"), IsEmpty());
  EXPECT_CODE(kNotFound, account_->ApplyForService({ForgetBlob{{"box", "there"}}}));
  ExpectClean();
}

TEST_F(ServiceSideTest, ContentOfAnotherBlobThenItsHomesUntilItIsSettled) {
  const VersionId first = Import("a", 3);
  const Outcome second = Must(ApplyOne(
      store(), CommitBlob{.path = {"box", "b"}, .content = ContentOf{{"box", "a"}, {}}}, 0));
  const Outcome third = Must(ApplyOne(
      store(), CommitBlob{.path = {"box", "c"}, .content = ContentOf{{"box", "b"}, {}}}, 0));

  EXPECT_THAT(Must(account_->HomesOf({"box", "c"}, third.version)),
              ElementsAre(embedded::ContentHome{{"box", "b"}, second.version},
                          embedded::ContentHome{{"box", "a"}, first}));
  EXPECT_EQ(Must(Read("c")), "...");
  EXPECT_THAT(opened_homes_, SizeIs(2));
  ApplyAll({SettleVersion{{"box", "c"}, third.version}, SettleVersion{{"box", "gone"}, first}});
  OpenWithService();
  EXPECT_THAT(Must(account_->HomesOf({"box", "c"}, third.version)), IsEmpty());
  ExpectClean();
}

TEST_F(ServiceSideTest, CreationUndoneThenWhatWasBeforeIsCurrentAgain) {
  const VersionId before = Put("a", "before").version;
  const Outcome refused = Put("a", "refused");

  ApplyAll({UndoEvent{refused.sequence}});

  EXPECT_EQ(Must(Read("a")), "before");
  EXPECT_THAT(History("a"), ElementsAre("current 6"));
  EXPECT_EQ(Must(store().Stat({"box", "a"}, {})).version, before);
  EXPECT_EQ(LastEvent().kind, EventKind::kPropertiesChanged);
  ExpectClean();
}

TEST_F(ServiceSideTest, FirstCreationUndoneThenNothingIsThere) {
  const Outcome refused = Put("d/a", "refused");

  ApplyAll({UndoEvent{refused.sequence}});

  EXPECT_THAT(History("d/a"), IsEmpty());
  EXPECT_CODE(kNotFound, store().StatPrefix({"box", "d/"}));
  ExpectClean();
}

TEST_F(ServiceSideTest, CreationUndoneThatIsSupersededThenOnlyTheLaterOneStays) {
  const Outcome refused = Put("a", "refused");
  Put("a", "later");

  ApplyAll({UndoEvent{refused.sequence}});

  EXPECT_THAT(History("a"), ElementsAre("current 5"));
  ExpectClean();
}

TEST_F(ServiceSideTest, RemovalUndoneThenItIsCurrentAgain) {
  Put("d/a", "kept");
  const Outcome refused = Must(ApplyOne(store(), RemoveBlob{{"box", "d/a"}}, 0));

  ApplyAll({UndoEvent{refused.sequence}});

  EXPECT_EQ(Must(Read("d/a")), "kept");
  EXPECT_THAT(History("d/a"), ElementsAre("current 4"));
  ExpectClean();
}

}  // namespace
}  // namespace replicafs
