// What an account does beside keeping blobs: settings that its stores obey and that policies need.
// They are the state row "settings".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "backend/base/result.h"
#include "backend/base/time.h"
#include "backend/blob/version_id.h"

namespace replicafs {

struct AccountSettings {
  // Since when versioning is off; nullopt: it is on. A version that is from then on, and ends, does
  // not become a previous version: it goes, as with RemoveVersion. Those before it stay.
  std::optional<Timestamp> unversioned_since;
  // Whether links may copy what the journal says. The journal itself is always kept.
  bool change_feed = true;
  // Whether policies may join the account to one of another tenant.
  bool allow_cross_tenant_replication = false;

  bool versioning() const { return !unversioned_since.has_value(); }
  // Whether a version that ends becomes a previous one.
  bool Keeps(VersionId version) const {
    return versioning() || version.time() < *unversioned_since;
  }

  bool operator==(const AccountSettings&) const = default;
};

inline constexpr std::string_view kSettingsKey = "settings";
// A row that is absent says what AccountSettings says by default, and the default has no row.
// kInvalid: it holds something else.
Result<AccountSettings> ParseSettings(const std::optional<std::string>& row);
std::optional<std::string> EncodeSettings(const AccountSettings& settings);

}  // namespace replicafs
