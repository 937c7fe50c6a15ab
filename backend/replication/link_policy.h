// The policy of a link, as both accounts had it last.
#pragma once

#include <string>

#include "backend/base/result.h"
#include "backend/blob/account.h"
#include "backend/replication/policy.h"

namespace replicafs {

// For one thread.
class LinkPolicy {
 public:
  LinkPolicy(Account& source, Account& destination, std::string policy_id);

  // Reads both halves anew. False when one is missing, or the two are of other accounts.
  Result<bool> Load();
  // Whether the source's half is as Load found it.
  Result<bool> Stands() const;

  const std::string& id() const { return id_; }
  // What both agree on.
  const Policy& agreed() const { return agreed_; }
  const std::string& source_row() const { return source_row_; }
  const std::string& destination_row() const { return destination_row_; }

 private:
  Account& source_;
  Account& destination_;
  const std::string id_;
  std::string source_row_;
  std::string destination_row_;
  Policy agreed_;
};

}  // namespace replicafs
