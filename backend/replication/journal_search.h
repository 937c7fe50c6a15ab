// Finds moments in a journal.
#pragma once

#include <cstdint>

#include "backend/base/result.h"
#include "backend/base/time.h"
#include "backend/blob/journal.h"

namespace replicafs {

// The sequence of the newest event that was made at `time` or before; 0: there is none. Reads a few
// events.
Result<uint64_t> SequenceAt(Journal& journal, Timestamp time);

}  // namespace replicafs
