#include "fs/fuse/errno_map.h"

#include <gtest/gtest.h>

#include <cerrno>

namespace replicafs {
namespace {

struct Expected {
  ErrorCode code;
  int number;
};

class ErrnoMap : public ::testing::TestWithParam<Expected> {};

TEST_P(ErrnoMap, WhenACodeIsMappedThenAProgramSeesItsErrno) {
  EXPECT_EQ(ErrnoFor(GetParam().code).number, GetParam().number);
}

INSTANTIATE_TEST_SUITE_P(
    EveryCode, ErrnoMap,
    ::testing::Values(
        Expected{ErrorCode::kNotFound, ENOENT}, Expected{ErrorCode::kExists, EEXIST},
        Expected{ErrorCode::kPrecondition, ESTALE}, Expected{ErrorCode::kInvalid, EINVAL},
        Expected{ErrorCode::kPermission, EACCES}, Expected{ErrorCode::kDestination, EACCES},
        Expected{ErrorCode::kArchived, EACCES}, Expected{ErrorCode::kImmutable, EACCES},
        Expected{ErrorCode::kBlobKind, EACCES}, Expected{ErrorCode::kCustomerKey, EACCES},
        Expected{ErrorCode::kReadOnly, EROFS}, Expected{ErrorCode::kUnauthenticated, EACCES},
        Expected{ErrorCode::kUnavailable, ETIMEDOUT}, Expected{ErrorCode::kTimeout, ETIMEDOUT},
        Expected{ErrorCode::kCancelled, EINTR}, Expected{ErrorCode::kNoSpace, ENOSPC},
        Expected{ErrorCode::kTooLarge, EFBIG}, Expected{ErrorCode::kNameTooLong, ENAMETOOLONG},
        Expected{ErrorCode::kNotSupported, EOPNOTSUPP}, Expected{ErrorCode::kNoAttribute, ENODATA},
        Expected{ErrorCode::kRange, ERANGE}, Expected{ErrorCode::kNotEmpty, ENOTEMPTY},
        Expected{ErrorCode::kIsDirectory, EISDIR}, Expected{ErrorCode::kNotDirectory, ENOTDIR},
        Expected{ErrorCode::kCrossDevice, EXDEV}, Expected{ErrorCode::kBusy, EBUSY},
        Expected{ErrorCode::kStale, ESTALE}, Expected{ErrorCode::kCorrupt, EIO},
        Expected{ErrorCode::kIo, EIO}, Expected{ErrorCode::kInternal, EIO}),
    [](const auto& test) { return std::string(ErrorCodeName(test.param.code)); });

TEST(ErrnoMapXattr, WhenAValueIsTooLargeThenSetxattrSaysE2big) {
  EXPECT_EQ(XattrErrnoFor(ErrorCode::kTooLarge).number, E2BIG);
  EXPECT_EQ(XattrErrnoFor(ErrorCode::kDestination).number, EACCES);
}

}  // namespace
}  // namespace replicafs
