#include "tests/support/http_server.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace replicafs {

HttpServer::HttpServer(HttpHandler handler)
    : handler_(std::move(handler)), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  REPLICAFS_CHECK(listener_.valid());
  REPLICAFS_CHECK(::bind(listener_.get(), generic, size) == 0);
  REPLICAFS_CHECK(::listen(listener_.get(), SOMAXCONN) == 0);
  REPLICAFS_CHECK(::getsockname(listener_.get(), generic, &size) == 0);
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { Accept(); });
}

HttpServer::~HttpServer() {
  stop_.request_stop();
  ::shutdown(listener_.get(), SHUT_RDWR);  // wakes accept
  acceptor_.join();
  CloseConnections();
  MutexLock lock(mutex_);
  std::list<Served> served = std::move(served_);
  lock.Unlock();
  for (Served& each : served) each.thread.join();
  lock.Lock();
}

std::string HttpServer::Url(std::string_view target) const {
  return fmt::format("http://127.0.0.1:{}{}", port_, target);
}

size_t HttpServer::connections() const {
  MutexLock lock(mutex_);
  return connections_;
}

std::vector<ServedRequest> HttpServer::requests() const {
  MutexLock lock(mutex_);
  return requests_;
}

void HttpServer::AwaitRequests(size_t count) {
  constexpr std::chrono::seconds kPatience{20};
  MutexLock lock(mutex_);
  const auto deadline = WaitClock::now() + kPatience;
  while (requests_.size() < count && WaitClock::now() < deadline)
    changed_.WaitFor(mutex_, deadline - WaitClock::now());
  EXPECT_GE(requests_.size(), count) << "requests did not come";
}

void HttpServer::CloseConnections() {
  MutexLock lock(mutex_);
  for (Served& served : served_) served.connection->Shutdown();
  const size_t accepted = connections_;
  const auto is_served = [accepted](const Served& served) {
    return !served.has_ended && served.number < accepted;
  };
  while (std::any_of(served_.begin(), served_.end(), is_served)) changed_.Wait(mutex_);
}

void HttpServer::Accept() {
  const int on = 1;
  for (;;) {
    UniqueFd socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (stop_.stop_requested()) return;
    if (!socket.valid()) continue;
    ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);

    std::list<Served> ended;
    MutexLock lock(mutex_);
    for (auto each = served_.begin(); each != served_.end();) {
      const auto next = std::next(each);
      if (each->has_ended) ended.splice(ended.end(), served_, each);
      each = next;
    }
    Served& served = served_.emplace_back();
    served.number = connections_++;
    served.connection =
        std::make_unique<HttpConnection>(std::move(socket), served.number, stop_.get_token(),
                                         [this](const ServedRequest& request) { Record(request); });
    served.thread = std::thread([this, &served] { Serve(served); });
    lock.Unlock();
    for (Served& each : ended) each.thread.join();
    lock.Lock();
  }
}

void HttpServer::Serve(Served& served) {
  HttpConnection& client = *served.connection;
  while (client.ReadHead()) handler_(client);
  client.Close();
  MutexLock lock(mutex_);
  served.has_ended = true;
  changed_.NotifyAll();
}

void HttpServer::Record(const ServedRequest& request) {
  const auto is_it = [&](const ServedRequest& other) {
    return other.connection == request.connection && other.number == request.number;
  };
  MutexLock lock(mutex_);
  const auto known = std::find_if(requests_.rbegin(), requests_.rend(), is_it);
  if (known == requests_.rend())
    requests_.push_back(request);
  else
    *known = request;
  changed_.NotifyAll();
}

}  // namespace replicafs
