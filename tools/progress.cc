#include "tools/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <utility>

namespace replicafs {
namespace {

constexpr auto kBarInterval = std::chrono::milliseconds(100);
constexpr auto kLineInterval = std::chrono::seconds(2);
constexpr size_t kBarCells = 30;

std::string Bar(uint64_t done, uint64_t total) {
  const double part = total == 0 ? 0 : static_cast<double>(done) / static_cast<double>(total);
  const auto full = static_cast<size_t>(part * kBarCells);
  return fmt::format("[{}{}] {:3.0f}%", std::string(full, '#'), std::string(kBarCells - full, '.'),
                     part * 100);
}

}  // namespace

Progress::Progress(std::string title, OutputFormat format)
    : title_(std::move(title)),
      style_(format == OutputFormat::kJson  ? Style::kSilent
             : ::isatty(STDERR_FILENO) != 0 ? Style::kBar
                                            : Style::kLines),
      // Work that ends at once leaves no line in a log.
      next_draw_(std::chrono::steady_clock::now() +
                 (style_ == Style::kBar ? std::chrono::milliseconds(0)
                                        : std::chrono::milliseconds(kLineInterval))) {}

Progress::~Progress() {
  if (style_ == Style::kBar && !drawn_.empty()) std::fputc('\n', stderr);
}

void Progress::Update(uint64_t done, uint64_t total, std::string_view detail) {
  done_ = total == 0 ? done : std::min(done, total);
  total_ = total;
  detail_ = Printable(detail);
  const auto now = std::chrono::steady_clock::now();
  if (style_ == Style::kSilent || now < next_draw_) return;
  Draw();
  next_draw_ = now + (style_ == Style::kBar ? std::chrono::milliseconds(kBarInterval)
                                            : std::chrono::milliseconds(kLineInterval));
}

void Progress::Finish() {
  if (style_ == Style::kBar && !drawn_.empty()) {
    Draw();
    std::fputc('\n', stderr);
  }
  drawn_.clear();
}

void Progress::Draw() {
  std::string line = title_ + " ";
  if (total_ == 0) {
    line += std::to_string(done_);
  } else {
    line += style_ == Style::kBar ? Bar(done_, total_) : fmt::format("{}/{}", done_, total_);
  }
  if (!detail_.empty()) line += "  " + detail_;
  if (line == drawn_) return;
  if (style_ == Style::kBar) {
    std::fprintf(stderr, "\r\x1b[K%s", line.c_str());
    std::fflush(stderr);
  } else {
    std::fprintf(stderr, "%s\n", line.c_str());
  }
  drawn_ = std::move(line);
}

}  // namespace replicafs
