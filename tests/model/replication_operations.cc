#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include "tests/model/model.h"
#include "tests/model/operations.h"

namespace replicafs {
namespace {

constexpr int kStepsMax = 10'000;

bool CatchUp(Model& model) {
  for (int i = 0; i < kStepsMax; ++i) {
    const auto step = model.world.link().Step({});
    if (!model.Expect(step, "the link steps")) return false;
    if (*step == StepResult::kCaughtUp) return true;
  }
  model.Fail("the link does not catch up");
  return false;
}

bool IsPartOf(const std::vector<std::string>& some, const std::vector<std::string>& all) {
  size_t found = 0;
  for (const std::string& one : all) {
    if (found < some.size() && some[found] == one) ++found;
  }
  return found == some.size();
}

void CompareVersions(Model& model, const std::string& path) {
  const auto source = ObserveVersions(model.mount(), path);
  const auto replicas = ObserveVersions(model.world.replica(), path);
  if (!model.Expect(source, "versions are read") || !model.Expect(replicas, "replicas are read"))
    return;
  // What is deleted for good at the source stays at the destination.
  const bool equal =
      model.versions.HasDeleted(path) ? IsPartOf(*source, *replicas) : *source == *replicas;
  if (!equal)
    model.Fail(fmt::format("'{}' has {} versions at the source, others ({}) at the destination",
                           path, source->size(), replicas->size()));
}

}  // namespace

void StepLink(Model& model) {
  model.Note("step of the link");
  model.Expect(model.world.link().Step({}), "the link steps");
}

void CrashLink(Model& model) {
  Random& random = model.random;
  FaultScript& faults = model.world.link_faults();
  if (random.OneIn(3)) {
    RefuseAll(faults);
  } else {
    faults.Add({.call = StoreCall::kApply,
                .nth = 1 + random.Below(2),
                .kind = random.OneIn(2) ? FaultKind::kFailBefore : FaultKind::kFailAfter});
  }
  model.Note("crash of the link");
  bool failed = false;
  for (int i = 0; i < 3 && !failed; ++i) failed = !model.world.link().Step({}).has_value();
  model.world.RestartLink();
}

void CompareReplica(Model& model) {
  SettleMount(model);
  model.Note("the link catches up");
  if (!CatchUp(model)) return;
  const auto observed = Observe(model.world.replica());
  if (!model.Expect(observed, "everything is read at the destination")) return;
  std::vector<std::string> extra;
  if (const auto difference = Difference(ExpectedOf(model.tree, View::kOthers), *observed, extra))
    return model.Fail("at the destination " + *difference);
  if (!extra.empty()) return model.Fail("at the destination '" + extra.front() + "' is there");
  const auto paths = model.versions.Paths();
  for (int i = 0; i < 3 && !paths.empty(); ++i) CompareVersions(model, model.random.Pick(paths));
}

void BeRefusedByReplica(Model& model) {
  ModelMount& replica = model.world.replica();
  const Status refused = Error{ErrorCode::kDestination, ""};
  const std::string path = model.RandomPath();
  const auto attributes = replica.Stat(path);
  if (!attributes || path.empty()) {
    model.Agree(replica.Mkdir("zz"), refused, "mkdir at the destination");
    model.Agree(replica.Symlink("to", "zz"), refused, "symlink at the destination");
    model.Agree(replica.Open("zz", O_WRONLY | O_CREAT), refused, "create at the destination");
    return;
  }
  model.Agree(replica.Rename(path, "zz"), refused,
              fmt::format("move({}) at the destination", path));
  if (S_ISLNK(attributes->mode)) return;
  model.Agree(replica.SetAttributes(path, {.mode = 0600}), refused,
              fmt::format("chmod({}) at the destination", path));
  model.Agree(replica.SetXattr(path, "user.x0", "no"), refused,
              fmt::format("setxattr({}) at the destination", path));
  if (S_ISDIR(attributes->mode)) return;
  model.Agree(replica.Open(path, O_WRONLY), refused,
              fmt::format("open({}) for writing at the destination", path));
  model.Agree(replica.SetAttributes(path, {.size_bytes = 0}), refused,
              fmt::format("truncate({}) at the destination", path));
}

}  // namespace replicafs
