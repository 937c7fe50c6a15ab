#include "backend/past/moment.h"

#include <algorithm>

namespace replicafs {
namespace {

BlobThen Then(const BlobInfo& version, bool exact) {
  BlobThen then{.info = version, .exact = exact};
  then.info.is_current = true;
  then.info.ended = {};
  return then;
}

bool LivedOn(const BlobInfo* later, Timestamp moment) {
  return later != nullptr && later->created <= moment;
}

}  // namespace

std::optional<BlobThen> BlobAt(const std::vector<BlobInfo>& versions, Timestamp moment) {
  const BlobInfo* later = nullptr;  // the oldest that began after the moment
  for (const BlobInfo& version : versions) {
    if (version.version.time() > moment) {
      later = &version;
      continue;
    }
    if (version.is_current || version.ended > moment) return Then(version, true);
    if (!LivedOn(later, moment)) return std::nullopt;
    return Then(version.created == later->created ? version : *later, false);
  }
  if (!LivedOn(later, moment)) return std::nullopt;
  return Then(*later, false);
}

std::vector<BlobInfo> VersionsAt(std::vector<BlobInfo> versions, Timestamp moment) {
  const auto then = BlobAt(versions, moment);
  const VersionId current = then ? then->info.version : VersionId{};
  std::erase_if(versions, [&](const BlobInfo& version) {
    return version.version.time() > moment && version.version != current;
  });
  for (BlobInfo& version : versions) {
    if (version.version == current) version = then->info;
  }
  return versions;
}

bool NewestTells(const BlobInfo& newest, Timestamp moment) {
  return newest.version.time() <= moment;
}

Result<Timestamp> EndOfStep(Journal& journal, Timestamp moment) {
  uint64_t last = 0;  // of the events up to the moment, as far as is known
  uint64_t after_sequence = TRY(journal.Head());
  Event event;
  while (last < after_sequence) {
    const uint64_t middle = last + (after_sequence - last - 1) / 2;
    const auto events = TRY(journal.Read(middle, 1));
    if (events.empty() || events.front().time > moment) {
      after_sequence = middle;
    } else {
      event = events.front();
      last = event.sequence;
    }
  }
  if (event.group_end <= event.sequence) return moment;
  const auto ends = TRY(journal.Read(event.group_end - 1, 1));
  return ends.empty() ? moment : std::max(moment, ends.front().time);
}

}  // namespace replicafs
