#include "tools/exit_code.h"

namespace replicafs {

ExitCode ExitCodeFor(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalid:
    case ErrorCode::kNameTooLong: return ExitCode::kUsage;
    case ErrorCode::kTimeout: return ExitCode::kTimeout;
    case ErrorCode::kNotFound:
    case ErrorCode::kNoAttribute: return ExitCode::kNotFound;
    case ErrorCode::kExists:
    case ErrorCode::kPrecondition:
    case ErrorCode::kPermission:
    case ErrorCode::kDestination:
    case ErrorCode::kArchived:
    case ErrorCode::kImmutable:
    case ErrorCode::kBlobKind:
    case ErrorCode::kCustomerKey:
    case ErrorCode::kReadOnly:
    case ErrorCode::kUnauthenticated:
    case ErrorCode::kNotEmpty:
    case ErrorCode::kBusy: return ExitCode::kRefused;
    case ErrorCode::kUnavailable:
    case ErrorCode::kCancelled:
    case ErrorCode::kNoSpace:
    case ErrorCode::kTooLarge:
    case ErrorCode::kNotSupported:
    case ErrorCode::kRange:
    case ErrorCode::kIsDirectory:
    case ErrorCode::kNotDirectory:
    case ErrorCode::kCrossDevice:
    case ErrorCode::kStale:
    case ErrorCode::kCorrupt:
    case ErrorCode::kIo:
    case ErrorCode::kInternal: return ExitCode::kFailure;
  }
  return ExitCode::kFailure;
}

}  // namespace replicafs
