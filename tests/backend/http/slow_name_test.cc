// Name servers that do not answer: this program's getaddrinfo stands before the C library's.
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <netdb.h>

#include <string_view>

#include "tests/backend/http/http_fixture.h"

namespace replicafs {
namespace {

constexpr std::string_view kSlowName = "slow.invalid";

// Lives as long as the threads that libcurl leaves to it.
Gate& NameServer() {
  static auto* gate = new Gate;
  return *gate;
}

TEST(HttpSlowName, CancelledThenReturnsAtOnce) {
  const auto client = MakeClient();
  std::stop_source stop;
  auto call = SendAside(*client, {.url = "http://slow.invalid/", .stop = stop.get_token()});
  NameServer().AwaitCallers();

  stop.request_stop();

  EXPECT_CODE(kCancelled, Promptly(call));
}

TEST(HttpSlowName, NotResolvedInTimeThenTimeout) {
  const auto client = MakeClient({.connect_timeout = std::chrono::milliseconds(100)});
  auto call = SendAside(*client, {.url = "http://slow.invalid/"});
  EXPECT_CODE(kTimeout, Promptly(call));
  NameServer().Open();
}

}  // namespace
}  // namespace replicafs

extern "C" int getaddrinfo(const char* name, const char* service, const addrinfo* hints,
                           addrinfo** found) {
  if (name != nullptr && name == replicafs::kSlowName) {
    replicafs::NameServer().Pass();
    return EAI_NONAME;
  }
  using Function = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
  static const auto next = reinterpret_cast<Function>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  return next(name, service, hints, found);
}
