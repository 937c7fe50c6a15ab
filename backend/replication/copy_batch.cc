#include "backend/replication/copy_batch.h"

#include <optional>
#include <utility>

namespace replicafs {
namespace {

class BatchMaker {
 public:
  BatchMaker(const LinkContext& context, const BatchRequest& request, Gathered gathered)
      : context_(context),
        request_(request),
        gathered_(std::move(gathered)),
        contents_(gathered_.changes.size()) {}

  // Content that turns out unreadable changes what becomes of the events after it, so the decision
  // is made again until all the content that it wants is at hand.
  Status Prepare(uint64_t& sent_bytes) {
    for (;;) {
      actions_ = Decide(request_.policy, gathered_.changes, gathered_.facts);
      std::vector<size_t> wanted;
      for (size_t i = 0; i < actions_.size(); ++i) {
        if (actions_[i].kind == Action::Kind::kCommit && !contents_[i]) wanted.push_back(i);
      }
      if (wanted.empty()) return Ok();
      TRY(Fetch(wanted, sent_bytes));
    }
  }

  CopyBatch Finish() {
    CopyBatch batch;
    for (size_t i = 0; i < actions_.size(); ++i) {
      const SourceChange& change = gathered_.changes[i];
      if (change.rule == nullptr) continue;
      if (actions_[i].kind == Action::Kind::kFault) {
        batch.failed.push_back({change.event, actions_[i].fault});
        continue;
      }
      batch.done.push_back(change.event);
      Add(batch, i);
    }
    return batch;
  }

 private:
  Status Fetch(const std::vector<size_t>& wanted, uint64_t& sent_bytes) {
    std::vector<StageItem> items;
    std::vector<size_t> indices;
    for (const size_t i : wanted) {
      if (gathered_.readers[i] == nullptr)
        TRY(OpenSource(context_, gathered_.changes[i], gathered_.readers[i]));
      if (gathered_.readers[i] == nullptr) continue;
      const Event& event = gathered_.changes[i].event;
      items.push_back(
          {.reader = gathered_.readers[i].get(), .path = {event.container, event.name}});
      indices.push_back(i);
    }
    const Status staged = request_.stage
                              ? request_.stage(items)
                              : StageContents(context_, items, request_.stop, request_.progress);
    for (const StageItem& item : items) sent_bytes += item.sent_bytes;
    TRY(staged);
    for (size_t k = 0; k < items.size(); ++k) {
      if (items[k].fault) {
        gathered_.changes[indices[k]].fault = std::move(items[k].fault);
      } else {
        contents_[indices[k]] = std::move(items[k].content);
      }
      gathered_.readers[indices[k]].reset();
    }
    return Ok();
  }

  void Add(CopyBatch& batch, size_t i) {
    const SourceChange& change = gathered_.changes[i];
    const Action& action = actions_[i];
    switch (action.kind) {
      case Action::Kind::kNothing:
        if (change.event.kind != EventKind::kCreated || !change.info) return;
        ++batch.there_versions;
        batch.there_bytes += change.info->size_bytes;
        return;
      case Action::Kind::kFault: return;
      case Action::Kind::kCommit:
        batch.mutations.push_back(Commit(change, action, *std::move(contents_[i])));
        break;
      case Action::Kind::kMove:
        batch.mutations.push_back(Commit(change, action, action.content));
        break;
      case Action::Kind::kRemove:
        batch.mutations.push_back(
            RemoveBlob{.path = DestinationPath(change), .source_time = change.event.time});
        return;
      case Action::Kind::kPatch: batch.mutations.push_back(Patch(change, action)); return;
    }
    ++batch.versions;
    batch.logical_bytes += change.info->size_bytes;
  }

  bool copies_tags() const { return request_.policy.tags_replication.value_or(false); }

  PatchBlob Patch(const SourceChange& change, const Action& action) const {
    const BlobProperties& properties = change.info->properties;
    PatchBlob patch{.path = DestinationPath(change),
                    .version = action.version,
                    .headers = properties.headers,
                    .metadata = properties.metadata,
                    .origin_policy_id = request_.policy.policy_id,
                    .origin_modified = change.info->last_modified};
    if (copies_tags()) patch.tags = properties.tags;
    return patch;
  }

  CommitBlob Commit(const SourceChange& change, const Action& action, Content content) const {
    const Event& event = change.event;
    return {.path = DestinationPath(change),
            .content = std::move(content),
            .properties = {.headers = change.info->properties.headers,
                           .metadata = change.info->properties.metadata,
                           .tags = copies_tags() ? change.info->properties.tags : StringMap()},
            .replaces = action.replaces,
            .origin = ReplicaOrigin{.policy_id = request_.policy.policy_id,
                                    .rule_id = change.rule->rule_id,
                                    .account = request_.policy.source_account,
                                    .path = {event.container, event.name},
                                    .version = event.version,
                                    .modified = change.info->last_modified},
            .source_time = event.time};
  }

  const LinkContext& context_;
  const BatchRequest& request_;
  Gathered gathered_;
  std::vector<std::optional<Content>> contents_;
  std::vector<Action> actions_;
};

}  // namespace

Result<CopyBatch> MakeBatch(const LinkContext& context, BatchRequest request,
                            uint64_t& sent_bytes) {
  auto gathered = TRY(Gather(context, request.policy, std::move(request.changes),
                             request.maybe_copied_until, request.stop));
  if (request.amend) request.amend(gathered);
  BatchMaker maker(context, request, std::move(gathered));
  TRY(maker.Prepare(sent_bytes));
  return maker.Finish();
}

}  // namespace replicafs
