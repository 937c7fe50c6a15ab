#include "backend/base/secret_page.h"

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <sstream>
#include <string>

namespace replicafs {
namespace {

// What the kernel says of the mapping that begins there: two letters each (proc(5), VmFlags).
std::string FlagsOf(const void* page) {
  std::ostringstream address;
  address << std::hex << reinterpret_cast<uintptr_t>(page) << '-';
  std::ifstream maps("/proc/self/smaps");
  bool within = false;
  for (std::string line; std::getline(maps, line);) {
    if (line.starts_with(address.str())) within = true;
    if (within && line.starts_with("VmFlags:")) return line;
  }
  return {};
}

TEST(SecretPage, MadeThenZeroAndLeftOutOfDumpsAndKeptInMemory) {
  struct rlimit limit {};
  ASSERT_EQ(::getrlimit(RLIMIT_MEMLOCK, &limit), 0);
  const SecretPage page;

  const std::string flags = FlagsOf(page.bytes().data());

  EXPECT_TRUE(std::all_of(page.bytes().begin(), page.bytes().end(),
                          [](uint8_t byte) { return byte == 0; }));
  EXPECT_NE(flags.find(" dd"), std::string::npos) << flags;
  if (limit.rlim_cur >= page.bytes().size()) {
    EXPECT_NE(flags.find(" lo"), std::string::npos) << flags;
  }
}

void ForbidAndTell() {
  const bool forbidden = ForbidDumps().has_value();
  struct rlimit limit {};
  const bool limited = ::getrlimit(RLIMIT_CORE, &limit) == 0 && limit.rlim_max == 0;
  std::_Exit(forbidden && limited && ::prctl(PR_GET_DUMPABLE) == 0 ? 7 : 1);
}

TEST(SecretPage, DumpsForbiddenThenTheProcessMakesNone) {
  EXPECT_EXIT(ForbidAndTell(), ::testing::ExitedWithCode(7), "");
}

}  // namespace
}  // namespace replicafs
