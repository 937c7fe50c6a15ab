#include "backend/azure/uri.h"

#include <algorithm>

#include "backend/azure/ascii.h"

namespace replicafs::azure {
namespace {

bool IsUnreserved(char c) {
  return IsAsciiLetter(c) || IsAsciiDigit(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

std::string Encode(std::string_view text, bool keep_slash) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string encoded;
  encoded.reserve(text.size());
  for (const char c : text) {
    if (IsUnreserved(c) || (keep_slash && c == '/')) {
      encoded += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      encoded += '%';
      encoded += kDigits[byte >> 4];
      encoded += kDigits[byte & 15];
    }
  }
  return encoded;
}

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string DecodedOrAsIs(std::string_view text) {
  return Decode(text).value_or(std::string(text));
}

bool IsPort(std::string_view text) {
  return !text.empty() && text.size() <= 5 && std::all_of(text.begin(), text.end(), IsAsciiDigit) &&
         std::stoi(std::string(text)) <= 65535;
}

// "host", "host:port", "[::1]:port"; nullopt for anything else.
std::optional<std::string> HostOf(std::string_view authority) {
  std::string_view host = authority;
  std::string_view rest;
  if (authority.starts_with('[')) {
    const size_t end = authority.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    host = authority.substr(1, end - 1);
    rest = authority.substr(end + 1);
    if (host.find_first_not_of("0123456789abcdefABCDEF:.") != std::string_view::npos)
      return std::nullopt;
  } else {
    const size_t colon = std::min(authority.find(':'), authority.size());
    host = authority.substr(0, colon);
    rest = authority.substr(colon);
    const bool fine = std::all_of(host.begin(), host.end(), [](char c) {
      return IsAsciiLetter(c) || IsAsciiDigit(c) || c == '-' || c == '.' || c == '_';
    });
    if (!fine) return std::nullopt;
  }
  if (host.empty() || (!rest.empty() && (rest[0] != ':' || !IsPort(rest.substr(1)))))
    return std::nullopt;
  return LowerAscii(host);
}

}  // namespace

std::string EncodePath(std::string_view text) {
  return Encode(text, true);
}

std::string EncodeQuery(std::string_view text) {
  return Encode(text, false);
}

std::optional<std::string> Decode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const int high = HexValue(text[i + 1]);
    const int low = HexValue(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    decoded += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return decoded;
}

std::string ToString(const Query& query) {
  std::string text;
  for (const QueryParameter& parameter : query) {
    if (!text.empty()) text += '&';
    text += EncodeQuery(parameter.name) + '=' + EncodeQuery(parameter.value);
  }
  return text;
}

Query ParseQuery(std::string_view text) {
  Query query;
  if (text.starts_with('?')) text.remove_prefix(1);
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(pair.size() + 1, text.size()));
    if (pair.empty()) continue;
    const size_t equals = std::min(pair.find('='), pair.size());
    query.push_back({DecodedOrAsIs(pair.substr(0, equals)),
                     DecodedOrAsIs(pair.substr(std::min(equals + 1, pair.size())))});
  }
  return query;
}

void AppendQuery(std::string& url, std::string_view query) {
  if (query.starts_with('?')) query.remove_prefix(1);
  if (query.empty()) return;
  url += url.find('?') == std::string::npos ? '?' : '&';
  url += query;
}

Result<UrlParts> SplitUrl(std::string_view url) {
  const std::string shown(url.substr(0, url.find('?')));
  const auto invalid = [&](std::string_view why) {
    return Error{ErrorCode::kInvalid, "'" + shown + "' is not a URL: " + std::string(why)};
  };
  UrlParts parts;
  const size_t colon = url.find("://");
  if (colon == std::string_view::npos || colon == 0) return invalid("it has no scheme");
  parts.scheme = LowerAscii(url.substr(0, colon));
  url.remove_prefix(colon + 3);
  if (url.find('#') != std::string_view::npos) return invalid("it has a fragment");
  const size_t question = std::min(url.find('?'), url.size());
  parts.query = url.substr(std::min(question + 1, url.size()));
  url = url.substr(0, question);
  const size_t slash = std::min(url.find('/'), url.size());
  parts.authority = url.substr(0, slash);
  parts.path = url.substr(slash);
  auto host = HostOf(parts.authority);
  if (!host) return invalid("it has no host, or one that cannot be");
  parts.host = std::move(*host);
  return parts;
}

bool IsLoopback(std::string_view host) {
  if (host == "::1" || host == "localhost" || host.ends_with(".localhost")) return true;
  return host.starts_with("127.") &&
         host.find_first_not_of("0123456789.") == std::string_view::npos;
}

}  // namespace replicafs::azure
