#include "backend/lmdb/environment.h"

#include <lmdb.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>

#include "backend/base/log.h"
#include "backend/lmdb/fault_guard.h"
#include "backend/lmdb/lmdb_error.h"
#include "backend/lmdb/open_paths.h"
#include "backend/lmdb/page_file.h"

namespace replicafs::lmdb {
namespace {

constexpr unsigned kReadersMax = 512;
constexpr mdb_mode_t kFileMode = 0600;
// At the metas, while others may be writing them.
constexpr int kLooksMax = 100;
// Beyond it a map no longer fits the addresses of a process.
constexpr size_t kMapMaxBytes = size_t{1} << 45;

int Configure(MDB_env* env, const Environment::Options& options) {
  int code = mdb_env_set_mapsize(env, options.initial_map_bytes);
  if (code == MDB_SUCCESS) code = mdb_env_set_maxdbs(env, options.max_tables);
  if (code == MDB_SUCCESS) code = mdb_env_set_maxreaders(env, kReadersMax);
  return code;
}

Result<std::string> RealPath(const std::string& path) {
  char* real = ::realpath(path.c_str(), nullptr);
  if (real == nullptr) return ErrnoError("open environment '" + path + "'", errno);
  std::string result(real);
  std::free(real);
  return result;
}

std::string FileOf(const std::string& path) {
  return path + "/data.mdb";
}

// 0: not there, or as good as that.
Result<uint64_t> SizeOf(const std::string& file) {
  struct stat stat {};
  if (::stat(file.c_str(), &stat) == 0) return static_cast<uint64_t>(stat.st_size);
  if (errno == ENOENT) return uint64_t{0};
  return ErrnoError("stat '" + file + "'", errno);
}

// Before LMDB sees the file: it takes over what the metas say of sizes. They are read more than
// once because somebody may be writing one.
Status CheckMetas(const std::string& file) {
  PageFile pages = TRY(PageFile::Open(file));
  Status sound;
  for (int attempt = 0; attempt < kLooksMax; ++attempt) {
    const auto metas = pages.ReadMetas();
    if (metas) return Ok();
    sound = metas.error();
  }
  return sound;
}

}  // namespace

Result<std::unique_ptr<Environment>> Environment::Open(const std::string& path,
                                                       const Options& options) {
  std::string real = TRY(RealPath(path));
  const uint64_t bytes = TRY(SizeOf(FileOf(real)));
  if (bytes > 0) TRY(CheckMetas(FileOf(real)));
  if (bytes == 0 && options.missing == Missing::kRefuse)
    return DamagedFile(FileOf(real), "it is missing or empty");
  if (!ClaimPath(real)) {
    return Error{ErrorCode::kBusy, "environment '" + path + "' is open in this process already"};
  }
  MDB_env* env = nullptr;
  int code = mdb_env_create(&env);
  if (code == MDB_SUCCESS) code = Configure(env, options);
  if (code == MDB_SUCCESS) {
    PrepareGuard(env);
    const unsigned sync = options.durability == Durability::kSynced ? 0U : unsigned{MDB_NOSYNC};
    code = Guarded([&] { return mdb_env_open(env, real.c_str(), MDB_NOTLS | sync, kFileMode); });
  }
  if (code != MDB_SUCCESS) {
    if (env != nullptr) mdb_env_close(env);
    ReleasePath(real);
    return LmdbError("open environment '" + path + "'", code);
  }
  std::unique_ptr<Environment> environment(
      new Environment(env, std::move(real), options.mapped_max_bytes));
  environment->map_pages_.Locate(FileOf(environment->path_));
  TRY(environment->ClearDeadReaders());
  const std::vector<std::string> damage = TRY(
      environment->FindDamage(bytes <= kWholeMaxBytes ? PageDepth::kRows : PageDepth::kBranches));
  if (!damage.empty()) return DamagedFile(FileOf(environment->path_), damage.front());
  return environment;
}

Result<std::vector<std::string>> Environment::FindDamage(PageDepth depth) {
  PageFile file = TRY(PageFile::Open(FileOf(path_)));
  for (int attempt = 0; attempt < kLooksMax; ++attempt) {
    // The pages of what it sees stay as they are until it ends.
    const ReadTransaction transaction = TRY(BeginRead());
    const auto metas = file.ReadMetas();
    if (!metas) continue;
    for (const PageMeta& meta : *metas) {
      if (meta.transaction == mdb_txn_id(transaction.handle()))
        return FindPageDamage(file, meta, depth);
    }
  }
  return Error{ErrorCode::kBusy, "environment '" + path_ + "' changes too fast to be checked"};
}

Environment::~Environment() {
  {
    MutexLock lock(pool_mutex_);
    for (MDB_txn* transaction : pool_) mdb_txn_abort(transaction);
    pool_.clear();
  }
  mdb_env_close(handle_);
  ReleasePath(path_);
}

Result<std::vector<Table>> Environment::OpenTables(std::span<const std::string_view> names) {
  std::vector<Table> tables;
  TRY(Update([&](WriteTransaction& transaction) -> Status {
    tables.clear();
    for (const std::string_view name : names) {
      unsigned handle = 0;
      const std::string text(name);
      const int code = transaction.Mutated(Guarded(
          [&] { return mdb_dbi_open(transaction.handle(), text.c_str(), MDB_CREATE, &handle); }));
      if (code != MDB_SUCCESS) return LmdbError("open table '" + std::string(name) + "'", code);
      tables.push_back(Table(handle));
    }
    return Ok();
  }));
  return tables;
}

// Not mdb_env_info's: it tells of a commit while that is still being made durable, before anybody
// can see it.
uint64_t Environment::LastTransactionId() {
  const auto transaction = BeginRead();
  return transaction ? mdb_txn_id(transaction->handle()) : 0;
}

uint64_t Environment::MapBytes() const {
  MutexLock lock(map_mutex_);
  MDB_envinfo info{};
  mdb_env_info(handle_, &info);
  return info.me_mapsize;
}

// LMDB unmaps before it maps anew, and has nothing to fall back to when that fails: every page that
// anybody looked at afterwards would be a wild pointer.
void Environment::ResizeMap(size_t bytes) {
  MutexLock lock(map_mutex_);
  map_pages_.Locate("");
  const int code = mdb_env_set_mapsize(handle_, bytes);
  if (code == MDB_SUCCESS) return map_pages_.Locate(FileOf(path_));
  const Error error = LmdbError("resize the map of '" + path_ + "'", code);
  Log(LogLevel::kError, "{}; the environment is lost to this process", error.message);
  std::abort();
}

Result<int> Environment::ClearDeadReaders() {
  int cleared = 0;
  const int code = mdb_reader_check(handle_, &cleared);
  if (code != MDB_SUCCESS) return LmdbError("clear dead readers of '" + path_ + "'", code);
  return cleared;
}

Status Environment::Grow() {
  // The pages that dead readers held back may be room enough.
  const int cleared = TRY(ClearDeadReaders());
  if (cleared > 0) return Ok();
  gate_.BeginAlone();
  const size_t wanted = MapBytes() * 2;
  const bool possible = wanted <= kMapMaxBytes;
  if (possible) ResizeMap(wanted);
  gate_.EndAlone();
  if (!possible) return LmdbError("grow environment '" + path_ + "'", ENOSPC);
  return Ok();
}

void Environment::AdoptSize() {
  gate_.BeginAlone();
  ResizeMap(0);
  gate_.EndAlone();
}

}  // namespace replicafs::lmdb
