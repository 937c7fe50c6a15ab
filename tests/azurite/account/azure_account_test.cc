// What an account at a service does when others change it too, when the service fails, and what it
// asks.
#include "backend/azure/azure_account.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "backend/azure/kept_versions.h"
#include "tests/azurite/account/connect.h"
#include "tests/support/manual_clock.h"
#include "tests/support/matchers.h"
#include "tests/support/scripted_service.h"
#include "tests/support/temp_directory.h"

namespace replicafs {
namespace {

using azure::BlobAddress;
using azure::ScriptedService;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;
using Counts = std::map<std::string, size_t>;

class AzureAccountTest : public ::testing::Test {
 protected:
  AzureAccountTest() : place_(Must(EmptyAccount())), others_(Must(Connect(place_))) {
    Open("here");
    Must(ApplyOne(store(), CreateContainer{"box"}, 0));
  }

  // The local side in this directory.
  void Open(const std::string& name, std::chrono::milliseconds commit_timeout = kPatience) {
    account_.reset();
    service_ = std::make_shared<ScriptedService>(Must(Connect(place_)));
    const std::string path = directory_ / name;
    static_cast<void>(AzureAccount::Create(path).has_value());
    AzureAccount::Options options;
    options.local.initial_map_bytes = 64 << 10;
    options.store.fresh = fresh_;
    options.store.commit_timeout = commit_timeout;
    options.uploads.pause_min = std::chrono::milliseconds{5};
    options.uploads.pause_max = std::chrono::milliseconds{20};
    account_ = Must(AzureAccount::Open(path, "azure", service_, clock_, options));
  }
  BlobStore& store() { return account_->store(); }

  Result<Outcome> TryPut(const std::string& name, const std::string& text) {
    return ApplyOne(store(), CommitBlob{.path = {"box", name}, .content = text}, 0);
  }
  Outcome Put(const std::string& name, const std::string& text) { return Must(TryPut(name, text)); }
  Result<std::string> Read(const std::string& name, VersionId version = {}) {
    const auto reader = TRY(store().Open({"box", name}, version));
    std::string text(reader->info().size_bytes, ' ');
    text.resize(TRY(reader->ReadAt(0, std::as_writable_bytes(std::span(text)))));
    return text;
  }
  std::vector<std::string> History(const std::string& name) {
    std::vector<std::string> history;
    for (const BlobInfo& info : Must(store().ListVersions({"box", name})))
      history.push_back((info.is_current ? "current " : "previous ") +
                        Must(Read(name, info.version)));
    return history;
  }
  Outcome PutBlocks(const std::string& name, const std::vector<std::string>& texts) {
    BlockList blocks;
    for (const std::string& text : texts) {
      blocks.push_back({Sha256(AsBytes(text)), text.size()});
      EXPECT_OK(store().StageBlock(blocks.back().digest, AsBytes(text)));
    }
    return Must(ApplyOne(store(), CommitBlob{.path = {"box", name}, .content = blocks}, 0));
  }

  // What somebody else does at the service.
  void PutThere(const std::string& name, const std::string& text) {
    ASSERT_OK(others_->PutBlob(Address(name), AsBytes(text), {}, {}));
  }
  // Over "a", just before the first call of this name.
  void TheyWriteAt(const std::string& call_name) {
    service_->SetScript([this, call_name](const std::string& call, const std::string&) -> Status {
      if (call != call_name) return Ok();
      service_->SetScript({});
      PutThere("a", "theirs");
      return Ok();
    });
  }
  std::string ReadThere(const std::string& name) {
    std::string text(1 << 20, '\0');
    text.resize(
        Must(others_->Read({.address = Address(name)}, std::as_writable_bytes(std::span(text)))));
    return text;
  }
  void DeleteThere(const std::string& name) {
    ASSERT_OK(others_->Delete(Address(name), {}, azure::SnapshotsOfDeleted::kDelete));
  }
  static BlobAddress Address(const std::string& name) { return {.container = "box", .name = name}; }
  std::vector<std::string> Names() {
    std::vector<std::string> names;
    for (const ListItem& item :
         Must(store().List({.container = "box", .hierarchical = false})).items)
      names.push_back(std::get<BlobInfo>(item).name);
    return names;
  }

  static constexpr std::chrono::milliseconds kPatience{60'000};
  TempDirectory directory_;
  ManualClock clock_;
  std::chrono::milliseconds fresh_{0};
  const AzuriteAccount place_;
  const std::shared_ptr<azure::BlobService> others_;
  std::shared_ptr<ScriptedService> service_;
  std::unique_ptr<AzureAccount> account_;
};

TEST_F(AzureAccountTest, WrittenThenOthersReadIt) {
  Put("a/b", "mine");

  EXPECT_EQ(ReadThere("a/b"), "mine");
}

TEST_F(AzureAccountTest, WrittenByOthersThenItIsReadAndListedHere) {
  PutThere("a/theirs", "theirs");

  EXPECT_EQ(Must(Read("a/theirs")), "theirs");
  PutThere("b", "more");
  EXPECT_THAT(Names(), ElementsAre("a/theirs", "b"));
}

TEST_F(AzureAccountTest, OverwrittenByOthersThenTheirsIsCurrentAndOursAPreviousVersion) {
  Put("a", "mine");
  PutThere("a", "theirs");

  EXPECT_THAT(History("a"), ElementsAre("current theirs", "previous mine"));
}

TEST_F(AzureAccountTest, DeletedByOthersThenItIsGoneHereAndStaysAsAVersion) {
  Put("a", "mine");
  DeleteThere("a");

  EXPECT_CODE(kNotFound, store().Stat({"box", "a"}, {}));
  EXPECT_THAT(History("a"), ElementsAre("previous mine"));
  EXPECT_THAT(Names(), IsEmpty());
}

// Between the look at the blob and the write.
TEST_F(AzureAccountTest, OverwrittenMeanwhileThenStaleAndBothAreKept) {
  Put("a", "before");
  TheyWriteAt("PutBlob");

  EXPECT_CODE(kStale, TryPut("a", "mine"));

  EXPECT_THAT(History("a"), ElementsAre("current theirs", "previous mine", "previous before"));
  EXPECT_EQ(ReadThere("a"), "theirs");
}

TEST_F(AzureAccountTest, OverwrittenBeforeItIsKeptThenStaleAndOursIsAVersion) {
  Put("a", "before");
  TheyWriteAt("Copy");

  EXPECT_CODE(kStale, TryPut("a", "mine"));

  EXPECT_THAT(History("a"), ElementsAre("current theirs", "previous mine", "previous before"));
  EXPECT_EQ(ReadThere("a"), "theirs");
}

TEST_F(AzureAccountTest, OverwrittenBeforeItIsRemovedThenStaleAndTheirsStays) {
  Put("a", "before");
  TheyWriteAt("Delete");

  EXPECT_CODE(kStale, ApplyOne(store(), RemoveBlob{{"box", "a"}}, 0));

  EXPECT_THAT(History("a"), ElementsAre("current theirs", "previous before"));
  EXPECT_EQ(ReadThere("a"), "theirs");
}

TEST_F(AzureAccountTest, CreatedMeanwhileThenStaleAndBothAreKept) {
  TheyWriteAt("PutBlob");

  EXPECT_CODE(kStale, TryPut("a", "mine"));

  EXPECT_THAT(History("a"), ElementsAre("current theirs", "previous mine"));
}

TEST_F(AzureAccountTest, FreshLocalSideThenAllThatIsLiveIsThere) {
  Put("a/one", "1");
  PutBlocks("two", {std::string(5 << 20, 'x'), "tail"});

  Open("elsewhere");

  EXPECT_THAT(Names(), ElementsAre("a/one", "two"));
  EXPECT_EQ(Must(Read("a/one")), "1");
  EXPECT_EQ(Must(Read("two")), std::string(5 << 20, 'x') + "tail");
}

TEST_F(AzureAccountTest, ServiceOutOfReachThenTheWriteIsKeptAndSentLater) {
  Open("here", std::chrono::milliseconds{200});
  service_->SetScript([](const std::string&, const std::string&) -> Status {
    return Error{ErrorCode::kUnavailable, "no network"};
  });

  // What is asked for first cannot be asked: then nothing is written.
  EXPECT_CODE(kUnavailable, TryPut("a", "mine"));
  service_->SetScript([](const std::string& call, const std::string&) -> Status {
    if (call != "PutBlob") return Ok();
    return Error{ErrorCode::kUnavailable, "no network"};
  });
  EXPECT_CODE(kTimeout, TryPut("a", "mine"));
  EXPECT_CODE(kNotFound, others_->GetProperties(Address("a")));

  Open("here");
  ASSERT_OK(TryPut("b", "later"));

  EXPECT_EQ(ReadThere("a"), "mine");
}

// As when the account is closed while a change is on its way.
TEST_F(AzureAccountTest, CallsAreCancelledThenTheWriteIsKeptAndSentLater) {
  Open("here", std::chrono::milliseconds{200});
  service_->SetScript([](const std::string& call, const std::string&) -> Status {
    if (call != "PutBlob") return Ok();
    return Error{ErrorCode::kCancelled, "cancelled"};
  });
  EXPECT_CODE(kTimeout, TryPut("a", "mine"));

  Open("here");
  ASSERT_OK(TryPut("b", "later"));

  EXPECT_EQ(ReadThere("a"), "mine");
}

TEST_F(AzureAccountTest, RefusedThenNothingHasHappened) {
  Put("a", "before");
  service_->SetScript([](const std::string& call, const std::string&) -> Status {
    if (call != "PutBlob" && call != "Delete" && call != "Copy") return Ok();
    return Error{ErrorCode::kPermission, "no permission to write"};
  });

  EXPECT_CODE(kPermission, TryPut("a", "refused"));
  EXPECT_CODE(kPermission, TryPut("new", "refused"));
  EXPECT_CODE(kPermission, ApplyOne(store(), RemoveBlob{{"box", "a"}}, 0));

  service_->SetScript({});
  EXPECT_THAT(History("a"), ElementsAre("current before"));
  EXPECT_THAT(Names(), ElementsAre("a"));
  Put("a", "after");
  EXPECT_THAT(History("a"), ElementsAre("current after", "previous before"));
}

TEST_F(AzureAccountTest, RenameRefusedThenBothNamesAreAsBefore) {
  Put("a", "mine");
  service_->SetScript([](const std::string& call, const std::string& name) -> Status {
    const bool writes = call == "PutBlob" || call == "Copy";
    if (!writes || name != "b") return Ok();
    return Error{ErrorCode::kPermission, "no permission to write"};
  });
  std::vector<Mutation> rename;
  rename.push_back(CommitBlob{.path = {"box", "b"}, .content = ContentOf{{"box", "a"}, {}}});
  rename.push_back(RemoveBlob{{"box", "a"}});

  EXPECT_CODE(kPermission, store().Apply(std::move(rename), 0));

  service_->SetScript({});
  EXPECT_THAT(Names(), ElementsAre("a"));
  EXPECT_EQ(Must(Read("a")), "mine");
  EXPECT_EQ(ReadThere("a"), "mine");
}

TEST_F(AzureAccountTest, BlockOfALargeBlobChangedThenThatBlockAloneIsSent) {
  const std::string first(4 << 20, 'a');
  const std::string second(4 << 20, 'b');
  PutBlocks("large", {first, second, "tail"});
  service_->TakeCounts();

  PutBlocks("large", {first, second, "tail and more"});

  EXPECT_EQ(service_->TakeCounts()["PutBlock"], 1U);
  EXPECT_EQ(Must(Read("large")), first + second + "tail and more");
}

TEST_F(AzureAccountTest, RenamedThenNoBytesAreSent) {
  PutBlocks("large", {std::string(4 << 20, 'a'), "tail"});
  service_->TakeCounts();
  std::vector<Mutation> rename;
  rename.push_back(
      CommitBlob{.path = {"box", "moved"}, .content = ContentOf{{"box", "large"}, {}}});
  rename.push_back(RemoveBlob{{"box", "large"}});

  ASSERT_OK(store().Apply(std::move(rename), 0));

  const Counts counts = service_->TakeCounts();
  EXPECT_FALSE(counts.contains("PutBlock"));
  EXPECT_FALSE(counts.contains("PutBlob"));
  EXPECT_THAT(Names(), ElementsAre("moved"));
}

// A look at a name that is not there, as who creates a file has had.
TEST_F(AzureAccountTest, SmallBlobThenOneRequestToMakeAndTwoToReplaceIt) {
  fresh_ = std::chrono::hours(1);
  Open("here");
  EXPECT_CODE(kNotFound, store().Stat({"box", "a"}, {}));
  Put("warm", "x");
  Put("warm", "y");
  service_->TakeCounts();

  Put("a", "one");
  EXPECT_THAT(service_->TakeCounts(), ElementsAre(Pair("PutBlob", 1)));
  Put("a", "two");
  EXPECT_THAT(service_->TakeCounts(), UnorderedElementsAre(Pair("PutBlob", 1), Pair("Copy", 1)));
}

TEST_F(AzureAccountTest, ColdStatThenOneRequestAndColdListingOneForEachPage) {
  for (int i = 0; i < 20; ++i) PutThere("d/" + std::to_string(i), "x");
  fresh_ = std::chrono::hours(1);
  Open("elsewhere");
  ASSERT_OK(store().ListContainers());
  service_->TakeCounts();

  ASSERT_OK(store().Stat({"box", "d/7"}, {}));
  EXPECT_THAT(service_->TakeCounts(), ElementsAre(Pair("GetProperties", 1)));
  EXPECT_EQ(Must(store().List({.container = "box", .prefix = "d/"})).items.size(), 20U);
  EXPECT_THAT(service_->TakeCounts(), ElementsAre(Pair("ListBlobs", 1)));
}

TEST_F(AzureAccountTest, ColdRandomReadThenLittleIsFetched) {
  PutBlocks("large", {std::string(4 << 20, 'a'), std::string(4 << 20, 'b')});
  fresh_ = std::chrono::hours(1);
  Open("elsewhere");
  const auto reader = Must(store().Open({"box", "large"}, {}));
  service_->TakeCounts();

  std::string bytes(4096, '\0');
  EXPECT_EQ(Must(reader->ReadAt(5 << 20, std::as_writable_bytes(std::span(bytes)))), 4096U);

  EXPECT_EQ(bytes, std::string(4096, 'b'));
  EXPECT_THAT(service_->TakeCounts(), ElementsAre(Pair("Read", 1)));
}

TEST_F(AzureAccountTest, NamesThatTheServiceRefusesThenTheyAreWrittenAsLookAlikes) {
  Put("tab\there\\", "x");

  EXPECT_EQ(ReadThere("tab␉here＼"), "x");
  Open("elsewhere");
  EXPECT_THAT(Names(), ElementsAre("tab\there\\"));
}

}  // namespace
}  // namespace replicafs
