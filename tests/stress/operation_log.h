// What a run did last, told when something is wrong.
#pragma once

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <string>
#include <utility>

namespace replicafs {

class OperationLog {
 public:
  explicit OperationLog(size_t kept) : kept_(kept) {}

  size_t count() const { return count_; }

  template <class... Arguments>
  void Add(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    lines_.push_back(fmt::format("{:8} ", ++count_) +
                     fmt::format(format, std::forward<Arguments>(arguments)...));
    if (lines_.size() > kept_) lines_.pop_front();
  }

  // Ends the program with 1.
  [[noreturn]] void Fail(const std::string& what) const {
    for (const std::string& line : lines_) std::fprintf(stderr, "%s\n", line.c_str());
    std::fprintf(stderr, "WRONG: %s\n", what.c_str());
    std::exit(1);
  }
  // A system call must succeed.
  void Must(bool succeeded, const char* call) const {
    if (!succeeded) Fail(fmt::format("{}: {}", call, std::strerror(errno)));
  }

 private:
  const size_t kept_;
  size_t count_ = 0;
  std::deque<std::string> lines_;
};

}  // namespace replicafs
