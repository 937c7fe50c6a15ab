#include "fs/core/xattr_ops.h"

namespace replicafs {

Result<std::string> GetXattr(FileSystemState&, NodeId, std::string_view) {
  return Error{ErrorCode::kNoAttribute, "no such attribute"};
}

Result<std::vector<std::string>> ListXattrs(FileSystemState&, NodeId) {
  return std::vector<std::string>();
}

Status SetXattr(FileSystemState&, NodeId, std::string_view, std::string_view, XattrMode) {
  return Error{ErrorCode::kNotSupported, "not supported"};
}

Status RemoveXattr(FileSystemState&, NodeId, std::string_view) {
  return Error{ErrorCode::kNotSupported, "not supported"};
}

}  // namespace replicafs
