#include "backend/lmdb/lmdb_error.h"

#include <lmdb.h>

#include <cerrno>
#include <string>

namespace replicafs::lmdb {
namespace {

ErrorCode CodeOf(int code) {
  switch (code) {
    case MDB_NOTFOUND: return ErrorCode::kNotFound;
    case MDB_KEYEXIST: return ErrorCode::kExists;
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_CURSOR_FULL:
    case MDB_INVALID:
    case MDB_INCOMPATIBLE:
    case MDB_BAD_TXN:
    case MDB_BAD_DBI:
    case MDB_BAD_RSLOT: return ErrorCode::kCorrupt;
    case MDB_VERSION_MISMATCH: return ErrorCode::kNotSupported;
    case MDB_BAD_VALSIZE: return ErrorCode::kNameTooLong;
    case MDB_TXN_FULL: return ErrorCode::kTooLarge;
    case MDB_READERS_FULL: return ErrorCode::kBusy;
    case MDB_MAP_FULL:
    case EFBIG:  // a limit of the file system or of the process on the file's size
    case ENOSPC: return ErrorCode::kNoSpace;
    case MDB_PANIC: return ErrorCode::kIo;
    default: return code > 0 ? CodeFromErrno(code) : ErrorCode::kInternal;
  }
}

}  // namespace

Error LmdbError(std::string_view what, int code) {
  return Error{CodeOf(code), std::string(what) + ": " + mdb_strerror(code)};
}

}  // namespace replicafs::lmdb
