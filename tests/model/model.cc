#include "tests/model/model.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "tests/model/operations.h"

namespace replicafs {
namespace {

constexpr Operation kOperations[] = {
    {30, OpenSome},          {30, WriteSome},        {10, ReadSome},
    {15, FlushSome},         {12, CloseSome},        {10, TruncateSome},
    {8, AllocateSome},       {6, CopySome},          {4, FindSome},
    {10, MakeDirectory},     {8, MakeSymlink},       {14, Remove},
    {16, RenameSome},        {5, ExchangeSome},      {14, ChangeAttributes},
    {16, ChangeXattr},       {4, SettleMount},       {1, RemountSome},
    {1, CrashMount},         {3, CompareOtherMount}, {2, WorkInTheOtherMount},
    {8, StepLink},           {1, CrashLink},         {1, CompareReplica},
    {3, BeRefusedByReplica}, {3, ReadVersions},      {1, DeleteVersion},
    {1, RememberMoment},     {1, ReadMoment},        {1, RestoreMoment},
};

const Operation& PickOperation(Random& random) {
  static const uint64_t kTotal =
      std::accumulate(std::begin(kOperations), std::end(kOperations), uint64_t{0},
                      [](uint64_t sum, const Operation& one) { return sum + one.weight; });
  uint64_t choice = random.Below(kTotal);
  const Operation* operation = std::begin(kOperations);
  while (choice >= operation->weight) choice -= (operation++)->weight;
  return *operation;
}

}  // namespace

Model::Model(const ModelOptions& options)
    : random(options.seed),
      world(options.accounts, options.durability, options.fault),
      options_(options) {}

void Model::Step() {
  ++steps_;
  PickOperation(random).run(*this);
  if (!problem_ && steps_ % options_.compare_every == 0) CompareAll();
}

void Model::CompareAll() {
  const auto observed = Observe(mount());
  if (!Expect(observed, "everything is read")) return;
  std::vector<std::string> extra;
  if (const auto difference = Difference(ExpectedOf(tree, View::kOwn), *observed, extra))
    return Fail(*difference);
  if (!extra.empty()) return Fail("'" + extra.front() + "' is there");
  for (size_t number = 0; number < handles.size(); ++number) {
    for (const ModelHandle& handle : handles[number]) {
      if (!handle.can_read) continue;
      const auto bytes = world.mount(number).ReadAll(handle.id);
      if (!Expect(bytes, fmt::format("handle {} is read", handle.id.value))) return;
      const std::string& expected = number == working ? handle.file->now.bytes : handle.pinned;
      if (*bytes != expected)
        return Fail(fmt::format("handle {} of mount {} of '{}' reads {} bytes, expected {}",
                                handle.id.value, number, handle.file->path, bytes->size(),
                                expected.size()));
    }
  }
}

std::string Model::RandomPath() {
  static const std::vector<std::string> kNames = {"a",  "b",    "c",   "a.b",
                                                  "a-", "odd.", "%!x", "new\nline"};
  if (random.Below(3) > 0 && tree.files().size() > 1)
    return std::next(tree.files().begin(),
                     static_cast<std::ptrdiff_t>(1 + random.Below(tree.files().size() - 1)))
        ->first;
  std::string path;
  const uint64_t depth = 1 + random.Below(3);
  for (uint64_t i = 0; i < depth; ++i) {
    if (i > 0) path += '/';
    path += kNames[random.Below(i + 1 < depth ? 3 : kNames.size())];
  }
  return path;
}

ReferenceTree::FilePtr Model::RandomFile() {
  auto file = tree.Find(RandomPath());
  return file != nullptr && file->type == ReferenceFile::Type::kFile ? file : nullptr;
}

ModelHandle* Model::RandomHandle() {
  return open().empty() ? nullptr : &random.Pick(open());
}

bool Model::Agree(const Status& got, const Status& expected, std::string what) {
  Note(std::move(what));
  if (got.has_value() != expected.has_value()) {
    Fail(got ? fmt::format("succeeded, expected {}", ErrorCodeName(expected.error().code))
             : fmt::format("failed: {}", got.error().message));
  } else if (!got && got.error().code != expected.error().code && !last_.starts_with("rename")) {
    // Of several reasons against a rename, either may be given.
    Fail(fmt::format("failed with {}, expected {}", ErrorCodeName(got.error().code),
                     ErrorCodeName(expected.error().code)));
  }
  return got.has_value() && expected.has_value();
}

void Model::Note(std::string what) {
  last_ = std::move(what);
  if (options_.trace) fmt::print("{}: {}\n", steps_, last_);
}

void Model::Fail(std::string problem) {
  if (problem_) return;
  problem_ = fmt::format("step {}, seed {}, after {}: {}", steps_, options_.seed, last_, problem);
}

void Model::Written(ModelHandle& handle, std::string bytes) {
  handle.unflushed = true;
  Changed(*handle.file, std::move(bytes));
}

void Model::Changed(ReferenceFile& file, std::string bytes) {
  file.now.bytes = std::move(bytes);
  file.now.mtime_ns.reset();
  file.dirty = true;
}

void Model::Commit(ReferenceFile& file) {
  if (!file.dirty || !file.linked) return;
  file.saved = file.now;
  file.dirty = false;
  ++file.generation;
  versions.Committed(file.path, file.now.bytes);
}

void Model::CommitAtClose(ReferenceFile& file) {
  if (!file.dirty || !file.linked) return;
  Commit(file);
  file.may_wait = is_relaxed();
}

void Model::Ended(const ReferenceFile& file, const std::string& path) {
  if (file.may_wait) {
    versions.MayLack(path);
  } else {
    versions.Ended(path);
  }
}

void Model::Settled() {
  late.clear();
  for (const auto& [path, file] : tree.files()) file->may_wait = false;
}

bool Model::HasWriters(const ReferenceFile& file) const {
  return std::any_of(handles[working].begin(), handles[working].end(), [&](const auto& handle) {
    return handle.file.get() == &file && handle.commits;
  });
}

bool Model::HasHandles(const ReferenceFile& file) const {
  return std::any_of(handles[working].begin(), handles[working].end(),
                     [&](const auto& handle) { return handle.file.get() == &file; });
}

void Model::ForgetHandles(size_t mount) {
  handles[mount].clear();
}

}  // namespace replicafs
