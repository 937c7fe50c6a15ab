// Percent-encoding (RFC 3986), and the parts of a URL.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backend/base/result.h"

namespace replicafs::azure {

// Everything but A-Z a-z 0-9 - . _ ~ becomes %XX; in a path '/' stays too. Segments such as ".."
// are part of a blob's name and stay.
std::string EncodePath(std::string_view text);
std::string EncodeQuery(std::string_view text);
// nullopt: a '%' that two hexadecimal digits do not follow. '+' is '+'.
std::optional<std::string> Decode(std::string_view text);

struct QueryParameter {
  std::string name;
  std::string value;  // not encoded

  bool operator==(const QueryParameter&) const = default;
};
using Query = std::vector<QueryParameter>;

// "a=1&b=x%20y"; empty for no parameters.
std::string ToString(const Query& query);
// The parameters of "a=1&b=x%20y", in their order, with a leading '?' or without. A parameter
// without '=' has an empty value. What is not well encoded stays as it is.
Query ParseQuery(std::string_view text);

// Puts an encoded query at the end of a URL, behind '?' or '&'.
void AppendQuery(std::string& url, std::string_view query);

struct UrlParts {
  std::string scheme;     // in lower case
  std::string authority;  // "host:port", as given
  std::string host;       // in lower case, without brackets
  std::string path;       // encoded, as given; may be empty
  std::string query;      // encoded, without '?'
};
// Of "scheme://authority/path?query". kInvalid: what is no such URL, has user information or a
// fragment. Messages do not repeat the query, which may hold a signature.
Result<UrlParts> SplitUrl(std::string_view url);

// 127.0.0.1/8, ::1, localhost and names below it.
bool IsLoopback(std::string_view host);

}  // namespace replicafs::azure
