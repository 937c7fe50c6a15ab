// A customer's key in a file, which is the only way into the program: what is in arguments or in
// the environment can be seen by others.
#pragma once

#include <string>

#include "backend/blob/customer_key.h"

namespace replicafs {

constexpr char kKeyFileText[] =
    "A file that only its owner may read, with a key of 32 bytes: as they are, in 64 hexadecimal "
    "digits, or in base64";

// The process makes no dumps from then on (ForbidDumps), and must not fork to work with the key.
// kPermission when others than the owner may use the file; kInvalid when it holds no key.
Result<ContentKeyPtr> ReadKeyFile(const std::string& path);
// The same, nullptr when no file is named.
Result<ContentKeyPtr> ReadKeyFileIfNamed(const std::string& path);

}  // namespace replicafs
