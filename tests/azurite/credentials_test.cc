// What the service lets each credential do.
#include "backend/azure/sas.h"
#include "backend/azure/sas_credential.h"
#include "backend/azure/shared_key_credential.h"
#include "backend/base/clock.h"
#include "tests/azurite/blob_service_fixture.h"
#include "tests/support/matchers.h"

namespace replicafs::azure {
namespace {

class Credentials : public BlobServiceTest {
 protected:
  static Timestamp InSeconds(int64_t seconds) {
    return Timestamp{SystemClock().Now().ticks + seconds * Timestamp::kTicksPerSecond};
  }
  // The service of the fixture's account with another credential.
  RestBlobService With(Credential& credential) {
    return RestBlobService(*http_, Must(Endpoint::Parse(Url())), credential, ServiceOptions{});
  }
};
INSTANTIATE_TEST_SUITE_P(Azurite, Credentials,
                         testing::Values(Access{CredentialKind::kSharedKey, UrlForm::kPath},
                                         Access{CredentialKind::kSharedKey, UrlForm::kHost}),
                         NameOfAccess);

TEST_P(Credentials, SignatureOfAContainerThenWhatIsInIt) {
  ServiceSas sas;
  sas.container = container_;
  sas.permissions = "racwdl";
  sas.expiry = InSeconds(3600);
  SasCredential credential(MakeSas(Key(), sas));
  RestBlobService service = With(credential);
  ASSERT_OK(service.PutBlob(Blob("a"), AsBytes("x"), {}, {}));
  EXPECT_EQ(Must(service.ListBlobs({.container = container_})).blobs.size(), 1U);
  ASSERT_OK(service.Copy(Blob("a"), {}, Blob("b"), std::nullopt, {}));
  const BlobAddress addresses[] = {Blob("a"), Blob("b")};
  for (const Status& status : Must(service.DeleteBatch(addresses))) EXPECT_OK(status);
  EXPECT_CODE(kPermission, service.ListContainers());
}

TEST_P(Credentials, SignatureOfABlobThenThatOneAlone) {
  Put("a b/é", "x");
  Put("other", "x");
  ServiceSas sas;
  sas.container = container_;
  sas.name = "a b/é";
  sas.start = InSeconds(-60);
  sas.expiry = InSeconds(3600);
  SasCredential credential(MakeSas(Key(), sas));
  RestBlobService service = With(credential);
  EXPECT_OK(service.GetProperties(Blob("a b/é")));
  EXPECT_CODE(kPermission, service.GetProperties(Blob("other")));
  EXPECT_CODE(kPermission, service.PutBlob(Blob("a b/é"), AsBytes("y"), {}, {}));
}

TEST_P(Credentials, SignatureForReadingThenNoWrites) {
  AccountSas sas;
  sas.permissions = "rl";
  sas.expiry = InSeconds(3600);
  SasCredential credential(MakeSas(Key(), sas));
  RestBlobService service = With(credential);
  EXPECT_OK(service.ListBlobs({.container = container_}));
  EXPECT_CODE(kPermission, service.PutBlob(Blob("a"), AsBytes("x"), {}, {}));
}

TEST_P(Credentials, SignatureThatHasEndedThenSaidSo) {
  AccountSas sas;
  sas.expiry = InSeconds(-3600);
  SasCredential credential(MakeSas(Key(), sas));
  RestBlobService service = With(credential);
  const auto result = service.ListBlobs({.container = container_});
  EXPECT_CODE(kPermission, result);
  EXPECT_NE(result.error().message.find("ended at"), std::string::npos) << result.error().message;
}

TEST_P(Credentials, WrongKeyThenRefusedWithoutIt) {
  SharedKeyCredential credential(Must(ParseAccountKey(Key().account, "c2VjcmV0IQ==")));
  RestBlobService service = With(credential);
  const auto result = service.ListBlobs({.container = container_});
  EXPECT_CODE(kPermission, result);
  EXPECT_NE(result.error().message.find("key"), std::string::npos) << result.error().message;
  EXPECT_EQ(result.error().message.find("c2Vj"), std::string::npos);
}

}  // namespace
}  // namespace replicafs::azure
