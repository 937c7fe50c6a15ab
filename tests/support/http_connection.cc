#include "tests/support/http_connection.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace replicafs {
namespace {

constexpr std::string_view kEndOfHead = "\r\n\r\n";
constexpr size_t kHeadMaxBytes = 1 << 20;

// Without its end; takes it from the text.
std::string_view NextLine(std::string_view& text) {
  const size_t end = std::min(text.find("\r\n"), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 2, text.size()));
  return line;
}

HttpHeader ParseHeader(std::string_view line) {
  const size_t colon = std::min(line.find(':'), line.size());
  std::string_view value = line.substr(std::min(colon + 1, line.size()));
  value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
  return {.name = std::string(line.substr(0, colon)), .value = std::string(value)};
}

ServedRequest ParseHead(std::string_view head) {
  ServedRequest request;
  const std::string_view line = NextLine(head);
  const size_t first = std::min(line.find(' '), line.size());
  const size_t last = std::max(line.rfind(' '), first);
  request.method = line.substr(0, first);
  if (last > first) request.target = line.substr(first + 1, last - first - 1);
  while (!head.empty()) request.headers.push_back(ParseHeader(NextLine(head)));
  return request;
}

}  // namespace

bool HttpConnection::Fill() {
  char buffer[64 << 10];
  const ssize_t count = is_open_ ? ::recv(socket_.get(), buffer, sizeof buffer, 0) : 0;
  if (count <= 0) {
    Drop();
    return false;
  }
  received_.append(buffer, static_cast<size_t>(count));
  return true;
}

bool HttpConnection::ReadHead() {
  DiscardBody();
  size_t end = 0;
  while ((end = received_.find(kEndOfHead)) == std::string::npos)
    if (received_.size() > kHeadMaxBytes || !Fill()) return false;
  request_ = ParseHead(std::string_view(received_).substr(0, end));
  request_.connection = number_;
  request_.number = requests_++;
  received_.erase(0, end + kEndOfHead.size());
  const std::string_view length = request_.Header("Content-Length").value_or("0");
  body_left_ = 0;
  std::from_chars(length.data(), length.data() + length.size(), body_left_);
  expects_continue_ = request_.Header("Expect") == "100-continue";
  on_read_(request_);
  if (!request_.Header("Transfer-Encoding")) return true;
  Answer({.status = 501, .body = "no request bodies in chunks"});
  Close();
  return false;
}

size_t HttpConnection::ReadSome(std::span<std::byte> into) {
  if (body_left_ == 0) return 0;
  if (std::exchange(expects_continue_, false)) Send("HTTP/1.1 100 Continue\r\n\r\n");
  if (received_.empty() && !Fill()) {
    body_left_ = 0;
    return 0;
  }
  const auto count =
      static_cast<size_t>(std::min<uint64_t>({into.size(), received_.size(), body_left_}));
  std::memcpy(into.data(), received_.data(), count);
  received_.erase(0, count);
  body_left_ -= count;
  return count;
}

const std::string& HttpConnection::ReadBody() {
  std::byte buffer[64 << 10];
  while (const size_t count = ReadSome(buffer))
    request_.body += AsText(std::span<const std::byte>(buffer, count));
  on_read_(request_);
  return request_.body;
}

void HttpConnection::DiscardBody() {
  std::byte buffer[64 << 10];
  while (ReadSome(buffer) > 0) continue;
}

void HttpConnection::Answer(const ServedAnswer& answer) {
  std::vector<HttpHeader> headers = answer.headers;
  if (!FindHeader(headers, "Content-Length"))
    headers.push_back({.name = "Content-Length", .value = std::to_string(answer.body.size())});
  AnswerHead(answer.status, headers);
  if (request_.method != "HEAD") Send(answer.body);
}

void HttpConnection::AnswerHead(int status, const std::vector<HttpHeader>& headers) {
  DiscardBody();
  std::string head = fmt::format("HTTP/1.1 {} Status\r\n", status);
  for (const HttpHeader& header : headers)
    head += fmt::format("{}: {}\r\n", header.name, header.value);
  Send(head + "\r\n");
}

void HttpConnection::Send(std::string_view bytes) {
  while (is_open_ && !bytes.empty()) {
    const ssize_t count = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0) return Drop();
    bytes.remove_prefix(static_cast<size_t>(count));
  }
}

void HttpConnection::SendChunk(std::string_view bytes) {
  Send(fmt::format("{:x}\r\n", bytes.size()));
  Send(bytes);
  Send("\r\n");
}

// A socket that is closed with bytes unread is reset: the client's are read to their end.
void HttpConnection::Close() {
  if (!is_open_) return;
  ::shutdown(socket_.get(), SHUT_WR);
  while (Fill()) received_.clear();
  Drop();
}

void HttpConnection::Reset() {
  if (!is_open_) return;
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  Drop();
}

void HttpConnection::Drop() {
  MutexLock lock(mutex_);
  is_open_ = false;
  socket_.Reset();
}

void HttpConnection::Shutdown() {
  MutexLock lock(mutex_);
  if (socket_.valid()) ::shutdown(socket_.get(), SHUT_RDWR);
}

}  // namespace replicafs
