#include "backend/azure/endpoint.h"

#include <algorithm>
#include <array>

#include "backend/azure/ascii.h"
#include "backend/azure/uri.h"
#include "backend/blob/names.h"

namespace replicafs::azure {
namespace {

Error Refused(std::string_view url, std::string_view why) {
  return Error{ErrorCode::kInvalid, "'" + std::string(url.substr(0, url.find('?'))) +
                                        "' cannot be a blob endpoint: " + std::string(why)};
}

bool IsAddress(std::string_view host) {
  return host.find(':') != std::string_view::npos ||
         host.find_first_not_of("0123456789.") == std::string_view::npos;
}

// Of "account.blob.core.windows.net", "account" and "blob".
struct Labels {
  std::string_view first;
  std::string_view second;
};

Labels LabelsOf(std::string_view host) {
  const size_t dot = host.find('.');
  if (IsAddress(host) || dot == std::string_view::npos) return {};
  const std::string_view rest = host.substr(dot + 1);
  return {host.substr(0, dot), rest.substr(0, rest.find('.'))};
}

bool IsOtherService(std::string_view label) {
  constexpr std::array<std::string_view, 5> kOthers{"dfs", "file", "queue", "table", "web"};
  return std::find(kOthers.begin(), kOthers.end(), label) != kOthers.end();
}

}  // namespace

Result<Endpoint> Endpoint::Parse(std::string_view url, std::string_view account) {
  const UrlParts parts = TRY(SplitUrl(url));
  if (parts.scheme != "http" && parts.scheme != "https")
    return Refused(url, "it begins neither with https:// nor with http://");
  if (!parts.query.empty())
    return Refused(url, "it has a query; a shared access signature is given apart from it");
  std::string path = parts.path;
  while (path.ends_with('/')) path.pop_back();
  const Labels labels = LabelsOf(parts.host);
  if (IsOtherService(labels.second))
    return Refused(url, "it is that of the service '" + std::string(labels.second) +
                            "'; the Blob service's has 'blob' there");

  Endpoint endpoint;
  if (path.empty()) {
    endpoint.account_ = account.empty() ? labels.first : account;
    if (labels.second == "blob" && labels.first != endpoint.account_)
      return Refused(url, "it is that of the account '" + std::string(labels.first) +
                              "', not of '" + std::string(account) + "'");
    if (endpoint.account_.empty())
      return Refused(url, "it says no account: http://HOST/ACCOUNT, or give the account");
  } else {
    const std::string_view segment = std::string_view(path).substr(1);
    if (segment.find('/') != std::string_view::npos)
      return Refused(url, "its path is longer than the account's name");
    if (!account.empty() && account != segment)
      return Refused(url, "it is that of the account '" + std::string(segment) + "', not of '" +
                              std::string(account) + "'");
    endpoint.account_ = segment;
  }
  if (endpoint.account_.ends_with("-secondary"))
    return Refused(url, "secondary endpoints take no writes");
  if (auto valid = ValidateAccountName(endpoint.account_); !valid)
    return Refused(url, valid.error().message);
  endpoint.base_ = parts.scheme + "://" + parts.authority + path;
  endpoint.is_exposed_ = parts.scheme == "http" && !IsLoopback(parts.host);
  return endpoint;
}

Result<Endpoint> Endpoint::OfAccount(std::string_view account, std::string_view suffix) {
  TRY(ValidateAccountName(account));
  return Parse("https://" + std::string(account) + ".blob." + std::string(suffix));
}

std::string Endpoint::ServiceUrl() const {
  return base_ + "/";
}

std::string Endpoint::ContainerUrl(std::string_view container) const {
  return base_ + "/" + EncodePath(container);
}

std::string Endpoint::BlobUrl(std::string_view container, std::string_view name) const {
  return ContainerUrl(container) + "/" + EncodePath(name);
}

}  // namespace replicafs::azure
