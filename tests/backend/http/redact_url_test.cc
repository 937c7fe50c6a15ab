#include "backend/http/redact_url.h"

#include <gtest/gtest.h>

namespace replicafs {
namespace {

TEST(RedactUrl, SignatureThenItsValueIsGone) {
  EXPECT_EQ(RedactUrl("https://a.example/c/b?sv=2024&sig=ab%2Bc%3D&se=1"),
            "https://a.example/c/b?sv=2024&sig=REDACTED&se=1");
  EXPECT_EQ(RedactUrl("https://a.example/?sig=secret"), "https://a.example/?sig=REDACTED");
  EXPECT_EQ(RedactUrl("https://a.example/?sig=secret#part"),
            "https://a.example/?sig=REDACTED#part");
  EXPECT_EQ(RedactUrl("https://a.example/?sig=a=b&sig=c"),
            "https://a.example/?sig=REDACTED&sig=REDACTED");
}

TEST(RedactUrl, NameWrittenOtherwiseThenItsValueIsGone) {
  EXPECT_EQ(RedactUrl("https://a.example/?SIG=secret"), "https://a.example/?SIG=REDACTED");
  EXPECT_EQ(RedactUrl("https://a.example/?%73i%67=secret"), "https://a.example/?%73i%67=REDACTED");
  EXPECT_EQ(RedactUrl("https://a.example/?a=1?sig=secret"), "https://a.example/?a=1?sig=REDACTED");
}

TEST(RedactUrl, OtherParametersThenStay) {
  for (const char* url : {"https://a.example/sig=1?comp=block&sigx=2&xsig=3&sig", "not a URL", "",
                          "?", "https://a.example/%?%=%&%7", "https://a.example/a@b?c=@"})
    EXPECT_EQ(RedactUrl(url), url);
}

TEST(RedactUrl, UserThenIsGone) {
  EXPECT_EQ(RedactUrl("https://me:secret@a.example/b@c"), "https://REDACTED@a.example/b@c");
}

}  // namespace
}  // namespace replicafs
