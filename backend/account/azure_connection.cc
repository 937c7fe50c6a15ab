#include "backend/account/azure_connection.h"

#include <array>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "backend/azure/connection_string.h"
#include "backend/azure/rest_blob_service.h"
#include "backend/azure/sas.h"
#include "backend/azure/sas_credential.h"
#include "backend/azure/shared_key_credential.h"
#include "backend/base/content_key.h"
#include "backend/base/private_file.h"
#include "backend/base/secret_page.h"
#include "backend/http/curl_client.h"

namespace replicafs {
namespace {

using azure::Endpoint;
using azure::Secret;

// What a service is spoken to with, in the order in which it ends backwards.
struct Connection {
  std::unique_ptr<HttpClient> http;
  std::unique_ptr<azure::Credential> credential;
  std::unique_ptr<azure::BlobService> service;
};

// As it is found, before anybody has looked at what it says.
struct Found {
  Secret text;
  std::string place;  // "the file '/x'", for messages
};

struct Access {
  Endpoint endpoint;
  std::optional<azure::AccountKey> key;
  std::optional<Secret> sas;
};

std::vector<const char*> VariablesOf(AzureAuth auth) {
  switch (auth) {
    case AzureAuth::kKey: return {"AZURE_STORAGE_KEY", "AZURE_STORAGE_ACCESS_KEY"};
    case AzureAuth::kSas: return {"AZURE_STORAGE_SAS_TOKEN"};
    case AzureAuth::kConnectionString: return {"AZURE_STORAGE_CONNECTION_STRING"};
  }
  return {};
}

std::string_view WithoutSpaceAround(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

Result<Found> ReadCredentialFile(const std::string& path) {
  constexpr size_t kMaxBytes = 16 << 10;
  struct Buffer {
    std::array<char, kMaxBytes + 1> bytes{};
    ~Buffer() { ClearSecret(bytes); }
  } buffer;
  const size_t size = TRY(ReadPrivateFile(path, "credential file", FileOwner::kThisUser,
                                          std::as_writable_bytes(std::span(buffer.bytes))));
  if (size > kMaxBytes)
    return Error{ErrorCode::kInvalid, "the credential file '" + path + "' is too large to be one"};
  const std::string_view text = WithoutSpaceAround({buffer.bytes.data(), size});
  if (text.empty())
    return Error{ErrorCode::kInvalid, "the credential file '" + path + "' is empty"};
  return Found{Secret(std::string(text)), "the file '" + path + "'"};
}

Result<Found> FindCredential(const AzureSettings& settings) {
  TRY(ForbidDumps());
  if (!settings.credential_file.empty()) return ReadCredentialFile(settings.credential_file);
  std::string names;
  for (const char* name : VariablesOf(settings.auth)) {
    const char* value = std::getenv(name);
    const std::string_view text = WithoutSpaceAround(value == nullptr ? "" : value);
    if (!text.empty()) return Found{Secret(std::string(text)), name};
    names += std::string(names.empty() ? "" : " or ") + name;
  }
  return Error{ErrorCode::kUnauthenticated, "there is no credential ('" +
                                                std::string(ToString(settings.auth)) + "'): set " +
                                                names + ", or name a file with --credential-file"};
}

Result<Access> ReadAccess(const AzureSettings& settings, const Found& found) {
  if (settings.auth == AzureAuth::kConnectionString) {
    azure::ConnectionString read = TRY(azure::ParseConnectionString(found.text.Reveal()));
    if (!read.key && !read.sas)
      return Error{ErrorCode::kInvalid,
                   "the connection string has neither AccountKey nor SharedAccessSignature"};
    return Access{std::move(read.endpoint), std::move(read.key), std::move(read.sas)};
  }
  Access access{TRY(Endpoint::Parse(settings.endpoint)), std::nullopt, std::nullopt};
  if (settings.auth == AzureAuth::kKey) {
    access.key = TRY(azure::ParseAccountKey(access.endpoint.account(), found.text.Reveal()));
  } else {
    access.sas = TRY(azure::ParseSasToken(found.text.Reveal()));
  }
  return access;
}

Result<Access> AccessOf(const AzureSettings& settings) {
  const Found found = TRY(FindCredential(settings));
  auto access = ReadAccess(settings, found);
  if (!access) return std::move(access).error().Within(found.place);
  return access;
}

std::string UrlOf(const Endpoint& endpoint) {
  std::string url = endpoint.ServiceUrl();
  while (url.ends_with('/')) url.pop_back();
  return url;
}

// What is known here belongs to one service: a credential of another must not be used with it.
Status CheckSameService(const AzureSettings& settings, const Endpoint& endpoint) {
  const auto expected = Endpoint::Parse(settings.endpoint, endpoint.account());
  if (expected && UrlOf(*expected) == UrlOf(endpoint)) return Ok();
  return Error{ErrorCode::kInvalid, "the connection string is of '" + UrlOf(endpoint) +
                                        "', the account of '" + settings.endpoint + "'"};
}

Result<std::shared_ptr<azure::BlobService>> Connect(Access access, azure::ServiceOptions options) {
  auto connection = std::make_shared<Connection>();
  connection->http = TRY(CurlClient::Make({}));
  if (access.key) {
    connection->credential = std::make_unique<azure::SharedKeyCredential>(*std::move(access.key));
  } else {
    connection->credential = std::make_unique<azure::SasCredential>(*std::move(access.sas));
  }
  connection->service = std::make_unique<azure::RestBlobService>(
      *connection->http, std::move(access.endpoint), *connection->credential, std::move(options));
  azure::BlobService* service = connection->service.get();
  return std::shared_ptr<azure::BlobService>(std::move(connection), service);
}

// Whether a refusal says only what the signature says itself.
bool IsNoneToList(const std::optional<Secret>& sas, const Error& error, Timestamp now) {
  if (!sas || azure::AllowsListingContainers(*sas)) return false;
  if (const auto expiry = azure::SasExpiry(*sas); expiry && *expiry <= now) return false;
  return error.code == ErrorCode::kPermission || error.code == ErrorCode::kUnauthenticated;
}

}  // namespace

Result<AzureSettings> CompleteAzureSettings(AzureSettings settings) {
  if (!settings.credential_file.empty()) {
    std::error_code error;
    settings.credential_file =
        std::filesystem::absolute(settings.credential_file, error).lexically_normal().string();
    if (error) return ErrnoError("'" + settings.credential_file + "'", error.value());
  }
  if (settings.auth == AzureAuth::kConnectionString) {
    const Access access = TRY(AccessOf(settings));
    if (!settings.endpoint.empty()) TRY(CheckSameService(settings, access.endpoint));
    settings.endpoint = UrlOf(access.endpoint);
    return settings;
  }
  if (settings.endpoint.empty())
    return Error{ErrorCode::kInvalid,
                 "an account of kind azure needs the URL of its service: --endpoint "
                 "https://NAME.blob.core.windows.net"};
  const Endpoint endpoint = TRY(Endpoint::Parse(settings.endpoint));
  settings.endpoint = UrlOf(endpoint);
  return settings;
}

Result<std::shared_ptr<azure::BlobService>> ConnectAzure(const AzureSettings& settings,
                                                         std::stop_token stop) {
  Access access = TRY(AccessOf(settings));
  TRY(CheckSameService(settings, access.endpoint));
  azure::ServiceOptions options;
  options.stop = std::move(stop);
  return Connect(std::move(access), std::move(options));
}

Result<std::string> AskAzure(const AzureSettings& settings, const Clock& clock) {
  Access access = TRY(AccessOf(settings));
  TRY(CheckSameService(settings, access.endpoint));
  const std::optional<Secret> sas = access.sas;
  azure::ServiceOptions options;
  options.retry.deadline = std::chrono::seconds{15};
  options.retry.attempts_max = 2;
  const auto service = TRY(Connect(std::move(access), std::move(options)));
  const auto listed = service->ListContainers();
  if (listed) return std::string();
  if (IsNoneToList(sas, listed.error(), clock.Now()))
    return std::string(
        "the shared access signature may not list containers, so the service could not be asked "
        "whether it takes it; containers that are there already will not be seen. It takes a "
        "signature of the account, with the resource types s, c and o");
  return Error(listed.error()).Within(settings.endpoint);
}

}  // namespace replicafs
