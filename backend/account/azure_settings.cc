#include "backend/account/azure_settings.h"

namespace replicafs {

std::string_view ToString(AzureAuth auth) {
  switch (auth) {
    case AzureAuth::kKey: return "key";
    case AzureAuth::kSas: return "sas";
    case AzureAuth::kConnectionString: return "connection-string";
  }
  return "";
}

std::optional<AzureAuth> ParseAzureAuth(std::string_view text) {
  for (const AzureAuth auth : {AzureAuth::kKey, AzureAuth::kSas, AzureAuth::kConnectionString}) {
    if (text == ToString(auth)) return auth;
  }
  return std::nullopt;
}

}  // namespace replicafs
