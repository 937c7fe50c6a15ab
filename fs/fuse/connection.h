// What is agreed with the kernel when a connection begins.
#pragma once

#include "fs/fuse/libfuse.h"

namespace replicafs {

// libfuse's `init`.
void NegotiateConnection(void* user_data, fuse_conn_info* connection) noexcept;

// Raises the mount's read-ahead over the 128 KiB that a connection can ask for at most. Needs root;
// without it sequential reads are smaller.
void RaiseReadAhead(const char* mountpoint) noexcept;

}  // namespace replicafs
