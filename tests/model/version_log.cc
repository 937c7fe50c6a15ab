#include "tests/model/version_log.h"

#include <fmt/format.h>

#include <functional>

namespace replicafs {
namespace {

// The model compares thousands of contents: their digests are enough.
std::string DigestOf(const std::string& bytes) {
  return bytes.empty() ? "" : fmt::format("{}:{}", bytes.size(), std::hash<std::string>()(bytes));
}

}  // namespace

void VersionLog::Committed(const std::string& path, const std::string& bytes) {
  auto& entries = histories_[path].entries;
  const std::string digest = DigestOf(bytes);
  if (!entries.empty() && entries.back().digest == digest) return;
  entries.push_back({digest});
}

void VersionLog::Ended(const std::string& path) {
  auto& entries = histories_[path].entries;
  if (!entries.empty()) entries.back().stays = true;
}

void VersionLog::MayLack(const std::string& path) {
  auto& entries = histories_[path].entries;
  if (!entries.empty()) entries.back().stays = false;
}

void VersionLog::Deleted(const std::string& path, const std::string& bytes) {
  History& history = histories_[path];
  history.has_deleted = true;
  const std::string digest = DigestOf(bytes);
  for (Entry& entry : history.entries) {
    if (entry.digest == digest) entry.stays = false;
  }
}

std::optional<std::string> VersionLog::Check(const std::string& path,
                                             const std::vector<std::string>& versions) const {
  const auto found = histories_.find(path);
  static const History kNone;
  const auto& entries = found == histories_.end() ? kNone.entries : found->second.entries;
  std::vector<std::string> digests;
  for (const std::string& bytes : versions) {
    std::string digest = DigestOf(bytes);
    if (!digest.empty() && (digests.empty() || digests.back() != digest))
      digests.push_back(std::move(digest));
  }
  // reached[j]: the entries so far may have left the first j versions.
  std::vector<bool> reached(digests.size() + 1, false);
  reached[0] = true;
  for (size_t i = 0; i < entries.size(); ++i) {
    const Entry& entry = entries[i];
    if (entry.digest.empty()) continue;
    for (size_t j = digests.size() + 1; j-- > 0;) {
      const bool taken = j > 0 && digests[j - 1] == entry.digest && (reached[j - 1] || reached[j]);
      reached[j] = taken || (reached[j] && !entry.stays);
    }
  }
  if (reached.back()) return std::nullopt;
  std::string text = fmt::format("'{}' has versions that it cannot have:", path);
  for (const std::string& digest : digests) text += " " + digest;
  text += "; committed were (* must stay):";
  for (const Entry& entry : entries) text += (entry.stays ? " *" : " ") + entry.digest;
  return text;
}

std::vector<std::string> VersionLog::Paths() const {
  std::vector<std::string> paths;
  for (const auto& [path, history] : histories_) paths.push_back(path);
  return paths;
}

bool VersionLog::HasDeleted(const std::string& path) const {
  const auto found = histories_.find(path);
  return found != histories_.end() && found->second.has_deleted;
}

}  // namespace replicafs
