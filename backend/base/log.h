// The process's log. Errors are logged once, where they end.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

#include "backend/base/result.h"

namespace replicafs {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

// Lines go to stderr until one of these is called; call before the first thread starts.
void LogToStderr(LogLevel least);
// Appends to a file, created with mode 0600.
Status LogToFile(const std::string& path, LogLevel least);

bool LogEnabled(LogLevel level);
void LogLine(LogLevel level, std::string_view line);

template <class... Args>
void Log(LogLevel level, fmt::format_string<Args...> format, Args&&... args) {
  if (LogEnabled(level)) LogLine(level, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace replicafs
