// What keeps versions from being changed or removed: time-based policies and legal holds, of one
// version or of all versions of a container. After Azure's immutable storage, with one difference:
// a protected current version is not superseded either.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "backend/base/result.h"
#include "backend/base/time.h"
#include "backend/blob/version_id.h"

namespace replicafs {

// An unlocked policy may be changed and removed. A locked one can only be made longer, and stays.
enum class ImmutabilityMode : uint8_t { kUnlocked = 0, kLocked = 1 };
std::string_view ToString(ImmutabilityMode mode);  // "Unlocked", as Azure says it
std::optional<ImmutabilityMode> ParseImmutabilityMode(std::string_view text);  // any case

// Of a version.
struct ImmutabilityPolicy {
  Timestamp until;
  ImmutabilityMode mode = ImmutabilityMode::kUnlocked;

  bool operator==(const ImmutabilityPolicy&) const = default;
};

// Of a container: each version in it is kept for so many days after it was made.
struct ContainerImmutabilityPolicy {
  uint32_t days = 0;  // 1 to kImmutabilityMaxDays
  ImmutabilityMode mode = ImmutabilityMode::kUnlocked;

  bool operator==(const ContainerImmutabilityPolicy&) const = default;
};

constexpr uint32_t kImmutabilityMaxDays = 146'000;
constexpr size_t kLegalHoldMaxTags = 10;  // on a container

// What was set on a version itself. It stays with this version: no other one inherits it.
struct Protection {
  std::optional<ImmutabilityPolicy> policy;
  bool legal_hold = false;

  bool operator==(const Protection&) const = default;
};

// Holds for all versions in the container.
struct ContainerProtection {
  std::optional<ContainerImmutabilityPolicy> policy;
  std::set<std::string> legal_holds;  // their tags

  bool operator==(const ContainerProtection&) const = default;
};

// The end of the longest time-based policy on the version; zero: there is none.
Timestamp ImmutableUntil(const ContainerProtection& container, const Protection& own,
                         VersionId version);
bool HasLegalHold(const ContainerProtection& container, const Protection& own);

// kImmutable, with the cause, unless the version may be changed and removed at `now`; `path` is the
// blob's, for the message.
Status CheckMutable(const ContainerProtection& container, const Protection& own, VersionId version,
                    std::string_view path, Timestamp now);

// Whether `after` may take the place of `before` (nullopt: no policy). kImmutable when `before` is
// locked and `after` is not both locked and at least as long.
Status CheckPolicyChange(const std::optional<ImmutabilityPolicy>& before,
                         const std::optional<ImmutabilityPolicy>& after);
Status CheckPolicyChange(const std::optional<ContainerImmutabilityPolicy>& before,
                         const std::optional<ContainerImmutabilityPolicy>& after);

// kInvalid: the moment has passed, or lies more than kImmutabilityMaxDays ahead.
Status ValidatePolicy(const ImmutabilityPolicy& policy, Timestamp now);
// kInvalid: no days, or too many.
Status ValidatePolicy(const ContainerImmutabilityPolicy& policy);
// Takes tags out of `tags` and adds others. kInvalid: a tag to add does not have 3 to 23 lower-case
// letters and digits; there would be more than kLegalHoldMaxTags.
Status ChangeHolds(const std::set<std::string>& add, const std::set<std::string>& remove,
                   std::set<std::string>& tags);

}  // namespace replicafs
