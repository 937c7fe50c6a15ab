#include "backend/replication/link_position.h"

#include <algorithm>
#include <string>

#include "backend/replication/link_rules.h"
#include "backend/replication/skipped.h"

namespace replicafs {

Result<LinkPosition> ReadPosition(AccountSource& accounts, const Policy& policy, uint64_t head) {
  const auto destination = TRY(accounts.OpenAccount(policy.destination_account));
  BlobStore& store = destination->store();
  const auto half = TRY(store.GetState(PolicyKey(policy.policy_id)));
  if (!half) return Error{ErrorCode::kNotFound, "the destination does not have the policy"};
  const Policy at_destination = TRY(DecodePolicy(*half));
  LinkPosition position{.cursor = {.sequence = head}};
  position.agreed = Agreed(policy, at_destination, &position.differences);
  const auto row = TRY(store.GetState(CursorKey(policy.policy_id)));
  const auto rules = TRY(store.GetState(RulesKey(policy.policy_id)));
  std::string taken_up(kNoRules);
  LinkCursor& cursor = position.cursor;
  if (row) {
    cursor = TRY(DecodeCursor(*row));
    // A release that did not write the rules never changed them.
    taken_up = rules ? *rules : EncodeRules(position.agreed);
    const auto passed = TRY(store.GetState(PassedKey(policy.policy_id)));
    position.passed = TRY(PassedRules::Decode(passed));
  }
  const auto start = TRY(StartOfNewRules(position.agreed, taken_up));
  if (start) cursor.adopt_until = head;
  if (start && *start < cursor.sequence) {
    const auto forms = TRY(store.GetState(FormsKey(policy.policy_id)));
    position.passed.Add(cursor.sequence, TRY(TakenUpForms(forms, position.agreed, taken_up)));
  }
  cursor.sequence = std::min(cursor.sequence, start.value_or(cursor.sequence));
  if (taken_up != EncodeRules(position.agreed)) {
    const auto source = TRY(accounts.OpenAccount(policy.source_account));
    cursor.versions_skipped =
        TRY(CountSkipped(source->journal(), position.agreed, 0, cursor.sequence));
  }
  return position;
}

}  // namespace replicafs
