// Where accounts and state lie.
#pragma once

#include <string>

namespace replicafs {

// /var/lib/replicafs for root, else $XDG_STATE_HOME/replicafs or ~/.local/state/replicafs.
std::string DefaultRoot();
// What --root said, else $REPLICAFS_ROOT, else DefaultRoot().
std::string ChooseRoot(const std::string& option);

}  // namespace replicafs
