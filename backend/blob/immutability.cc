#include "backend/blob/immutability.h"

#include <strings.h>

#include <algorithm>

namespace replicafs {
namespace {

constexpr int64_t kTicksPerDay = 24 * 3600 * Timestamp::kTicksPerSecond;
constexpr size_t kTagMinChars = 3;
constexpr size_t kTagMaxChars = 23;

Error Immutable(std::string message) {
  return Error{ErrorCode::kImmutable, std::move(message)};
}

Error Invalid(std::string message) {
  return Error{ErrorCode::kInvalid, std::move(message)};
}

Timestamp EndOf(const std::optional<ContainerImmutabilityPolicy>& policy, VersionId version) {
  return policy ? Timestamp{version.ticks + int64_t{policy->days} * kTicksPerDay} : Timestamp{};
}

std::string Joined(const std::set<std::string>& tags) {
  std::string text;
  for (const std::string& tag : tags) text += (text.empty() ? "" : ", ") + tag;
  return text;
}

// `longer`: whether `after` ends no earlier.
template <class Policy>
Status CheckChange(const std::optional<Policy>& before, const std::optional<Policy>& after,
                   bool longer) {
  if (!before || before->mode == ImmutabilityMode::kUnlocked) return Ok();
  if (!after) return Immutable("the immutability policy is locked: it cannot be removed");
  if (after->mode == ImmutabilityMode::kUnlocked)
    return Immutable("the immutability policy is locked: it cannot be unlocked");
  if (!longer)
    return Immutable("the immutability policy is locked: it can be made longer, not shorter");
  return Ok();
}

Status ValidateTag(std::string_view tag) {
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  if (tag.size() >= kTagMinChars && tag.size() <= kTagMaxChars &&
      std::all_of(tag.begin(), tag.end(), fits))
    return Ok();
  return Invalid("the legal hold tag '" + std::string(tag) + "' is not " +
                 std::to_string(kTagMinChars) + " to " + std::to_string(kTagMaxChars) +
                 " lower-case letters and digits");
}

}  // namespace

std::string_view ToString(ImmutabilityMode mode) {
  return mode == ImmutabilityMode::kLocked ? "Locked" : "Unlocked";
}

std::optional<ImmutabilityMode> ParseImmutabilityMode(std::string_view text) {
  for (const auto mode : {ImmutabilityMode::kUnlocked, ImmutabilityMode::kLocked}) {
    const std::string_view name = ToString(mode);
    if (text.size() == name.size() && ::strncasecmp(text.data(), name.data(), name.size()) == 0)
      return mode;
  }
  return std::nullopt;
}

Timestamp ImmutableUntil(const ContainerProtection& container, const Protection& own,
                         VersionId version) {
  const Timestamp by_own = own.policy ? own.policy->until : Timestamp{};
  return std::max(by_own, EndOf(container.policy, version));
}

bool HasLegalHold(const ContainerProtection& container, const Protection& own) {
  return own.legal_hold || !container.legal_holds.empty();
}

Status CheckMutable(const ContainerProtection& container, const Protection& own, VersionId version,
                    std::string_view path, Timestamp now) {
  const auto refuse = [&](const std::string& why) {
    return Immutable("blob '" + std::string(path) + "' " + why);
  };
  if (own.legal_hold) return refuse("is under a legal hold: clear it first");
  if (!container.legal_holds.empty()) {
    return refuse("lies in a container under legal hold (" + Joined(container.legal_holds) +
                  "): clear it first");
  }
  const Timestamp until = ImmutableUntil(container, own, version);
  if (until <= now) return Ok();
  return refuse("is immutable until " + ToString(until) + " by the policy of its " +
                (EndOf(container.policy, version) == until ? "container" : "version"));
}

Status CheckPolicyChange(const std::optional<ImmutabilityPolicy>& before,
                         const std::optional<ImmutabilityPolicy>& after) {
  return CheckChange(before, after, before && after && after->until >= before->until);
}

Status CheckPolicyChange(const std::optional<ContainerImmutabilityPolicy>& before,
                         const std::optional<ContainerImmutabilityPolicy>& after) {
  return CheckChange(before, after, before && after && after->days >= before->days);
}

Status ValidatePolicy(const ImmutabilityPolicy& policy, Timestamp now) {
  if (policy.until <= now)
    return Invalid("a blob cannot be immutable until " + ToString(policy.until) +
                   ": that has passed");
  if (policy.until.ticks - now.ticks > int64_t{kImmutabilityMaxDays} * kTicksPerDay)
    return Invalid("a blob is immutable for at most " + std::to_string(kImmutabilityMaxDays) +
                   " days");
  return Ok();
}

Status ValidatePolicy(const ContainerImmutabilityPolicy& policy) {
  if (policy.days >= 1 && policy.days <= kImmutabilityMaxDays) return Ok();
  return Invalid("an immutability policy takes 1 to " + std::to_string(kImmutabilityMaxDays) +
                 " days, not " + std::to_string(policy.days));
}

Status ChangeHolds(const std::set<std::string>& add, const std::set<std::string>& remove,
                   std::set<std::string>& tags) {
  for (const std::string& tag : remove) tags.erase(tag);
  for (const std::string& tag : add) {
    TRY(ValidateTag(tag));
    tags.insert(tag);
  }
  if (tags.size() <= kLegalHoldMaxTags) return Ok();
  return Invalid("a container takes at most " + std::to_string(kLegalHoldMaxTags) +
                 " legal hold tags");
}

}  // namespace replicafs
