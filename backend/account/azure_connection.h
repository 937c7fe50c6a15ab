// The service of an account of kind azure. Its credential comes from a file that its owner alone
// may use, or from the environment: AZURE_STORAGE_KEY or AZURE_STORAGE_ACCESS_KEY,
// AZURE_STORAGE_SAS_TOKEN, AZURE_STORAGE_CONNECTION_STRING. No message repeats it.
#pragma once

#include <memory>
#include <stop_token>
#include <string>

#include "backend/account/azure_settings.h"
#include "backend/azure/blob_service.h"
#include "backend/base/clock.h"
#include "backend/base/result.h"

namespace replicafs {

// The settings as they are kept: the endpoint in its one form, or that of the connection string
// where none is said; the file's path absolute. kInvalid; where the connection string must be read,
// the errors of ConnectAzure.
Result<AzureSettings> CompleteAzureSettings(AzureSettings settings);

// Owns all that it needs; sends nothing. kUnauthenticated: there is no credential, with where one
// is looked for; kPermission: others may use the file; kInvalid: it is none, or of another account;
// kNotFound, kIo. `stop` ends every call with kCancelled.
Result<std::shared_ptr<azure::BlobService>> ConnectAzure(const AzureSettings& settings,
                                                         std::stop_token stop);

// Asks the service once, with little patience. Returns what a person should know although nothing
// is wrong, else "". Errors as ConnectAzure and BlobService::ListContainers.
Result<std::string> AskAzure(const AzureSettings& settings, const Clock& clock);

}  // namespace replicafs
