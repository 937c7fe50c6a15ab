#include "backend/embedded/presence.h"

#include <fcntl.h>

#include <cerrno>

namespace replicafs::embedded {
namespace {

// Of the open file, not of the process: a lock that is there is exchanged at once, or stays.
bool Lock(int fd, int command, short type) {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  int result = 0;
  do {
    result = ::fcntl(fd, command, &lock);
  } while (result != 0 && errno == EINTR);
  return result == 0;
}

}  // namespace

Result<Presence> Presence::Enter(const std::string& account_directory) {
  const std::string path = account_directory + "/open";
  UniqueFd file = TRY(OpenFile(path, O_RDWR | O_CREAT));
  if (!Lock(file.get(), F_OFD_SETLKW, F_RDLCK)) return ErrnoError("lock '" + path + "'", errno);
  return Presence(std::move(file));
}

Presence::Alone::Alone(const Presence& presence)
    : presence_(presence), held_(Lock(presence.file_.get(), F_OFD_SETLK, F_WRLCK)) {}

Presence::Alone::~Alone() {
  if (held_) Lock(presence_.file_.get(), F_OFD_SETLK, F_RDLCK);
}

}  // namespace replicafs::embedded
