#include "backend/blob/journal.h"

namespace replicafs {

std::string_view ToString(EventKind kind) {
  switch (kind) {
    case EventKind::kCreated: return "Created";
    case EventKind::kPropertiesChanged: return "PropertiesChanged";
    case EventKind::kTierChanged: return "TierChanged";
    case EventKind::kDeleted: return "Deleted";
    case EventKind::kVersionDeleted: return "VersionDeleted";
    case EventKind::kContainerCreated: return "ContainerCreated";
    case EventKind::kContainerDeleted: return "ContainerDeleted";
    case EventKind::kDestinationChanged: return "DestinationChanged";
    case EventKind::kImmutabilityChanged: return "ImmutabilityChanged";
    case EventKind::kSnapshotCreated: return "SnapshotCreated";
    case EventKind::kSnapshotDeleted: return "SnapshotDeleted";
  }
  return "Unknown";
}

std::optional<EventKind> ParseEventKind(std::string_view text) {
  for (const EventKind kind :
       {EventKind::kCreated, EventKind::kPropertiesChanged, EventKind::kTierChanged,
        EventKind::kDeleted, EventKind::kVersionDeleted, EventKind::kContainerCreated,
        EventKind::kContainerDeleted, EventKind::kDestinationChanged,
        EventKind::kImmutabilityChanged, EventKind::kSnapshotCreated,
        EventKind::kSnapshotDeleted}) {
    if (ToString(kind) == text) return kind;
  }
  return std::nullopt;
}

}  // namespace replicafs
