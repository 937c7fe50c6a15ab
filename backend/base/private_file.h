// Files with secrets in them: who else could use one is told to close it first.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "backend/base/result.h"

namespace replicafs {

enum class FileOwner { kAnybody, kThisUser };

// Reads until the span is full or the file ends; the number of bytes read. `what` is for messages:
// "key file". kPermission, with the remedy, when others than the owner may use the file, or it is
// another user's and must not be; kInvalid when it is no regular file.
Result<size_t> ReadPrivateFile(const std::string& path, std::string_view what, FileOwner owner,
                               std::span<std::byte> into);

}  // namespace replicafs
