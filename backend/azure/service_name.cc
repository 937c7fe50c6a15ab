#include "backend/azure/service_name.h"

#include <array>
#include <cstdint>

namespace replicafs::azure {
namespace {

constexpr std::string_view kQuote = "\xE2\x80\x9B";  // U+201B

struct Pair {
  std::string_view local;
  std::string_view service;
};
constexpr std::array kPairs = {Pair{"\x7F", "\xE2\x90\xA1"}, Pair{"\\", "\xEF\xBC\xBC"},
                               Pair{"\xEF\xBF\xBE", "\xE2\x90\xA2"},
                               Pair{"\xEF\xBF\xBF", "\xE2\x90\xA3"}};
// U+2401…U+241F: two bytes that are the same, and one that tells.
constexpr std::string_view kControlStart = "\xE2\x90";
constexpr uint8_t kControlBase = 0x80;
constexpr uint8_t kControlEnd = 0x20;

// What the text begins with is to be replaced: by what, and how long it was.
struct Replaced {
  std::string text;
  size_t size = 0;
};

std::optional<Replaced> ReplaceLocal(std::string_view rest) {
  const auto first = static_cast<uint8_t>(rest.front());
  if (first != 0 && first < kControlEnd)
    return Replaced{std::string(kControlStart) + static_cast<char>(kControlBase + first), 1};
  for (const Pair& pair : kPairs) {
    if (rest.starts_with(pair.local)) return Replaced{std::string(pair.service), pair.local.size()};
  }
  return std::nullopt;
}

std::optional<Replaced> ReplaceService(std::string_view rest) {
  for (const Pair& pair : kPairs) {
    if (rest.starts_with(pair.service))
      return Replaced{std::string(pair.local), pair.service.size()};
  }
  if (!rest.starts_with(kControlStart) || rest.size() <= kControlStart.size()) return std::nullopt;
  const int code = static_cast<uint8_t>(rest[kControlStart.size()]) - kControlBase;
  if (code <= 0 || code >= kControlEnd) return std::nullopt;
  return Replaced{std::string(1, static_cast<char>(code)), kControlStart.size() + 1};
}

}  // namespace

std::string ServiceName(std::string_view name) {
  std::string written;
  while (!name.empty()) {
    if (const auto replaced = ReplaceLocal(name)) {
      written += replaced->text;
      name.remove_prefix(replaced->size);
      continue;
    }
    if (name.starts_with(kQuote) || ReplaceService(name)) written += kQuote;
    const size_t size = name.starts_with(kQuote) ? kQuote.size()
                        : ReplaceService(name)   ? ReplaceService(name)->size
                                                 : 1;
    written += name.substr(0, size);
    name.remove_prefix(size);
  }
  return written;
}

std::optional<std::string> LocalName(std::string_view service_name) {
  std::string name;
  std::string_view rest = service_name;
  while (!rest.empty()) {
    if (rest.starts_with(kQuote)) {
      const std::string_view after = rest.substr(kQuote.size());
      const auto quoted = after.empty() ? std::nullopt : ReplaceService(after);
      const size_t size = after.starts_with(kQuote) ? kQuote.size() : quoted ? quoted->size : 0;
      name += size == 0 ? kQuote : after.substr(0, size);
      rest.remove_prefix(kQuote.size() + size);
      continue;
    }
    const auto replaced = ReplaceService(rest);
    name += replaced ? replaced->text : std::string(rest.substr(0, 1));
    rest.remove_prefix(replaced ? replaced->size : 1);
  }
  if (ServiceName(name) != service_name) return std::nullopt;
  return name;
}

}  // namespace replicafs::azure
