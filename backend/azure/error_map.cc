#include "backend/azure/error_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>

#include "backend/azure/ascii.h"

namespace replicafs::azure {
namespace {

struct Meaning {
  std::string_view code;
  ErrorCode meaning;
};

// Codes that mean one thing whatever was asked. What is not here is decided by the status.
constexpr Meaning kMeanings[] = {
    {"AccountBeingCreated", ErrorCode::kBusy},
    {"AccountIsDisabled", ErrorCode::kPermission},
    {"AppendPositionConditionNotMet", ErrorCode::kPrecondition},
    {"AuthenticationFailed", ErrorCode::kUnauthenticated},
    {"BlobAlreadyExists", ErrorCode::kExists},
    {"BlobArchived", ErrorCode::kArchived},
    {"BlobBeingRehydrated", ErrorCode::kArchived},
    {"BlobImmutableDueToLegalHold", ErrorCode::kImmutable},
    {"BlobImmutableDueToPolicy", ErrorCode::kImmutable},
    {"BlobNotArchived", ErrorCode::kInvalid},
    {"BlobNotFound", ErrorCode::kNotFound},
    {"BlobOperationNotSupported", ErrorCode::kBlobKind},
    {"BlobTypeNotSupported", ErrorCode::kBlobKind},
    {"BlobUsesCustomerSpecifiedEncryption", ErrorCode::kCustomerKey},
    {"BlockCountExceedsLimit", ErrorCode::kTooLarge},
    {"BlockListTooLong", ErrorCode::kTooLarge},
    {"ContainerAlreadyExists", ErrorCode::kExists},
    {"ContainerBeingDeleted", ErrorCode::kBusy},
    {"ContainerDisabled", ErrorCode::kPermission},
    {"ContainerImmutableDueToPolicy", ErrorCode::kImmutable},
    {"ContainerNotFound", ErrorCode::kNotFound},
    {"CopyAcrossAccountsNotSupported", ErrorCode::kNotSupported},
    {"Crc64Mismatch", ErrorCode::kCorrupt},
    {"FeatureNotSupported", ErrorCode::kNotSupported},
    {"InvalidAuthenticationInfo", ErrorCode::kUnauthenticated},
    {"InvalidBlobType", ErrorCode::kBlobKind},
    {"Md5Mismatch", ErrorCode::kCorrupt},
    {"MetadataTooLarge", ErrorCode::kTooLarge},
    {"NoAuthenticationInformation", ErrorCode::kUnauthenticated},
    {"OperationNotAllowedOnRootBlob", ErrorCode::kPermission},
    {"OperationTimedOut", ErrorCode::kTimeout},
    {"PendingCopyOperation", ErrorCode::kBusy},
    {"PublicAccessNotPermitted", ErrorCode::kPermission},
    {"ResourceNotFound", ErrorCode::kNotFound},
    {"ResourceTypeMismatch", ErrorCode::kBlobKind},
    {"SnapshotsPresent", ErrorCode::kBusy},
    {"SourceConditionNotMet", ErrorCode::kPrecondition},
    {"SystemInUse", ErrorCode::kBusy},
    {"TargetConditionNotMet", ErrorCode::kPrecondition},
    {"UnsupportedHttpVerb", ErrorCode::kNotSupported},
};

std::optional<ErrorCode> MeaningOf(std::string_view code) {
  const auto* found = std::find_if(std::begin(kMeanings), std::end(kMeanings),
                                   [&](const Meaning& meaning) { return meaning.code == code; });
  if (found == std::end(kMeanings)) return std::nullopt;
  return found->meaning;
}

bool Contains(std::string_view text, std::string_view part) {
  return LowerAscii(text).find(part) != std::string::npos;
}

// The name of the code is not documented; that such a write is a conflict is.
bool IsReplicationDestination(const ServiceError& error, Asked asked) {
  return error.status == 409 && asked == Asked::kWriteBlob &&
         (Contains(error.code, "replication") || Contains(error.message, "replication"));
}

// "The specified blob name is too long" and its like come under codes for all kinds of input.
bool IsAboutLength(const ServiceError& error) {
  return (error.code == "OutOfRangeInput" || error.code == "InvalidInput" ||
          error.code == "InvalidUri" || error.code == "InvalidResourceName") &&
         (Contains(error.message, "too long") || Contains(error.message, "length"));
}

ErrorCode MeaningOfStatus(int status, Asked asked) {
  switch (status) {
    case 304:
    case 412: return asked == Asked::kRead ? ErrorCode::kStale : ErrorCode::kPrecondition;
    case 401: return ErrorCode::kUnauthenticated;
    case 403: return ErrorCode::kPermission;
    case 404: return ErrorCode::kNotFound;
    case 405:
    case 501: return ErrorCode::kNotSupported;
    case 408:
    case 504: return ErrorCode::kTimeout;
    case 409: return ErrorCode::kBusy;
    case 413: return ErrorCode::kTooLarge;
    case 429: return ErrorCode::kUnavailable;
    default: break;
  }
  if (status >= 500) return ErrorCode::kUnavailable;
  return status >= 400 ? ErrorCode::kInvalid : ErrorCode::kInternal;
}

// What a wrong clock does to signatures; empty: the clocks agree, or nothing is known.
std::string ClockRemedy(const ServiceError& error, Timestamp now) {
  if (!error.date) return {};
  constexpr int64_t kMinute = 60 * Timestamp::kTicksPerSecond;
  const int64_t ahead = (now.ticks - error.date->ticks) / kMinute;
  if (std::abs(ahead) < 15) return {};
  return fmt::format("this machine's clock is {} minutes {} the service's: set it", std::abs(ahead),
                     ahead > 0 ? "ahead of" : "behind");
}

std::string Remedy(const ServiceError& error, const Refusal& refusal) {
  const std::string_view code = error.code;
  if (RefusesCredentials(error)) {
    const std::string clock = ClockRemedy(error, refusal.now);
    return clock.empty() ? refusal.remedy : clock;
  }
  if (code == "AuthorizationPermissionMismatch" || code == "InsufficientAccountPermissions" ||
      code == "UnauthorizedBlobOverwrite")
    return "the credentials do not allow this operation: it takes another role, or a signature "
           "with more permissions";
  if (code == "AuthorizationResourceTypeMismatch" || code == "AuthorizationServiceMismatch")
    return "the shared access signature is not for this kind of resource";
  if (code == "AuthorizationProtocolMismatch")
    return "the shared access signature allows https alone";
  if (code == "AuthorizationSourceIPMismatch" || code == "AuthorizationFailure")
    return refusal.remedy.empty()
               ? "the account's firewall or the credentials do not allow it from here"
               : refusal.remedy + ", and that the account's firewall lets this machine in";
  if (code == "KeyBasedAuthenticationNotPermitted")
    return "the account takes no keys: use Microsoft Entra ID";
  return {};
}

}  // namespace

ErrorCode CodeOf(const ServiceError& error, Asked asked) {
  if (IsReplicationDestination(error, asked)) return ErrorCode::kDestination;
  if (IsAboutLength(error)) return ErrorCode::kNameTooLong;
  // Leases refuse with 409 and 412, and are somebody else's hold on the blob.
  if (error.code.starts_with("Lease")) return ErrorCode::kBusy;
  // The source's status is this one's; only a conflict says nothing of the source.
  if (error.code == "CannotVerifyCopySource" && error.status == 409) return ErrorCode::kInvalid;
  return MeaningOf(error.code).value_or(MeaningOfStatus(error.status, asked));
}

Passing PassingOf(const ServiceError& error) {
  if (error.code == "ContainerBeingDeleted" || error.code == "AccountBeingCreated")
    return Passing::kInMinutes;
  // Answers of a service that does not have the operation.
  if (error.code == "FeatureNotSupported" || error.code == "CannotVerifyCopySource")
    return Passing::kNo;
  // Bytes that were changed on their way.
  if (error.code == "Md5Mismatch" || error.code == "Crc64Mismatch") return Passing::kSoon;
  constexpr std::array<int, 6> kStatuses{408, 429, 500, 502, 503, 504};
  return std::find(kStatuses.begin(), kStatuses.end(), error.status) != kStatuses.end()
             ? Passing::kSoon
             : Passing::kNo;
}

bool RefusesCredentials(const ServiceError& error) {
  return error.status == 401 || error.code == "AuthenticationFailed" ||
         error.code == "InvalidAuthenticationInfo" || error.code == "NoAuthenticationInformation";
}

Error ErrorOf(const ServiceError& error, const Refusal& refusal) {
  const ErrorCode code = CodeOf(error, refusal.asked);
  std::string text(refusal.operation);
  if (!refusal.subject.empty()) text += fmt::format(" '{}'", refusal.subject);
  text += fmt::format(": {}", error.status);
  if (!error.code.empty()) text += " " + error.code;
  // What is wrong with a request is in the service's words alone.
  if ((code == ErrorCode::kInvalid || error.code.empty()) && !error.message.empty())
    text += fmt::format(" \"{}\"", error.message);
  if (!error.request_id.empty()) text += fmt::format(" (request {})", error.request_id);
  if (const std::string remedy = Remedy(error, refusal); !remedy.empty()) text += "; " + remedy;
  return Error{code, std::move(text)};
}

}  // namespace replicafs::azure
