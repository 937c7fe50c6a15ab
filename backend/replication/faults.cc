#include "backend/replication/faults.h"

#include <string>

namespace replicafs {

bool IsBlobFault(ErrorCode code) {
  switch (code) {
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
    case ErrorCode::kTooLarge:
    case ErrorCode::kNameTooLong:
    case ErrorCode::kNotSupported:
    case ErrorCode::kRange:
    case ErrorCode::kNotEmpty:
    case ErrorCode::kIsDirectory:
    case ErrorCode::kNotDirectory:
    case ErrorCode::kCrossDevice:
    case ErrorCode::kCorrupt: return true;
    case ErrorCode::kReadOnly:
    case ErrorCode::kUnauthenticated:
    case ErrorCode::kUnavailable:
    case ErrorCode::kTimeout:
    case ErrorCode::kCancelled:
    case ErrorCode::kNoSpace:
    case ErrorCode::kNoAttribute:
    case ErrorCode::kBusy:
    case ErrorCode::kStale:
    case ErrorCode::kIo:
    case ErrorCode::kInternal: return false;
  }
  return false;
}

BlobFault SourceFault(const Error& error) {
  if (error.code == ErrorCode::kArchived) return {"SourceBlobArchived", error.message};
  if (error.code == ErrorCode::kCustomerKey)
    return {"CustomerProvidedKey", error.message + ": write it again without a key"};
  if (error.code == ErrorCode::kCorrupt || error.code == ErrorCode::kNotFound)
    return {"SourceCorrupt", error.message};
  return {"Source" + std::string(ErrorCodeName(error.code)), error.message};
}

BlobFault DestinationFault(const Error& error) {
  if (error.code == ErrorCode::kArchived) return {"DestinationBlobArchived", error.message};
  if (error.code == ErrorCode::kImmutable) return {"DestinationImmutable", error.message};
  return {"Destination" + std::string(ErrorCodeName(error.code)), error.message};
}

}  // namespace replicafs
