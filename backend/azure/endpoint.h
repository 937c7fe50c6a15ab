// Where an account's Blob service answers, and the URLs of what is in it.
#pragma once

#include <string>
#include <string_view>

#include "backend/base/result.h"

namespace replicafs::azure {

// Immutable. Two forms: the account in the host ("https://account.blob.core.windows.net",
// "http://account.blob.localhost:10000", a domain of one's own), or in the path, as emulators have
// it ("http://127.0.0.1:10000/account").
class Endpoint {
 public:
  // `account` may be empty where the URL says it; it is needed with domains of one's own. kInvalid
  // with the cause: no http(s) URL, one with a query, of another service than Blob, or that says
  // another account.
  static Result<Endpoint> Parse(std::string_view url, std::string_view account = {});
  // "https://account.blob.SUFFIX"
  static Result<Endpoint> OfAccount(std::string_view account,
                                    std::string_view suffix = "core.windows.net");

  const std::string& account() const { return account_; }
  // What is sent can be read on the way: no TLS, and not this machine.
  bool is_exposed() const { return is_exposed_; }

  // Encoded, without a query.
  std::string ServiceUrl() const;
  std::string ContainerUrl(std::string_view container) const;
  std::string BlobUrl(std::string_view container, std::string_view name) const;

 private:
  Endpoint() = default;

  std::string account_;
  std::string base_;  // without '/' at its end
  bool is_exposed_ = false;
};

}  // namespace replicafs::azure
