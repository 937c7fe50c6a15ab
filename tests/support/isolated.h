// Runs something that may crash or hang in a child process.
#pragma once

#include <functional>
#include <string>

namespace replicafs {

// What `run` said, or how the child ended when it did not come to that: "" is what a sound run
// says. A child that takes longer than `seconds` is ended by SIGALRM.
std::string RunIsolated(unsigned seconds, const std::function<std::string()>& run);

}  // namespace replicafs
