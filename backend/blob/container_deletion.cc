#include "backend/blob/container_deletion.h"

#include "backend/blob/seconds_row.h"

namespace replicafs {

Result<std::chrono::seconds> ParseContainerDeletionTime(const std::optional<std::string>& row) {
  return ParseSecondsRow(kContainerDeletionKey, row, kContainerDeletionMax);
}

std::string EncodeContainerDeletionTime(std::chrono::seconds takes) {
  return std::to_string(takes.count());
}

std::string DeletedContainerKey(std::string_view container) {
  return "container-deleted/" + std::string(container);
}

std::string EncodeDeletedUntil(Timestamp until) {
  return ToString(until);
}

Result<std::optional<Timestamp>> DeletedUntil(const std::optional<std::string>& row,
                                              Timestamp now) {
  if (!row) return std::optional<Timestamp>();
  const auto until = ParseTimestamp(*row);
  if (!until)
    return Error{ErrorCode::kInvalid, "the state row of a deleted container holds no time"};
  return *until > now ? until : std::nullopt;
}

Status CheckNotBeingDeleted(const std::optional<std::string>& row, std::string_view container,
                            Timestamp now) {
  const auto until = TRY(DeletedUntil(row, now));
  if (!until) return Ok();
  return Error{ErrorCode::kBusy,
               "The specified container is being deleted. Try operation later: '" +
                   std::string(container) + "' can be created again at " + ToString(*until)};
}

}  // namespace replicafs
