// Calls into LMDB that outlive the pages they look at. LMDB reads its file through a map: a page
// that the disk cannot read, or that lies beyond the file's end, is SIGBUS there; a damaged page
// may lead anywhere (SIGSEGV), or to a failed assertion. Guarded, all of these are return codes.
#pragma once

#include <type_traits>

struct MDB_env;

namespace replicafs::lmdb {

// Installs what Guarded needs, in the process and in the environment. Faults outside of Guarded
// take the course they would have taken.
void PrepareGuard(MDB_env* env);

namespace internal {
int RunGuarded(void (*run)(void*), void* argument);
}  // namespace internal

// The code that `run` returned; EIO when a page could not be read, MDB_CORRUPTED when one was
// nonsense. Then `run` was left where it stood: it owns nothing that has to be destroyed, takes no
// lock, and its transaction is good for nothing but being ended.
template <class Run>
int Guarded(Run run) {
  static_assert(std::is_trivially_destructible_v<Run>);
  struct Call {
    Run& run;
    int code;
  } call{run, 0};
  const int broken_off = internal::RunGuarded(
      [](void* argument) {
        auto* made = static_cast<Call*>(argument);
        made->code = made->run();
      },
      &call);
  return broken_off != 0 ? broken_off : call.code;
}

}  // namespace replicafs::lmdb
