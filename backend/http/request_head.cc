#include "backend/http/request_head.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "backend/http/redact_url.h"

namespace replicafs {
namespace {

constexpr std::string_view kClientRequestId = "x-ms-client-request-id";

Error Invalid(std::string message) {
  return {ErrorCode::kInvalid, std::move(message)};
}

// RFC 9110, 5.6.2.
bool IsToken(std::string_view text) {
  constexpr std::string_view kToken =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-.^_`|~";
  return !text.empty() && text.find_first_not_of(kToken) == std::string_view::npos;
}

bool IsOneLine(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

std::string Part(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return {};
  return CurlText(text).get();
}

Result<std::string> HostOf(const std::string& url) {
  const CurlUrl parsed(curl_url());
  REPLICAFS_CHECK(parsed);
  const CURLUcode wrong =
      curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(),
                   CURLU_NON_SUPPORT_SCHEME | CURLU_PATH_AS_IS | CURLU_DISALLOW_USER);
  if (wrong != CURLUE_OK || !IsOneLine(url))
    return Invalid("'" + RedactUrl(url) + "' is not a URL: " +
                   (wrong == CURLUE_OK ? "it has several lines" : curl_url_strerror(wrong)));
  const std::string scheme = Part(parsed.get(), CURLUPART_SCHEME);
  if (scheme != "http" && scheme != "https")
    return Invalid("'" + RedactUrl(url) + "' is neither http nor https");
  const std::string port = Part(parsed.get(), CURLUPART_PORT);
  return Part(parsed.get(), CURLUPART_HOST) + (port.empty() ? "" : ":" + port);
}

void Append(CurlList& list, const std::string& line) {
  curl_slist* longer = curl_slist_append(list.get(), line.c_str());
  REPLICAFS_CHECK(longer != nullptr);
  static_cast<void>(list.release());
  list.reset(longer);
}

}  // namespace

Result<RequestHead> MakeRequestHead(const HttpRequest& request) {
  RequestHead head;
  head.host = TRY(HostOf(request.url));
  if (!IsToken(request.method)) return Invalid("'" + request.method + "' is not an HTTP method");
  for (const HttpHeader& header : request.headers) {
    if (!IsToken(header.name)) return Invalid("'" + header.name + "' is not a header's name");
    if (!IsOneLine(header.value))
      return Invalid("the value of the header " + header.name + " has several lines");
    if (header.Is("Content-Length") || header.Is("Transfer-Encoding")) continue;
    // libcurl's forms: "name:" would remove a header.
    const bool is_empty = header.value.find_first_not_of(" \t") == std::string::npos;
    Append(head.headers, is_empty ? header.name + ";" : header.name + ": " + header.value);
  }
  if (const auto id = FindHeader(request.headers, kClientRequestId)) {
    head.client_request_id = *id;
  } else {
    head.client_request_id = NewGuid();
    Append(head.headers, std::string(kClientRequestId) + ": " + head.client_request_id);
  }
  // libcurl would ask whether it may send a body of more than 1 MiB, and wait for the answer.
  if (!FindHeader(request.headers, "Expect")) Append(head.headers, "Expect:");
  return head;
}

}  // namespace replicafs
