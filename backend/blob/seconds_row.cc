#include "backend/blob/seconds_row.h"

#include <charconv>

namespace replicafs {

Result<std::chrono::seconds> ParseSecondsRow(std::string_view key,
                                             const std::optional<std::string>& row,
                                             std::chrono::seconds most) {
  if (!row) return std::chrono::seconds(0);
  int64_t seconds = -1;
  const auto [end, error] = std::from_chars(row->data(), row->data() + row->size(), seconds);
  const bool whole = error == std::errc() && end == row->data() + row->size();
  if (whole && seconds >= 0 && seconds <= most.count()) return std::chrono::seconds(seconds);
  return Error{ErrorCode::kInvalid, "the state row '" + std::string(key) +
                                        "' holds no number of seconds: '" + *row + "'"};
}

}  // namespace replicafs
