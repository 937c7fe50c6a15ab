// What was committed at each name, and which of it must have stayed a version.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace replicafs {

// A session makes one version, however often it commits: which of its commits is kept while it
// lasts is the file system's choice; what must stay is what was current when it ended, was moved or
// was removed. Equal neighbours count as one, and empty contents are never missed: directories
// have them too.
class VersionLog {
 public:
  void Committed(const std::string& path, const std::string& bytes);
  // What was committed last at the name stays, whatever comes.
  void Ended(const std::string& path);
  // It need not, because it may never have been committed.
  void MayLack(const std::string& path);
  // A version with this content was deleted for good.
  void Deleted(const std::string& path, const std::string& bytes);

  // What is wrong with these versions of the name, oldest first; nullopt: they may be.
  std::optional<std::string> Check(const std::string& path,
                                   const std::vector<std::string>& versions) const;
  std::vector<std::string> Paths() const;
  bool HasDeleted(const std::string& path) const;

 private:
  struct Entry {
    std::string digest;  // of the content
    bool stays = false;
  };
  struct History {
    std::vector<Entry> entries;
    bool has_deleted = false;
  };

  std::map<std::string, History> histories_;
};

}  // namespace replicafs
