// Random operations on a world, and beside it what must come of them. The first difference ends it.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/model/observed_tree.h"
#include "tests/model/random.h"
#include "tests/model/reference_tree.h"
#include "tests/model/version_log.h"
#include "tests/model/world.h"

namespace replicafs {

struct ModelOptions {
  uint64_t seed = 0;
  World::Accounts accounts = World::Accounts::kInMemory;
  Durability durability = Durability::kCommit;  // of the source
  PlantedFault fault = PlantedFault::kNone;
  uint64_t compare_every = 16;  // steps
  bool trace = false;           // print the operations
};

struct ModelHandle {
  HandleId id;
  ReferenceTree::FilePtr file;
  bool can_read = false;
  bool can_write = false;
  bool appends = false;
  bool commits = false;    // its close is one of a writer
  bool unflushed = false;  // it has written since its last flush
  // Since another mount works: what it shows, and the file's generation when that began.
  std::string pinned;
  uint64_t generation = 0;
};

// How a container was at a moment.
struct PastTree {
  Timestamp moment;
  std::map<std::string, std::pair<ReferenceFile::Type, std::string>> files;
};

class Model {
 public:
  explicit Model(const ModelOptions& options);

  // One operation and, now and then, a comparison of everything.
  void Step();
  void CompareAll();
  const std::optional<std::string>& problem() const { return problem_; }
  uint64_t steps() const { return steps_; }

  // For the operations (operations.h).
  Random random;
  World world;
  ReferenceTree tree;
  VersionLog versions;
  std::vector<PastTree> past;
  // Closes are answered early: nothing is said of what a crash takes.
  bool is_relaxed() const { return options_.durability == Durability::kRelaxed; }
  size_t working = 0;  // which mount changes things
  std::array<std::vector<ModelHandle>, 2> handles;
  // Removals that were answered and may not be made yet, oldest first.
  std::vector<ReferenceTree::FilePtr> late;

  ModelMount& mount() { return world.mount(working); }
  std::vector<ModelHandle>& open() { return handles[working]; }
  std::string RandomPath();
  ReferenceTree::FilePtr RandomFile();  // nullptr: there is none
  ModelHandle* RandomHandle();          // nullptr: none is open

  // Whether both succeeded; a problem when only one did, or with another error.
  template <class T>
  bool Agree(const Result<T>& got, const Status& expected, std::string what) {
    return Agree(got ? Ok() : Status(got.error()), expected, std::move(what));
  }
  bool Agree(const Status& got, const Status& expected, std::string what);
  void Note(std::string what);
  void Fail(std::string problem);
  template <class T>
  bool Expect(const Result<T>& result, const std::string& what) {
    if (!result) Fail(what + ": " + result.error().message);
    return result.has_value();
  }

  // What is written in the model when the file system does it.
  void Written(ModelHandle& handle, std::string bytes);
  void Changed(ReferenceFile& file, std::string bytes);
  void Commit(ReferenceFile& file);
  // The same by a close, which may be answered before it is made.
  void CommitAtClose(ReferenceFile& file);
  // A version ends at this name. None is left of a new file whose commit still waits.
  void Ended(const ReferenceFile& file, const std::string& path);
  // All that was answered has been made.
  void Settled();
  // In the mount that works.
  bool HasWriters(const ReferenceFile& file) const;
  bool HasHandles(const ReferenceFile& file) const;
  void ForgetHandles(size_t mount);

 private:
  std::optional<std::string> problem_;
  std::string last_;
  uint64_t steps_ = 0;
  const ModelOptions options_;
};

}  // namespace replicafs
