#include "backend/replication/journal_search.h"

namespace replicafs {

// The times of events rise.
Result<uint64_t> SequenceAt(Journal& journal, Timestamp time) {
  uint64_t before = 0;
  uint64_t end = TRY(journal.Head());
  while (before < end) {
    const uint64_t middle = before + (end - before) / 2;
    const auto events = TRY(journal.Read(middle, 1));
    if (!events.empty() && events.front().time <= time) {
      before = middle + 1;
    } else {
      end = middle;
    }
  }
  return before;
}

}  // namespace replicafs
