#include "tools/restore_at.h"

#include "backend/past/moment.h"
#include "tools/progress.h"

namespace replicafs {
namespace {

constexpr size_t kPageItems = 1000;
constexpr size_t kBatchChanges = 500;
constexpr int kAttempts = 5;

// Whether what was planned has been overtaken, so that a new plan may succeed.
bool IsOvertaken(const Error& error) {
  return error.code == ErrorCode::kPrecondition || error.code == ErrorCode::kNotFound;
}

class Restoration {
 public:
  Restoration(const VersionsTarget& target, const RestoreRequest& request, Timestamp moment)
      : target_(target), request_(request), progress_("restoring", request.output) {
    report_.moment = moment;
  }

  Result<RestoreReport> Run() {
    TRY(Walk([this](const BlobInfo&) {
      ++total_;
      return Ok();
    }));
    if (total_ == 0)
      return Error{ErrorCode::kNotFound, "there never was anything at '" + target_.text + "'"};
    TRY(Walk([this](const BlobInfo& newest) { return Visit(newest); }));
    TRY(Flush());
    progress_.Finish();
    return report_;
  }

 private:
  // The blob itself, then all whose names begin with its name and '/': all that ever were.
  Status Walk(const std::function<Status(const BlobInfo&)>& visit) {
    const std::string& name = target_.blob.name;
    if (!name.empty() && !name.ends_with('/')) {
      const auto versions = TRY(target_.store().ListVersions(target_.blob));
      if (!versions.empty()) TRY(visit(versions.front()));
    }
    ListRequest request{.container = target_.blob.container, .prefix = name, .hierarchical = false};
    if (!name.empty() && !name.ends_with('/')) request.prefix += '/';
    request.limit = kPageItems;
    request.scope = ListScope::kAll;
    for (;;) {
      const ListPage page = TRY(target_.store().List(request));
      for (const ListItem& item : page.items) {
        const auto& newest = std::get<BlobInfo>(item);
        TRY(visit(newest));
        request.after = newest.name;
      }
      if (!page.more) return Ok();
    }
  }

  Status Visit(const BlobInfo& newest) {
    RestoreStep step =
        TRY(PlanRestore(target_.store(), target_.blob.container, newest, report_.moment));
    progress_.Update(++seen_, total_, newest.name);
    if (step.kind == RestoreKind::kUntouched) {
      ++report_.untouched;
      return Ok();
    }
    request_.planned(step);
    if (request_.dry_run) {
      Count(step);
      return Ok();
    }
    batch_.push_back(std::move(step));
    return batch_.size() < kBatchChanges ? Ok() : Flush();
  }

  void Count(const RestoreStep& step) {
    if (step.kind == RestoreKind::kUntouched) ++report_.untouched;
    if (step.kind == RestoreKind::kRestored) ++report_.restored;
    if (step.kind == RestoreKind::kRemoved) ++report_.removed;
    if (step.kind == RestoreKind::kRestored && !step.exact) ++report_.inexact;
  }

  Status Flush() {
    if (batch_.empty()) return Ok();
    std::vector<Mutation> mutations;
    for (const RestoreStep& step : batch_) mutations.push_back(*step.change);
    const auto applied = target_.store().Apply(std::move(mutations), 0);
    if (!applied && !IsOvertaken(applied.error())) return applied.error();
    for (const RestoreStep& step : batch_) {
      if (applied) {
        Count(step);
      } else {
        TRY(RestoreAlone(step.path));
      }
    }
    batch_.clear();
    return Ok();
  }

  // With a new plan for each attempt.
  Status RestoreAlone(const BlobPath& path) {
    for (int attempt = 1;; ++attempt) {
      const auto versions = TRY(target_.store().ListVersions(path));
      if (versions.empty()) return Ok();
      const RestoreStep step =
          TRY(PlanRestore(target_.store(), path.container, versions.front(), report_.moment));
      if (step.kind != RestoreKind::kUntouched) {
        const auto applied = ApplyOne(target_.store(), *step.change, 0);
        if (!applied && IsOvertaken(applied.error()) && attempt < kAttempts) continue;
        if (!applied) return applied.error();
      }
      Count(step);
      return Ok();
    }
  }

  const VersionsTarget& target_;
  const RestoreRequest& request_;
  Progress progress_;
  RestoreReport report_;
  uint64_t total_ = 0;
  uint64_t seen_ = 0;
  std::vector<RestoreStep> batch_;
};

}  // namespace

Result<RestoreReport> RestoreAt(const VersionsTarget& target, const RestoreRequest& request) {
  const Timestamp moment = TRY(EndOfStep(target.container.account->journal(), request.moment));
  return Restoration(target, request, moment).Run();
}

}  // namespace replicafs
