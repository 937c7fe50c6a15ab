#include "backend/replication/gather.h"

#include <optional>
#include <set>
#include <utility>

#include "backend/blob/container_deletion.h"
#include "backend/replication/faults.h"
#include "backend/replication/parallel.h"

namespace replicafs {
namespace {

// nullopt instead of kNotFound.
template <class T>
Result<std::optional<T>> IfThere(Result<T> result) {
  if (result) return std::optional<T>(*std::move(result));
  if (result.error().code == ErrorCode::kNotFound) return std::optional<T>();
  return std::move(result).error();
}

BlobPath SourcePath(const Event& event) {
  return {event.container, event.name};
}

Status StatSource(const LinkContext& context, SourceChange& change, VersionId version) {
  auto info = context.source.store().Stat(SourcePath(change.event), version);
  change.info = TRY(IfThere(std::move(info)));
  return Ok();
}

// Whether a link may read it: also what it need not read, as the destination has all its blocks.
Status CheckReadable(const BlobInfo& info, const BlobPath& path) {
  TRY(CheckOnline(info.properties.tier, ToString(path)));
  // Nobody gives a link keys.
  return CheckKey(info.key_sha256, nullptr, ToString(path));
}

Status AskSource(const LinkContext& context, SourceChange& change,
                 std::unique_ptr<BlobReader>& reader) {
  if (change.rule == nullptr) return Ok();
  const VersionId version = change.event.version;
  // What the destination will refuse need not be read, nor looked for by halving the window.
  const Status fits =
      ValidateBlobName(change.event.name, context.destination.store().capabilities().names);
  if (!fits && change.event.kind == EventKind::kCreated) {
    change.fault = DestinationFault(fits.error());
    return StatSource(context, change, version);
  }
  if (change.event.kind == EventKind::kPropertiesChanged)
    return StatSource(context, change, version);
  if (change.event.kind == EventKind::kVersionDeleted) return StatSource(context, change, {});
  if (change.event.kind != EventKind::kCreated) return Ok();
  // The content of a renamed blob is at the destination already, most likely.
  if (!change.event.other_name.empty()) return StatSource(context, change, version);
  return OpenSource(context, change, reader);
}

// What to ask of one blob at the destination.
struct Question {
  BlobPath source;
  bool all_versions = false;
  std::set<VersionId> patched;
  std::set<VersionId> replaced;
};

struct Answer {
  DestinationBlob blob;
  std::optional<VersionId> gone_origin;
};

std::map<BlobPath, Question> Questions(const std::vector<SourceChange>& changes,
                                       uint64_t maybe_copied_until) {
  std::map<BlobPath, Question> questions;
  for (const SourceChange& change : changes) {
    if (change.rule == nullptr) continue;
    const Event& event = change.event;
    Question& question = questions[DestinationPath(change)];
    question.source = SourcePath(event);
    if (event.kind == EventKind::kPropertiesChanged) question.patched.insert(event.version);
    if (event.kind != EventKind::kCreated) continue;
    if (event.replaces) question.replaced.insert(event.replaces);
    if (event.sequence <= maybe_copied_until) question.all_versions = true;
    if (event.other_name.empty()) continue;
    const BlobPath old_path{change.rule->destination_container, event.other_name};
    questions[old_path].source = {event.container, event.other_name};
  }
  return questions;
}

Result<Answer> AskDestination(const LinkContext& context, const Policy& policy,
                              const BlobPath& path, const Question& question) {
  BlobStore& store = context.destination.store();
  Answer answer;
  auto& versions = answer.blob.versions;
  if (!question.all_versions) {
    auto current = TRY(IfThere(store.Stat(path)));
    if (current) versions.push_back(*std::move(current));
  }
  const bool ours =
      !versions.empty() && IsReplicaOf(versions[0], policy.source_account, question.source);
  bool list = question.all_versions;
  for (const VersionId version : question.patched)
    list = list || !ours || versions[0].origin->version != version;
  if (list) {
    auto all = TRY(IfThere(store.ListVersions(path)));
    versions = std::move(all).value_or(std::vector<BlobInfo>());
  }
  if (question.replaced.empty()) return answer;
  for (const BlobInfo& version : versions) {
    if (!version.is_current || !IsReplicaOf(version, policy.source_account, question.source))
      continue;
    const VersionId origin = version.origin->version;
    if (question.replaced.contains(origin)) continue;
    const auto at_source = TRY(IfThere(context.source.store().Stat(question.source, origin)));
    if (!at_source) answer.gone_origin = origin;
  }
  return answer;
}

// Why a container that is not there cannot be written to.
Result<BlobFault> MissingContainer(const LinkContext& context, const std::string& name) {
  const std::string place = "'" + context.destination.name() + "/" + name + "'";
  const auto row = TRY(context.destination.store().GetState(DeletedContainerKey(name)));
  const auto until = TRY(DeletedUntil(row, context.clock.Now()));
  if (!until)
    return BlobFault{"DestinationContainerNotFound",
                     "the container " + place + " does not exist: create it again"};
  return BlobFault{"DestinationContainerBeingDeleted",
                   "the container " + place + " is being deleted until " + ToString(*until) +
                       ": create it again then"};
}

Status CheckContainers(const LinkContext& context, const Policy& policy,
                       const std::vector<SourceChange>& changes, DestinationFacts& facts) {
  std::set<std::string> containers;
  for (const SourceChange& change : changes) {
    if (change.rule != nullptr) containers.insert(change.rule->destination_container);
  }
  for (const std::string& name : containers) {
    const auto container = TRY(IfThere(context.destination.store().GetContainer(name)));
    const std::string place = "'" + context.destination.name() + "/" + name + "'";
    if (!container) {
      facts.containers[name] = TRY(MissingContainer(context, name));
      continue;
    }
    facts.protections[name] = container->protection;
    if (container->destination_policy_id != policy.policy_id) {
      facts.containers[name] = {"ContainerIsNoDestination",
                                "the container " + place + " is no destination of the policy"};
    }
  }
  return Ok();
}

}  // namespace

Status OpenSource(const LinkContext& context, SourceChange& change,
                  std::unique_ptr<BlobReader>& reader) {
  auto opened = context.source.store().Open(SourcePath(change.event), change.event.version);
  if (opened) {
    change.info = (*opened)->info();
    const Status readable = CheckReadable(*change.info, SourcePath(change.event));
    if (readable) {
      reader = *std::move(opened);
    } else {
      change.fault = SourceFault(readable.error());
    }
    return Ok();
  }
  if (opened.error().code == ErrorCode::kNotFound) {
    change.info.reset();
    return Ok();
  }
  if (!IsBlobFault(opened.error().code)) return std::move(opened).error();
  change.fault = SourceFault(opened.error());
  return StatSource(context, change, change.event.version);
}

Result<Gathered> Gather(const LinkContext& context, const Policy& policy,
                        std::vector<SourceChange> changes, uint64_t maybe_copied_until,
                        std::stop_token stop) {
  Gathered gathered{.changes = std::move(changes)};
  gathered.facts.maybe_copied_until = maybe_copied_until;
  gathered.facts.now = context.clock.Now();
  TRY(CheckContainers(context, policy, gathered.changes, gathered.facts));

  gathered.readers.resize(gathered.changes.size());
  const ForEachOptions options{.threads = context.threads, .stop = stop};
  TRY(ForEach(context.pool, gathered.changes.size(), options, [&](size_t i) {
    return AskSource(context, gathered.changes[i], gathered.readers[i]);
  }));

  const auto questions = Questions(gathered.changes, maybe_copied_until);
  std::vector<std::pair<const BlobPath*, const Question*>> asked;
  for (const auto& [path, question] : questions) asked.emplace_back(&path, &question);
  std::vector<Answer> answers(asked.size());
  const auto ask = [&](size_t i) -> Status {
    answers[i] = TRY(AskDestination(context, policy, *asked[i].first, *asked[i].second));
    return Ok();
  };
  TRY(ForEach(context.pool, asked.size(), options, ask));
  for (size_t i = 0; i < asked.size(); ++i) {
    gathered.facts.blobs[*asked[i].first] = std::move(answers[i].blob);
    if (answers[i].gone_origin)
      gathered.facts.gone_origins.insert({asked[i].second->source, *answers[i].gone_origin});
  }
  return gathered;
}

}  // namespace replicafs
