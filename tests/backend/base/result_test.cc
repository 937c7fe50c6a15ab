#include "backend/base/result.h"

#include <cerrno>
#include <memory>
#include <set>

#include "tests/support/matchers.h"

namespace replicafs {
namespace {

Result<int> Half(int number) {
  if (number % 2 != 0) return Error{ErrorCode::kInvalid, "odd"};
  return number / 2;
}

Result<std::string> QuarterText(int number) {
  const int half = TRY(Half(number));
  const int quarter = TRY(Half(half));
  return std::to_string(quarter);
}

Status CheckEven(int number) {
  TRY(Half(number));
  return Ok();
}

TEST(Result, ValueThenItIsThere) {
  EXPECT_EQ(Must(QuarterText(12)), "3");
  EXPECT_OK(CheckEven(2));
}

TEST(Result, TryOfAnErrorThenReturnsIt) {
  EXPECT_CODE(kInvalid, QuarterText(6));
  EXPECT_CODE(kInvalid, CheckEven(1));
  EXPECT_EQ(QuarterText(6).error().message, "odd");
}

TEST(Result, MoveOnlyValueThenMovedOut) {
  const auto make = []() -> Result<std::unique_ptr<int>> { return std::make_unique<int>(5); };
  const auto use = [&]() -> Result<int> {
    const std::unique_ptr<int> value = TRY(make());
    return *value;
  };

  EXPECT_EQ(Must(use()), 5);
}

TEST(Result, ValueOrThenFallbackOnError) {
  EXPECT_EQ(Half(3).value_or(7), 7);
  EXPECT_EQ(Half(4).value_or(7), 2);
}

TEST(Result, WithinThenMessageSaysWhere) {
  const Error error = Error{ErrorCode::kIo, "disk is gone"}.Within("open 'x'");

  EXPECT_EQ(error.code, ErrorCode::kIo);
  EXPECT_EQ(error.message, "open 'x': disk is gone");
}

TEST(ResultDeathTest, ValueOfAnErrorThenEnds) {
  auto result = Half(1);

  EXPECT_DEATH(static_cast<void>(*result), "");
}

TEST(ResultDeathTest, ErrorOfAValueThenEnds) {
  const auto result = Half(2);

  EXPECT_DEATH(static_cast<void>(result.error()), "");
}

TEST(ErrorCodes, EveryCodeThenADifferentName) {
  std::set<std::string_view> names;
  for (int code = 0; code <= static_cast<int>(ErrorCode::kInternal); ++code)
    names.insert(ErrorCodeName(static_cast<ErrorCode>(code)));

  EXPECT_EQ(names.size(), static_cast<size_t>(ErrorCode::kInternal) + 1);
  EXPECT_EQ(ErrorCodeName(ErrorCode::kNotFound), "NotFound");
}

TEST(ErrorCodes, OnlyPassingTroubleIsTransient) {
  EXPECT_TRUE(IsTransient(ErrorCode::kUnavailable));
  EXPECT_TRUE(IsTransient(ErrorCode::kTimeout));
  EXPECT_FALSE(IsTransient(ErrorCode::kNotFound));
  EXPECT_FALSE(IsTransient(ErrorCode::kPrecondition));
  EXPECT_FALSE(IsTransient(ErrorCode::kDestination));
  EXPECT_FALSE(IsTransient(ErrorCode::kCorrupt));
}

TEST(ErrorCodes, FromErrnoThenTheirMeaning) {
  EXPECT_EQ(CodeFromErrno(ENOENT), ErrorCode::kNotFound);
  EXPECT_EQ(CodeFromErrno(EEXIST), ErrorCode::kExists);
  EXPECT_EQ(CodeFromErrno(ENOSPC), ErrorCode::kNoSpace);
  EXPECT_EQ(CodeFromErrno(EACCES), ErrorCode::kPermission);
  EXPECT_EQ(CodeFromErrno(EIO), ErrorCode::kIo);
}

}  // namespace
}  // namespace replicafs
