#include "backend/blob/account_settings.h"

#include <sstream>

namespace replicafs {
namespace {

// A line a setting that is not the default.
constexpr std::string_view kVersioningOff = "versioning-off-since ";
constexpr std::string_view kChangeFeedOff = "change-feed-off";
constexpr std::string_view kCrossTenant = "cross-tenant-replication-allowed";

}  // namespace

Result<AccountSettings> ParseSettings(const std::optional<std::string>& row) {
  AccountSettings settings;
  std::istringstream lines(row.value_or(""));
  for (std::string line; std::getline(lines, line);) {
    bool known = true;
    if (line.starts_with(kVersioningOff)) {
      settings.unversioned_since = ParseTimestamp(line.substr(kVersioningOff.size()));
      known = settings.unversioned_since.has_value();
    } else if (line == kChangeFeedOff) {
      settings.change_feed = false;
    } else if (line == kCrossTenant) {
      settings.allow_cross_tenant_replication = true;
    } else {
      known = false;
    }
    if (!known)
      return Error{ErrorCode::kInvalid, "the state row '" + std::string(kSettingsKey) +
                                            "' holds what is no setting: '" + line + "'"};
  }
  return settings;
}

std::optional<std::string> EncodeSettings(const AccountSettings& settings) {
  if (settings == AccountSettings()) return std::nullopt;
  std::string row;
  if (settings.unversioned_since)
    row += std::string(kVersioningOff) + ToString(*settings.unversioned_since) + "\n";
  if (!settings.change_feed) row += std::string(kChangeFeedOff) + "\n";
  if (settings.allow_cross_tenant_replication) row += std::string(kCrossTenant) + "\n";
  return row;
}

}  // namespace replicafs
