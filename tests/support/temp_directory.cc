#include "tests/support/temp_directory.h"

#include <cstdlib>
#include <filesystem>

#include "backend/base/result.h"

namespace replicafs {

TempDirectory::TempDirectory() {
  const char* base = std::getenv("TMPDIR");
  path_ = std::string(base != nullptr ? base : "/tmp") + "/replicafs-test-XXXXXX";
  REPLICAFS_CHECK(::mkdtemp(path_.data()) != nullptr);
}

TempDirectory::~TempDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace replicafs
