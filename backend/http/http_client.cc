#include "backend/http/http_client.h"

#include <strings.h>

namespace replicafs {

bool HttpHeader::Is(std::string_view other) const {
  return name.size() == other.size() && ::strncasecmp(name.data(), other.data(), name.size()) == 0;
}

std::optional<std::string_view> FindHeader(const std::vector<HttpHeader>& headers,
                                           std::string_view name) {
  for (const HttpHeader& header : headers)
    if (header.Is(name)) return header.value;
  return std::nullopt;
}

std::optional<std::string_view> HttpResponse::Header(std::string_view name) const {
  return FindHeader(headers, name);
}

}  // namespace replicafs
