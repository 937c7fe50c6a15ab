// The links that commands of replication look at.
#pragma once

#include <string>
#include <vector>

#include "backend/replication/status.h"
#include "tools/command.h"

namespace replicafs {

// Of the links that leave one account, or all accounts when `only_account` is empty: then accounts
// that cannot be opened are left out with a warning. With policies that have only one half.
Result<std::vector<LinkStatus>> LinksOf(Context& context, const std::string& only_account);

}  // namespace replicafs
