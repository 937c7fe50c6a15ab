// The way out of the archive tier, which takes an account's time. Nobody works at it: what a
// version's tier is follows from what was asked for and from the clock.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "backend/base/result.h"
#include "backend/base/time.h"
#include "backend/blob/tier.h"

namespace replicafs {

// Of a version in the archive tier: from `ready` on it is in the target tier, and can be read.
struct Rehydration {
  Tier target = Tier::kHot;  // not the archive
  Timestamp ready;

  bool operator==(const Rehydration&) const = default;
};

// "rehydrate-pending-to-hot", as x-ms-archive-status.
std::string ArchiveStatus(const Rehydration& rehydration);

// kArchived: what is in the archive tier cannot be read. `name`: of the blob, for the message.
Status CheckOnline(Tier tier, std::string_view name);

// Where a version is, and where it is on its way to.
struct TierState {
  Tier tier = Tier::kHot;
  std::optional<Rehydration> rehydration;  // only in the archive tier

  bool operator==(const TierState&) const = default;
};

// The same at a later time: a rehydration that is over has happened.
TierState TierAt(const TierState& state, Timestamp now);
// What setting a tier makes of it. `takes`: how long the account's rehydrations last; zero: no
// time. kBusy during a rehydration to another tier; to the same it goes on.
Result<TierState> WithTier(const TierState& before, Tier tier, std::chrono::seconds takes,
                           Timestamp now);

// How long rehydrations of an account last: a state row, the seconds in decimal. Absent: no time.
// It counts for those that begin after it was set.
inline constexpr std::string_view kRehydrationKey = "rehydration-seconds";
inline constexpr std::chrono::seconds kRehydrationMax = std::chrono::hours(24 * 365);
// kInvalid: it holds something else, or more than kRehydrationMax.
Result<std::chrono::seconds> ParseRehydrationTime(const std::optional<std::string>& row);
std::string EncodeRehydrationTime(std::chrono::seconds takes);

}  // namespace replicafs
