// What the parts of a link share.
#pragma once

#include <cstddef>

#include "backend/base/clock.h"
#include "backend/base/thread_pool.h"
#include "backend/blob/account.h"

namespace replicafs {

struct LinkContext {
  Account& source;
  Account& destination;
  ThreadPool& pool;
  size_t threads = 1;  // of the pool
  const Clock& clock;
};

}  // namespace replicafs
