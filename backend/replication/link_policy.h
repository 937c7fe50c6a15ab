// The policy of a link, as both accounts had it last.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "backend/base/result.h"
#include "backend/blob/account.h"
#include "backend/replication/policy.h"
#include "backend/replication/rule_index.h"

namespace replicafs {

// For one thread.
class LinkPolicy {
 public:
  LinkPolicy(Account& source, Account& destination, std::string policy_id);
  LinkPolicy(const LinkPolicy&) = delete;
  LinkPolicy& operator=(const LinkPolicy&) = delete;

  // Reads both halves anew. False when one is missing, or the two are of other accounts.
  Result<bool> Load();
  // Whether the source's half is as Load found it.
  Result<bool> Stands() const;

  const std::string& id() const { return id_; }
  // What both agree on.
  const Policy& agreed() const { return agreed_; }
  // REQUIRES: Load has found a policy.
  const RuleIndex& rules() const { return *rules_; }
  // EncodeRules of what both agree on.
  const std::string& encoded_rules() const { return encoded_rules_; }
  // The ids of rules that one of the halves has and both do not agree on.
  const std::set<std::string>& disputed() const { return disputed_; }
  const std::string& source_row() const { return source_row_; }
  const std::string& destination_row() const { return destination_row_; }

 private:
  Account& source_;
  Account& destination_;
  const std::string id_;
  std::string source_row_;
  std::string destination_row_;
  Policy agreed_;
  std::optional<RuleIndex> rules_;  // of agreed_
  std::string encoded_rules_;
  std::set<std::string> disputed_;
};

}  // namespace replicafs
