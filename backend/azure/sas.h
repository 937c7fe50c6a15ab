// Shared access signatures: what they allow, and until when, is in a URL's query.
// Source: learn.microsoft.com/rest/api/storageservices/create-account-sas and create-service-sas
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "backend/azure/secret.h"
#include "backend/azure/shared_key.h"
#include "backend/base/time.h"

namespace replicafs::azure {

// Of the whole account's Blob service, over TLS or not.
struct AccountSas {
  std::string permissions = "rwdxlacut";  // in the order of "rwdxylacuptfi"
  std::string resource_types = "sco";     // service, container, object
  std::optional<Timestamp> start;
  Timestamp expiry;
  bool tls_only = false;
};

// Of one blob, one of its versions or snapshots, or (without a name) of a container's blobs.
struct ServiceSas {
  std::string container;
  std::string name;
  std::string version_id;
  std::string snapshot;
  std::string permissions = "r";  // in the order of "racwdxyltmeop"
  std::optional<Timestamp> start;
  Timestamp expiry;
  bool tls_only = false;
};

// The query: "sv=…&…&sig=…", encoded.
Secret MakeSas(const AccountKey& key, const AccountSas& sas);
Secret MakeSas(const AccountKey& key, const ServiceSas& sas);

// A token as people have it: "?sv=…&sig=…", with the '?' or without. kInvalid, without the token,
// when it has no signature or no end.
Result<Secret> ParseSasToken(std::string_view token);
// "se" of a token; nullopt: it says none that can be read.
std::optional<Timestamp> SasExpiry(const Secret& token);
// Whether its fields say that it may list the account's containers.
bool AllowsListingContainers(const Secret& token);

// The text with what stands behind "sig=" taken out, for messages of others that may repeat a URL.
std::string WithoutSignatures(std::string_view text);

}  // namespace replicafs::azure
