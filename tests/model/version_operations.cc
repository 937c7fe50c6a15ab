#include <fmt/format.h>
#include <sys/stat.h>

#include <memory>
#include <utility>
#include <variant>

#include "backend/past/moment.h"
#include "backend/past/past_account.h"
#include "backend/past/restore.h"
#include "tests/model/model.h"
#include "tests/model/operations.h"

namespace replicafs {
namespace {

constexpr size_t kMomentsMax = 3;

using FilePtr = ReferenceTree::FilePtr;

class PastMount final : public PathCalls {
 public:
  explicit PastMount(std::unique_ptr<FileSystem> fs) : fs_(std::move(fs)) {}
  FileSystem& fs() override { return *fs_; }

 private:
  const std::unique_ptr<FileSystem> fs_;
};

std::optional<std::string> DifferenceToPast(const PastTree& past, const ObservedTree& observed) {
  for (const auto& [path, file] : past.files) {
    const auto found = observed.find(path);
    if (found == observed.end()) return "'" + path + "' is missing";
    if (found->second.type != file.first) return "'" + path + "' has another type";
    if (found->second.contents.bytes != file.second) return "'" + path + "' has other contents";
  }
  for (const auto& [path, file] : observed) {
    if (!past.files.contains(path)) return "'" + path + "' is there";
  }
  return std::nullopt;
}

// All changes of everything that ever was in the container.
Result<std::vector<Mutation>> PlanAll(BlobStore& store, Timestamp moment) {
  std::vector<Mutation> changes;
  ListRequest request{.container = "box", .hierarchical = false, .scope = ListScope::kAll};
  for (bool more = true; more;) {
    const ListPage page = TRY(store.List(request));
    more = page.more;
    for (const ListItem& item : page.items) {
      const auto& newest = std::get<BlobInfo>(item);
      request.after = newest.name;
      RestoreStep step = TRY(PlanRestore(store, "box", newest, moment));
      if (step.kind != RestoreKind::kUntouched) changes.push_back(std::move(*step.change));
    }
  }
  return changes;
}

// The model's tree becomes what is there now.
void Adopt(Model& model, const ObservedTree& observed) {
  for (const auto& [path, file] : model.tree.files()) {
    file->linked = false;
    ++file->generation;
    if (file->type != ReferenceFile::Type::kDirectory) model.versions.Ended(path);
  }
  model.tree = ReferenceTree();
  for (const auto& [path, file] : observed) {
    FileContents contents = file.contents;
    contents.mtime_ns.reset();
    if (file.type != ReferenceFile::Type::kDirectory) {
      model.versions.Committed(path, contents.bytes);
      model.versions.Ended(path);
    }
    model.Expect(model.tree.Add(path, file.type, std::move(contents)), "what is there can be");
  }
}

}  // namespace

void ReadVersions(Model& model) {
  SettleMount(model);
  const auto paths = model.versions.Paths();
  if (paths.empty()) return;
  const std::string& path = model.random.Pick(paths);
  model.Note(fmt::format("versions of {}", path));
  const auto observed = ObserveVersions(model.mount(), path);
  if (!model.Expect(observed, "versions are read")) return;
  if (const auto problem = model.versions.Check(path, *observed)) return model.Fail(*problem);
  const FilePtr file = model.tree.Find(path);
  const bool is_saved = file != nullptr && file->saved;
  if (is_saved && (observed->empty() || observed->back() != file->saved->bytes))
    model.Fail("the newest version is not the current one");
}

void DeleteVersion(Model& model) {
  SettleMount(model);
  const auto paths = model.versions.Paths();
  if (paths.empty()) return;
  const std::string& path = model.random.Pick(paths);
  const std::string directory = ".versions/" + path;
  const auto names = model.mount().List(directory);
  if (!names) return;
  std::vector<std::string> previous;
  for (const std::string& name : *names) {
    const auto attributes = model.mount().Stat(directory + "/" + name);
    if (attributes && S_ISREG(attributes->mode)) previous.push_back(name);
  }
  // The newest may be the current one.
  if (previous.size() < 2) return;
  const std::string version =
      directory + "/" + previous[1 + model.random.Below(previous.size() - 1)];
  const auto bytes = model.mount().ReadFile(version);
  model.Note("read of " + version);
  if (!model.Expect(bytes, "a version is read")) return;
  if (!model.Agree(model.mount().Unlink(version), Ok(), "unlink of " + version)) return;
  model.versions.Deleted(path, *bytes);
  model.past.clear();
}

void RememberMoment(Model& model) {
  CloseAll(model);
  SettleMount(model);
  // A session that lasts may replace the version of the moment.
  if (!model.handles[1 - model.working].empty()) return;
  PastTree past;
  for (const auto& [path, file] : model.tree.files()) {
    if (!path.empty()) past.files[path] = {file->type, file->saved->bytes};
  }
  past.moment = model.world.clock().Now();
  model.Note("a moment is remembered");
  if (model.past.size() == kMomentsMax) model.past.erase(model.past.begin());
  model.past.push_back(std::move(past));
}

void ReadMoment(Model& model) {
  SettleMount(model);
  if (model.past.empty()) return;
  const PastTree& past = model.random.Pick(model.past);
  model.Note("a moment is mounted");
  PastAccounts accounts(model.world.accounts(), past.moment);
  auto opened = FileSystem::Open(accounts, model.world.clock(),
                                 {.scope = {.account = "source", .container = "box"},
                                  .scratch_directory = model.world.scratch()});
  if (!model.Expect(opened, "a moment is mounted")) return;
  PastMount mount(std::move(*opened));
  const auto observed = Observe(mount);
  if (!model.Expect(observed, "everything is read")) return;
  if (const auto difference = DifferenceToPast(past, *observed))
    model.Fail("at a moment " + *difference);
}

void RestoreMoment(Model& model) {
  if (model.past.empty()) return;
  CloseAll(model);
  SettleMount(model);
  const PastTree& past = model.random.Pick(model.past);
  BlobStore& store = model.world.source().store();
  auto changes = PlanAll(store, past.moment);
  if (!model.Expect(changes, "a restore is planned")) return;
  model.Note(fmt::format("a moment is restored by {} changes", changes->size()));
  if (!changes->empty() && !model.Expect(store.Apply(std::move(*changes), 0), "it is restored"))
    return;
  const auto observed = Observe(model.mount());
  if (!model.Expect(observed, "everything is read")) return;
  if (const auto difference = DifferenceToPast(past, *observed)) return model.Fail(*difference);
  Adopt(model, *observed);
}

}  // namespace replicafs
