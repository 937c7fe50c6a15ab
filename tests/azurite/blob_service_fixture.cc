#include "tests/azurite/blob_service_fixture.h"

#include "backend/azure/sas.h"
#include "backend/azure/sas_credential.h"
#include "backend/azure/shared_key_credential.h"
#include "backend/base/clock.h"
#include "tests/support/matchers.h"

namespace replicafs::azure {
namespace {

std::unique_ptr<Credential> MakeCredential(CredentialKind kind, AccountKey key) {
  if (kind == CredentialKind::kSharedKey)
    return std::make_unique<SharedKeyCredential>(std::move(key));
  AccountSas sas;
  sas.expiry = Timestamp{SystemClock().Now().ticks + 3600 * Timestamp::kTicksPerSecond};
  return std::make_unique<SasCredential>(MakeSas(key, sas));
}

}  // namespace

void BlobServiceTest::SetUp() {
  const auto azurite = Azurite::Shared();
  if (!azurite && azurite.error().code == ErrorCode::kNotFound)
    GTEST_SKIP() << azurite.error().message;
  ASSERT_OK(azurite);
  account_ = (*azurite)->NextAccount();
  http_ = Must(CurlClient::Make({}));
  credential_ = MakeCredential(GetParam().credential, Key());
  service_ = std::make_unique<RestBlobService>(*http_, Must(Endpoint::Parse(Url())), *credential_,
                                               ServiceOptions{});
  container_ = "c-" + NewGuid();
  ASSERT_OK(service_->CreateContainer(container_, {}));
}

AccountKey BlobServiceTest::Key() const {
  return Must(ParseAccountKey(account_.name, account_.key));
}

const std::string& BlobServiceTest::Url() const {
  return GetParam().form == UrlForm::kPath ? account_.path_url : account_.host_url;
}

std::string BlobServiceTest::Put(const std::string& name, std::string_view text) {
  return Must(service_->PutBlob(Blob(name), AsBytes(text), {}, {})).etag;
}

std::string BlobServiceTest::ReadAll(const std::string& name) {
  std::string text(1 << 20, '\0');
  text.resize(
      Must(service_->Read({.address = Blob(name)}, std::as_writable_bytes(std::span(text)))));
  return text;
}

}  // namespace replicafs::azure
