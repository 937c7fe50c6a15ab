#include "backend/base/log.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/backend/http/http_fixture.h"
#include "tests/support/temp_directory.h"

namespace replicafs {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// What the log says of the requests.
std::string Logged(LogLevel least, const std::vector<HttpRequest>& requests) {
  const TempDirectory directory;
  const auto client = MakeClient();
  EXPECT_OK(LogToFile(directory / "log", least));
  for (const HttpRequest& request : requests) static_cast<void>(client->Send(request));
  LogToStderr(LogLevel::kWarning);  // flushes the file
  return Must(ReadWholeFile(directory / "log"));
}

TEST(HttpLog, RequestThenOneLineSaysWhatBecameOfItAndNothingGivesAccess) {
  HttpServer server([](HttpConnection& client) { client.Answer({.status = 202, .body = "abc"}); });

  const std::string log =
      Logged(LogLevel::kDebug, {{.method = "PUT",
                                 .url = server.Url("/c/b?comp=block&sig=c2VjcmV0&sv=1"),
                                 .headers = {{"Authorization", "SharedKey account:a2V5"},
                                             {"x-ms-client-request-id", "the-id"}}}});

  EXPECT_THAT(log, HasSubstr("PUT " + server.Url("/c/b?comp=block&sig=REDACTED&sv=1: 202, 3 ")));
  EXPECT_THAT(log, HasSubstr("the-id"));
  EXPECT_THAT(log, Not(HasSubstr("c2VjcmV0")));
  EXPECT_THAT(log, Not(HasSubstr("a2V5")));
  EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), 1);
}

TEST(HttpLog, FailureThenItsLineSaysWhy) {
  const std::string log =
      Logged(LogLevel::kDebug, {{.url = "http://nonexistent.invalid/?sig=c2VjcmV0"}});
  EXPECT_THAT(log, HasSubstr("Unavailable"));
  EXPECT_THAT(log, Not(HasSubstr("c2VjcmV0")));
}

TEST(HttpLog, NotAskedForThenNothing) {
  HttpServer server(AnswerOk());
  EXPECT_EQ(Logged(LogLevel::kInfo, {{.url = server.Url("/")}}), "");
}

}  // namespace
}  // namespace replicafs
