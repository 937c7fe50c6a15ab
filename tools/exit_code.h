// What the program's exit status says. Part of its interface: README.md and --help list it.
#pragma once

#include "backend/base/result.h"

namespace replicafs {

enum class ExitCode : int {
  kOk = 0,
  kFailure = 1,            // anything that has no code of its own; `account check`: findings
  kUsage = 2,              // wrong arguments
  kTimeout = 3,            // the time given was over first
  kReplicationFailed = 4,  // `replication wait`, `retry`, `explain`: something cannot be copied
  kNotFound = 5,           // no such account, container, blob, version or policy
  kRefused = 6,            // exists already, not empty, in use, a destination, not permitted
};

ExitCode ExitCodeFor(ErrorCode code);

}  // namespace replicafs
