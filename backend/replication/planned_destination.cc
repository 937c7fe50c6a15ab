#include "backend/replication/planned_destination.h"

#include <cstring>
#include <map>
#include <string>
#include <utility>

namespace replicafs {

PlannedDestination::Key PlannedDestination::KeyOf(const BlobPath& path) {
  const Digest digest = Sha256(AsBytes(ToString(path)));
  Key key;
  std::memcpy(&key.high, digest.bytes.data(), sizeof key.high);
  std::memcpy(&key.low, digest.bytes.data() + sizeof key.high, sizeof key.low);
  return key;
}

void PlannedDestination::Apply(const std::vector<Mutation>& mutations) {
  for (const Mutation& mutation : mutations) {
    if (const auto* commit = std::get_if<CommitBlob>(&mutation)) {
      Change& change = changes_[KeyOf(commit->path)];
      if (!change.newest) ++blobs_;
      change = {.newest = commit->origin->version, .is_current = true};
    } else if (const auto* remove = std::get_if<RemoveBlob>(&mutation)) {
      changes_[KeyOf(remove->path)].is_current = false;
    } else if (const auto* patch = std::get_if<PatchBlob>(&mutation)) {
      patched_.insert(patch->version);
    }
  }
}

void PlannedDestination::AmendBlob(const BlobPath& path, const BlobPath& source,
                                   DestinationBlob& blob) const {
  const auto found = changes_.find(KeyOf(path));
  if (found == changes_.end()) return;
  const Change& change = found->second;
  for (BlobInfo& version : blob.versions) version.is_current = false;
  if (!change.newest) return;
  // A version id of zero is one that is not committed yet: Decide takes it to be made now.
  blob.versions.insert(blob.versions.begin(),
                       BlobInfo{.name = path.name,
                                .is_current = change.is_current,
                                .origin = ReplicaOrigin{.policy_id = policy_.policy_id,
                                                        .account = policy_.source_account,
                                                        .path = source,
                                                        .version = change.newest}});
}

// A version has the properties of the moment when it is copied, and when it is patched.
void PlannedDestination::AmendProperties(const SourceChange& change, DestinationBlob& blob) const {
  if (change.event.kind != EventKind::kPropertiesChanged || !change.info) return;
  for (BlobInfo& version : blob.versions) {
    if (!version.origin || version.origin->version != change.event.version) continue;
    if (version.version && !patched_.contains(version.version)) continue;
    const Tier tier = version.properties.tier;
    version.properties = change.info->properties;
    version.properties.tier = tier;
  }
}

void PlannedDestination::Amend(Gathered& gathered) const {
  std::map<std::string, std::string> sources;  // containers, by that at the destination
  for (const SourceChange& change : gathered.changes) {
    if (change.rule != nullptr)
      sources[change.rule->destination_container] = change.rule->source_container;
  }
  auto& blobs = gathered.facts.blobs;
  for (auto& [path, blob] : blobs) AmendBlob(path, {sources[path.container], path.name}, blob);
  for (const SourceChange& change : gathered.changes) {
    if (change.rule == nullptr) continue;
    const auto blob = blobs.find(DestinationPath(change));
    if (blob != blobs.end()) AmendProperties(change, blob->second);
  }
}

void PlannedDestination::DropSent(std::vector<StagingPiece>& pieces) const {
  std::erase_if(pieces, [this](const StagingPiece& piece) {
    return piece.kind == StagingPiece::Kind::kKnown && sent_.contains(piece.digest);
  });
}

void PlannedDestination::Send(const std::vector<StagingPiece>& pieces,
                              std::vector<StageItem>& items) {
  for (const StagingPiece& piece : pieces) {
    if (piece.kind == StagingPiece::Kind::kKnown) sent_.insert(piece.digest);
    items[piece.item].sent_bytes += piece.size_bytes;
  }
}

}  // namespace replicafs
