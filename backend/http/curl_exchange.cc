#include "backend/http/curl_exchange.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <string>
#include <utility>
#include <variant>

namespace replicafs {

void CurlExchange::Attach(CURL* easy) {
  easy_ = easy;
  curl_easy_setopt(easy, CURLOPT_READFUNCTION, &OnRead);
  curl_easy_setopt(easy, CURLOPT_READDATA, this);
  curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, &OnSeek);
  curl_easy_setopt(easy, CURLOPT_SEEKDATA, this);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &OnHeader);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &OnWrite);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, &OnSend);
  curl_easy_setopt(easy, CURLOPT_PREREQDATA, this);
}

std::optional<uint64_t> CurlExchange::BodySize() const {
  if (const auto* bytes = std::get_if<ByteSpan>(&request_.body)) return bytes->size();
  if (const auto* upload = std::get_if<HttpUpload>(&request_.body)) return upload->size_bytes;
  return std::nullopt;
}

size_t CurlExchange::OnRead(char* into, size_t size, size_t count, void* self) noexcept {
  auto& exchange = *static_cast<CurlExchange*>(self);
  ++exchange.calls_;
  auto read = exchange.Read(std::as_writable_bytes(std::span(into, size * count)));
  if (read) return *read;
  exchange.error_ = std::move(read).error();
  return CURL_READFUNC_ABORT;
}

int CurlExchange::OnSeek(void* self, curl_off_t offset, int origin) noexcept {
  auto& exchange = *static_cast<CurlExchange*>(self);
  ++exchange.calls_;
  if (origin != SEEK_SET || offset != 0) return CURL_SEEKFUNC_CANTSEEK;
  exchange.Rewind();
  return CURL_SEEKFUNC_OK;
}

size_t CurlExchange::OnHeader(char* line, size_t size, size_t count, void* self) noexcept {
  auto& exchange = *static_cast<CurlExchange*>(self);
  ++exchange.calls_;
  exchange.TakeHeadLine(std::string_view(line, size * count));
  return size * count;
}

size_t CurlExchange::OnWrite(char* bytes, size_t size, size_t count, void* self) noexcept {
  auto& exchange = *static_cast<CurlExchange*>(self);
  ++exchange.calls_;
  auto written = exchange.Write(std::as_bytes(std::span(bytes, size * count)));
  if (written) return size * count;
  exchange.error_ = std::move(written).error();
  return CURL_WRITEFUNC_ERROR;
}

int CurlExchange::OnSend(void* self, char*, char*, int, int) noexcept {
  ++static_cast<CurlExchange*>(self)->sends_;
  return CURL_PREREQFUNC_OK;
}

Result<size_t> CurlExchange::Read(std::span<std::byte> into) {
  const uint64_t left = BodySize().value_or(0) - sent_bytes_;
  into = into.first(static_cast<size_t>(std::min<uint64_t>(into.size(), left)));
  if (into.empty()) return 0;
  size_t count = into.size();
  if (const auto* bytes = std::get_if<ByteSpan>(&request_.body)) {
    std::memcpy(into.data(), bytes->data() + sent_bytes_, count);
  } else {
    count = TRY(std::get_if<HttpUpload>(&request_.body)->read(sent_bytes_, into));
    REPLICAFS_CHECK(count <= into.size());
    if (count == 0)
      return Error{ErrorCode::kInvalid, "the body to send ended " + std::to_string(left) +
                                            " bytes before its announced size"};
  }
  sent_bytes_ += count;
  return count;
}

// Several heads may come, of which the last counts; and trailers after the body, which don't.
void CurlExchange::TakeHeadLine(std::string_view line) {
  constexpr std::string_view kBlank = " \t\r\n";
  line = line.substr(0, line.find_last_not_of(kBlank) + 1);
  if (line.starts_with("HTTP/")) {
    response_.headers.clear();
    has_head_ = false;
  } else if (line.empty()) {
    has_head_ = true;
  } else if (const size_t colon = line.find(':'); colon != std::string_view::npos && !has_head_) {
    std::string_view value = line.substr(colon + 1);
    value.remove_prefix(std::min(value.find_first_not_of(kBlank), value.size()));
    response_.headers.push_back(
        {.name = std::string(line.substr(0, colon)), .value = std::string(value)});
  }
}

Status CurlExchange::Write(ByteSpan bytes) {
  if (response_.body_bytes == 0) {
    long status = 0;
    curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
    response_.status = static_cast<int>(status);
  }
  if (request_.sink && response_.status / 100 == 2)
    TRY(request_.sink(bytes));
  else
    TRY(Keep(bytes));
  response_.body_bytes += bytes.size();
  return Ok();
}

Status CurlExchange::Keep(ByteSpan bytes) {
  curl_off_t announced = 0;
  if (response_.body.empty())
    curl_easy_getinfo(easy_, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &announced);
  const uint64_t size = std::max<uint64_t>(announced > 0 ? static_cast<uint64_t>(announced) : 0,
                                           response_.body.size() + bytes.size());
  if (size > request_.body_max_bytes)
    return Error{ErrorCode::kTooLarge,
                 "the answer has more than " + std::to_string(request_.body_max_bytes) + " bytes"};
  if (response_.body.empty()) response_.body.reserve(static_cast<size_t>(size));
  response_.body += AsText(bytes);
  return Ok();
}

}  // namespace replicafs
