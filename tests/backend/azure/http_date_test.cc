#include "backend/azure/http_date.h"

#include <gtest/gtest.h>

namespace replicafs::azure {
namespace {

TEST(HttpDate, MomentsThenTheirDatesAndBack) {
  struct Case {
    std::string_view time;
    std::string_view date;
  };
  for (const Case& c : {Case{"2026-11-20T20:21:37Z", "Fri, 20 Nov 2026 20:21:37 GMT"},
                        Case{"1994-11-06T08:49:37Z", "Sun, 06 Nov 1994 08:49:37 GMT"},
                        Case{"2024-02-29T00:00:00Z", "Thu, 29 Feb 2024 00:00:00 GMT"},
                        Case{"1969-12-31T23:59:59Z", "Wed, 31 Dec 1969 23:59:59 GMT"}}) {
    const Timestamp time = *ParseTimestamp(c.time);
    EXPECT_EQ(HttpDate(time), c.date);
    EXPECT_EQ(ParseHttpDate(c.date), time);
  }
}

TEST(HttpDate, PartOfASecondThenCutOff) {
  EXPECT_EQ(HttpDate(*ParseTimestamp("2026-11-20T20:21:37.9999999Z")),
            "Fri, 20 Nov 2026 20:21:37 GMT");
  EXPECT_EQ(HttpDate(*ParseTimestamp("1969-12-31T23:59:59.5Z")), "Wed, 31 Dec 1969 23:59:59 GMT");
}

TEST(HttpDate, OtherFormsAndImpossibleDatesThenNone) {
  for (const char* text : {"", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
                           "Fri, 30 Feb 2026 20:21:37 GMT", "Fri, 20 Nov 2026 24:21:37 GMT",
                           "Fri, 20 Foo 2026 20:21:37 GMT", "Fri, 20 Nov 2026 20:21:37 CET",
                           "Fry, 20 Nov 2026 20:21:37 GMT", "2026-11-20T20:21:37Z"}) {
    EXPECT_EQ(ParseHttpDate(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace replicafs::azure
