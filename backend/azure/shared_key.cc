#include "backend/azure/shared_key.h"

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include "backend/azure/ascii.h"
#include "backend/azure/uri.h"
#include "backend/base/hmac.h"

namespace replicafs::azure {
namespace {

// Hyphens and apostrophes do not count at first.
bool IsIgnorable(char c) {
  return c == '-' || c == '\'';
}

// Of characters that count.
size_t Weight(char c) {
  constexpr std::string_view kAscending = "!#$%&*.^_`|~+0123456789abcdefghijklmnopqrstuvwxyz";
  return std::min(kAscending.find(c), kAscending.size());
}

int Order(size_t a, size_t b) {
  return a < b ? -1 : (a > b ? 1 : 0);
}

int CompareWithoutIgnorable(std::string_view a, std::string_view b) {
  size_t i = 0;
  size_t j = 0;
  for (;; ++i, ++j) {
    while (i < a.size() && IsIgnorable(a[i])) ++i;
    while (j < b.size() && IsIgnorable(b[j])) ++j;
    if (i == a.size() || j == b.size()) return Order(a.size() - i, b.size() - j);
    if (const int order = Order(Weight(a[i]), Weight(b[j])); order != 0) return order;
  }
}

// Of names that differ in ignorable characters alone: at the first place where only one has some,
// that one is greater; an apostrophe comes before a hyphen.
int CompareIgnorable(std::string_view a, std::string_view b) {
  const size_t length = std::min(a.size(), b.size());
  for (size_t i = 0; i < length; ++i) {
    if (a[i] == b[i]) continue;
    if (IsIgnorable(a[i]) && IsIgnorable(b[i])) return a[i] == '\'' ? -1 : 1;
    return IsIgnorable(a[i]) ? 1 : -1;
  }
  return Order(a.size(), b.size());
}

// Empty when there is none.
std::string_view HeaderOf(const HttpRequest& request, std::string_view name) {
  return Trimmed(FindHeader(request.headers, name).value_or(""));
}

uint64_t BodyBytes(const HttpBody& body) {
  if (const auto* bytes = std::get_if<ByteSpan>(&body)) return bytes->size();
  if (const auto* upload = std::get_if<HttpUpload>(&body)) return upload->size_bytes;
  return 0;
}

std::string CanonicalHeaders(const HttpRequest& request) {
  struct Line {
    std::string name;
    std::string_view value;
  };
  std::vector<Line> lines;
  for (const HttpHeader& header : request.headers) {
    std::string name = LowerAscii(header.name);
    if (name.starts_with("x-ms-")) lines.push_back({std::move(name), Trimmed(header.value)});
  }
  std::stable_sort(lines.begin(), lines.end(), [](const Line& a, const Line& b) {
    return CompareHeaderNames(a.name, b.name) < 0;
  });
  std::string text;
  for (const Line& line : lines) text.append(line.name).append(":").append(line.value) += '\n';
  return text;
}

// "/account" and the path as it is sent, so that an account in the path stands there twice.
std::string CanonicalResource(std::string_view url, std::string_view account) {
  const size_t authority = url.find("://") + 3;
  const size_t question = std::min(url.find('?'), url.size());
  const size_t path = std::min(url.find('/', authority), question);
  std::string text = "/" + std::string(account);
  text += path == question ? "/" : url.substr(path, question - path);
  std::map<std::string, std::vector<std::string>> parameters;
  for (QueryParameter& parameter : ParseQuery(url.substr(question)))
    parameters[LowerAscii(parameter.name)].push_back(std::move(parameter.value));
  for (auto& [name, values] : parameters) {
    std::sort(values.begin(), values.end());
    text += '\n' + name + ':';
    for (size_t i = 0; i < values.size(); ++i) text += (i == 0 ? "" : ",") + values[i];
  }
  return text;
}

}  // namespace

int CompareHeaderNames(std::string_view a, std::string_view b) {
  const int order = CompareWithoutIgnorable(a, b);
  return order != 0 ? order : CompareIgnorable(a, b);
}

std::string StringToSign(const HttpRequest& request, std::string_view account) {
  std::string text = request.method + '\n';
  const auto line = [&](std::string_view value) { text.append(value) += '\n'; };
  line(HeaderOf(request, "Content-Encoding"));
  line(HeaderOf(request, "Content-Language"));
  const uint64_t size_bytes = BodyBytes(request.body);
  line(size_bytes == 0 ? "" : std::to_string(size_bytes));
  line(HeaderOf(request, "Content-MD5"));
  line(HeaderOf(request, "Content-Type"));
  line("");  // Date: x-ms-date stands for it
  line(HeaderOf(request, "If-Modified-Since"));
  line(HeaderOf(request, "If-Match"));
  line(HeaderOf(request, "If-None-Match"));
  line(HeaderOf(request, "If-Unmodified-Since"));
  line(HeaderOf(request, "Range"));
  return text + CanonicalHeaders(request) + CanonicalResource(request.url, account);
}

Result<AccountKey> ParseAccountKey(std::string_view account, std::string_view base64) {
  auto bytes = FromBase64(Trimmed(base64));
  if (!bytes || bytes->empty())
    return Error{ErrorCode::kInvalid,
                 "the key of the account '" + std::string(account) + "' is not base64"};
  return AccountKey{std::string(account), Secret(std::move(*bytes))};
}

std::string Sign(const AccountKey& key, std::string_view string_to_sign) {
  const std::string& bytes = key.key.Reveal();
  const Digest mac = HmacSha256({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()},
                                AsBytes(string_to_sign));
  return ToBase64(std::span<const uint8_t>(mac.bytes));
}

}  // namespace replicafs::azure
