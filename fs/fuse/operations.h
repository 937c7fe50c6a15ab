// The kernel's requests, family by family. Each function sets its operations in the table; their
// user data is the FileSystem.
#pragma once

#include "fs/fuse/libfuse.h"

namespace replicafs {

void AddNameOperations(fuse_lowlevel_ops& table);
void AddAttributeOperations(fuse_lowlevel_ops& table);
void AddFileOperations(fuse_lowlevel_ops& table);
void AddDirectoryOperations(fuse_lowlevel_ops& table);
void AddXattrOperations(fuse_lowlevel_ops& table);

}  // namespace replicafs
