#include "backend/azure/error_map.h"

#include <gtest/gtest.h>

namespace replicafs::azure {
namespace {

const Timestamp kNow = *ParseTimestamp("2026-11-20T20:21:37Z");

ServiceError Said(int status, std::string code, std::string message = {}) {
  ServiceError error;
  error.status = status;
  error.code = std::move(code);
  error.message = std::move(message);
  return error;
}

TEST(ErrorMap, CodesThenTheirMeaning) {
  struct Case {
    int status;
    const char* code;
    Asked asked;
    ErrorCode meaning;
  };
  using enum Asked;
  for (const Case& c : {
           Case{304, "ConditionNotMet", kRead, ErrorCode::kStale},
           Case{412, "ConditionNotMet", kRead, ErrorCode::kStale},
           Case{412, "ConditionNotMet", kWriteBlob, ErrorCode::kPrecondition},
           Case{412, "ConditionNotMet", kChangeBlob, ErrorCode::kPrecondition},
           Case{412, "SourceConditionNotMet", kWriteBlob, ErrorCode::kPrecondition},
           Case{412, "TargetConditionNotMet", kWriteBlob, ErrorCode::kPrecondition},
           Case{409, "BlobAlreadyExists", kWriteBlob, ErrorCode::kExists},
           Case{409, "ContainerAlreadyExists", kContainer, ErrorCode::kExists},
           Case{404, "BlobNotFound", kRead, ErrorCode::kNotFound},
           Case{404, "ContainerNotFound", kWriteBlob, ErrorCode::kNotFound},
           Case{404, "CannotVerifyCopySource", kWriteBlob, ErrorCode::kNotFound},
           Case{403, "CannotVerifyCopySource", kWriteBlob, ErrorCode::kPermission},
           Case{409, "CannotVerifyCopySource", kWriteBlob, ErrorCode::kInvalid},
           Case{404, "", kRead, ErrorCode::kNotFound},
           Case{403, "AuthorizationPermissionMismatch", kRead, ErrorCode::kPermission},
           Case{403, "AuthorizationFailure", kRead, ErrorCode::kPermission},
           Case{403, "OperationNotAllowedOnRootBlob", kChangeBlob, ErrorCode::kPermission},
           Case{403, "AuthenticationFailed", kRead, ErrorCode::kUnauthenticated},
           Case{401, "NoAuthenticationInformation", kRead, ErrorCode::kUnauthenticated},
           Case{400, "InvalidAuthenticationInfo", kRead, ErrorCode::kUnauthenticated},
           Case{409, "PublicAccessNotPermitted", kRead, ErrorCode::kPermission},
           Case{409, "BlobArchived", kRead, ErrorCode::kArchived},
           Case{409, "BlobBeingRehydrated", kRead, ErrorCode::kArchived},
           Case{409, "BlobImmutableDueToPolicy", kChangeBlob, ErrorCode::kImmutable},
           Case{409, "BlobImmutableDueToLegalHold", kWriteBlob, ErrorCode::kImmutable},
           Case{409, "ContainerImmutableDueToPolicy", kContainer, ErrorCode::kImmutable},
           Case{409, "BlobUsesCustomerSpecifiedEncryption", kRead, ErrorCode::kCustomerKey},
           Case{409, "InvalidBlobType", kWriteBlob, ErrorCode::kBlobKind},
           Case{409, "SnapshotsPresent", kChangeBlob, ErrorCode::kBusy},
           Case{409, "ContainerBeingDeleted", kContainer, ErrorCode::kBusy},
           Case{409, "PendingCopyOperation", kWriteBlob, ErrorCode::kBusy},
           Case{409, "LeaseAlreadyPresent", kChangeBlob, ErrorCode::kBusy},
           Case{412, "LeaseIdMissing", kWriteBlob, ErrorCode::kBusy},
           Case{412, "LeaseIdMissing", kRead, ErrorCode::kBusy},
           Case{400, "InvalidBlockList", kWriteBlob, ErrorCode::kInvalid},
           Case{400, "InvalidHeaderValue", kWriteBlob, ErrorCode::kInvalid},
           Case{400, "BlockListTooLong", kWriteBlob, ErrorCode::kTooLarge},
           Case{409, "BlockCountExceedsLimit", kWriteBlob, ErrorCode::kTooLarge},
           Case{413, "RequestBodyTooLarge", kWriteBlob, ErrorCode::kTooLarge},
           Case{400, "MetadataTooLarge", kWriteBlob, ErrorCode::kTooLarge},
           Case{400, "Md5Mismatch", kWriteBlob, ErrorCode::kCorrupt},
           Case{405, "UnsupportedHttpVerb", kChangeBlob, ErrorCode::kNotSupported},
           Case{501, "APINotImplemented", kRead, ErrorCode::kNotSupported},
           Case{500, "FeatureNotSupported", kWriteBlob, ErrorCode::kNotSupported},
           Case{500, "InternalError", kRead, ErrorCode::kUnavailable},
           Case{500, "OperationTimedOut", kRead, ErrorCode::kTimeout},
           Case{503, "ServerBusy", kRead, ErrorCode::kUnavailable},
           Case{429, "", kRead, ErrorCode::kUnavailable},
           Case{502, "", kRead, ErrorCode::kUnavailable},
           Case{504, "", kRead, ErrorCode::kTimeout},
           Case{301, "", kRead, ErrorCode::kInternal},
       }) {
    EXPECT_EQ(ErrorCodeName(CodeOf(Said(c.status, c.code), c.asked)), ErrorCodeName(c.meaning))
        << c.status << " " << c.code;
  }
}

TEST(ErrorMap, NameTooLongThenSaid) {
  EXPECT_EQ(CodeOf(Said(400, "OutOfRangeInput",
                        "The specified resource name length is not within the permissible limits."),
                   Asked::kWriteBlob),
            ErrorCode::kNameTooLong);
  EXPECT_EQ(
      CodeOf(Said(400, "OutOfRangeInput", "One of the inputs is out of range."), Asked::kWriteBlob),
      ErrorCode::kInvalid);
}

TEST(ErrorMap, WriteIntoAContainerThatIsReplicatedToThenDestination) {
  const ServiceError error =
      Said(409, "Conflict", "The container is the destination of an object replication policy.");
  EXPECT_EQ(CodeOf(error, Asked::kWriteBlob), ErrorCode::kDestination);
  EXPECT_NE(CodeOf(error, Asked::kChangeBlob), ErrorCode::kDestination);
}

TEST(ErrorMap, WhatPassesThenTriedAgain) {
  for (const int status : {408, 429, 500, 502, 503, 504})
    EXPECT_EQ(PassingOf(Said(status, "")), Passing::kSoon) << status;
  for (const int status : {304, 400, 401, 403, 404, 405, 409, 412, 413, 416, 501})
    EXPECT_EQ(PassingOf(Said(status, "")), Passing::kNo) << status;
  EXPECT_EQ(PassingOf(Said(400, "Md5Mismatch")), Passing::kSoon);
  EXPECT_EQ(PassingOf(Said(500, "FeatureNotSupported")), Passing::kNo);
  EXPECT_EQ(PassingOf(Said(409, "ContainerBeingDeleted")), Passing::kInMinutes);
}

TEST(ErrorMap, RefusalThenOperationBlobCodeAndRequest) {
  ServiceError error = Said(409, "BlobAlreadyExists");
  error.request_id = "7c0f";
  EXPECT_EQ(ErrorOf(error, {.operation = "put", .subject = "c/a", .now = kNow}).message,
            "put 'c/a': 409 BlobAlreadyExists (request 7c0f)");
}

TEST(ErrorMap, InvalidRequestThenTheServicesWords) {
  EXPECT_EQ(ErrorOf(Said(400, "InvalidHeaderValue", "The value is not in the correct format."),
                    {.operation = "put", .subject = "c/a", .now = kNow})
                .message,
            "put 'c/a': 400 InvalidHeaderValue \"The value is not in the correct format.\"");
}

TEST(ErrorMap, ClockThatIsWrongThenThatIsTheRemedy) {
  ServiceError error = Said(403, "AuthenticationFailed");
  error.date = Timestamp{kNow.ticks + 20 * 60 * Timestamp::kTicksPerSecond};
  const Refusal refusal{.operation = "list", .subject = "c", .remedy = "see the key", .now = kNow};
  EXPECT_EQ(ErrorOf(error, refusal).message,
            "list 'c': 403 AuthenticationFailed; this machine's clock is 20 minutes behind the "
            "service's: set it");
  error.date = kNow;
  EXPECT_EQ(ErrorOf(error, refusal).message, "list 'c': 403 AuthenticationFailed; see the key");
}

TEST(ErrorMap, PermissionMissingThenThatIsTheRemedy) {
  const std::string message =
      ErrorOf(Said(403, "AuthorizationPermissionMismatch"), {.operation = "put", .now = kNow})
          .message;
  EXPECT_NE(message.find("more permissions"), std::string::npos) << message;
}

}  // namespace
}  // namespace replicafs::azure
