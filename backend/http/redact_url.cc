#include "backend/http/redact_url.h"

#include <strings.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>

namespace replicafs {
namespace {

constexpr std::string_view kRedacted = "REDACTED";

std::string Decoded(std::string_view text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    const std::string digits(text.substr(i, 3));
    char* end = nullptr;
    const long value =
        digits.size() == 3 && digits[0] == '%' ? std::strtol(digits.c_str() + 1, &end, 16) : 0;
    if (end == digits.c_str() + 3) i += 2;
    decoded += end == digits.c_str() + 3 ? static_cast<char>(value) : text[i];
  }
  return decoded;
}

bool IsSecret(std::string_view parameter_name) {
  return ::strcasecmp(Decoded(parameter_name).c_str(), "sig") == 0;
}

std::string RedactUser(std::string_view before_query) {
  const size_t scheme = before_query.find("://");
  const size_t host = scheme == std::string_view::npos ? 0 : scheme + 3;
  const std::string_view authority = before_query.substr(host, before_query.find('/', host) - host);
  const size_t at = authority.rfind('@');
  if (at == std::string_view::npos) return std::string(before_query);
  std::string redacted(before_query.substr(0, host));
  return redacted.append(kRedacted).append(before_query.substr(host + at));
}

}  // namespace

std::string RedactUrl(std::string_view url) {
  const size_t query = std::min(url.find('?'), url.size());
  std::string redacted = RedactUser(url.substr(0, query));
  for (size_t begin = query; begin < url.size();) {
    const size_t end = std::min(url.find_first_of("?&#", begin + 1), url.size());
    const std::string_view parameter = url.substr(begin + 1, end - begin - 1);
    const size_t equals = parameter.find('=');
    redacted += url[begin];
    if (equals != std::string_view::npos && IsSecret(parameter.substr(0, equals)))
      redacted.append(parameter.substr(0, equals + 1)).append(kRedacted);
    else
      redacted += parameter;
    begin = end;
  }
  return redacted;
}

}  // namespace replicafs
