// When a call is tried again. Pure.
#pragma once

#include <chrono>
#include <optional>

#include "backend/azure/error_map.h"
#include "backend/base/result.h"
#include "backend/http/http_client.h"

namespace replicafs::azure {

struct RetryOptions {
  // Of a call with all its attempts and pauses; bytes that are sent or read have a second more for
  // each MiB.
  std::chrono::milliseconds deadline{60'000};
  int attempts_max = 8;
  std::chrono::milliseconds base_pause{200};  // doubled after each attempt
  std::chrono::milliseconds max_pause{10'000};
};

// The outcome of an attempt that did not succeed.
struct FailedAttempt {
  int attempt = 1;  // counted from one
  Passing passing = Passing::kNo;
  std::optional<std::chrono::milliseconds> asked_pause;  // of the service
  std::chrono::milliseconds left{0};                     // of the deadline
  double random = 0;                                     // in [0, 1)
};

// How long to wait before the next attempt; nullopt: give up. The pause lies between a half and the
// whole of the doubled base, and is not shorter than the service asks for.
std::optional<std::chrono::milliseconds> NextPause(const RetryOptions& options,
                                                   const FailedAttempt& failed);

// "retry-after-ms", "x-ms-retry-after-ms" and "Retry-After", in seconds or as a date, which is
// compared with the answer's own Date.
std::optional<std::chrono::milliseconds> AskedPause(const HttpResponse& response);

// Whether a request that got no answer may be sent again.
Passing PassingOf(const Error& transport_error);

}  // namespace replicafs::azure
