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

// What a file holds beside its name and type.
struct FileContents {
  std::string bytes;  // of a symlink: its target
  uint32_t mode = 0;
  std::optional<int64_t> mtime_ns;  // nullopt: some time or other
  std::map<std::string, std::string> xattrs;
};

struct ReferenceFile {
  enum class Type { kFile, kDirectory, kSymlink } type = Type::kFile;
  FileContents now;  // as the mount that works on it sees it
  // As everybody else does, and the mount itself after a crash. nullopt: it exists in its mount
  // alone, because nothing was committed yet.
  std::optional<FileContents> saved;
  bool dirty = false;       // something was written and not committed
  bool may_wait = false;    // the commit of what is saved was answered and may not be made yet
  bool linked = false;      // it has a name
  std::string path;         // its name, or the last one that it had
  uint64_t generation = 0;  // counts changes of what is saved, and of its name
};

// Paths without a leading '/'; the root is "".
class ReferenceTree {
 public:
  using FilePtr = std::shared_ptr<ReferenceFile>;

  ReferenceTree();
  FilePtr Find(const std::string& path) const;
  std::vector<std::string> Children(const std::string& path) const;  // their names
  // In the order of their paths, the root first.
  const std::map<std::string, FilePtr>& files() const { return files_; }

  // kNotFound, kNotDirectory: of the parent. kExists. What is added is saved.
  Status Add(const std::string& path, ReferenceFile::Type type, FileContents contents);
  Status Unlink(const std::string& path);
  // Of a file that existed in its mount alone.
  void Forget(const FilePtr& file);
  Status Rmdir(const std::string& path);
  enum class Replace { kYes, kNo };
  // kInvalid when one lies in the other.
  Status Exchange(const std::string& first, const std::string& second);
  Status Rename(const std::string& from, const std::string& to, Replace replace);

 private:
  void Erase(const std::string& path);
  // Takes out what stands at and below a path, by the rest of its path.
  std::map<std::string, FilePtr> Take(const std::string& path);
  void Give(const std::string& path, const std::map<std::string, FilePtr>& files);
  Status CheckParent(const std::string& path) const;

  std::map<std::string, FilePtr> files_;
};

}  // namespace replicafs
