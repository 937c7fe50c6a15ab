#include "fs/fuse/errno_map.h"

#include <cerrno>
#include <cstdlib>

namespace replicafs {
namespace {

constexpr auto kOrdinary = ErrnoAnswer::Kind::kOrdinary;
constexpr auto kTrouble = ErrnoAnswer::Kind::kTrouble;

}  // namespace

ErrnoAnswer ErrnoFor(ErrorCode code) {
  switch (code) {
    case ErrorCode::kNotFound: return {ENOENT, kOrdinary};
    case ErrorCode::kExists: return {EEXIST, kOrdinary};
    case ErrorCode::kPrecondition: return {ESTALE, kTrouble};
    case ErrorCode::kInvalid: return {EINVAL, kOrdinary};
    case ErrorCode::kPermission: return {EACCES, kOrdinary};
    case ErrorCode::kDestination: return {EACCES, kOrdinary};
    case ErrorCode::kArchived: return {EACCES, kOrdinary};
    case ErrorCode::kImmutable: return {EACCES, kOrdinary};
    case ErrorCode::kBlobKind: return {EACCES, kTrouble};
    case ErrorCode::kCustomerKey: return {EACCES, kOrdinary};
    case ErrorCode::kReadOnly: return {EROFS, kOrdinary};
    case ErrorCode::kUnauthenticated: return {EACCES, kTrouble};
    case ErrorCode::kUnavailable: return {ETIMEDOUT, kTrouble};
    case ErrorCode::kTimeout: return {ETIMEDOUT, kTrouble};
    case ErrorCode::kCancelled: return {EINTR, kOrdinary};
    case ErrorCode::kNoSpace: return {ENOSPC, kTrouble};
    case ErrorCode::kTooLarge: return {EFBIG, kOrdinary};
    case ErrorCode::kNameTooLong: return {ENAMETOOLONG, kOrdinary};
    case ErrorCode::kNotSupported: return {EOPNOTSUPP, kOrdinary};
    case ErrorCode::kNoAttribute: return {ENODATA, kOrdinary};
    case ErrorCode::kRange: return {ERANGE, kOrdinary};
    case ErrorCode::kNotEmpty: return {ENOTEMPTY, kOrdinary};
    case ErrorCode::kIsDirectory: return {EISDIR, kOrdinary};
    case ErrorCode::kNotDirectory: return {ENOTDIR, kOrdinary};
    case ErrorCode::kCrossDevice: return {EXDEV, kOrdinary};
    case ErrorCode::kBusy: return {EBUSY, kOrdinary};
    case ErrorCode::kStale: return {ESTALE, kTrouble};
    case ErrorCode::kCorrupt: return {EIO, kTrouble};
    case ErrorCode::kIo: return {EIO, kTrouble};
    case ErrorCode::kInternal: return {EIO, kTrouble};
  }
  std::abort();
}

ErrnoAnswer XattrErrnoFor(ErrorCode code) {
  return code == ErrorCode::kTooLarge ? ErrnoAnswer{E2BIG, kOrdinary} : ErrnoFor(code);
}

}  // namespace replicafs
