// What a program sees of an error: the only place that turns an ErrorCode into errno.
#pragma once

#include "backend/base/result.h"

namespace replicafs {

struct ErrnoAnswer {
  int number = 0;  // of errno(3)
  // An ordinary error is the answer to a question ("no such file"). The others say that something
  // is wrong and are logged.
  enum class Kind { kOrdinary, kTrouble } kind = Kind::kTrouble;
};

ErrnoAnswer ErrnoFor(ErrorCode code);
// setxattr(2) calls a value that is too large E2BIG.
ErrnoAnswer XattrErrnoFor(ErrorCode code);

}  // namespace replicafs
