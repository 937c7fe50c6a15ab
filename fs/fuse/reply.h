// Answers to the kernel, shared by the families of operations. Every request is answered exactly
// once. An answer that the kernel refuses (the request was interrupted) must be taken back.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <optional>
#include <string_view>

#include "backend/base/result.h"
#include "fs/core/file_system.h"
#include "fs/fuse/errno_map.h"
#include "fs/fuse/libfuse.h"

namespace replicafs {

// How long the kernel may believe an entry, attributes or an absence without asking. What others
// change in that time is pushed to it by the notifier; this is the bound should a push be lost.
constexpr double kKernelBeliefSeconds = 60.0;

FileSystem& FileSystemOf(fuse_req_t request);
Caller CallerOf(fuse_req_t request);

struct stat ToStat(const Attributes& attributes);
fuse_entry_param ToEntryParam(const Entry& entry);

// What an error message says about a request: the operation, and a name where it has one.
struct Operation {
  const char* verb;
  uint64_t node = 0;
  const char* name = nullptr;
};

// Logs what is not an ordinary answer.
void ReplyError(fuse_req_t request, const Operation& operation, const Error& error,
                ErrnoAnswer answer);
inline void ReplyError(fuse_req_t request, const Operation& operation, const Error& error) {
  ReplyError(request, operation, error, ErrnoFor(error.code));
}

void ReplyStatus(fuse_req_t request, const Operation& operation, const Status& status);
void ReplyAttributes(fuse_req_t request, const Operation& operation,
                     const Result<Attributes>& attributes);
// Gives the entry's lookup back when the kernel refuses it.
void ReplyEntry(fuse_req_t request, const Operation& operation, const Result<Entry>& entry);

}  // namespace replicafs
