// What differs by the kind of an account: how its data is laid out and opened. The only place that
// knows the kinds.
#pragma once

#include <memory>
#include <string>

#include "backend/account/account_catalog.h"
#include "backend/base/clock.h"
#include "backend/base/result.h"
#include "backend/blob/account.h"

namespace replicafs {

constexpr std::string_view kEmbeddedKind = "embedded";
constexpr std::string_view kAzureKind = "azure";

// In an empty directory. kExists, kNoSpace; kNotSupported: a kind that this release does not know.
Status CreateAccountData(const AccountDescriptor& descriptor, const std::string& directory);
// Errors as EmbeddedAccount::Open, and of kind azure also as ConnectAzure.
Result<std::shared_ptr<Account>> OpenAccountData(const AccountDescriptor& descriptor,
                                                 const Clock& clock);

}  // namespace replicafs
