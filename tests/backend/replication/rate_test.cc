// How fast a link is, and when it will be through; nothing is said where it is not known.
#include <gtest/gtest.h>

#include <chrono>

#include "backend/replication/link_rows.h"
#include "backend/replication/rate_window.h"
#include "backend/replication/status.h"
#include "tests/support/matchers.h"

namespace replicafs {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const RateWindow::Time kStart{};

TEST(RateWindow, FirstSampleThenNothingIsKnown) {
  RateWindow window;

  EXPECT_EQ(window.Add(kStart, {.events = 1000}).milliseconds, 0U);
}

TEST(RateWindow, SteadyWorkThenTheRateIsThatOfTheLastMinute) {
  RateWindow window;
  LinkRate rate;
  uint64_t events = 0;
  // Twice as fast after three minutes.
  for (int i = 0; i <= 5 * 300; ++i) {
    rate = window.Add(kStart + milliseconds(200 * i),
                      {.events = events, .versions = events / 2, .logical_bytes = events * 10});
    events += i < 5 * 180 ? 10 : 20;
  }

  EXPECT_GE(rate.milliseconds, 60'000U);
  EXPECT_LE(rate.milliseconds, 65'000U);
  EXPECT_EQ(rate.events, rate.milliseconds / 200 * 20);
  EXPECT_EQ(rate.versions, rate.events / 2);
  EXPECT_EQ(rate.logical_bytes, rate.events * 10);
}

TEST(RateWindow, RestThenItsTimeDoesNotCount) {
  RateWindow window;
  window.Rest(kStart, {.events = 5});
  window.Rest(kStart + seconds(50), {.events = 5});

  const LinkRate rate = window.Add(kStart + seconds(52), {.events = 105});

  EXPECT_EQ(rate.milliseconds, 2000U);
  EXPECT_EQ(rate.events, 100U);
}

TEST(RateWindow, OneStepTakesLongerThanAMinuteThenItsTimeIsTheWindow) {
  RateWindow window;
  window.Add(kStart, {});

  const LinkRate rate = window.Add(kStart + seconds(100), {.events = 100});

  EXPECT_EQ(rate.milliseconds, 100'000U);
  EXPECT_EQ(rate.events, 100U);
}

TEST(RateWindow, LessUnderWayThanBeforeThenNoGain) {
  RateWindow window;
  window.Add(kStart, {.logical_bytes = 100});

  EXPECT_EQ(window.Add(kStart + seconds(1), {.logical_bytes = 60}).logical_bytes, 0U);
}

class Speed : public ::testing::Test {
 protected:
  static constexpr Timestamp kNow{1'000 * Timestamp::kTicksPerSecond};
  // 100 versions of 1 MB in 10 s; 50 of 1 MB are left.
  static LinkStatus AtWork() {
    LinkStatus status;
    status.running = true;
    status.cursor = 200;
    status.head = 300;
    status.pending_operations = 50;
    status.pending_bytes = 50'000'000;
    status.progress.updated = kNow;
    status.progress.rate = {.milliseconds = 10'000,
                            .events = 200,
                            .versions = 100,
                            .logical_bytes = 100'000'000,
                            .sent_bytes = 1'000'000};
    return status;
  }
};

TEST_F(Speed, AtWorkThenRatesAndTheTimeThatRemains) {
  const auto speed = SpeedOf(AtWork(), kNow);

  ASSERT_TRUE(speed.has_value());
  EXPECT_DOUBLE_EQ(speed->versions_per_second, 10);
  EXPECT_DOUBLE_EQ(speed->logical_bytes_per_second, 10e6);
  EXPECT_DOUBLE_EQ(speed->sent_bytes_per_second, 1e5);
  EXPECT_EQ(speed->remaining_seconds, 5U);
}

TEST_F(Speed, FewLargeBlobsLeftThenTheirBytesDecide) {
  LinkStatus status = AtWork();
  status.pending_bytes = 1'000'000'000;
  status.progress.current_done_bytes = 100'000'000;

  EXPECT_EQ(SpeedOf(status, kNow)->remaining_seconds, 90U);
}

TEST_F(Speed, NotKnownThenNothingIsSaid) {
  LinkStatus nobody = AtWork();
  nobody.running = false;
  EXPECT_FALSE(SpeedOf(nobody, kNow).has_value());

  LinkStatus failing = AtWork();
  failing.progress.last_error = "no space";
  EXPECT_FALSE(SpeedOf(failing, kNow).has_value());

  LinkStatus done = AtWork();
  done.pending_operations = 0;
  EXPECT_FALSE(SpeedOf(done, kNow).has_value());

  LinkStatus fresh = AtWork();
  fresh.progress.rate.milliseconds = 999;
  EXPECT_FALSE(SpeedOf(fresh, kNow).has_value());

  const Timestamp later{kNow.ticks + 11 * Timestamp::kTicksPerSecond};
  EXPECT_FALSE(SpeedOf(AtWork(), later).has_value());
}

TEST_F(Speed, NothingMovedThenTheTimeThatRemainsIsNotKnown) {
  LinkStatus status = AtWork();
  status.progress.rate.logical_bytes = 0;

  ASSERT_TRUE(SpeedOf(status, kNow).has_value());
  EXPECT_EQ(SpeedOf(status, kNow)->remaining_seconds, std::nullopt);
}

TEST(LinkProgressRow, WithoutARateThenItIsReadAsUnknown) {
  std::string row = Encode(LinkProgress{.watermark = 7, .rate = {.milliseconds = 5}});
  EXPECT_EQ(Must(DecodeProgress(row)).rate.milliseconds, 5U);
  const size_t begin = row.find("\"rateEvents\"");
  const size_t end = row.find("\"sentBytes\"");
  ASSERT_LT(begin, end);
  row.erase(begin, end - begin);

  const LinkProgress progress = Must(DecodeProgress(row));

  EXPECT_EQ(progress.watermark, 7U);
  EXPECT_EQ(progress.rate.milliseconds, 0U);
}

}  // namespace
}  // namespace replicafs
