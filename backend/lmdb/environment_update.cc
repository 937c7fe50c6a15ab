// Group commit: the leader runs everybody's closure in one transaction.
#include <lmdb.h>
#include <sys/statvfs.h>

#include <cerrno>

#include "backend/lmdb/environment.h"
#include "backend/lmdb/fault_guard.h"
#include "backend/lmdb/lmdb_error.h"

namespace replicafs::lmdb {
namespace {

// LMDB calls it EIO when the disk took a part of a write only, which is how a disk becomes full.
constexpr uint64_t kFullBelowBytes = 1 << 20;

int NoSpaceOr(int code, const std::string& path) {
  struct statvfs stat {};
  if (code != EIO || ::statvfs(path.c_str(), &stat) != 0) return code;
  return uint64_t{stat.f_bavail} * stat.f_frsize < kFullBelowBytes ? ENOSPC : code;
}

void Abort(MDB_txn* transaction) {
  Guarded([&] {
    mdb_txn_abort(transaction);
    return MDB_SUCCESS;
  });
}

void FailAll(const std::vector<Submission*>& pending, const Error& error) {
  for (Submission* submission : pending) submission->status = error;
}

}  // namespace

int WriteTransaction::Mutated(int code) {
  if (code != MDB_NOTFOUND && code != MDB_KEYEXIST) ++mutations_;
  if (code == MDB_MAP_FULL) map_full_ = true;
  return code;
}

Status Environment::Update(const WriteFunction& run) {
  Submission mine;
  mine.run = &run;
  std::vector<Submission*> group;
  if (!queue_.Join(mine, group)) {
    RunGroup(group);
    queue_.Finish(group);
  }
  return std::move(mine.status);
}

void Environment::RunGroup(const std::vector<Submission*>& group) {
  std::vector<Submission*> pending = group;
  while (!pending.empty() && RunOnce(pending) == Step::kRunAgain) {
  }
}

// One attempt. A submission that failed after it had changed something leaves `pending`, and the
// others run again without it. One that failed without stays: should there be another attempt, its
// failure may have rested on a change that is gone by then.
Environment::Step Environment::RunOnce(std::vector<Submission*>& pending) {
  auto begun = BeginWrite();
  if (!begun) {
    FailAll(pending, begun.error());
    return Step::kFinished;
  }
  WriteTransaction transaction(*begun);
  for (auto at = pending.begin(); at != pending.end(); ++at) {
    const uint64_t before = transaction.mutations();
    (*at)->status = (*(*at)->run)(transaction);
    const bool spoilt = !(*at)->status && transaction.mutations() != before;
    if (!transaction.map_full_ && !spoilt) continue;
    Abort(*begun);
    gate_.Leave();
    if (transaction.map_full_) return GrowFor(pending);
    pending.erase(at);
    return Step::kRunAgain;
  }
  if (transaction.mutations() == 0) {
    Abort(*begun);
    gate_.Leave();
    return Step::kFinished;
  }
  return CommitWrite(*begun, pending);
}

Environment::Step Environment::CommitWrite(MDB_txn* transaction,
                                           const std::vector<Submission*>& pending) {
  bool ended = false;
  int code = Guarded([&] {
    const int result = mdb_txn_commit(transaction);
    ended = true;
    return result;
  });
  if (!ended) Abort(transaction);
  code = NoSpaceOr(code, path_);
  gate_.Leave();
  map_pages_.TransactionEnded();
  if (code == MDB_MAP_FULL) return GrowFor(pending);
  if (code != MDB_SUCCESS) FailAll(pending, LmdbError("commit to '" + path_ + "'", code));
  return Step::kFinished;
}

Environment::Step Environment::GrowFor(const std::vector<Submission*>& pending) {
  Status grown = Grow();
  if (grown) return Step::kRunAgain;
  FailAll(pending, grown.error());
  return Step::kFinished;
}

Result<MDB_txn*> Environment::BeginWrite() {
  for (;;) {
    MDB_txn* transaction = nullptr;
    gate_.Enter();
    const int code = Guarded([&] { return mdb_txn_begin(handle_, nullptr, 0, &transaction); });
    if (code == MDB_SUCCESS) return transaction;
    gate_.Leave();
    if (code != MDB_MAP_RESIZED)
      return LmdbError("begin a write transaction in '" + path_ + "'", code);
    AdoptSize();
  }
}

}  // namespace replicafs::lmdb
