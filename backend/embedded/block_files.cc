#include "backend/embedded/block_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

namespace replicafs::embedded {
namespace {

constexpr mode_t kBlockMode = 0400;

timespec ToTimespec(Timestamp time) {
  return {time.ticks / Timestamp::kTicksPerSecond, time.ticks % Timestamp::kTicksPerSecond * 100};
}

size_t ShardOf(const Digest& digest) {
  return digest.bytes[0];
}

}  // namespace

Timestamp ModifiedOf(const struct stat& stat) {
  return Timestamp{int64_t{stat.st_mtim.tv_sec} * Timestamp::kTicksPerSecond +
                   stat.st_mtim.tv_nsec / 100};
}

Result<std::vector<std::string>> NamesIn(const std::string& directory) {
  const std::unique_ptr<DIR, int (*)(DIR*)> open(::opendir(directory.c_str()), &::closedir);
  if (!open) return ErrnoError("list '" + directory + "'", errno);
  std::vector<std::string> names;
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(open.get());
    if (entry == nullptr) break;
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  if (errno != 0) return ErrnoError("list '" + directory + "'", errno);
  return names;
}

BlockFiles::BlockFiles(std::string account_directory, const Clock& clock)
    : blocks_(account_directory + "/blocks/"),
      staging_(account_directory + "/staging"),
      clock_(clock),
      next_temporary_(RandomU64()) {}

Status BlockFiles::Create(const std::string& account_directory) {
  TRY(MakeDirectories(account_directory + "/staging"));
  TRY(MakeDirectories(account_directory + "/blocks"));
  return SyncDirectory(account_directory);
}

std::string BlockFiles::ShardPath(size_t shard) const {
  return fmt::format("{}{:02x}", blocks_, shard);
}

std::string BlockFiles::PathOf(const Digest& digest) const {
  const std::string hex = ToHex(digest);
  return blocks_ + hex.substr(0, 2) + '/' + hex;
}

std::string BlockFiles::TemporaryPath() const {
  return fmt::format("{}/block-{}-{:x}", staging_, ::getpid(), next_temporary_.fetch_add(1));
}

Status BlockFiles::SetTime(int fd, const std::string& path) const {
  const timespec now = ToTimespec(clock_.Now());
  const timespec times[2] = {now, now};
  if (::futimens(fd, times) != 0) return ErrnoError("set the time of '" + path + "'", errno);
  return Ok();
}

Result<bool> BlockFiles::Touch(const Digest& digest) const {
  const std::string path = PathOf(digest);
  const timespec now = ToTimespec(clock_.Now());
  const timespec times[2] = {now, now};
  if (::utimensat(AT_FDCWD, path.c_str(), times, AT_SYMLINK_NOFOLLOW) == 0) return true;
  if (errno == ENOENT) return false;
  return ErrnoError("set the time of '" + path + "'", errno);
}

Status BlockFiles::Stage(const Digest& digest, ByteSpan bytes) const {
  const auto size = TRY(SizeOf(digest));
  if (size == bytes.size() && Holds(digest, bytes)) {
    const bool there = TRY(Touch(digest));
    if (there) {
      staged_.Add(digest, StagedAs::kFound, clock_.Now());
      return Ok();
    }
  }
  const std::string temporary = TemporaryPath();
  const auto write = [&]() -> Status {
    const UniqueFd file = TRY(OpenFile(temporary, O_WRONLY | O_CREAT | O_EXCL, kBlockMode));
    TRY(WriteFullAt(file.get(), bytes, 0));
    TRY(SetTime(file.get(), temporary));
    return SyncData(file.get(), temporary);
  };
  Status written = write();
  if (written) written = MoveIn(temporary, digest);
  if (!written) {
    ::unlink(temporary.c_str());
    return written;
  }
  staged_.Add(digest, StagedAs::kWritten, clock_.Now());
  MarkSound(digest);
  return written;
}

Status BlockFiles::RenewStaged() const {
  for (const Digest& digest : staged_.TakeDue(clock_.Now())) TRY(Touch(digest));
  return Ok();
}

bool BlockFiles::Holds(const Digest& digest, ByteSpan bytes) const {
  {
    MutexLock lock(damaged_mutex_);
    if (damaged_.contains(digest)) return false;
    if (sound_.contains(digest)) return true;
  }
  // What cannot be read is written anew, like what is wrong.
  const auto there = ReadWholeFile(PathOf(digest));
  if (!there || !std::ranges::equal(AsBytes(*there), bytes)) return false;
  MarkSound(digest);
  return true;
}

void BlockFiles::MarkSound(const Digest& digest) const {
  MutexLock lock(damaged_mutex_);
  damaged_.erase(digest);
  if (sound_.size() >= kSoundMaxBlocks) sound_.clear();
  sound_.insert(digest);
}

void BlockFiles::MarkDamaged(const Digest& digest) const {
  MutexLock lock(damaged_mutex_);
  damaged_.insert(digest);
  sound_.erase(digest);
}

bool BlockFiles::IsDamaged(const Digest& digest) const {
  MutexLock lock(damaged_mutex_);
  return damaged_.contains(digest);
}

Status BlockFiles::MoveIn(const std::string& temporary, const Digest& digest) const {
  const std::string path = PathOf(digest);
  if (::rename(temporary.c_str(), path.c_str()) == 0) return Ok();
  if (errno == ENOENT) {
    TRY(MakeDirectories(ShardPath(ShardOf(digest))));
    if (::rename(temporary.c_str(), path.c_str()) == 0) return Ok();
  }
  return ErrnoError("rename '" + temporary + "'", errno);
}

Status BlockFiles::SyncEntries(std::span<const Digest> digests) const {
  std::bitset<kShardCount> shards;
  for (const Digest& digest : digests) shards.set(ShardOf(digest));
  std::bitset<kShardCount> fresh;
  {
    MutexLock lock(shards_mutex_);
    fresh = shards & ~durable_shards_;
  }
  for (size_t shard = 0; shard < kShardCount; ++shard) {
    if (!shards.test(shard)) continue;
    Status synced = SyncDirectory(ShardPath(shard));
    // No directory, no block: the commit finds that out and says so.
    if (!synced && synced.error().code == ErrorCode::kNotFound) {
      fresh.reset(shard);
    } else if (!synced) {
      return synced;
    }
  }
  if (fresh.none()) return Ok();
  TRY(SyncDirectory(blocks_));
  MutexLock lock(shards_mutex_);
  durable_shards_ |= fresh;
  return Ok();
}

Result<std::optional<uint64_t>> BlockFiles::SizeOf(const Digest& digest) const {
  const std::string path = PathOf(digest);
  struct stat stat {};
  if (::lstat(path.c_str(), &stat) == 0) return std::optional(static_cast<uint64_t>(stat.st_size));
  if (errno == ENOENT) return std::optional<uint64_t>();
  return ErrnoError("stat '" + path + "'", errno);
}

// A stager that finds the file makes it young and counts on it. So it is first moved out of its
// reach, and put back when it turns out to be young.
Result<bool> BlockFiles::RemoveIfOlder(const Digest& digest, Timestamp before) const {
  const std::string path = PathOf(digest);
  struct stat stat {};
  if (::lstat(path.c_str(), &stat) != 0) {
    if (errno == ENOENT) return true;
    return ErrnoError("stat '" + path + "'", errno);
  }
  if (ModifiedOf(stat) >= before) return false;
  const std::string aside = TemporaryPath();
  if (::rename(path.c_str(), aside.c_str()) != 0)
    return ErrnoError("move '" + path + "' aside", errno);
  if (::lstat(aside.c_str(), &stat) == 0 && ModifiedOf(stat) >= before) {
    if (::rename(aside.c_str(), path.c_str()) != 0)
      return ErrnoError("put '" + path + "' back", errno);
    // Its stager may have synced the directory while the file was away.
    TRY(SyncDirectory(ShardPath(ShardOf(digest))));
    return false;
  }
  if (::unlink(aside.c_str()) != 0) return ErrnoError("remove '" + aside + "'", errno);
  return true;
}

Status BlockFiles::ForEach(size_t shard, const std::function<Status(const Digest&)>& block,
                           const std::function<Status(const std::string&)>& stranger) const {
  const std::string directory = ShardPath(shard);
  auto names = NamesIn(directory);
  if (!names && names.error().code == ErrorCode::kNotFound) return Ok();
  if (!names) return std::move(names).error();
  for (const std::string& name : *names) {
    const auto digest = DigestFromHex(name);
    if (digest && ShardOf(*digest) == shard && ToHex(*digest) == name) {
      TRY(block(*digest));
    } else {
      TRY(stranger(directory + '/' + name));
    }
  }
  return Ok();
}

Result<size_t> BlockFiles::RemoveStaging(Timestamp before) const {
  const std::vector<std::string> names = TRY(NamesIn(staging_));
  size_t removed = 0;
  for (const std::string& name : names) {
    const std::string path = staging_ + '/' + name;
    struct stat stat {};
    if (::lstat(path.c_str(), &stat) != 0 || !S_ISREG(stat.st_mode)) continue;
    if (ModifiedOf(stat) < before && ::unlink(path.c_str()) == 0) ++removed;
  }
  return removed;
}

}  // namespace replicafs::embedded
