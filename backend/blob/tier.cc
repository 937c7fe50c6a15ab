#include "backend/blob/tier.h"

#include <algorithm>
#include <array>

namespace replicafs {
namespace {

constexpr std::array<std::string_view, 4> kTierNames{"Hot", "Cool", "Cold", "Archive"};

bool EqualIgnoringCase(std::string_view a, std::string_view b) {
  const auto lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

std::string_view ToString(Tier tier) {
  return kTierNames[static_cast<size_t>(tier)];
}

std::optional<Tier> ParseTier(std::string_view text) {
  for (size_t i = 0; i < kTierNames.size(); ++i) {
    if (EqualIgnoringCase(text, kTierNames[i])) return static_cast<Tier>(i);
  }
  return std::nullopt;
}

}  // namespace replicafs
