// What becomes of writes whose answers are lost.
#include <gtest/gtest.h>

#include "backend/azure/rest_blob_service.h"
#include "backend/azure/shared_key_credential.h"
#include "tests/backend/azure/fake_blob.h"
#include "tests/support/matchers.h"

namespace replicafs::azure {
namespace {

class LostReply : public testing::Test {
 protected:
  // The service with these faults.
  RestBlobService Service(std::map<int, Fault> faults) {
    blob_ = std::make_unique<FakeBlob>(std::move(faults));
    http_ = std::make_unique<FakeHttpClient>(
        [this](const SentRequest& request) { return blob_->Answer(request); });
    ServiceOptions options;
    options.retry.base_pause = std::chrono::milliseconds(1);
    options.retry.attempts_max = 4;
    return RestBlobService(*http_, Must(Endpoint::Parse("https://photos1.blob.localhost")),
                           credential_, options);
  }
  static WriteProperties Marked(const std::string& operation) {
    WriteProperties properties;
    properties.metadata = {{std::string(kOperationKey), operation}};
    return properties;
  }

  const BlobAddress address_{"c", "a", {}, {}};
  SharedKeyCredential credential_{Must(ParseAccountKey("photos1", "SmVmZQ=="))};
  std::unique_ptr<FakeBlob> blob_;
  std::unique_ptr<FakeHttpClient> http_;
};

TEST_F(LostReply, PutThatWasMadeThenItsETag) {
  for (const Fault fault : {Fault::kLostAnswer, Fault::kErrorAfter, Fault::kSentTwice}) {
    auto service = Service({{1, fault}});
    const Written written =
        Must(service.PutBlob(address_, AsBytes("x"), Marked("mine"), {.if_none_match = "*"}));
    EXPECT_EQ(written.etag, blob_->etag());
    EXPECT_EQ(blob_->writes(), 1);
  }
}

TEST_F(LostReply, PutThatDidNotArriveThenMadeOnce) {
  for (const Fault fault : {Fault::kLostRequest, Fault::kBusy}) {
    auto service = Service({{1, fault}, {2, fault}});
    ASSERT_OK(service.PutBlob(address_, AsBytes("x"), Marked("mine"), {.if_none_match = "*"}));
    EXPECT_EQ(blob_->writes(), 1);
    EXPECT_EQ(blob_->requests(), 3);
  }
}

TEST_F(LostReply, PutAfterSomebodyElsesThenExists) {
  auto service = Service({{1, Fault::kLostRequest}});
  blob_->SomebodyElseWrites("theirs");
  EXPECT_CODE(kExists,
              service.PutBlob(address_, AsBytes("x"), Marked("mine"), {.if_none_match = "*"}));
  EXPECT_EQ(blob_->writes(), 1);
}

TEST_F(LostReply, PutIfUnchangedThatWasMadeThenItsETag) {
  auto service = Service({{1, Fault::kLostAnswer}});
  blob_->SomebodyElseWrites("theirs");
  const Written written =
      Must(service.PutBlob(address_, AsBytes("x"), Marked("mine"), {.if_match = blob_->etag()}));
  EXPECT_EQ(written.etag, blob_->etag());
  EXPECT_EQ(blob_->writes(), 2);
}

TEST_F(LostReply, PutIfUnchangedOfWhatSomebodyElseChangedThenPrecondition) {
  auto service = Service({{1, Fault::kLostRequest}});
  blob_->SomebodyElseWrites("theirs");
  EXPECT_CODE(kPrecondition,
              service.PutBlob(address_, AsBytes("x"), Marked("mine"), {.if_match = "\"0x77\""}));
}

TEST_F(LostReply, PutThatCannotBeRecognisedThenNobodyKnows) {
  auto service = Service({{1, Fault::kLostAnswer}});
  EXPECT_CODE(kTimeout, service.PutBlob(address_, AsBytes("x"), {}, {.if_none_match = "*"}));
}

TEST_F(LostReply, BlockListThatWasMadeThenItsETag) {
  auto service = Service({{1, Fault::kLostAnswer}});
  const std::string ids[] = {"QQ=="};
  const Written written =
      Must(service.PutBlockList(address_, ids, Marked("mine"), {.if_none_match = "*"}));
  EXPECT_EQ(written.etag, blob_->etag());
  EXPECT_EQ(blob_->writes(), 1);
}

TEST_F(LostReply, CopyThatWasMadeThenItsETag) {
  auto service = Service({{1, Fault::kLostAnswer}});
  const Written written = Must(
      service.Copy({"c", "from", {}, {}}, {}, address_, Marked("mine"), {.if_none_match = "*"}));
  EXPECT_EQ(written.etag, blob_->etag());
  EXPECT_EQ(blob_->writes(), 1);
}

TEST_F(LostReply, MetadataThatWereSetThenTheirETag) {
  auto service = Service({{1, Fault::kLostAnswer}});
  blob_->SomebodyElseWrites("theirs");
  const Written written =
      Must(service.SetMetadata(address_, {{"k", "v"}}, {.if_match = blob_->etag()}));
  EXPECT_EQ(written.etag, blob_->etag());
}

TEST_F(LostReply, DeletionThatWasMadeThenDone) {
  auto service = Service({{1, Fault::kLostAnswer}});
  blob_->SomebodyElseWrites("theirs");
  EXPECT_OK(service.Delete(address_, {}, SnapshotsOfDeleted::kKeepBlob));
  EXPECT_FALSE(blob_->exists());
}

TEST_F(LostReply, DeletionOfNothingThenNotFound) {
  auto service = Service({});
  EXPECT_CODE(kNotFound, service.Delete(address_, {}, SnapshotsOfDeleted::kKeepBlob));
  auto busy = Service({{1, Fault::kLostRequest}});
  // Whether there was something is not known; that there is nothing is what was asked for.
  EXPECT_OK(busy.Delete(address_, {}, SnapshotsOfDeleted::kKeepBlob));
}

TEST_F(LostReply, NoAnswerAtAllThenUnavailableAfterAllAttempts) {
  auto service = Service({{1, Fault::kLostRequest},
                          {2, Fault::kLostRequest},
                          {3, Fault::kLostRequest},
                          {4, Fault::kLostRequest}});
  const auto result = service.PutBlob(address_, AsBytes("x"), {}, {});
  EXPECT_CODE(kUnavailable, result);
  EXPECT_EQ(result.error().message, "put 'c/a': refused");
  EXPECT_EQ(blob_->requests(), 4);
}

TEST_F(LostReply, AllAttemptsOfACallThenOneRequestId) {
  auto service = Service({{1, Fault::kBusy}, {2, Fault::kBusy}});
  ASSERT_OK(service.PutBlob(address_, AsBytes("x"), {}, {}));
  ASSERT_OK(service.GetProperties(address_));
  const auto sent = http_->sent();
  ASSERT_EQ(sent.size(), 4U);
  const std::string id = sent[0].Header("x-ms-client-request-id");
  EXPECT_EQ(id.size(), 36U);
  EXPECT_EQ(sent[2].Header("x-ms-client-request-id"), id);
  EXPECT_NE(sent[3].Header("x-ms-client-request-id"), id);
}

TEST_F(LostReply, DamagedBytesThenReadAgain) {
  auto service = Service({{1, Fault::kDamagedBytes}});
  blob_->SomebodyElseWrites("hello");
  std::string text(8, '\0');
  text.resize(Must(service.Read({.address = address_}, std::as_writable_bytes(std::span(text)))));
  EXPECT_EQ(text, "hello");
  EXPECT_EQ(blob_->requests(), 2);
}

TEST_F(LostReply, BytesThatStayDamagedThenCorrupt) {
  auto service = Service({{1, Fault::kDamagedBytes},
                          {2, Fault::kDamagedBytes},
                          {3, Fault::kDamagedBytes},
                          {4, Fault::kDamagedBytes}});
  blob_->SomebodyElseWrites("hello");
  std::byte into[8];
  EXPECT_CODE(kCorrupt, service.Read({.address = address_}, into));
}

}  // namespace
}  // namespace replicafs::azure
