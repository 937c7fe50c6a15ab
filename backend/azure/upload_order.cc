#include "backend/azure/upload_order.h"

#include <algorithm>
#include <utility>

namespace replicafs::azure {
namespace {

void EraseOne(std::multiset<std::string>& set, const std::string& name) {
  const auto found = set.find(name);
  if (found != set.end()) set.erase(found);
}

}  // namespace

UploadOrder::Names UploadOrder::NamesOf(const Event& event) {
  Names names{.container = event.container};
  if (event.kind == EventKind::kContainerCreated || event.kind == EventKind::kContainerDeleted)
    return names;
  names.blobs.push_back(event.container + "/" + event.name);
  if (!event.other_name.empty() && event.other_name != event.name)
    names.blobs.push_back(event.container + "/" + event.other_name);
  return names;
}

bool UploadOrder::Clashes(const Names& names) const {
  if (whole_containers_.contains(names.container)) return true;
  if (names.blobs.empty()) return containers_.contains(names.container);
  return std::any_of(names.blobs.begin(), names.blobs.end(),
                     [this](const std::string& name) { return blobs_.contains(name); });
}

void UploadOrder::Take(const Names& names) {
  if (names.blobs.empty()) {
    whole_containers_.insert(names.container);
    return;
  }
  containers_.insert(names.container);
  blobs_.insert(names.blobs.begin(), names.blobs.end());
}

void UploadOrder::Release(const Names& names) {
  if (names.blobs.empty()) {
    EraseOne(whole_containers_, names.container);
    return;
  }
  EraseOne(containers_, names.container);
  for (const std::string& name : names.blobs) EraseOne(blobs_, name);
}

void UploadOrder::Add(Event event) {
  const uint64_t sequence = event.sequence;
  waiting_.emplace(sequence, std::move(event));
}

std::optional<Event> UploadOrder::Begin() {
  std::vector<Names> passed;  // what waits before: it goes first
  std::optional<Event> found;
  for (auto& [sequence, event] : waiting_) {
    Names names = NamesOf(event);
    const bool clashes = Clashes(names);
    Take(names);
    if (!clashes) {
      found = event;
      break;
    }
    passed.push_back(std::move(names));
  }
  for (const Names& names : passed) Release(names);
  if (!found) return found;
  waiting_.erase(found->sequence);
  running_.emplace(found->sequence, *found);
  return found;
}

void UploadOrder::Done(uint64_t sequence) {
  const auto found = running_.find(sequence);
  if (found == running_.end()) return;
  Release(NamesOf(found->second));
  running_.erase(found);
}

void UploadOrder::Again(uint64_t sequence) {
  const auto found = running_.find(sequence);
  if (found == running_.end()) return;
  Release(NamesOf(found->second));
  waiting_.insert(running_.extract(found));
}

std::optional<uint64_t> UploadOrder::DoneBelow() const {
  std::optional<uint64_t> first;
  if (!waiting_.empty()) first = waiting_.begin()->first;
  if (!running_.empty()) first = std::min(first.value_or(UINT64_MAX), running_.begin()->first);
  if (!first) return std::nullopt;
  return *first - 1;
}

}  // namespace replicafs::azure
