// The signals that end a mount: SIGTERM, SIGINT, SIGHUP.
#pragma once

#include <csignal>

namespace replicafs {

// Blocks them in the calling thread and the threads that it starts. A process that serves a mount
// calls this before its first thread: the signals must reach the thread that waits for the loop.
void BlockEndSignals();

// Lets them through to this thread for a scope.
class EndSignalsUnblocked {
 public:
  EndSignalsUnblocked();
  ~EndSignalsUnblocked();
  EndSignalsUnblocked(const EndSignalsUnblocked&) = delete;
  EndSignalsUnblocked& operator=(const EndSignalsUnblocked&) = delete;

 private:
  sigset_t before_;
};

}  // namespace replicafs
