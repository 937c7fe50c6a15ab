// How far long work is: a bar on a terminal, a line now and then elsewhere. Goes to stderr, so that
// stdout carries results alone.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "tools/output.h"

namespace replicafs {

// For one thread.
class Progress {
 public:
  // Silent with JSON.
  Progress(std::string title, OutputFormat format);
  ~Progress();  // ends the bar's line
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Cheap: draws ten times a second at most. A total of 0 is one that is not known.
  void Update(uint64_t done, uint64_t total, std::string_view detail = {});
  // Draws what the last Update said, and ends the line.
  void Finish();

 private:
  enum class Style { kSilent, kLines, kBar };
  void Draw();

  const std::string title_;
  const Style style_;
  std::chrono::steady_clock::time_point next_draw_;
  uint64_t done_ = 0;
  uint64_t total_ = 0;
  std::string detail_;
  std::string drawn_;
};

}  // namespace replicafs
