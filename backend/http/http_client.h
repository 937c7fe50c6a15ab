// HTTP requests, one a call: the seam between what is said to a service and how it gets there.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "backend/base/digest.h"
#include "backend/base/result.h"

namespace replicafs {

struct HttpHeader {
  std::string name;  // compared without regard to case
  std::string value;

  bool Is(std::string_view other) const;
  bool operator==(const HttpHeader&) const = default;
};

// The first header of the name, without regard to case.
std::optional<std::string_view> FindHeader(const std::vector<HttpHeader>& headers,
                                           std::string_view name);

// A body that is made while it is sent.
struct HttpUpload {
  uint64_t size_bytes = 0;
  // Fills the span from `offset`, whole or with fewer bytes; zero before the end fails the request
  // (kInvalid).
  // Offsets go up, and begin at zero again when the body is sent once more.
  std::function<Result<size_t>(uint64_t offset, std::span<std::byte> into)> read;
};
// Bytes are borrowed until the call returns. PUT, POST and PATCH without a body say that it has no
// bytes.
using HttpBody = std::variant<std::monostate, ByteSpan, HttpUpload>;

// Where the body of a successful answer (2xx) goes; that of another is in HttpResponse::body.
// Without one of these it is in HttpResponse::body too, up to HttpRequest::body_max_bytes.
using HttpSink = std::function<Status(ByteSpan)>;

struct HttpRequest {
  std::string method = "GET";
  std::string url;  // whole, percent-encoded; sent as it is (no path is normalised)
  // Content-Length is the body's, whatever is said here. Where there is no x-ms-client-request-id
  // (a name for logs on both sides), one is added.
  std::vector<HttpHeader> headers;
  HttpBody body;
  HttpSink sink;
  uint64_t body_max_bytes = 64 << 20;  // more is kTooLarge
  // Of the call; zero: none. A call that makes no progress at all ends earlier
  // (HttpOptions::stall_timeout).
  std::chrono::milliseconds timeout{0};
  std::stop_token stop;
};

struct HttpResponse {
  int status = 0;
  std::vector<HttpHeader> headers;  // in the order of their arrival
  std::string body;
  uint64_t body_bytes = 0;  // that arrived, in `body` or the sink
  // The request went out a second time. What it asked for may have been done by the first, so that
  // its own precondition fails.
  bool sent_again = false;

  // The first header of the name, without regard to case.
  std::optional<std::string_view> Header(std::string_view name) const;
};

// Thread-safe.
class HttpClient {
 public:
  virtual ~HttpClient() = default;
  // Blocks until the answer has arrived whole. Any status is an answer. Sends a request again in
  // one case: a connection kept from an earlier request ended before the first line of an answer,
  // as it does when a server closes what is idle in the moment of the request (RFC 9112, 9.3.1). An
  // HttpSink may have been given a part of the body when the call fails.
  //   kUnavailable       the name does not resolve, the connection is refused, reset or ends early
  //   kTimeout           the timeout, or no progress
  //   kCancelled         the stop token
  //   kUnauthenticated   the server's certificate is not to be trusted
  //   kTooLarge          body_max_bytes
  //   kInvalid           what cannot be sent, as a URL that is none
  //   and what the request's own functions return
  virtual Result<HttpResponse> Send(const HttpRequest& request) = 0;
};

}  // namespace replicafs
