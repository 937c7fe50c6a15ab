// The signals that end a mount: SIGTERM, SIGINT, SIGHUP.
#pragma once

#include <csignal>

#include "backend/base/result.h"
#include "backend/base/unique_fd.h"

namespace replicafs {

// Blocks them in the calling thread and the threads that it starts. A process that serves a mount
// calls this before its first thread: the signals must wait for their reader.
void BlockEndSignals();

// Reads the signals that came, which must be blocked in all threads.
class EndSignalReader {
 public:
  static Result<EndSignalReader> Open();

  int fd() const { return file_.get(); }  // readable when one has come
  int Take() const;                       // its number; 0 when there is none

 private:
  explicit EndSignalReader(UniqueFd file) : file_(std::move(file)) {}
  UniqueFd file_;
};

}  // namespace replicafs
