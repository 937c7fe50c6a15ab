#include "tests/stress/stressed_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "tests/stress/page_memory.h"

namespace replicafs {

StressedFile::StressedFile(const Options& options, Choice& choice, OperationLog& log)
    : path_(options.path),
      first_path_(options.path),
      max_size_(options.max_size),
      direct_(options.direct),
      choice_(choice),
      log_(log) {
  for (Handle& handle : handles_) Open(handle, O_CREAT);
}

StressedFile::Handle* StressedFile::Without(int flags) {
  const size_t first = choice_.Below(handles_.size());
  for (size_t i = 0; i < handles_.size(); ++i) {
    Handle& handle = handles_[(first + i) % handles_.size()];
    if ((handle.flags & flags) == 0) return &handle;
  }
  return nullptr;
}

void StressedFile::Open(Handle& handle, int more_flags) {
  int flags = O_RDWR | O_CLOEXEC | more_flags;
  if (choice_.OneIn(4)) flags |= O_APPEND;
  if (direct_ && choice_.OneIn(6)) flags |= O_DIRECT;
  log_.Add("open {} append {} direct {} truncate {}", path_, (flags & O_APPEND) != 0,
           (flags & O_DIRECT) != 0, (flags & O_TRUNC) != 0);
  handle.fd = UniqueFd(::open(path_.c_str(), flags, 0644));
  handle.flags = flags;
  log_.Must(handle.fd.valid(), "open");
  if ((flags & O_TRUNC) != 0) model_.Truncate(0);
}

void StressedFile::Compare(size_t offset, std::string_view expected, std::string_view got) {
  if (expected == got) return;
  const size_t same = static_cast<size_t>(
      std::mismatch(expected.begin(), expected.end(), got.begin(), got.end()).first -
      expected.begin());
  size_t different = 0;
  size_t zeros = 0;
  size_t last = same;
  for (size_t i = same; i < std::min(expected.size(), got.size()); ++i) {
    if (expected[i] == got[i]) continue;
    ++different;
    if (got[i] == '\0') ++zeros;
    last = i;
  }
  log_.Fail(fmt::format(
      "{}: {} bytes at {} instead of {}; first difference at {} ({:#x}), last at {}, {} bytes "
      "differ, {} of them zeros; past the kernel's pages the range is {}",
      path_, got.size(), offset, expected.size(), offset + same, offset + same, offset + last,
      different, zeros, ReadsDirectly(offset, expected) ? "right" : "wrong too"));
}

bool StressedFile::ReadsDirectly(size_t offset, std::string_view expected) const {
  const UniqueFd fd(::open(path_.c_str(), O_RDONLY | O_DIRECT | O_CLOEXEC));
  const size_t begin = DownToPage(offset);
  const size_t size = UpToPage(offset + expected.size()) - begin;
  const PageBuffer buffer = MakeBuffer(size);
  const ssize_t read = fd.valid() ? ::pread(fd.get(), buffer.get(), size, Off(begin)) : -1;
  if (read < Off(offset - begin + expected.size())) return false;
  return std::string_view(buffer.get() + (offset - begin), expected.size()) == expected;
}

void StressedFile::Read() {
  Handle& handle = Any();
  Range range = ChooseRange(choice_, max_size_);
  if ((handle.flags & O_DIRECT) != 0) {
    range.offset = DownToPage(range.offset);
    range.length = UpToPage(range.length);
  }
  log_.Add("read {} {}+{}", path_, range.offset, range.length);
  const PageBuffer buffer = MakeBuffer(range.length);
  const ssize_t read = ::pread(handle.fd.get(), buffer.get(), range.length, Off(range.offset));
  log_.Must(read >= 0, "pread");
  Compare(range.offset, model_.Read(range.offset, range.length),
          {buffer.get(), static_cast<size_t>(read)});
}

void StressedFile::Write() {
  Handle& handle = Any();
  Range range = ChooseRange(choice_, max_size_);
  const bool appends = (handle.flags & O_APPEND) != 0;
  if (appends) {
    range.offset = model_.size();
    range.length = std::min(range.length, max_size_ - range.offset);
  }
  if ((handle.flags & O_DIRECT) != 0) {
    // An append from a place that is no page's beginning is not for every file system.
    if (appends && range.offset % kPage != 0) return;
    range.offset = DownToPage(range.offset);
    range.length = DownToPage(range.length);
  }
  if (range.length == 0) return;
  log_.Add("write {} {}+{}{}", path_, range.offset, range.length, appends ? " append" : "");
  const std::string bytes = choice_.Bytes(range.length);
  const PageBuffer buffer = MakeBuffer(range.length);
  std::copy(bytes.begin(), bytes.end(), buffer.get());
  const ssize_t written = ::pwrite(handle.fd.get(), buffer.get(), range.length, Off(range.offset));
  log_.Must(written == static_cast<ssize_t>(range.length), "pwrite");
  model_.Write(range.offset, bytes);
}

void StressedFile::Truncate() {
  size_t size = ChooseRange(choice_, max_size_).offset;
  if (choice_.OneIn(3)) size = choice_.Below(model_.size() + 1);
  if (choice_.OneIn(20)) size = 0;
  const bool by_path = choice_.OneIn(3);
  log_.Add("truncate {} to {} from {}{}", path_, size, model_.size(), by_path ? " by path" : "");
  log_.Must((by_path ? ::truncate(path_.c_str(), Off(size))
                     : ::ftruncate(Any().fd.get(), Off(size))) == 0,
            "truncate");
  model_.Truncate(size);
}

void StressedFile::ReadMapped() {
  Range range = ChooseRange(choice_, max_size_);
  if (range.offset >= model_.size()) return;
  range.length = std::min(range.length, model_.size() - range.offset);
  log_.Add("read mapped {} {}+{}", path_, range.offset, range.length);
  Mapping mapping(Any().fd.get(), range, PROT_READ);
  log_.Must(mapping.valid(), "mmap");
  Compare(range.offset, model_.Read(range.offset, range.length),
          {mapping.At(range.offset), range.length});
}

void StressedFile::WriteMapped() {
  Range range = ChooseRange(choice_, max_size_);
  if (range.offset >= model_.size()) return;
  range.length = std::min(range.length, model_.size() - range.offset);
  const bool syncs = !choice_.OneIn(3);
  log_.Add("write mapped {} {}+{}{}", path_, range.offset, range.length, syncs ? " synced" : "");
  Mapping mapping(Any().fd.get(), range, PROT_READ | PROT_WRITE);
  log_.Must(mapping.valid(), "mmap");
  const std::string bytes = choice_.Bytes(range.length);
  std::copy(bytes.begin(), bytes.end(), mapping.At(range.offset));
  model_.Write(range.offset, bytes);
  if (syncs) log_.Must(mapping.Sync(), "msync");
  unsynced_mapping_ = unsynced_mapping_ || !syncs;
}

void StressedFile::Sync() {
  const bool data_only = choice_.OneIn(2);
  log_.Add("fsync {}{}", path_, data_only ? " data" : "");
  const int fd = Any().fd.get();
  log_.Must((data_only ? ::fdatasync(fd) : ::fsync(fd)) == 0, "fsync");
  unsynced_mapping_ = false;
}

void StressedFile::Reopen() {
  Handle& handle = Any();
  log_.Add("close {}", path_);
  log_.Must(::close(handle.fd.Release()) == 0, "close");
  Open(handle, choice_.OneIn(40) ? O_TRUNC : 0);
}

void StressedFile::Rename() {
  const std::string target = path_ == first_path_ ? first_path_ + ".renamed" : first_path_;
  log_.Add("rename {} to {}", path_, target);
  log_.Must(::rename(path_.c_str(), target.c_str()) == 0, "rename");
  path_ = target;
}

void StressedFile::Remove() {
  for (Handle& handle : handles_) {
    log_.Add("close {}", path_);
    log_.Must(::close(handle.fd.Release()) == 0, "close");
  }
  CompareWhole();
  log_.Must(::unlink(path_.c_str()) == 0, "unlink");
}

void StressedFile::CompareSize() {
  struct stat by_path {};
  struct stat by_handle {};
  log_.Add("stat {}", path_);
  log_.Must(::stat(path_.c_str(), &by_path) == 0, "stat");
  log_.Must(::fstat(Any().fd.get(), &by_handle) == 0, "fstat");
  if (by_path.st_size != Off(model_.size()) || by_handle.st_size != Off(model_.size())) {
    log_.Fail(fmt::format("size is {} by path, {} by handle, should be {}", by_path.st_size,
                          by_handle.st_size, model_.size()));
  }
}

void StressedFile::CompareWhole() {
  log_.Add("compare {}", path_);
  const UniqueFd fd(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
  log_.Must(fd.valid(), "open");
  std::string got(model_.size() + 1, '\0');
  size_t size = 0;
  for (ssize_t read = 1; read > 0 && size < got.size(); size += static_cast<size_t>(read)) {
    read = ::pread(fd.get(), got.data() + size, got.size() - size, Off(size));
    log_.Must(read >= 0, "pread");
  }
  got.resize(size);
  Compare(0, model_.bytes(), got);
}

}  // namespace replicafs
