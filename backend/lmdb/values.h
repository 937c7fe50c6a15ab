// Between MDB_val and string_view. For the sources of this folder.
#pragma once

#include <lmdb.h>

#include <string_view>

namespace replicafs::lmdb {

inline MDB_val ToValue(std::string_view bytes) {
  return MDB_val{bytes.size(), const_cast<char*>(bytes.data())};
}
inline std::string_view ToView(const MDB_val& value) {
  return {static_cast<const char*>(value.mv_data), value.mv_size};
}

}  // namespace replicafs::lmdb
