#include "backend/base/result.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace replicafs {

bool IsTransient(ErrorCode code) {
  switch (code) {
    case ErrorCode::kUnavailable:
    case ErrorCode::kTimeout:
    case ErrorCode::kBusy:
    case ErrorCode::kNoSpace:
    case ErrorCode::kIo: return true;
    case ErrorCode::kNotFound:
    case ErrorCode::kExists:
    case ErrorCode::kPrecondition:
    case ErrorCode::kInvalid:
    case ErrorCode::kPermission:
    case ErrorCode::kDestination:
    case ErrorCode::kArchived:
    case ErrorCode::kImmutable:
    case ErrorCode::kBlobKind:
    case ErrorCode::kCustomerKey:
    case ErrorCode::kReadOnly:
    case ErrorCode::kUnauthenticated:
    case ErrorCode::kCancelled:
    case ErrorCode::kTooLarge:
    case ErrorCode::kNameTooLong:
    case ErrorCode::kNotSupported:
    case ErrorCode::kNoAttribute:
    case ErrorCode::kRange:
    case ErrorCode::kNotEmpty:
    case ErrorCode::kIsDirectory:
    case ErrorCode::kNotDirectory:
    case ErrorCode::kCrossDevice:
    case ErrorCode::kStale:
    case ErrorCode::kCorrupt:
    case ErrorCode::kInternal: return false;
  }
  return false;
}

std::string_view ErrorCodeName(ErrorCode code) {
  switch (code) {
    case ErrorCode::kNotFound: return "NotFound";
    case ErrorCode::kExists: return "AlreadyExists";
    case ErrorCode::kPrecondition: return "ConditionNotMet";
    case ErrorCode::kInvalid: return "InvalidInput";
    case ErrorCode::kPermission: return "PermissionDenied";
    case ErrorCode::kDestination: return "ContainerIsReplicationDestination";
    case ErrorCode::kArchived: return "BlobArchived";
    case ErrorCode::kImmutable: return "BlobImmutableDueToPolicy";
    case ErrorCode::kBlobKind: return "InvalidBlobType";
    case ErrorCode::kCustomerKey: return "BlobUsesCustomerSpecifiedEncryption";
    case ErrorCode::kReadOnly: return "ReadOnly";
    case ErrorCode::kUnauthenticated: return "AuthenticationFailed";
    case ErrorCode::kUnavailable: return "Unavailable";
    case ErrorCode::kTimeout: return "Timeout";
    case ErrorCode::kCancelled: return "Cancelled";
    case ErrorCode::kNoSpace: return "NoSpace";
    case ErrorCode::kTooLarge: return "TooLarge";
    case ErrorCode::kNameTooLong: return "NameTooLong";
    case ErrorCode::kNotSupported: return "NotSupported";
    case ErrorCode::kNoAttribute: return "NoSuchAttribute";
    case ErrorCode::kRange: return "BufferTooSmall";
    case ErrorCode::kNotEmpty: return "NotEmpty";
    case ErrorCode::kIsDirectory: return "IsDirectory";
    case ErrorCode::kNotDirectory: return "NotDirectory";
    case ErrorCode::kCrossDevice: return "CrossDevice";
    case ErrorCode::kBusy: return "Busy";
    case ErrorCode::kStale: return "Stale";
    case ErrorCode::kCorrupt: return "Corrupt";
    case ErrorCode::kIo: return "InputOutput";
    case ErrorCode::kInternal: return "Internal";
  }
  return "Internal";
}

ErrorCode CodeFromErrno(int error_number) {
  switch (error_number) {
    case ENOENT: return ErrorCode::kNotFound;
    case EEXIST: return ErrorCode::kExists;
    case EACCES:
    case EPERM: return ErrorCode::kPermission;
    case EROFS: return ErrorCode::kReadOnly;
    case ENOSPC:
    case EDQUOT: return ErrorCode::kNoSpace;
    case ENAMETOOLONG: return ErrorCode::kNameTooLong;
    case EFBIG: return ErrorCode::kTooLarge;
    case EINVAL: return ErrorCode::kInvalid;
    case ENOTDIR: return ErrorCode::kNotDirectory;
    case EISDIR: return ErrorCode::kIsDirectory;
    case ENOTEMPTY: return ErrorCode::kNotEmpty;
    case EXDEV: return ErrorCode::kCrossDevice;
    case EBUSY:
    case EAGAIN: return ErrorCode::kBusy;
    case ETIMEDOUT: return ErrorCode::kTimeout;
    case ESTALE: return ErrorCode::kStale;
    case EOPNOTSUPP: return ErrorCode::kNotSupported;
    default: return ErrorCode::kIo;
  }
}

Error Error::Within(std::string_view context) && {
  return Error{code, std::string(context) + ": " + message};
}

Error ErrnoError(std::string_view what, int error_number) {
  return Error{CodeFromErrno(error_number), std::string(what) + ": " + std::strerror(error_number)};
}

void InvariantBroken(const char* expression, const char* file, int line) {
  std::fprintf(stderr, "replicafs: broken invariant at %s:%d: %s\n", file, line, expression);
  std::abort();
}

}  // namespace replicafs
