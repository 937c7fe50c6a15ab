#include "backend/base/time.h"

#include <gtest/gtest.h>

#include <random>

namespace replicafs {
namespace {

TEST(Time, KnownMomentsThenAlwaysSevenDigits) {
  EXPECT_EQ(ToString(Timestamp{0}), "1970-01-01T00:00:00.0000000Z");
  EXPECT_EQ(ToString(Timestamp{-1}), "1969-12-31T23:59:59.9999999Z");
  EXPECT_EQ(ToString(Timestamp{17'672'256'000'000'000}), "2026-01-01T00:00:00.0000000Z");
  EXPECT_EQ(ToString(Timestamp{9'516'095'999'999'999}), "2000-02-26T23:59:59.9999999Z");
}

TEST(Time, FewerOrMoreDigitsThenReadAndCut) {
  const auto parsed = ParseTimestamp("2026-01-01T00:00:00Z");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->ticks, 17'672'256'000'000'000);
  EXPECT_EQ(ParseTimestamp("2026-01-01T00:00:00.5Z")->ticks - parsed->ticks, 5'000'000);
  EXPECT_EQ(ParseTimestamp("2026-01-01T00:00:00.1234567Z")->ticks - parsed->ticks, 1'234'567);
  EXPECT_EQ(ParseTimestamp("2026-01-01T00:00:00.123456789Z")->ticks - parsed->ticks, 1'234'567);
}

TEST(Time, ImpossibleDatesThenRefused) {
  for (const char* text : {"2026-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2026-02-30T00:00:00Z",
                           "2026-04-31T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
                           "2026-01-00T00:00:00Z", "2026-01-32T00:00:00Z", "2026-01-01T24:00:00Z",
                           "2026-01-01T00:60:00Z", "2026-01-01T00:00:61Z"})
    EXPECT_FALSE(ParseTimestamp(text)) << text;
}

TEST(Time, LeapDaysThenTaken) {
  EXPECT_TRUE(ParseTimestamp("2024-02-29T00:00:00Z"));
  EXPECT_TRUE(ParseTimestamp("2000-02-29T00:00:00Z"));
}

TEST(Time, OtherFormsThenRefused) {
  for (const char* text :
       {"", "2026", "2026-01-01", "2026-01-01T00:00:00", "2026-01-01 00:00:00Z",
        "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00.0000000000Z", "2026-01-01T00:00:00+00:00",
        "2026-1-1T00:00:00Z", " 2026-01-01T00:00:00Z", "2026-01-01T00:00:00Zx",
        "2026-01-01T00:00:0xZ", "-026-01-01T00:00:00Z", "2026-01-01T+1:00:00Z"})
    EXPECT_FALSE(ParseTimestamp(text)) << text;
}

TEST(Time, EveryDayOfFourCenturiesThenReadBack) {
  constexpr int64_t kTicksPerDay = 86'400 * Timestamp::kTicksPerSecond;
  std::string last;
  for (int64_t day = -20'000; day < 130'000; ++day) {
    const Timestamp time{day * kTicksPerDay + (day & 0xffff)};
    const std::string text = ToString(time);
    ASSERT_EQ(ParseTimestamp(text), time) << text;
    ASSERT_LT(last, text);
    last = text;
  }
}

TEST(Time, RandomMomentsThenReadBack) {
  std::mt19937_64 random(1);
  std::uniform_int_distribution<int64_t> ticks(0, 2'500'000'000'000'000'00);
  for (int i = 0; i < 10'000; ++i) {
    const Timestamp time{ticks(random)};
    ASSERT_EQ(ParseTimestamp(ToString(time)), time);
  }
}

}  // namespace
}  // namespace replicafs
