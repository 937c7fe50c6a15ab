// A child process for tests; begin it before this process opens what the child opens.
#pragma once

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

#include "backend/base/result.h"

namespace replicafs {

class Child {
 public:
  // `run` ends with the child's exit code.
  explicit Child(const std::function<int()>& run) : pid_(::fork()) {
    REPLICAFS_CHECK(pid_ >= 0);
    if (pid_ == 0) ::_exit(run());
  }
  ~Child() {
    if (pid_ > 0) Kill();
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // The exit code; -1 when a signal ended it.
  int Wait() {
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  void Kill() {
    ::kill(pid_, SIGKILL);
    Wait();
  }

 private:
  pid_t pid_;
};

// Bytes from a child to its parent.
class Pipe {
 public:
  Pipe() { REPLICAFS_CHECK(::pipe(ends_) == 0); }
  ~Pipe() {
    ::close(ends_[0]);
    ::close(ends_[1]);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  void Say(unsigned char byte) { REPLICAFS_CHECK(::write(ends_[1], &byte, 1) == 1); }
  unsigned char Hear() {
    unsigned char byte = 0;
    REPLICAFS_CHECK(::read(ends_[0], &byte, 1) == 1);
    return byte;
  }

 private:
  int ends_[2] = {-1, -1};
};

}  // namespace replicafs
