// Changes of whole ranges: holes, allocation, copies.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

#include "tests/stress/page_memory.h"
#include "tests/stress/stressed_file.h"

namespace replicafs {

void StressedFile::Falloc(int mode, const Range& range) {
  log_.Add("fallocate {} {}+{} mode {}", path_, range.offset, range.length, mode);
  log_.Must(::fallocate(Any().fd.get(), mode, Off(range.offset), Off(range.length)) == 0,
            "fallocate");
  if ((mode & FALLOC_FL_KEEP_SIZE) == 0) model_.Grow(range.end());
}

void StressedFile::Punch() {
  const Range range = ChooseRange(choice_, max_size_);
  Falloc(FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, range);
  model_.Zero(range.offset, range.length);
}

void StressedFile::ZeroRange() {
  const Range range = ChooseRange(choice_, max_size_);
  Falloc(FALLOC_FL_ZERO_RANGE | (choice_.OneIn(2) ? FALLOC_FL_KEEP_SIZE : 0), range);
  model_.Zero(range.offset, range.length);
}

void StressedFile::Allocate() {
  Falloc(choice_.OneIn(2) ? FALLOC_FL_KEEP_SIZE : 0, ChooseRange(choice_, max_size_));
}

// Holes hold zeros alone, data and holes follow each other to the end.
void StressedFile::SeekExtents() {
  // Linux does not write mapped pages back before it asks a FUSE file system for its extents.
  if (unsynced_mapping_) Sync();
  const int fd = Any().fd.get();
  log_.Add("seek {}", path_);
  size_t offset = 0;
  while (offset < model_.size()) {
    const off_t data = ::lseek(fd, Off(offset), SEEK_DATA);
    log_.Must(data >= 0 || errno == ENXIO, "lseek SEEK_DATA");
    const size_t hole_end = data < 0 ? model_.size() : static_cast<size_t>(data);
    if (hole_end < offset || hole_end > model_.size()) log_.Fail("SEEK_DATA went wrong");
    Compare(offset, model_.Read(offset, hole_end - offset), std::string(hole_end - offset, '\0'));
    if (data < 0) return;
    const off_t hole = ::lseek(fd, data, SEEK_HOLE);
    log_.Must(hole >= 0, "lseek SEEK_HOLE");
    if (hole <= data || static_cast<size_t>(hole) > model_.size())
      log_.Fail(fmt::format("SEEK_HOLE from {} says {}", data, hole));
    offset = static_cast<size_t>(hole);
  }
}

void StressedFile::CopyTo(StressedFile& target) {
  // Where the kernel moves the bytes itself, O_DIRECT asks for whole pages.
  Handle* const source = Without(O_DIRECT);
  Handle* const to = target.Without(O_APPEND | O_DIRECT);
  if (source == nullptr || to == nullptr) return;
  Range from = ChooseRange(choice_, max_size_);
  const size_t to_offset = ChooseRange(choice_, max_size_).offset;
  from.length = std::min(from.length, max_size_ - to_offset);
  // A copy within a file may let it grow, and so give itself more to copy.
  if (this == &target)
    from.length = std::min(from.length, model_.size() - std::min(from.offset, model_.size()));
  const bool overlap = from.offset < to_offset + from.length && to_offset < from.end();
  if (from.length == 0 || (this == &target && overlap)) return;
  log_.Add("copy {} {}+{} to {} {}", path_, from.offset, from.length, target.path_, to_offset);
  const std::string expected(model_.Read(from.offset, from.length));
  off_t in = Off(from.offset);
  off_t out = Off(to_offset);
  size_t left = from.length;
  while (left > 0) {
    const ssize_t copied = ::copy_file_range(source->fd.get(), &in, to->fd.get(), &out, left, 0);
    log_.Must(copied >= 0, "copy_file_range");
    if (copied == 0) break;
    left -= static_cast<size_t>(copied);
  }
  if (from.length - left != expected.size())
    log_.Fail(
        fmt::format("{} bytes were copied instead of {}", from.length - left, expected.size()));
  if (!expected.empty()) target.model_.Write(to_offset, expected);
}

}  // namespace replicafs
