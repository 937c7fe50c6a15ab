// A way for one request at a time, with the connections that earlier ones left behind.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

#include "backend/http/curl_exchange.h"
#include "backend/http/curl_handles.h"
#include "backend/http/http_options.h"
#include "backend/http/request_head.h"

namespace replicafs {

using HttpDeadline = std::optional<std::chrono::steady_clock::time_point>;

// Of one thread at a time; the transfer is driven by the caller's.
class CurlLane {
 public:
  // The options outlive the lane.
  static Result<std::unique_ptr<CurlLane>> Make(const HttpOptions& options);
  CurlLane(const CurlLane&) = delete;
  CurlLane& operator=(const CurlLane&) = delete;

  // As HttpClient::Send; messages do not name the request. `deadline` stands for the timeout.
  Result<HttpResponse> Send(const HttpRequest& request, const RequestHead& head,
                            HttpDeadline deadline);

  std::chrono::steady_clock::time_point last_used() const { return last_used_; }

 private:
  CurlLane(const HttpOptions& options, CurlMulti multi, CurlEasy easy)
      : options_(options), multi_(std::move(multi)), easy_(std::move(easy)) {}

  void Configure(const HttpRequest& request, const RequestHead& head, CurlExchange& exchange);
  void ConfigureMethod(const HttpRequest& request, std::optional<uint64_t> body_bytes);
  void ConfigureTrust();
  // How the transfer ended; an error when it was ended here.
  Result<CURLcode> Drive(const HttpRequest& request, const CurlExchange& exchange,
                         HttpDeadline deadline);
  Result<CURLcode> DriveAdded(const HttpRequest& request, const CurlExchange& exchange,
                              HttpDeadline deadline);
  // Grows whenever a byte came or went.
  uint64_t Progress(const CurlExchange& exchange) const;
  bool IsLostKeptConnection(CURLcode code) const;

  const HttpOptions& options_;
  // Freed after the handle that may be in it.
  CurlMulti multi_;
  CurlEasy easy_;
  std::array<char, CURL_ERROR_SIZE> detail_{};
  std::chrono::steady_clock::time_point last_used_ = std::chrono::steady_clock::now();
};

}  // namespace replicafs
