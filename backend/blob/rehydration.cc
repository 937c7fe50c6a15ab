#include "backend/blob/rehydration.h"

#include "backend/blob/seconds_row.h"

namespace replicafs {

std::string ArchiveStatus(const Rehydration& rehydration) {
  std::string status = "rehydrate-pending-to-";
  for (const char c : ToString(rehydration.target))
    status += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return status;
}

Status CheckOnline(Tier tier, std::string_view name) {
  if (tier != Tier::kArchive) return Ok();
  return Error{ErrorCode::kArchived,
               "the blob '" + std::string(name) + "' is in the archive tier: set another tier"};
}

TierState TierAt(const TierState& state, Timestamp now) {
  if (!state.rehydration || state.rehydration->ready > now) return state;
  return {.tier = state.rehydration->target};
}

Result<TierState> WithTier(const TierState& before, Tier tier, std::chrono::seconds takes,
                           Timestamp now) {
  const TierState state = TierAt(before, now);
  if (const auto& pending = state.rehydration) {
    if (pending->target == tier) return state;
    return Error{ErrorCode::kBusy, "it is on its way from the archive tier to " +
                                       std::string(ToString(pending->target)) + " until " +
                                       ToString(pending->ready) + ": wait for that"};
  }
  if (state.tier != Tier::kArchive || tier == Tier::kArchive || takes.count() == 0)
    return TierState{.tier = tier};
  const Timestamp ready{now.ticks + takes.count() * Timestamp::kTicksPerSecond};
  return TierState{.tier = Tier::kArchive, .rehydration = Rehydration{tier, ready}};
}

Result<std::chrono::seconds> ParseRehydrationTime(const std::optional<std::string>& row) {
  return ParseSecondsRow(kRehydrationKey, row, kRehydrationMax);
}

std::string EncodeRehydrationTime(std::chrono::seconds takes) {
  return std::to_string(takes.count());
}

}  // namespace replicafs
