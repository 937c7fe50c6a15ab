#include "backend/base/log.h"

#include <fcntl.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>

#include "backend/base/unique_fd.h"

namespace replicafs {
namespace {

spdlog::level::level_enum Level(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug: return spdlog::level::debug;
    case LogLevel::kInfo: return spdlog::level::info;
    case LogLevel::kWarning: return spdlog::level::warn;
    case LogLevel::kError: return spdlog::level::err;
  }
  return spdlog::level::err;
}

std::shared_ptr<spdlog::logger> Make(spdlog::sink_ptr sink, LogLevel least) {
  auto logger = std::make_shared<spdlog::logger>("replicafs", std::move(sink));
  logger->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l [%t] %v");
  logger->set_level(Level(least));
  logger->flush_on(spdlog::level::info);
  return logger;
}

std::shared_ptr<spdlog::logger>& Logger() {
  static std::shared_ptr<spdlog::logger> logger =
      Make(std::make_shared<spdlog::sinks::stderr_sink_mt>(), LogLevel::kWarning);
  return logger;
}

}  // namespace

void LogToStderr(LogLevel least) {
  Logger() = Make(std::make_shared<spdlog::sinks::stderr_sink_mt>(), least);
}

Status LogToFile(const std::string& path, LogLevel least) {
  TRY(OpenFile(path, O_WRONLY | O_CREAT | O_APPEND, 0600));
  try {
    Logger() = Make(std::make_shared<spdlog::sinks::basic_file_sink_mt>(path), least);
  } catch (const spdlog::spdlog_ex& failure) {
    return Error{ErrorCode::kIo, std::string("open the log: ") + failure.what()};
  }
  return Ok();
}

bool LogEnabled(LogLevel level) {
  return Logger()->should_log(Level(level));
}

void LogLine(LogLevel level, std::string_view line) {
  Logger()->log(Level(level), spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace replicafs
