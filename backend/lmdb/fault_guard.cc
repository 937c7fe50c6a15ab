#include "backend/lmdb/fault_guard.h"

#include <lmdb.h>
#include <setjmp.h>
#include <signal.h>

#include <cerrno>
#include <mutex>

namespace replicafs::lmdb {
namespace {

struct Jump {
  sigjmp_buf buffer;
  Jump* outer;
};

thread_local Jump* active = nullptr;

struct sigaction former_bus {};
struct sigaction former_segv {};

void LeaveGuarded(int code) {
  if (active != nullptr) siglongjmp(active->buffer, code);
}

extern "C" {

void OnFault(int signal, siginfo_t*, void*) {
  LeaveGuarded(signal == SIGBUS ? EIO : MDB_CORRUPTED);
  // Nobody's: the instruction runs again, under the handler that was there before.
  ::sigaction(signal, signal == SIGBUS ? &former_bus : &former_segv, nullptr);
}

void OnAssertion(MDB_env*, const char*) {
  LeaveGuarded(MDB_CORRUPTED);
}

}  // extern "C"

}  // namespace

void PrepareGuard(MDB_env* env) {
  mdb_env_set_assert(env, &OnAssertion);
  static std::once_flag once;
  std::call_once(once, [] {
    struct sigaction action {};
    action.sa_sigaction = &OnFault;
    // NODEFER: who leaves by a jump never comes back to unblock the signal.
    action.sa_flags = SA_SIGINFO | SA_NODEFER;
    ::sigaction(SIGBUS, &action, &former_bus);
    ::sigaction(SIGSEGV, &action, &former_segv);
  });
}

// Its variables do not change between the two returns of sigsetjmp.
int internal::RunGuarded(void (*run)(void*), void* argument) {
  Jump jump;
  jump.outer = active;
  const int code = sigsetjmp(jump.buffer, 0);
  if (code == 0) {
    active = &jump;
    run(argument);
  }
  active = jump.outer;
  return code;
}

}  // namespace replicafs::lmdb
