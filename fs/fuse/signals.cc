#include "fs/fuse/signals.h"

#include <pthread.h>

#include <initializer_list>

namespace replicafs {
namespace {

sigset_t EndSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  return signals;
}

}  // namespace

void BlockEndSignals() {
  const sigset_t signals = EndSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

EndSignalsUnblocked::EndSignalsUnblocked() : before_() {
  const sigset_t signals = EndSignals();
  pthread_sigmask(SIG_UNBLOCK, &signals, &before_);
}

EndSignalsUnblocked::~EndSignalsUnblocked() {
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

}  // namespace replicafs
