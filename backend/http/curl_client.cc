#include "backend/http/curl_client.h"

#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <string>
#include <utility>

#include "backend/base/log.h"
#include "backend/http/lane_pool.h"
#include "backend/http/redact_url.h"

namespace replicafs {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

Status StartLibrary() {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (started == CURLE_OK) return Ok();
  return Error{ErrorCode::kInternal, std::string("libcurl: ") + curl_easy_strerror(started)};
}

Status Check(const HttpOptions& options) {
  const auto invalid = [](std::string what) {
    return Error{ErrorCode::kInvalid, std::move(what) + " is out of range"};
  };
  if (options.connections_max == 0) return invalid("connections_max");
  if (options.connect_timeout <= milliseconds{0}) return invalid("connect_timeout");
  if (options.stall_timeout <= milliseconds{0}) return invalid("stall_timeout");
  if (options.idle_connection_max_age < std::chrono::seconds{1})
    return invalid("idle_connection_max_age");
  for (const std::string& path : {options.ca_file, options.ca_directory})
    if (!path.empty() && ::access(path.c_str(), R_OK) != 0)
      return ErrnoError("read certificates of '" + path + "'", errno);
  return Ok();
}

HttpDeadline DeadlineOf(const HttpRequest& request, steady_clock::time_point now) {
  if (request.timeout <= milliseconds{0}) return std::nullopt;
  return now + request.timeout;
}

void LogRequest(const HttpRequest& request, const RequestHead& head,
                const Result<HttpResponse>& result, steady_clock::duration took) {
  if (!LogEnabled(LogLevel::kDebug)) return;
  const std::string outcome =
      result ? fmt::format("{}{}, {} bytes", result->status, result->sent_again ? " again" : "",
                           result->body_bytes)
             : fmt::format("{} ({})", ErrorCodeName(result.error().code), result.error().message);
  Log(LogLevel::kDebug, "{} {}: {}, {} ms, id {}", request.method, RedactUrl(request.url), outcome,
      std::chrono::duration_cast<milliseconds>(took).count(), head.client_request_id);
}

}  // namespace

Result<std::unique_ptr<CurlClient>> CurlClient::Make(HttpOptions options) {
  TRY(StartLibrary());
  TRY(Check(options));
  return std::unique_ptr<CurlClient>(new CurlClient(std::move(options)));
}

CurlClient::CurlClient(HttpOptions options)
    : options_(std::move(options)), lanes_(std::make_unique<LanePool>(options_)) {}

CurlClient::~CurlClient() = default;

Result<HttpResponse> CurlClient::Send(const HttpRequest& request) {
  const auto began = steady_clock::now();
  const RequestHead head = TRY(MakeRequestHead(request));
  const HttpDeadline deadline = DeadlineOf(request, began);
  const auto send = [&]() -> Result<HttpResponse> {
    const auto lane = TRY(lanes_->Take(request.stop, deadline));
    return lane->Send(request, head, deadline);
  };
  auto response = send();
  LogRequest(request, head, response, steady_clock::now() - began);
  if (response) return response;
  return std::move(response).error().Within(request.method + " to " + head.host);
}

}  // namespace replicafs
