// Where bytes of a version lie in files, for who hands them on without reading them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "backend/base/unique_fd.h"

namespace replicafs {

struct FilePart {
  std::shared_ptr<const UniqueFd> file;
  uint64_t offset = 0;
  size_t size = 0;
};

// In order, one after another in the version.
struct FileParts {
  static constexpr size_t kMax = 2;
  size_t count = 0;
  std::array<FilePart, kMax> parts;
};

}  // namespace replicafs
