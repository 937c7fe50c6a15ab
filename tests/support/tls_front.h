// TLS in front of a server for tests, by a process of its own (tls_front.py).
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "backend/base/unique_fd.h"
#include "tests/support/temp_directory.h"

namespace replicafs {

// A certificate for the address 127.0.0.1 alone that is its own authority.
class TestCertificate {
 public:
  // Why none can be made here; nullopt: it can.
  static std::optional<std::string> Missing();

  TestCertificate();
  std::string file() const { return authorities_ / "certificate.pem"; }
  std::string key_file() const { return keys_ / "key.pem"; }
  // With the certificate in it, found by its hash.
  std::string ca_directory() const { return authorities_.path(); }

 private:
  TempDirectory authorities_;
  TempDirectory keys_;
};

class TlsFront {
 public:
  TlsFront(const TestCertificate& certificate, uint16_t plain_port);
  ~TlsFront();  // ends it with its connections
  TlsFront(const TlsFront&) = delete;
  TlsFront& operator=(const TlsFront&) = delete;

  std::string Url(std::string_view target, std::string_view host = "127.0.0.1") const;

 private:
  UniqueFd input_;  // it ends when this is closed
  pid_t process_ = -1;
  int port_ = 0;
};

}  // namespace replicafs
