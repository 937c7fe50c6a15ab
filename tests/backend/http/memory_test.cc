#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <string>

#include "tests/backend/http/http_fixture.h"

namespace replicafs {
namespace {

constexpr uint64_t kBodyBytes = 64 << 20;

// The process's peak since ForgetPeak.
uint64_t PeakBytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmHWM:")) return std::stoull(line.substr(6)) << 10;
  return 0;
}

void ForgetPeak() {
  std::ofstream("/proc/self/clear_refs") << "5";
}

void ExpectFlat(uint64_t before) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  static_cast<void>(before);  // the sanitizers' own memory
#else
  EXPECT_LT(PeakBytes(), before + (8 << 20));
#endif
}

TEST(HttpMemory, LargeBodySentThenOnlyBuffersAreHeld) {
  uint64_t received = 0;
  HttpServer server([&](HttpConnection& client) {
    std::vector<std::byte> buffer(64 << 10);
    while (const size_t count = client.ReadSome(buffer)) received += count;
    client.Answer({.status = 201});
  });
  const auto client = MakeClient();
  const HttpUpload upload{.size_bytes = kBodyBytes,
                          .read = [](uint64_t, std::span<std::byte> into) {
                            std::memset(into.data(), 'x', into.size());
                            return Result<size_t>(into.size());
                          }};
  ForgetPeak();
  const uint64_t before = PeakBytes();

  EXPECT_OK(client->Send({.method = "PUT", .url = server.Url("/"), .body = upload}));

  EXPECT_EQ(received, kBodyBytes);
  ExpectFlat(before);
}

TEST(HttpMemory, LargeBodyReceivedThenOnlyBuffersAreHeld) {
  HttpServer server([](HttpConnection& client) {
    client.AnswerHead(200, {{"Content-Length", std::to_string(kBodyBytes)}});
    const std::string piece(64 << 10, 'x');
    for (uint64_t sent = 0; sent < kBodyBytes; sent += piece.size()) client.Send(piece);
  });
  const auto client = MakeClient();
  uint64_t received = 0;
  ForgetPeak();
  const uint64_t before = PeakBytes();

  EXPECT_OK(client->Send({.url = server.Url("/"), .sink = [&](ByteSpan bytes) {
                            received += bytes.size();
                            return Ok();
                          }}));

  EXPECT_EQ(received, kBodyBytes);
  ExpectFlat(before);
}

}  // namespace
}  // namespace replicafs
