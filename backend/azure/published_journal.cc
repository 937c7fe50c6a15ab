#include "backend/azure/published_journal.h"

#include <utility>

namespace replicafs::azure {

Result<std::vector<Event>> PublishedJournal::Read(uint64_t after, size_t limit) {
  const uint64_t published = TRY(uploader_.Published());
  auto events = TRY(local_.Read(after, limit));
  while (!events.empty() && events.back().sequence > published) events.pop_back();
  return events;
}

Result<uint64_t> PublishedJournal::Head() {
  return uploader_.Published();
}

void PublishedJournal::Wait(uint64_t after, std::chrono::milliseconds timeout,
                            std::stop_token stop) {
  uploader_.WaitPublished(after, timeout, std::move(stop));
}

uint64_t PublishedJournal::ChangeCount() {
  return local_.ChangeCount();
}

}  // namespace replicafs::azure
