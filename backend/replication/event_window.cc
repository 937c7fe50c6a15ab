#include "backend/replication/event_window.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace replicafs {
namespace {

uint64_t GroupEnd(const Event& event) {
  return std::max(event.group_end, event.sequence);
}

Status CheckContinuous(const std::vector<Event>& events, uint64_t after) {
  for (const Event& event : events) {
    if (event.sequence != ++after) {
      return Error{ErrorCode::kCorrupt, fmt::format("the journal has event {} where {} should be",
                                                    event.sequence, after)};
    }
  }
  return Ok();
}

Status ReadToGroupEnd(Journal& journal, std::vector<Event>& events) {
  const uint64_t end = GroupEnd(events.back());
  while (events.back().sequence < end) {
    const uint64_t last = events.back().sequence;
    auto rest = TRY(journal.Read(last, static_cast<size_t>(end - last)));
    if (rest.empty()) {
      return Error{ErrorCode::kCorrupt, fmt::format("the journal ends at {}, within a group that "
                                                    "ends at {}",
                                                    last, end)};
    }
    events.insert(events.end(), std::make_move_iterator(rest.begin()),
                  std::make_move_iterator(rest.end()));
  }
  return Ok();
}

// How many of the events, in whole groups, stay within the limit; at least the first group.
size_t CountWithin(const std::vector<Event>& events, const RuleIndex& rules,
                   const WindowLimits& limits) {
  uint64_t bytes = 0;
  size_t whole = 0;
  for (size_t i = 0; i < events.size(); ++i) {
    if (events[i].kind == EventKind::kCreated && rules.RuleOf(events[i]) != nullptr)
      bytes += events[i].size_bytes;
    if (bytes > limits.content_bytes && whole > 0) return whole;
    if (limits.groups == WindowLimits::Groups::kCut || events[i].sequence == GroupEnd(events[i]))
      whole = i + 1;
  }
  return events.size();
}

// Rows of older releases do not say it: no later than its version, then.
Timestamp CreatedOf(const Event& event) {
  return event.created.ticks != 0 ? event.created : event.version.time();
}

}  // namespace

const Rule* RuleOf(const Policy& policy, const Event& event) {
  switch (event.kind) {
    case EventKind::kCreated:
    case EventKind::kPropertiesChanged:
    case EventKind::kTierChanged:
    case EventKind::kDeleted:
    case EventKind::kVersionDeleted: break;
    case EventKind::kContainerCreated:
    case EventKind::kContainerDeleted:
    case EventKind::kDestinationChanged:
    case EventKind::kImmutabilityChanged:
    case EventKind::kSnapshotCreated:
    case EventKind::kSnapshotDeleted: return nullptr;
  }
  if (event.blob_kind != BlobKind::kBlock) return nullptr;
  const Rule* rule = FindRule(policy, event.container, event.name);
  if (rule == nullptr || event.sequence <= rule->start_sequence) return nullptr;
  const bool is_created = event.kind == EventKind::kCreated;
  return is_created && !IsYoungEnough(*rule, CreatedOf(event)) ? nullptr : rule;
}

Result<std::vector<Event>> ReadWindow(Journal& journal, const RuleIndex& rules, uint64_t after,
                                      const WindowLimits& limits) {
  auto events = TRY(journal.Read(after, limits.events));
  if (events.empty()) {
    const uint64_t head = TRY(journal.Head());
    if (head >= after) return events;
    return Error{ErrorCode::kStale,
                 fmt::format("the link has copied up to event {}, but the source's journal ends at "
                             "{}: the account was replaced by an older state of it",
                             after, head)};
  }
  if (limits.groups == WindowLimits::Groups::kWhole) TRY(ReadToGroupEnd(journal, events));
  TRY(CheckContinuous(events, after));
  events.resize(CountWithin(events, rules, limits));
  return events;
}

}  // namespace replicafs
