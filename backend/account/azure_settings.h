// How an account of kind azure is reached. Nothing here is secret.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace replicafs {

enum class AzureAuth { kKey, kSas, kConnectionString };

// "key", "sas", "connection-string"
std::string_view ToString(AzureAuth auth);
std::optional<AzureAuth> ParseAzureAuth(std::string_view text);

struct AzureSettings {
  std::string endpoint;  // "https://account.blob.core.windows.net"
  AzureAuth auth = AzureAuth::kKey;
  std::string credential_file;    // absolute; empty: the environment has the credential
  std::chrono::seconds check{1};  // how long an answer of the service counts
};

}  // namespace replicafs
