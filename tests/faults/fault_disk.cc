#include "tests/faults/fault_disk.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "backend/base/result.h"
#include "backend/base/unique_fd.h"

namespace replicafs {
namespace {

struct FileWrite {
  uint64_t offset = 0;
  std::string bytes;
};

// A file with writes that were not synced.
struct OpenFileState {
  UniqueFd file;             // for writing
  std::string synced_bytes;  // what the last sync made durable
  std::vector<FileWrite> writes;
};

// A change of a directory, and how it is taken back.
struct EntryChange {
  enum class Kind { kMade, kRenamed, kRemoved } kind;
  std::string path;
  std::string from;     // of a rename
  std::string kept_as;  // what stood at `path` before, or was removed
};

struct Disk {
  std::string directory;
  std::string graveyard;
  uint64_t calls = 0;
  uint64_t failing_call = 0;
  int error_number = 0;
  bool all_later_fail = false;
  std::string failed;
  uint64_t graves = 0;
  std::optional<uint64_t> room;  // nullopt: without end
  std::map<std::pair<dev_t, ino_t>, OpenFileState> files;
  std::map<std::string, std::vector<EntryChange>> directories;
};

std::recursive_mutex mutex;
std::optional<Disk> disk;  // guarded by mutex
// The disk's own work uses the same calls.
thread_local bool inside = false;

class Inside {
 public:
  Inside() : lock_(mutex) { inside = true; }
  ~Inside() { inside = false; }

 private:
  std::lock_guard<std::recursive_mutex> lock_;
};

template <class Function>
Function* Real(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

std::string PathOf(int fd) {
  char path[PATH_MAX];
  const std::string link = "/proc/self/fd/" + std::to_string(fd);
  const ssize_t size = ::readlink(link.c_str(), path, sizeof(path));
  return size > 0 ? std::string(path, static_cast<size_t>(size)) : "";
}

bool IsWatched(std::string_view path) {
  return disk && path.starts_with(disk->directory) &&
         (path.size() == disk->directory.size() || path[disk->directory.size()] == '/');
}

// Counts the call; true when it is to fail, with errno set.
bool Fails(const char* name) {
  ++disk->calls;
  if (disk->failing_call == 0 || disk->calls < disk->failing_call) return false;
  if (disk->calls > disk->failing_call && !disk->all_later_fail) return false;
  if (disk->failed.empty()) disk->failed = name;
  errno = disk->error_number;
  return true;
}

uint64_t SizeOf(int fd) {
  struct stat stat {};
  REPLICAFS_CHECK(::fstat(fd, &stat) == 0);
  return static_cast<uint64_t>(stat.st_size);
}

// Takes what the file needs to reach `end`; false when there is not so much, with errno set.
bool TakeRoom(int fd, uint64_t end) {
  const uint64_t size = SizeOf(fd);
  if (!disk->room || end <= size) return true;
  if (end - size > *disk->room) {
    errno = ENOSPC;
    return false;
  }
  *disk->room -= end - size;
  return true;
}

void GiveRoom(uint64_t bytes) {
  if (disk->room) *disk->room += bytes;
}

std::string ContentOf(int fd) {
  const std::string link = "/proc/self/fd/" + std::to_string(fd);
  const auto content = ReadWholeFile(link);
  return content ? *content : "";
}

OpenFileState& StateOf(int fd) {
  struct stat stat {};
  REPLICAFS_CHECK(::fstat(fd, &stat) == 0);
  const auto [at, fresh] = disk->files.try_emplace({stat.st_dev, stat.st_ino});
  if (fresh) {
    at->second.file = UniqueFd(::fcntl(fd, F_DUPFD_CLOEXEC, 0));
    at->second.synced_bytes = ContentOf(fd);
  }
  return at->second;
}

void NoteSynced(int fd) {
  struct stat stat {};
  REPLICAFS_CHECK(::fstat(fd, &stat) == 0);
  if (S_ISDIR(stat.st_mode)) {
    disk->directories.erase(PathOf(fd));
  } else {
    disk->files.erase({stat.st_dev, stat.st_ino});
  }
}

std::string ParentOf(const std::string& path) {
  return std::filesystem::path(path).parent_path().string();
}

void NoteEntry(EntryChange change) {
  const std::string parent = ParentOf(change.path);
  if (!IsWatched(parent)) return;  // nor is its sync seen
  disk->directories[parent].push_back(std::move(change));
}

// Another name for what stands at the path; "" when nothing does.
std::string KeepAside(const std::string& path) {
  const std::string kept = disk->graveyard + "/" + std::to_string(++disk->graves);
  return ::link(path.c_str(), kept.c_str()) == 0 ? kept : "";
}

void TakeBack(const EntryChange& change) {
  std::error_code ignored;
  switch (change.kind) {
    case EntryChange::Kind::kMade: std::filesystem::remove_all(change.path, ignored); break;
    case EntryChange::Kind::kRenamed:
      std::filesystem::rename(change.path, change.from, ignored);
      if (!change.kept_as.empty())
        std::filesystem::create_hard_link(change.kept_as, change.path, ignored);
      break;
    case EntryChange::Kind::kRemoved:
      std::filesystem::create_hard_link(change.kept_as, change.path, ignored);
      break;
  }
}

void TakeBackWrites(OpenFileState& state, std::mt19937_64& random) {
  const int fd = state.file.get();
  REPLICAFS_CHECK(::ftruncate(fd, 0) == 0);
  const auto write = [&](std::string_view bytes, uint64_t offset) {
    const auto done = WriteFullAt(fd, std::as_bytes(std::span(bytes)), offset);
    REPLICAFS_CHECK(done.has_value());
  };
  write(state.synced_bytes, 0);
  for (const FileWrite& one : state.writes) {
    const uint64_t kept = random() % 3;  // nothing, all, or the beginning
    if (kept == 1) write(one.bytes, one.offset);
    if (kept == 2)
      write(std::string_view(one.bytes).substr(0, random() % (one.bytes.size() + 1)), one.offset);
  }
}

// Runs `real` for a file that is not watched, or whose call does not fail.
template <class Call>
auto OnFile(const char* name, int fd, Call real) -> decltype(real(fd, false)) {
  if (inside) return real(fd, false);
  const Inside guard;
  if (!disk || !IsWatched(PathOf(fd))) return real(fd, false);
  if (Fails(name)) return -1;
  return real(fd, true);
}

void NoteWrite(int fd, uint64_t offset, std::string_view bytes) {
  const int flags = ::fcntl(fd, F_GETFL);
  StateOf(fd).writes.push_back({offset, std::string(bytes)});
  if ((flags & (O_DSYNC | O_SYNC)) != 0) {
    // Durable when the call returns, whatever else of the file is not.
    OpenFileState& state = StateOf(fd);
    if (state.synced_bytes.size() < offset + bytes.size())
      state.synced_bytes.resize(offset + bytes.size());
    state.synced_bytes.replace(offset, bytes.size(), bytes);
    state.writes.pop_back();
  }
}

std::string AbsoluteOf(const char* path) {
  return std::filesystem::absolute(path).lexically_normal().string();
}

int OpenWatched(const char* path, int flags, mode_t mode) {
  static auto* const real = Real<int(const char*, int, ...)>("open");
  if (inside) return real(path, flags, mode);
  const Inside guard;
  const std::string absolute = AbsoluteOf(path);
  if (!IsWatched(absolute)) return real(path, flags, mode);
  if (Fails("open")) return -1;
  const bool there = ::access(path, F_OK) == 0;
  const int fd = real(path, flags, mode);
  if (fd < 0) return fd;
  if (!there) NoteEntry({EntryChange::Kind::kMade, absolute, "", ""});
  if ((flags & O_TRUNC) != 0 && there) StateOf(fd).synced_bytes = "";
  return fd;
}

}  // namespace

FaultDisk::FaultDisk(const std::string& directory) {
  const Inside guard;
  REPLICAFS_CHECK(!disk);
  disk.emplace();
  disk->directory = directory;
  disk->graveyard = directory + ".lost";
  std::filesystem::create_directories(disk->graveyard);
}

FaultDisk::~FaultDisk() {
  const Inside guard;
  std::filesystem::remove_all(disk->graveyard);
  disk.reset();
}

void FaultDisk::FailCall(uint64_t number, int error_number) {
  const Inside guard;
  disk->failing_call = disk->calls + number;
  disk->error_number = error_number;
  disk->all_later_fail = false;
  disk->failed.clear();
}

void FaultDisk::CutPowerAt(uint64_t number) {
  FailCall(number, EIO);
  const Inside guard;
  disk->all_later_fail = true;
}

void FaultDisk::RestorePower(std::mt19937_64& random) {
  const Inside guard;
  for (auto& [id, state] : disk->files) TakeBackWrites(state, random);
  for (auto& [directory, changes] : disk->directories) {
    const size_t kept = random() % (changes.size() + 1);
    while (changes.size() > kept) {
      TakeBack(changes.back());
      changes.pop_back();
    }
  }
  disk->files.clear();
  disk->directories.clear();
  disk->failing_call = 0;
}

void FaultDisk::SetRoom(uint64_t bytes) {
  const Inside guard;
  disk->room = bytes;
}

uint64_t FaultDisk::calls() const {
  const Inside guard;
  return disk->calls;
}

std::string FaultDisk::failed_call() const {
  const Inside guard;
  return disk->failed;
}

}  // namespace replicafs

// NOLINTBEGIN: libc's names and types.
using namespace replicafs;

extern "C" {

int open(const char* path, int flags, ...) {
  mode_t mode = 0;
  if ((flags & (O_CREAT | O_TMPFILE)) != 0) {
    va_list arguments;
    va_start(arguments, flags);
    mode = va_arg(arguments, mode_t);
    va_end(arguments);
  }
  return OpenWatched(path, flags, mode);
}

ssize_t pwrite(int fd, const void* bytes, size_t size, off_t offset) {
  static auto* const real = Real<ssize_t(int, const void*, size_t, off_t)>("pwrite");
  return OnFile("pwrite", fd, [&](int file, bool watched) -> ssize_t {
    if (watched && !TakeRoom(file, static_cast<uint64_t>(offset) + size)) return -1;
    if (watched)
      NoteWrite(file, static_cast<uint64_t>(offset), {static_cast<const char*>(bytes), size});
    return real(file, bytes, size, offset);
  });
}

ssize_t writev(int fd, const struct iovec* parts, int count) {
  static auto* const real = Real<ssize_t(int, const struct iovec*, int)>("writev");
  return OnFile("writev", fd, [&](int file, bool watched) -> ssize_t {
    uint64_t offset = watched ? static_cast<uint64_t>(::lseek(file, 0, SEEK_CUR)) : 0;
    uint64_t end = offset;
    for (int i = 0; i < count; ++i) end += parts[i].iov_len;
    if (watched && !TakeRoom(file, end)) return -1;
    for (int i = 0; watched && i < count; ++i) {
      NoteWrite(file, offset, {static_cast<const char*>(parts[i].iov_base), parts[i].iov_len});
      offset += parts[i].iov_len;
    }
    return real(file, parts, count);
  });
}

int fsync(int fd) {
  static auto* const real = Real<int(int)>("fsync");
  return OnFile("fsync", fd, [&](int file, bool watched) -> int {
    if (!watched) return real(file);
    NoteSynced(file);
    return 0;
  });
}

int fdatasync(int fd) {
  static auto* const real = Real<int(int)>("fdatasync");
  return OnFile("fdatasync", fd, [&](int file, bool watched) -> int {
    if (!watched) return real(file);
    NoteSynced(file);
    return 0;
  });
}

int ftruncate(int fd, off_t size) noexcept {
  static auto* const real = Real<int(int, off_t)>("ftruncate");
  return OnFile("ftruncate", fd, [&](int file, bool watched) {
    const uint64_t before = watched ? SizeOf(file) : 0;
    if (before > static_cast<uint64_t>(size)) GiveRoom(before - static_cast<uint64_t>(size));
    return real(file, size);
  });
}

int fallocate(int fd, int mode, off_t offset, off_t size) {
  static auto* const real = Real<int(int, int, off_t, off_t)>("fallocate");
  return OnFile("fallocate", fd, [&](int file, bool watched) {
    if (watched && !TakeRoom(file, static_cast<uint64_t>(offset + size))) return -1;
    return real(file, mode, offset, size);
  });
}

int rename(const char* from, const char* to) noexcept {
  static auto* const real = Real<int(const char*, const char*)>("rename");
  if (inside) return real(from, to);
  const Inside guard;
  const std::string target = AbsoluteOf(to);
  if (!IsWatched(target)) return real(from, to);
  if (Fails("rename")) return -1;
  const std::string kept = KeepAside(target);
  const int code = real(from, to);
  if (code == 0) NoteEntry({EntryChange::Kind::kRenamed, target, AbsoluteOf(from), kept});
  return code;
}

int unlink(const char* path) noexcept {
  static auto* const real = Real<int(const char*)>("unlink");
  if (inside) return real(path);
  const Inside guard;
  const std::string absolute = AbsoluteOf(path);
  if (!IsWatched(absolute)) return real(path);
  if (Fails("unlink")) return -1;
  const std::string kept = KeepAside(absolute);
  const int code = real(path);
  if (code == 0) NoteEntry({EntryChange::Kind::kRemoved, absolute, "", kept});
  return code;
}

int mkdir(const char* path, mode_t mode) noexcept {
  static auto* const real = Real<int(const char*, mode_t)>("mkdir");
  if (inside) return real(path, mode);
  const Inside guard;
  const std::string absolute = AbsoluteOf(path);
  if (!IsWatched(absolute)) return real(path, mode);
  if (Fails("mkdir")) return -1;
  const int code = real(path, mode);
  if (code == 0) NoteEntry({EntryChange::Kind::kMade, absolute, "", ""});
  return code;
}

}  // extern "C"
// NOLINTEND
