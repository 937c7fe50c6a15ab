// Assertions on Result that print the error.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "backend/base/result.h"

namespace replicafs {

template <class T>
::testing::AssertionResult Succeeded(const Result<T>& result) {
  if (result.has_value()) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure()
         << ErrorCodeName(result.error().code) << ": " << result.error().message;
}

template <class T>
::testing::AssertionResult FailedWith(ErrorCode code, const Result<T>& result) {
  if (result.has_value())
    return ::testing::AssertionFailure() << "succeeded, not " << ErrorCodeName(code);
  if (result.error().code == code) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << ErrorCodeName(result.error().code) << ": "
                                       << result.error().message << ", not " << ErrorCodeName(code);
}

#define ASSERT_OK(expression) ASSERT_TRUE(::replicafs::Succeeded(expression))
#define EXPECT_OK(expression) EXPECT_TRUE(::replicafs::Succeeded(expression))
#define EXPECT_CODE(code, expression) \
  EXPECT_TRUE(::replicafs::FailedWith(::replicafs::ErrorCode::code, expression))

// auto value = Must(Call()): ends the program with the error when the call failed.
template <class T>
T Must(Result<T> result) {
  if (!result.has_value()) {
    ADD_FAILURE() << ErrorCodeName(result.error().code) << ": " << result.error().message;
    std::abort();
  }
  return internal::Unwrap(std::move(result));
}

}  // namespace replicafs
