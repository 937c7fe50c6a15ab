// Random operations on two files of a directory, each with two open handles, against a model in
// memory. Works on any file system of Linux with holes and copy_file_range.
//
//   file_stress DIRECTORY [--operations N] [--seed N] [--max-size BYTES] [--no-direct]
//
// Prints its seed; the same seed does the same. Exit status: 0, or 1 with the last operations when
// a file is not what it should be or a system call fails; 2: wrong arguments.
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "tests/stress/stressed_file.h"

namespace replicafs {
namespace {

constexpr size_t kLoggedOperations = 60;

struct Arguments {
  std::string directory;
  size_t operations = 10'000;
  uint64_t seed = std::random_device()();
  size_t max_size = size_t{9} << 20;
  bool direct = true;
};

[[noreturn]] void Usage() {
  std::fprintf(stderr,
               "usage: file_stress DIRECTORY [--operations N] [--seed N] [--max-size BYTES] "
               "[--no-direct]\n");
  std::exit(2);
}

Arguments Parse(int argc, char** argv) {
  Arguments arguments;
  const std::vector<std::string_view> words(argv + 1, argv + argc);
  for (size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "--no-direct") {
      arguments.direct = false;
    } else if (!words[i].starts_with("--") && arguments.directory.empty()) {
      arguments.directory = words[i];
    } else if (i + 1 < words.size()) {
      const unsigned long long value = std::strtoull(argv[i + 2], nullptr, 10);
      if (words[i] == "--operations")
        arguments.operations = value;
      else if (words[i] == "--seed")
        arguments.seed = value;
      else if (words[i] == "--max-size" && value > 0)
        arguments.max_size = value;
      else
        Usage();
      ++i;
    } else {
      Usage();
    }
  }
  if (arguments.directory.empty()) Usage();
  return arguments;
}

struct Operation {
  size_t weight;
  std::function<void(StressedFile& file, StressedFile& other)> run;
};

std::vector<Operation> Operations() {
  return {
      {20, [](auto& file, auto&) { file.Read(); }},
      {20, [](auto& file, auto&) { file.Write(); }},
      {10, [](auto& file, auto&) { file.ReadMapped(); }},
      {10, [](auto& file, auto&) { file.WriteMapped(); }},
      {8, [](auto& file, auto&) { file.Truncate(); }},
      {6, [](auto& file, auto&) { file.Punch(); }},
      {6, [](auto& file, auto&) { file.ZeroRange(); }},
      {4, [](auto& file, auto&) { file.Allocate(); }},
      {5, [](auto& file, auto&) { file.CopyTo(file); }},
      {5, [](auto& file, auto& other) { file.CopyTo(other); }},
      {2, [](auto& file, auto&) { file.Sync(); }},
      {6, [](auto& file, auto&) { file.Reopen(); }},
      {1, [](auto& file, auto&) { file.Rename(); }},
      {3, [](auto& file, auto&) { file.SeekExtents(); }},
      {3, [](auto& file, auto&) { file.CompareSize(); }},
      {2, [](auto& file, auto&) { file.CompareWhole(); }},
  };
}

void Run(const Arguments& arguments) {
  Choice choice(arguments.seed);
  OperationLog log(kLoggedOperations);
  const std::string base = fmt::format("{}/stress-{}", arguments.directory, ::getpid());
  const auto options = [&](const char* suffix) {
    return StressedFile::Options{
        .path = base + suffix, .max_size = arguments.max_size, .direct = arguments.direct};
  };
  std::array<StressedFile, 2> files{StressedFile(options("a"), choice, log),
                                    StressedFile(options("b"), choice, log)};
  const std::vector<Operation> operations = Operations();
  size_t weights = 0;
  for (const Operation& operation : operations) weights += operation.weight;

  while (log.count() < arguments.operations) {
    const size_t which = choice.Below(files.size());
    size_t place = choice.Below(weights);
    auto operation = operations.begin();
    for (; place >= operation->weight; ++operation) place -= operation->weight;
    operation->run(files[which], files[1 - which]);
  }
  for (StressedFile& file : files) {
    file.CompareSize();
    file.CompareWhole();
    file.Remove();
  }
  std::printf("%zu operations, no difference\n", log.count());
}

}  // namespace
}  // namespace replicafs

int main(int argc, char** argv) {
  const replicafs::Arguments arguments = replicafs::Parse(argc, argv);
  std::printf("seed %llu\n", static_cast<unsigned long long>(arguments.seed));
  std::fflush(stdout);
  replicafs::Run(arguments);
  return 0;
}
