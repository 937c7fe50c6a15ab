// A file with two open handles, changed by system calls and compared with its model after each.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "backend/base/unique_fd.h"
#include "tests/stress/choice.h"
#include "tests/stress/file_model.h"
#include "tests/stress/operation_log.h"

namespace replicafs {

class StressedFile {
 public:
  struct Options {
    std::string path;
    size_t max_size = 0;
    bool direct = true;  // some handles are opened with O_DIRECT
  };

  StressedFile(const Options& options, Choice& choice, OperationLog& log);

  void Read();
  void Write();
  void Truncate();
  void ReadMapped();
  void WriteMapped();
  void Punch();
  void ZeroRange();
  void Allocate();
  void Sync();
  void Reopen();
  void Rename();
  void SeekExtents();
  void CopyTo(StressedFile& target);  // which may be this file
  void CompareSize();
  void CompareWhole();  // through a handle of its own
  // Closes and compares, then removes the file.
  void Remove();

 private:
  struct Handle {
    UniqueFd fd;
    int flags = 0;
  };

  Handle& Any() { return handles_[choice_.Below(handles_.size())]; }
  // One with none of the flags, if there is one.
  Handle* Without(int flags);
  void Open(Handle& handle, int more_flags);
  void Compare(size_t offset, std::string_view expected, std::string_view got);
  // Whether the disk side, past the pages that the kernel keeps, has what was expected.
  bool ReadsDirectly(size_t offset, std::string_view expected) const;
  void Falloc(int mode, const Range& range);

  std::string path_;
  const std::string first_path_;
  const size_t max_size_;
  const bool direct_;
  Choice& choice_;
  OperationLog& log_;
  FileModel model_;
  std::array<Handle, 2> handles_;
  bool unsynced_mapping_ = false;
};

}  // namespace replicafs
