// A process that goes on in the background, and tells the one that started it how its start went.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "backend/base/log.h"
#include "backend/base/result.h"
#include "backend/base/unique_fd.h"

namespace replicafs {

// Said once. In the foreground nobody listens.
class StartReport {
 public:
  StartReport() = default;
  explicit StartReport(UniqueFd pipe) : pipe_(std::move(pipe)) {}

  void Succeeded();
  void Failed(const Error& error);

 private:
  UniqueFd pipe_;
};

struct DaemonOptions {
  std::string log_path;
  LogLevel log_level = LogLevel::kInfo;
};

// Forks. The child leaves the terminal, logs to the file and runs `body`, which reports its start;
// the process ends with the body. Returns in the parent alone: the child's success or its error.
// REQUIRES: the process has one thread.
Status StartDaemon(const DaemonOptions& options, const std::function<Status(StartReport&)>& body);

}  // namespace replicafs
