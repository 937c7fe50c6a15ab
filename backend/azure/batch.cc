#include "backend/azure/batch.h"

#include <charconv>
#include <utility>

#include "backend/azure/ascii.h"

namespace replicafs::azure {
namespace {

// Takes a line off the text, without its end.
std::string_view TakeLine(std::string_view& text) {
  const size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// Up to an empty line.
std::vector<HttpHeader> TakeHeaders(std::string_view& text) {
  std::vector<HttpHeader> headers;
  while (!text.empty()) {
    const std::string_view line = TakeLine(text);
    if (line.empty()) break;
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    headers.push_back({std::string(Trimmed(line.substr(0, colon))),
                       std::string(Trimmed(line.substr(colon + 1)))});
  }
  return headers;
}

std::optional<size_t> NumberIn(std::string_view text) {
  size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  return number;
}

// "HTTP/1.1 202 Accepted" and what follows.
HttpResponse PartOf(std::string_view text) {
  HttpResponse part;
  const std::string_view line = TakeLine(text);
  const size_t space = line.find(' ');
  if (line.starts_with("HTTP/") && space != std::string_view::npos)
    part.status = static_cast<int>(NumberIn(line.substr(space + 1)).value_or(0));
  part.headers = TakeHeaders(text);
  part.body = text;
  return part;
}

std::string BoundaryOf(const HttpResponse& response) {
  const std::string_view type = response.Header("Content-Type").value_or("");
  const size_t begin = type.find("boundary=");
  if (begin == std::string_view::npos) return {};
  std::string_view boundary = type.substr(begin + 9);
  boundary = Trimmed(boundary.substr(0, boundary.find(';')));
  if (boundary.size() > 2 && boundary.starts_with('"'))
    boundary = boundary.substr(1, boundary.size() - 2);
  return "--" + std::string(boundary);
}

// "https://host/path?query" from its path on.
std::string_view TargetOf(std::string_view url) {
  return url.substr(std::min(url.find('/', url.find("://") + 3), url.size()));
}

}  // namespace

std::string BatchBody(std::span<const HttpRequest> parts, std::string_view boundary) {
  std::string body;
  for (size_t i = 0; i < parts.size(); ++i) {
    body.append("--").append(boundary) +=
        "\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\nContent-ID: " +
        std::to_string(i) + "\r\n\r\n";
    body.append(parts[i].method).append(" ").append(TargetOf(parts[i].url)) += " HTTP/1.1\r\n";
    for (const HttpHeader& header : parts[i].headers)
      body.append(header.name).append(": ").append(header.value) += "\r\n";
    body += "Content-Length: 0\r\n\r\n";
  }
  return body.append("--").append(boundary) += "--\r\n";
}

Result<std::vector<std::optional<HttpResponse>>> ParseBatchAnswer(const HttpResponse& response,
                                                                  size_t parts) {
  const std::string boundary = BoundaryOf(response);
  if (boundary.empty())
    return Error{ErrorCode::kCorrupt, "the service's answer to a batch has no parts"};
  std::vector<std::optional<HttpResponse>> answers(parts);
  std::string_view text = response.body;
  for (size_t position = text.find(boundary), count = 0; position != std::string_view::npos;
       ++count) {
    text.remove_prefix(position + boundary.size());
    if (text.starts_with("--")) break;
    position = text.find(boundary);
    std::string_view part = text.substr(0, position);
    TakeLine(part);
    HttpResponse outer;
    outer.headers = TakeHeaders(part);
    const size_t index = NumberIn(outer.Header("Content-ID").value_or("")).value_or(count);
    if (index < answers.size()) answers[index] = PartOf(part);
  }
  return answers;
}

}  // namespace replicafs::azure
