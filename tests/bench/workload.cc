// One phase of a benchmark in plain system calls; prints the seconds that it took.
//   workload PHASE DIRECTORY COUNT BYTES JOBS
// PHASE: create (write and close), stat, list, read (open and close), unlink: COUNT files of BYTES
// in DIRECTORY, by JOBS threads.  put (with fsync), get: one file DIRECTORY/large of BYTES.
// random: COUNT reads of BYTES at places in DIRECTORY/large that are the same each time.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace {

constexpr size_t kChunkBytes = size_t{1} << 20;

struct Work {
  std::string phase;
  std::string directory;
  size_t count = 0;
  size_t bytes = 0;
  size_t jobs = 1;
};

[[noreturn]] void Fail(const std::string& what) {
  std::perror(what.c_str());
  std::exit(1);
}

void Check(bool good, const std::string& what) {
  if (!good) Fail(what);
}

std::string NameOf(const Work& work, size_t index) {
  return work.directory + "/file" + std::to_string(index);
}

// Content that no store can compress or find twice.
void Fill(std::vector<char>& buffer, uint64_t seed) {
  uint64_t state = seed * 0x9E3779B97F4A7C15U + 1;
  for (size_t i = 0; i + sizeof state <= buffer.size(); i += sizeof state) {
    state ^= state << 13U;
    state ^= state >> 7U;
    state ^= state << 17U;
    for (size_t j = 0; j < sizeof state; ++j) buffer[i + j] = static_cast<char>(state >> (8 * j));
  }
}

// Makes filled bytes new ones, at less cost than any file system: no two pages are alike.
void Renew(std::vector<char>& buffer, uint64_t seed) {
  constexpr size_t kPageBytes = 4096;
  for (size_t i = 0; i + sizeof seed <= buffer.size(); i += kPageBytes, ++seed)
    std::memcpy(&buffer[i], &seed, sizeof seed);
}

void Create(const Work& work, size_t index, std::vector<char>& buffer) {
  Fill(buffer, index + 1);
  const std::string name = NameOf(work, index);
  const int fd = ::open(name.c_str(), O_CREAT | O_WRONLY | O_TRUNC, 0644);
  Check(fd >= 0, name);
  Check(::write(fd, buffer.data(), buffer.size()) == static_cast<ssize_t>(buffer.size()), name);
  Check(::close(fd) == 0, name);
}

void Stat(const Work& work, size_t index, std::vector<char>&) {
  struct stat info {};
  Check(::lstat(NameOf(work, index).c_str(), &info) == 0, NameOf(work, index));
}

void Read(const Work& work, size_t index, std::vector<char>& buffer) {
  const int fd = ::open(NameOf(work, index).c_str(), O_RDONLY);
  Check(fd >= 0, NameOf(work, index));
  Check(::read(fd, buffer.data(), buffer.size()) == static_cast<ssize_t>(buffer.size()), "read");
  ::close(fd);
}

void Unlink(const Work& work, size_t index, std::vector<char>&) {
  Check(::unlink(NameOf(work, index).c_str()) == 0, NameOf(work, index));
}

void ForEach(const Work& work,
             const std::function<void(const Work&, size_t, std::vector<char>&)>& one) {
  std::atomic<size_t> next = 0;
  std::vector<std::thread> threads;
  for (size_t job = 0; job < work.jobs; ++job) {
    threads.emplace_back([&] {
      std::vector<char> buffer(work.bytes);
      for (size_t index = next++; index < work.count; index = next++) one(work, index, buffer);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

void List(const Work& work) {
  DIR* stream = ::opendir(work.directory.c_str());
  Check(stream != nullptr, work.directory);
  size_t seen = 0;
  while (::readdir(stream) != nullptr) ++seen;
  ::closedir(stream);
  Check(seen == work.count + 2, "entries are missing");
}

void Put(const Work& work) {
  std::vector<char> buffer(kChunkBytes);
  Fill(buffer, 1);
  const int fd = ::open((work.directory + "/large").c_str(), O_CREAT | O_WRONLY | O_TRUNC, 0644);
  Check(fd >= 0, "large");
  for (size_t at = 0; at < work.bytes; at += kChunkBytes) {
    Renew(buffer, at);
    Check(::write(fd, buffer.data(), buffer.size()) == static_cast<ssize_t>(buffer.size()),
          "write");
  }
  Check(::fsync(fd) == 0, "fsync");
  Check(::close(fd) == 0, "close");
}

void Get(const Work& work) {
  std::vector<char> buffer(kChunkBytes);
  const int fd = ::open((work.directory + "/large").c_str(), O_RDONLY);
  Check(fd >= 0, "large");
  size_t total = 0;
  ssize_t length = 0;
  while ((length = ::read(fd, buffer.data(), buffer.size())) > 0) {
    total += static_cast<size_t>(length);
  }
  ::close(fd);
  Check(total == work.bytes, "large is not whole");
}

void ReadAtRandom(const Work& work) {
  std::vector<char> buffer(work.bytes);
  const int fd = ::open((work.directory + "/large").c_str(), O_RDONLY);
  Check(fd >= 0, "large");
  struct stat info {};
  Check(::fstat(fd, &info) == 0, "large");
  const size_t places = static_cast<size_t>(info.st_size) / work.bytes;
  std::mt19937_64 numbers(1);
  for (size_t i = 0; i < work.count; ++i) {
    const size_t at = numbers() % places * work.bytes;
    Check(::pread(fd, buffer.data(), buffer.size(), static_cast<off_t>(at)) ==
              static_cast<ssize_t>(buffer.size()),
          "read");
  }
  ::close(fd);
}

void Run(const Work& work) {
  if (work.phase == "create") return ForEach(work, Create);
  if (work.phase == "stat") return ForEach(work, Stat);
  if (work.phase == "list") return List(work);
  if (work.phase == "read") return ForEach(work, Read);
  if (work.phase == "unlink") return ForEach(work, Unlink);
  if (work.phase == "put") return Put(work);
  if (work.phase == "get") return Get(work);
  if (work.phase == "random") return ReadAtRandom(work);
  std::fprintf(stderr, "unknown phase %s\n", work.phase.c_str());
  std::exit(2);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) {
    std::fprintf(stderr, "usage: workload PHASE DIRECTORY COUNT BYTES JOBS\n");
    return 2;
  }
  const Work work{.phase = argv[1],
                  .directory = argv[2],
                  .count = std::strtoull(argv[3], nullptr, 10),
                  .bytes = std::strtoull(argv[4], nullptr, 10),
                  .jobs = std::strtoull(argv[5], nullptr, 10)};
  const auto began = std::chrono::steady_clock::now();
  Run(work);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  std::printf("%.6f\n", took.count());
  return 0;
}
