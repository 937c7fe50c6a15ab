// How requests are sent: what a client is made with.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace replicafs {

struct HttpOptions {
  // Requests that are under way at once; a caller waits for one of them to end.
  size_t connections_max = 64;
  // Name, connection and TLS handshake together.
  std::chrono::milliseconds connect_timeout{10'000};
  // Without a byte either way.
  std::chrono::milliseconds stall_timeout{30'000};
  // A kept connection that was idle for so long is not used again. Less than after what time
  // servers close theirs (Azurite: 5 s), so that requests do not meet a connection that is being
  // closed.
  std::chrono::seconds idle_connection_max_age{4};
  // PEM files of authorities, trusted instead of the system's; empty: none.
  std::string ca_file;
  // A directory of them with names as by openssl-rehash(1); empty: none.
  std::string ca_directory;
  // A URL; empty: as $https_proxy, $http_proxy, $all_proxy and $no_proxy say; "none": no proxy.
  std::string proxy;
  std::string user_agent = "ReplicaFS/" REPLICAFS_VERSION;
};

}  // namespace replicafs
