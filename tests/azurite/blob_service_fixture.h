// A RestBlobService against a real Azurite, with each credential and each form of URL.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "backend/azure/credential.h"
#include "backend/azure/rest_blob_service.h"
#include "backend/azure/shared_key.h"
#include "backend/http/curl_client.h"
#include "tests/support/azurite.h"

namespace replicafs::azure {

enum class CredentialKind { kSharedKey, kSas };
enum class UrlForm { kPath, kHost };

struct Access {
  CredentialKind credential;
  UrlForm form;
};

constexpr Access kEachAccess[] = {{CredentialKind::kSharedKey, UrlForm::kPath},
                                  {CredentialKind::kSharedKey, UrlForm::kHost},
                                  {CredentialKind::kSas, UrlForm::kPath},
                                  {CredentialKind::kSas, UrlForm::kHost}};

// "SharedKeyPath"
inline std::string NameOfAccess(const testing::TestParamInfo<Access>& info) {
  return std::string(info.param.credential == CredentialKind::kSharedKey ? "SharedKey" : "Sas") +
         (info.param.form == UrlForm::kPath ? "Path" : "Host");
}

class BlobServiceTest : public testing::TestWithParam<Access> {
 protected:
  void SetUp() override;

  BlobAddress Blob(const std::string& name) const { return {container_, name, {}, {}}; }
  AccountKey Key() const;
  const std::string& Url() const;
  // Puts a blob and returns its ETag.
  std::string Put(const std::string& name, std::string_view text);
  std::string ReadAll(const std::string& name);

  AzuriteAccount account_;
  std::unique_ptr<HttpClient> http_;
  std::unique_ptr<Credential> credential_;
  std::unique_ptr<RestBlobService> service_;
  std::string container_ = "photos";
};

}  // namespace replicafs::azure
