// A directory that ends with the test.
#pragma once

#include <string>

namespace replicafs {

class TempDirectory {
 public:
  TempDirectory();  // under $TMPDIR or /tmp
  ~TempDirectory();
  TempDirectory(const TempDirectory&) = delete;
  TempDirectory& operator=(const TempDirectory&) = delete;

  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

}  // namespace replicafs
