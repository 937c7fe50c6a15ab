// A real Azurite, the emulator of Azure's Blob service, that ends with the test program.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "backend/base/result.h"

namespace replicafs {

// An account that Azurite has; `key` is base64.
struct AzuriteAccount {
  std::string name;
  std::string key;
  std::string path_url;  // "http://127.0.0.1:PORT/NAME", or https
  std::string host_url;  // "http://NAME.blob.localhost:PORT"
};

class Azurite {
 public:
  // One for the whole program, begun by the first call. kNotFound, with what to do, when it is not
  // installed: $REPLICAFS_AZURITE names its program, else it is looked for where
  // tests/azurite/install puts it.
  static Result<Azurite*> Shared();

  // One more, over TLS, that takes tokens of Microsoft Entra ID too (and does not verify their
  // signatures). PEM files.
  static Result<std::unique_ptr<Azurite>> WithTokens(const std::string& certificate,
                                                     const std::string& key);

  ~Azurite();
  Azurite(const Azurite&) = delete;
  Azurite& operator=(const Azurite&) = delete;

  // One after the other, beginning again after the last: what an account holds slows it down.
  AzuriteAccount NextAccount();

 private:
  Azurite() = default;
  // With more arguments.
  static Result<std::unique_ptr<Azurite>> Start(const std::vector<std::string>& more);

  pid_t pid_ = -1;
  int output_ = -1;
  std::string scheme_;
  std::string port_;
  size_t next_account_ = 0;
};

}  // namespace replicafs
