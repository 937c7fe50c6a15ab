// What a mount shows, and how it differs from what it should.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/model/reference_tree.h"
#include "tests/support/path_calls.h"

namespace replicafs {

struct ObservedFile {
  ReferenceFile::Type type = ReferenceFile::Type::kFile;
  FileContents contents;
  uint64_t size_bytes = 0;
  uint32_t links = 0;
};
using ObservedTree = std::map<std::string, ObservedFile>;  // by path, without the root

// Everything, by a listing of each directory and reading each file.
Result<ObservedTree> Observe(PathCalls& mount);
// Contents of the versions of a name, oldest first; none when the name never existed.
Result<std::vector<std::string>> ObserveVersions(PathCalls& mount, const std::string& path);

// What others may find at a path; several where what is to come has been answered.
struct ExpectedFile {
  ReferenceFile::Type type = ReferenceFile::Type::kFile;
  const FileContents* contents = nullptr;
  // While it is dirty, attributes wait for its commit or do not.
  const FileContents* other_attributes = nullptr;
};
using ExpectedTree = std::map<std::string, ExpectedFile>;

enum class View { kOwn, kOthers };
// As the mount that works on the tree sees it, or as everybody else does.
ExpectedTree ExpectedOf(const ReferenceTree& tree, View view);

// How one file differs; nullopt: it does not.
std::optional<std::string> Difference(const ExpectedFile& expected, const ObservedFile& observed);
// `extra` takes names that are there and not expected.
std::optional<std::string> Difference(const ExpectedTree& expected, const ObservedTree& observed,
                                      std::vector<std::string>& extra);

}  // namespace replicafs
