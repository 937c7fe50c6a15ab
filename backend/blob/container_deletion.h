// A deleted container's name is free again after an account's time. Nobody works at it: state rows
// say when it was deleted, and the clock the rest.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "backend/base/result.h"
#include "backend/base/time.h"

namespace replicafs {

// How long deletions of an account last: a state row, the seconds in decimal. Absent: no time. It
// counts for containers that are deleted after it was set.
inline constexpr std::string_view kContainerDeletionKey = "container-deletion-seconds";
inline constexpr std::chrono::seconds kContainerDeletionMax = std::chrono::hours(24);
// kInvalid: it holds something else, or more than kContainerDeletionMax.
Result<std::chrono::seconds> ParseContainerDeletionTime(const std::optional<std::string>& row);
std::string EncodeContainerDeletionTime(std::chrono::seconds takes);

// The row of a deleted container: until when its name is taken. CreateContainer removes it.
std::string DeletedContainerKey(std::string_view container);
std::string EncodeDeletedUntil(Timestamp until);
// nullopt when the row is absent, or the time is over. kInvalid.
Result<std::optional<Timestamp>> DeletedUntil(const std::optional<std::string>& row, Timestamp now);
// kBusy, in Azure's words (ContainerBeingDeleted).
Status CheckNotBeingDeleted(const std::optional<std::string>& row, std::string_view container,
                            Timestamp now);

}  // namespace replicafs
