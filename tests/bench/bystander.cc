// Does stat and 4 KiB reads of the files of a directory all the time, past the kernel's caches, and
// tells what the slowest took.
//   bystander DIRECTORY COUNT
// DIRECTORY has file0 … of 4 KiB at least. For each line of the input it prints the largest and the
// 99.9th percentile of the milliseconds of both since the last line: "STAT_MAX STAT_999 READ_MAX
// READ_999 CALLS". Ends with its input.
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

namespace {

constexpr size_t kBytes = 4096;

void Check(bool good, const std::string& what) {
  if (good) return;
  std::perror(what.c_str());
  std::exit(1);
}

template <class Call>
double Milliseconds(const Call& call) {
  const auto began = std::chrono::steady_clock::now();
  call();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - began)
      .count();
}

void Stat(const std::string& name) {
  struct statx info {};
  Check(::statx(AT_FDCWD, name.c_str(), AT_STATX_FORCE_SYNC, STATX_BASIC_STATS, &info) == 0, name);
}

void Read(const std::string& name, void* buffer) {
  const int fd = ::open(name.c_str(), O_RDONLY | O_DIRECT);
  Check(fd >= 0, name);
  Check(::pread(fd, buffer, kBytes, 0) == static_cast<ssize_t>(kBytes), "read");
  ::close(fd);
}

double Percentile999(std::vector<double>& times) {
  if (times.empty()) return 0;
  std::sort(times.begin(), times.end());
  return times[times.size() * 999 / 1000];
}

// False at the end of the input.
bool Report(std::vector<double>& stats, std::vector<double>& reads) {
  pollfd input{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
  // A millisecond between the rounds: the bystander is a user, not a load.
  if (::poll(&input, 1, 1) == 0) return true;
  char line[64];
  if (::read(STDIN_FILENO, line, sizeof line) <= 0) return false;
  const double stat_999 = Percentile999(stats);
  const double read_999 = Percentile999(reads);
  const bool any = !stats.empty();
  std::printf("%.1f %.1f %.1f %.1f %zu\n", any ? stats.back() : 0, stat_999, any ? reads.back() : 0,
              read_999, stats.size());
  std::fflush(stdout);
  stats.clear();
  reads.clear();
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: bystander DIRECTORY COUNT\n");
    return 2;
  }
  const std::string directory = argv[1];
  const size_t count = std::strtoull(argv[2], nullptr, 10);
  const std::unique_ptr<void, decltype(&std::free)> buffer(std::aligned_alloc(kBytes, kBytes),
                                                           &std::free);
  std::vector<double> stats;
  std::vector<double> reads;
  for (size_t i = 0; Report(stats, reads); ++i) {
    const std::string name = directory + "/file" + std::to_string(i % count);
    stats.push_back(Milliseconds([&] { Stat(name); }));
    reads.push_back(Milliseconds([&] { Read(name, buffer.get()); }));
  }
  return 0;
}
