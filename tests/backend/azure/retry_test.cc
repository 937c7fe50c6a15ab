#include "backend/azure/retry.h"

#include <gtest/gtest.h>

#include <thread>

#include "backend/azure/pause.h"

namespace replicafs::azure {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Retry, FailedAttemptsThenTheirPauses) {
  struct Case {
    FailedAttempt failed;
    std::optional<int64_t> pause_ms;
  };
  const RetryOptions options;
  for (const Case& c : {
           Case{{1, Passing::kSoon, {}, seconds(60), 0.0}, 100},
           Case{{1, Passing::kSoon, {}, seconds(60), 0.5}, 150},
           Case{{2, Passing::kSoon, {}, seconds(60), 0.5}, 300},
           Case{{5, Passing::kSoon, {}, seconds(60), 0.0}, 1600},
           Case{{7, Passing::kSoon, {}, seconds(60), 0.0}, 5000},
           Case{{8, Passing::kSoon, {}, seconds(60), 0.0}, {}},
           Case{{8, Passing::kInMinutes, {}, seconds(60), 0.0}, 5000},
           Case{{100, Passing::kInMinutes, {}, seconds(60), 0.0}, 5000},
           Case{{1, Passing::kNo, {}, seconds(60), 0.0}, {}},
           Case{{1, Passing::kSoon, seconds(3), seconds(60), 0.0}, 3000},
           Case{{1, Passing::kSoon, milliseconds(1), seconds(60), 0.0}, 100},
           Case{{1, Passing::kSoon, seconds(60), seconds(60), 0.0}, {}},
           Case{{1, Passing::kSoon, {}, milliseconds(100), 0.0}, {}},
           Case{{1, Passing::kSoon, {}, milliseconds(-5), 0.0}, {}},
       }) {
    const auto pause = NextPause(options, c.failed);
    EXPECT_EQ(pause ? std::optional(pause->count()) : std::nullopt, c.pause_ms) << c.failed.attempt;
  }
}

TEST(Retry, HeadersThenThePauseThatTheyAskFor) {
  const auto asked = [](std::vector<HttpHeader> headers) {
    HttpResponse response;
    response.headers = std::move(headers);
    return AskedPause(response);
  };
  EXPECT_EQ(asked({}), std::nullopt);
  EXPECT_EQ(asked({{"Retry-After", "3"}}), milliseconds(3000));
  EXPECT_EQ(asked({{"retry-after-ms", "250"}, {"Retry-After", "3"}}), milliseconds(250));
  EXPECT_EQ(asked({{"x-ms-retry-after-ms", "7"}}), milliseconds(7));
  EXPECT_EQ(asked({{"Retry-After", "Fri, 20 Nov 2026 20:21:40 GMT"},
                   {"Date", "Fri, 20 Nov 2026 20:21:37 GMT"}}),
            milliseconds(3000));
  EXPECT_EQ(asked({{"Retry-After", "Fri, 20 Nov 2026 20:21:30 GMT"},
                   {"Date", "Fri, 20 Nov 2026 20:21:37 GMT"}}),
            milliseconds(0));
  EXPECT_EQ(asked({{"Retry-After", "soon"}}), std::nullopt);
  EXPECT_EQ(asked({{"Retry-After", "-3"}}), std::nullopt);
}

TEST(Retry, NoAnswerThenTriedAgainUnlessItCannotHelp) {
  EXPECT_EQ(PassingOf(Error{ErrorCode::kUnavailable, ""}), Passing::kSoon);
  EXPECT_EQ(PassingOf(Error{ErrorCode::kTimeout, ""}), Passing::kSoon);
  for (const ErrorCode code : {ErrorCode::kCancelled, ErrorCode::kUnauthenticated,
                               ErrorCode::kTooLarge, ErrorCode::kInvalid, ErrorCode::kIo})
    EXPECT_EQ(PassingOf(Error{code, ""}), Passing::kNo);
}

TEST(Pause, StoppedThenEndsEarly) {
  std::stop_source stop;
  std::jthread stopper([&] { stop.request_stop(); });
  EXPECT_FALSE(Pause(std::chrono::hours(1), stop.get_token()));
  EXPECT_FALSE(Pause(milliseconds(0), stop.get_token()));
}

TEST(Pause, OverThenTrue) {
  EXPECT_TRUE(Pause(milliseconds(1), std::stop_token()));
}

}  // namespace
}  // namespace replicafs::azure
