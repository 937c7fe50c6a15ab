// The server's end of one HTTP/1.1 connection.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "backend/base/mutex.h"
#include "backend/base/unique_fd.h"
#include "backend/http/http_client.h"

namespace replicafs {

struct ServedRequest {
  std::string method;
  std::string target;  // of the request line, as it came: path and query
  std::vector<HttpHeader> headers;
  std::string body;       // as far as ReadBody was asked for it
  size_t connection = 0;  // 0: the first that the server accepted
  size_t number = 0;      // on its connection, from 0

  std::optional<std::string_view> Header(std::string_view name) const {
    return FindHeader(headers, name);
  }
  std::string_view path() const { return std::string_view(target).substr(0, target.find('?')); }
};

struct ServedAnswer {
  int status = 200;
  std::vector<HttpHeader> headers;  // Content-Length is added where it is missing
  std::string body;
};

// Of the thread that serves it, but for Shutdown. What cannot be sent or read any more (the client
// has gone) ends the connection and is otherwise passed over.
class HttpConnection {
 public:
  // `on_read` gets each request when its head has come, and once more when ReadBody has the rest.
  HttpConnection(UniqueFd socket, size_t number, std::stop_token stop,
                 std::function<void(const ServedRequest&)> on_read)
      : number_(number),
        stop_(std::move(stop)),
        on_read_(std::move(on_read)),
        socket_(std::move(socket)) {}

  // The head of the next request; false at the end of the connection.
  bool ReadHead();
  const ServedRequest& request() const { return request_; }
  uint64_t body_bytes_left() const { return body_left_; }
  // A part of the body; zero at its end, or when the client has gone.
  size_t ReadSome(std::span<std::byte> into);
  // The rest of the body, which request().body then has.
  const std::string& ReadBody();

  // Reads what is left of the body, and answers with a length. The connection stays open.
  void Answer(const ServedAnswer& answer);
  // Reads what is left of the body; the answer's parts follow: Send, or Chunks.
  void AnswerHead(int status, const std::vector<HttpHeader>& headers);
  void Send(std::string_view bytes);
  void SendChunk(std::string_view bytes);  // of "Transfer-Encoding: chunked"; an empty one ends it
  void Close();                            // in order: what was sent arrives
  void Reset();                            // at once: the client sees ECONNRESET
  bool is_open() const { return is_open_; }

  // Requested when the server ends.
  const std::stop_token& stop() const { return stop_; }
  // Thread-safe: ends it from outside, as Close does.
  void Shutdown() EXCLUDES(mutex_);

 private:
  bool Fill();
  void DiscardBody();
  void Drop() EXCLUDES(mutex_);

  const size_t number_;
  const std::stop_token stop_;
  const std::function<void(const ServedRequest&)> on_read_;
  size_t requests_ = 0;
  ServedRequest request_;
  std::string received_;  // and not yet read
  uint64_t body_left_ = 0;
  bool expects_continue_ = false;
  bool is_open_ = true;
  Mutex mutex_;  // Shutdown against the end of the socket
  UniqueFd socket_;
};

}  // namespace replicafs
