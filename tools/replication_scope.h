// What a PATH of a replication command means to each link.
#pragma once

#include <memory>
#include <vector>

#include "backend/replication/status.h"
#include "tools/account_path.h"
#include "tools/command.h"

namespace replicafs {

// A part of what a link copies.
struct Part {
  std::shared_ptr<Account> source;
  Policy policy;
  PendingScope scope;
  bool warned = false;
};

// The parts of all links that copy from or to the path, up to now. Those with half a policy, and,
// where the path names no account, those that cannot be opened, are left out with a warning.
Result<std::vector<Part>> PartsOf(Context& context, const AccountPath& path);
// What the argument of a command names; empty: everything.
Result<std::vector<Part>> PartsOf(Context& context, const std::string& argument);

}  // namespace replicafs
