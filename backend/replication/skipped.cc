#include "backend/replication/skipped.h"

#include <algorithm>

namespace replicafs {

bool IsSkipped(const RuleIndex& rules, const Event& event) {
  if (event.blob_kind == BlobKind::kBlock || event.kind != EventKind::kCreated) return false;
  Event as_block = event;
  as_block.blob_kind = BlobKind::kBlock;
  return rules.RuleOf(as_block) != nullptr;
}

Result<uint64_t> CountSkipped(Journal& source, const Policy& policy, uint64_t after,
                              uint64_t until) {
  constexpr uint64_t kPageEvents = 4096;
  // Rules copy nothing before they begin.
  uint64_t first = until;
  for (const Rule& rule : policy.rules) first = std::min(first, rule.start_sequence);
  const RuleIndex rules(policy);
  uint64_t count = 0;
  after = std::max(after, first);
  while (after < until) {
    const auto events =
        TRY(source.Read(after, static_cast<size_t>(std::min(kPageEvents, until - after))));
    if (events.empty()) break;
    for (const Event& event : events) count += IsSkipped(rules, event) ? 1U : 0U;
    after = events.back().sequence;
  }
  return count;
}

}  // namespace replicafs
