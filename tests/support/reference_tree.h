// What a file system should hold after the operations so far: POSIX on plain maps.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backend/base/result.h"

namespace replicafs {

struct ReferenceFile {
  enum class Type { kFile, kDirectory, kSymlink } type = Type::kFile;
  std::string content;  // of a symlink: its target
  uint32_t mode = 0;
  std::optional<int64_t> mtime_ns;  // nullopt: some time or other
  std::map<std::string, std::string> xattrs;
};

// Paths without a leading '/'; the root is "".
class ReferenceTree {
 public:
  using FilePtr = std::shared_ptr<ReferenceFile>;

  ReferenceTree();
  FilePtr Find(const std::string& path) const;
  std::vector<std::string> Children(const std::string& path) const;  // their names
  size_t Subdirectories(const std::string& path) const;
  std::vector<std::string> Paths() const;  // without the root

  // kNotFound, kNotDirectory: of the parent. kExists.
  Status Add(const std::string& path, ReferenceFile file);
  Status Unlink(const std::string& path);
  Status Rmdir(const std::string& path);
  enum class Replace { kYes, kNo };
  // kInvalid when one lies in the other.
  Status Exchange(const std::string& first, const std::string& second);
  Status Rename(const std::string& from, const std::string& to, Replace replace);

 private:
  // Takes out what stands at and below a path, by the rest of its path.
  std::map<std::string, FilePtr> Take(const std::string& path);
  void Give(const std::string& path, const std::map<std::string, FilePtr>& files);
  Status CheckParent(const std::string& path) const;

  std::map<std::string, FilePtr> files_;
};

}  // namespace replicafs
