// Authorization with an account's key.
// Source: learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key
#pragma once

#include <string>
#include <string_view>

#include "backend/azure/secret.h"
#include "backend/base/result.h"
#include "backend/http/http_client.h"

namespace replicafs::azure {

// The order in which the service has the names of headers: that of .NET's culture en-US. Negative,
// zero, positive. REQUIRES: lower case.
int CompareHeaderNames(std::string_view a, std::string_view b);

// Of the request as it will be sent: its headers and its body's size must be those of the wire, and
// x-ms-date be among them.
std::string StringToSign(const HttpRequest& request, std::string_view account);

struct AccountKey {
  std::string account;
  Secret key;  // decoded
};
// kInvalid, without the text: it is not base64.
Result<AccountKey> ParseAccountKey(std::string_view account, std::string_view base64);

// base64 of the HMAC-SHA256.
std::string Sign(const AccountKey& key, std::string_view string_to_sign);

}  // namespace replicafs::azure
