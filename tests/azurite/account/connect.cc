#include "tests/azurite/account/connect.h"

#include <utility>

#include "backend/azure/rest_blob_service.h"
#include "backend/azure/shared_key_credential.h"
#include "backend/http/curl_client.h"

namespace replicafs {

using azure::BlobService;

namespace {

// In one piece.
struct Connection {
  std::unique_ptr<HttpClient> http;
  std::unique_ptr<azure::Credential> credential;
  std::unique_ptr<BlobService> service;
};

}  // namespace

Result<std::shared_ptr<BlobService>> Connect(const AzuriteAccount& account) {
  auto connection = std::make_shared<Connection>();
  connection->http = TRY(CurlClient::Make({}));
  connection->credential = std::make_unique<azure::SharedKeyCredential>(
      TRY(azure::ParseAccountKey(account.name, account.key)));
  auto endpoint = TRY(azure::Endpoint::Parse(account.path_url));
  connection->service = std::make_unique<azure::RestBlobService>(
      *connection->http, std::move(endpoint), *connection->credential, azure::ServiceOptions{});
  BlobService* service = connection->service.get();
  return std::shared_ptr<BlobService>(std::move(connection), service);
}

Result<AzuriteAccount> EmptyAccount() {
  Azurite* azurite = TRY(Azurite::Shared());
  AzuriteAccount account = azurite->NextAccount();
  const auto service = TRY(Connect(account));
  const auto containers = TRY(service->ListContainers());
  for (const azure::RemoteContainer& container : containers)
    TRY(service->DeleteContainer(container.name));
  return account;
}

}  // namespace replicafs
