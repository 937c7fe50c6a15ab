#include "backend/http/curl_lane.h"

#include <algorithm>
#include <string>
#include <utility>

#include "backend/http/curl_error.h"

namespace replicafs {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

Error Timeout(std::string message) {
  return {ErrorCode::kTimeout, std::move(message)};
}

int PollMilliseconds(steady_clock::time_point until, steady_clock::time_point now) {
  constexpr milliseconds kLongest{60'000};
  const auto left = std::chrono::ceil<milliseconds>(until - now);
  return static_cast<int>(std::clamp(left, milliseconds{0}, kLongest).count());
}

}  // namespace

Result<std::unique_ptr<CurlLane>> CurlLane::Make(const HttpOptions& options) {
  CurlMulti multi(curl_multi_init());
  CurlEasy easy(curl_easy_init());
  if (!multi || !easy) return Error{ErrorCode::kInternal, "libcurl has no memory"};
  // Of different hosts: one request is under way at a time.
  constexpr long kConnectionsKept = 4;
  curl_multi_setopt(multi.get(), CURLMOPT_MAXCONNECTS, kConnectionsKept);
  return std::unique_ptr<CurlLane>(new CurlLane(options, std::move(multi), std::move(easy)));
}

Result<HttpResponse> CurlLane::Send(const HttpRequest& request, const RequestHead& head,
                                    HttpDeadline deadline) {
  CurlExchange exchange(request);
  Configure(request, head, exchange);
  CURLcode code = TRY(Drive(request, exchange, deadline));
  if (!exchange.error() && IsLostKeptConnection(code)) {
    exchange.Rewind();
    curl_easy_setopt(easy_.get(), CURLOPT_FRESH_CONNECT, 1L);
    code = TRY(Drive(request, exchange, deadline));
  }
  if (exchange.error()) return *exchange.error();
  if (code != CURLE_OK) return CurlError(easy_.get(), code, detail_.data(), options_);
  // libcurl takes an end among the headers for theirs.
  if (!exchange.has_head())
    return Error{ErrorCode::kUnavailable, "the answer ended early, within its head"};
  long status = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
  HttpResponse response = std::move(exchange.response());
  response.status = static_cast<int>(status);
  response.sent_again = exchange.sends() > 1;
  return response;
}

void CurlLane::Configure(const HttpRequest& request, const RequestHead& head,
                         CurlExchange& exchange) {
  constexpr long kReceiveBufferBytes = 256L << 10;
  constexpr long kSendBufferBytes = 512L << 10;
  constexpr long kKeepaliveSeconds = 30;
  CURL* easy = easy_.get();
  curl_easy_reset(easy);  // connections and TLS sessions stay
  detail_[0] = '\0';
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, detail_.data());
  curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, head.headers.get());
  curl_easy_setopt(easy, CURLOPT_USERAGENT, options_.user_agent.c_str());
  if (!options_.proxy.empty())
    curl_easy_setopt(easy, CURLOPT_PROXY, options_.proxy == "none" ? "" : options_.proxy.c_str());
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(options_.connect_timeout.count()));
  // libcurl keeps what was idle for so many seconds and a part of the next.
  curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN,
                   static_cast<long>(options_.idle_connection_max_age.count() - 1));
  curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(easy, CURLOPT_TCP_KEEPIDLE, kKeepaliveSeconds);
  curl_easy_setopt(easy, CURLOPT_TCP_KEEPINTVL, kKeepaliveSeconds);
  curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, kReceiveBufferBytes);
  curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, kSendBufferBytes);
  // A cancelled call does not wait for the thread that still asks for an address.
  curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
  ConfigureTrust();
  ConfigureMethod(request, exchange.BodySize());
  exchange.Attach(easy);
}

void CurlLane::ConfigureMethod(const HttpRequest& request, std::optional<uint64_t> body_bytes) {
  CURL* easy = easy_.get();
  const std::string& method = request.method;
  const bool says_length = method == "PUT" || method == "POST" || method == "PATCH";
  if (method == "HEAD") {
    curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
  } else if (body_bytes || says_length) {
    curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE,
                     static_cast<curl_off_t>(body_bytes.value_or(0)));
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method.c_str());
  } else {
    curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method.c_str());
  }
}

void CurlLane::ConfigureTrust() {
  CURL* easy = easy_.get();
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (options_.ca_file.empty() && options_.ca_directory.empty()) return;
  const auto path = [](const std::string& text) { return text.empty() ? nullptr : text.c_str(); };
  curl_easy_setopt(easy, CURLOPT_CAINFO, path(options_.ca_file));
  curl_easy_setopt(easy, CURLOPT_CAPATH, path(options_.ca_directory));
}

Result<CURLcode> CurlLane::Drive(const HttpRequest& request, const CurlExchange& exchange,
                                 HttpDeadline deadline) {
  const CURLMcode added = curl_multi_add_handle(multi_.get(), easy_.get());
  if (added != CURLM_OK) return Error{ErrorCode::kInternal, curl_multi_strerror(added)};
  auto code = DriveAdded(request, exchange, deadline);
  // Closes the connection of a transfer that has not ended.
  curl_multi_remove_handle(multi_.get(), easy_.get());
  last_used_ = steady_clock::now();
  return code;
}

Result<CURLcode> CurlLane::DriveAdded(const HttpRequest& request, const CurlExchange& exchange,
                                      HttpDeadline deadline) {
  const std::stop_callback wake(request.stop, [this] { curl_multi_wakeup(multi_.get()); });
  uint64_t progress = 0;
  auto stalls_at = steady_clock::now() + options_.stall_timeout;
  for (;;) {
    int running = 0;
    CURLMcode driven = curl_multi_perform(multi_.get(), &running);
    int left = 0;
    if (driven == CURLM_OK && running == 0)
      if (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left))
        return message->data.result;

    const auto now = steady_clock::now();
    if (const uint64_t current = Progress(exchange); current != progress) {
      progress = current;
      stalls_at = now + options_.stall_timeout;
    }
    if (request.stop.stop_requested()) return Error{ErrorCode::kCancelled, "cancelled"};
    if (deadline && now >= *deadline)
      return Timeout("no whole answer within " + std::to_string(request.timeout.count()) + " ms");
    if (now >= stalls_at)
      return Timeout("not a byte came or went for " +
                     std::to_string(options_.stall_timeout.count()) + " ms");
    const auto until = deadline ? std::min(*deadline, stalls_at) : stalls_at;
    if (driven == CURLM_OK)
      driven = curl_multi_poll(multi_.get(), nullptr, 0, PollMilliseconds(until, now), nullptr);
    if (driven != CURLM_OK) return Error{ErrorCode::kInternal, curl_multi_strerror(driven)};
  }
}

uint64_t CurlLane::Progress(const CurlExchange& exchange) const {
  curl_off_t sent = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_SIZE_UPLOAD_T, &sent);
  return exchange.calls() + static_cast<uint64_t>(sent);
}

// libcurl connects anew by itself when it was reading, but not when it was sending the body.
bool CurlLane::IsLostKeptConnection(CURLcode code) const {
  long connects = 0;
  long head_bytes = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_NUM_CONNECTS, &connects);
  curl_easy_getinfo(easy_.get(), CURLINFO_HEADER_SIZE, &head_bytes);
  return code == CURLE_SEND_ERROR && connects == 0 && head_bytes == 0;
}

}  // namespace replicafs
