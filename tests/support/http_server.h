// A small HTTP/1.1 server on the loopback interface, scripted by its handler.
//
//   HttpServer server([](HttpConnection& client) {
//     if (client.request().path() == "/slow") gate.Pass(client.stop());
//     client.Answer({.status = 201, .headers = {{"ETag", "\"1\""}}});
//   });
//   … server.Url("/name?comp=block") …
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "backend/base/mutex.h"
#include "backend/base/unique_fd.h"
#include "tests/support/http_connection.h"

namespace replicafs {

// Called with each request's head, in the thread of its connection, several at a time. Whoever
// returns without an answer leaves the client waiting for one, but the connection is read on.
using HttpHandler = std::function<void(HttpConnection&)>;

// Thread-safe. Listens on a free port of 127.0.0.1 from its beginning.
class HttpServer {
 public:
  explicit HttpServer(HttpHandler handler);
  // Ends all connections; handlers that wait must watch HttpConnection::stop.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  uint16_t port() const { return port_; }
  std::string Url(std::string_view target) const;

  // That were accepted so far.
  size_t connections() const EXCLUDES(mutex_);
  // Whose heads have come, in that order; with the bodies that ReadBody was asked for.
  std::vector<ServedRequest> requests() const EXCLUDES(mutex_);
  // Returns when so many have come. Fails the test when they don't.
  void AwaitRequests(size_t count) EXCLUDES(mutex_);
  // Ends the connections that there are, as a server does with idle ones; returns when they are.
  void CloseConnections() EXCLUDES(mutex_);

 private:
  struct Served {
    size_t number = 0;
    std::unique_ptr<HttpConnection> connection;
    std::thread thread;
    bool has_ended = false;
  };

  void Accept() EXCLUDES(mutex_);
  void Serve(Served& served) EXCLUDES(mutex_);
  void Record(const ServedRequest& request) EXCLUDES(mutex_);

  const HttpHandler handler_;
  std::stop_source stop_;
  UniqueFd listener_;
  uint16_t port_ = 0;
  mutable Mutex mutex_;
  CondVar changed_;
  std::list<Served> served_ GUARDED_BY(mutex_);
  std::vector<ServedRequest> requests_ GUARDED_BY(mutex_);
  size_t connections_ GUARDED_BY(mutex_) = 0;
  std::thread acceptor_;
};

}  // namespace replicafs
