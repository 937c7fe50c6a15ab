// Changes of names that were answered before they are made: they are made in their order, many in
// one commit, and only who asks for a name that waits has to wait for it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "backend/base/mutex.h"
#include "backend/base/result.h"
#include "fs/core/location.h"
#include "fs/core/node_table.h"
#include "fs/core/types.h"

namespace replicafs {

// The commit of a file that was closed.
struct LateCommit {
  NodePtr node;
  std::shared_ptr<FileWriter> writer;
  PreparedCommit prepared;
};

// A removal, or the commit of a file, under the name that it had when it was asked for.
struct LateChange {
  Location directory;
  std::string blob;  // its name in the container
  NodeId parent;
  std::string name;                  // the Linux name
  Timestamp time;                    // when it was answered: the time of the directory's change
  std::string etag;                  // of what is removed
  std::optional<LateCommit> commit;  // instead
  uint64_t ticket = 0;               // given by the queue; grows

  BlobPath path() const { return {directory.container(), blob}; }
  uint64_t size_bytes() const;
};

// Thread-safe. Whoever waits for a change makes it himself when nobody is at it, whatever locks he
// holds: making takes no lock of a file, nor the gate.
class LateChanges {
 public:
  // Makes changes, oldest first, one batch at a time, and answers for those that it cannot make.
  using Maker = std::function<Status(std::vector<LateChange>&)>;
  // Told of each file after a commit of it was made or given up, by a thread that holds no lock.
  using Finisher = std::function<void(const NodePtr&)>;

  LateChanges(Maker make, Finisher finish);
  ~LateChanges();
  LateChanges(const LateChanges&) = delete;
  LateChanges& operator=(const LateChanges&) = delete;

  // Whether changes may be answered early: not after one that could not be made, until one can.
  bool usable() const { return usable_; }
  // One has been made without waiting: the next ones need not wait either.
  void Retry() { usable_ = true; }
  bool empty() const { return left_ == 0; }
  // Grows with each Push.
  uint64_t pushed() const { return pushed_; }

  // Makes others first while too many are left. The ticket.
  uint64_t Push(LateChange change) EXCLUDES(mutex_);
  // Returns when everything up to the ticket has been made, or given up.
  void Settle(uint64_t ticket = UINT64_MAX) EXCLUDES(mutex_);
  // The same for everything, and its files are told of. For a caller who holds no lock of a file.
  void Finish() EXCLUDES(mutex_);
  // Gives a commit up, or puts another in its place, at the same name and of the same session.
  // False when it is being made or was made.
  bool Cancel(uint64_t ticket) EXCLUDES(mutex_);
  bool Replace(uint64_t ticket, PreparedCommit prepared) EXCLUDES(mutex_);
  // The same for the name: it is committed as `blob`, which Linux sees as `name`, in the directory
  // where it was. REQUIRES: nothing waits for that name.
  bool Rename(uint64_t ticket, std::string blob, std::string name, Timestamp time) EXCLUDES(mutex_);
  // Makes what is left and ends the thread. What is pushed afterwards is made by who settles.
  void Stop() EXCLUDES(mutex_);

  // The newest change that waits for the blob's name.
  struct Waiting {
    uint64_t ticket = 0;
    std::string etag;  // of what is removed; empty: it is a commit
  };
  std::optional<Waiting> Find(const BlobPath& path) const EXCLUDES(mutex_);
  // The newest that waits for a name that begins so; 0: none.
  uint64_t NewestBelow(std::string_view container, std::string_view prefix) const EXCLUDES(mutex_);
  // What is to be removed below: names, and the etags of what had them.
  std::map<std::string, std::string, std::less<>> RemovedBelow(std::string_view container,
                                                               std::string_view prefix) const
      EXCLUDES(mutex_);
  // When the directories at or below the prefix last changed by what waits directly in them.
  std::map<std::string, Timestamp, std::less<>> TimesBelow(std::string_view container,
                                                           std::string_view prefix) const
      EXCLUDES(mutex_);
  // Of one directory; zero: nothing waits in it.
  Timestamp TimeIn(std::string_view container, std::string_view prefix) const EXCLUDES(mutex_);

 private:
  using Instant = WaitClock::time_point;
  struct Queued {
    LateChange change;
    Instant since;
  };
  struct Directory {
    size_t count = 0;
    Timestamp last;
  };

  void Run(const std::stop_token& stop) EXCLUDES(mutex_);
  // Releases the lock while it makes them.
  void MakeSome() REQUIRES(mutex_);
  // Releases the lock meanwhile.
  void FinishSome() REQUIRES(mutex_);
  bool IsFull() const REQUIRES(mutex_);
  Queued* FindQueued(uint64_t ticket) REQUIRES(mutex_);
  void AddToIndex(const LateChange& change) REQUIRES(mutex_);
  void DropFromIndex(const LateChange& change) REQUIRES(mutex_);

  const Maker make_;
  const Finisher finish_;
  std::atomic<bool> usable_ = true;
  std::atomic<uint64_t> pushed_ = 0;
  std::atomic<size_t> left_ = 0;  // waiting or being made

  mutable Mutex mutex_;
  CondVar changed_;
  std::deque<Queued> waiting_ GUARDED_BY(mutex_);
  uint64_t waiting_bytes_ GUARDED_BY(mutex_) = 0;
  std::vector<NodePtr> unfinished_ GUARDED_BY(mutex_);
  size_t finishing_ GUARDED_BY(mutex_) = 0;  // threads that are at it
  uint64_t making_ GUARDED_BY(mutex_) = 0;   // the first ticket of the batch that is being made
  Instant last_made_ GUARDED_BY(mutex_);     // when the last batch ended
  // Of what waits or is being made, by container, '/' and name, or prefix.
  std::map<std::string, std::vector<Waiting>, std::less<>> names_ GUARDED_BY(mutex_);
  std::map<std::string, Directory, std::less<>> directories_ GUARDED_BY(mutex_);
  std::jthread thread_;
};

}  // namespace replicafs
