// One request and its answer, as libcurl's callbacks see them.
#pragma once

#include <curl/curl.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "backend/http/http_client.h"

namespace replicafs {

// Of one call and its thread. Borrows the request.
class CurlExchange {
 public:
  explicit CurlExchange(const HttpRequest& request) : request_(request) {}
  CurlExchange(const CurlExchange&) = delete;
  CurlExchange& operator=(const CurlExchange&) = delete;

  // Makes the handle call this object, which outlives the transfer.
  void Attach(CURL* easy);

  // Before the body is sent from its beginning once more.
  void Rewind() { sent_bytes_ = 0; }

  // nullopt: the request has no body.
  std::optional<uint64_t> BodySize() const;
  HttpResponse& response() { return response_; }
  // The answer's head has come whole.
  bool has_head() const { return has_head_; }
  // What ended the transfer from this side; the handle's own result then only says that something
  // did.
  const std::optional<Error>& error() const { return error_; }
  // How often the request was begun to be sent.
  int sends() const { return sends_; }
  // Grows with each call from the handle.
  uint64_t calls() const { return calls_; }

 private:
  static size_t OnRead(char* into, size_t size, size_t count, void* self) noexcept;
  static int OnSeek(void* self, curl_off_t offset, int origin) noexcept;
  static size_t OnHeader(char* line, size_t size, size_t count, void* self) noexcept;
  static size_t OnWrite(char* bytes, size_t size, size_t count, void* self) noexcept;
  static int OnSend(void* self, char*, char*, int, int) noexcept;

  Result<size_t> Read(std::span<std::byte> into);
  void TakeHeadLine(std::string_view line);
  Status Write(ByteSpan bytes);
  Status Keep(ByteSpan bytes);

  const HttpRequest& request_;
  CURL* easy_ = nullptr;
  HttpResponse response_;
  bool has_head_ = false;
  uint64_t sent_bytes_ = 0;
  std::optional<Error> error_;
  int sends_ = 0;
  uint64_t calls_ = 0;
};

}  // namespace replicafs
