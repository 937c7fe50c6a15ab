// Options that several commands on policies have.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

#include "backend/base/result.h"
#include "backend/replication/policy_store.h"

namespace replicafs {

// --rule, with --prefix and --min-creation-time for each, and --existing.
class RuleOptions {
 public:
  // The options live as long as this object.
  void AddTo(CLI::App& command);
  bool given() const { return !rules_.empty(); }
  // A --prefix or --min-creation-time belongs to the --rule before it; with a single rule, to that.
  Result<std::vector<RuleRequest>> Rules() const;

 private:
  Result<RuleRequest*> Owner(std::vector<RuleRequest>& rules, size_t seen,
                             const std::string& option) const;

  const CLI::App* command_ = nullptr;
  std::vector<std::string> rules_;
  std::vector<std::string> prefixes_;
  std::vector<std::string> times_;
  bool existing_ = false;
};

// --metrics, --priority-replication and --tags-replication true|false, and --limits.
struct PolicyFlags {
  std::optional<bool> metrics;
  std::optional<bool> priority_replication;
  std::optional<bool> tags_replication;
  Limits limits = Limits::kAzure;

  void AddTo(CLI::App& command);
  void AddLimitsTo(CLI::App& command);
  bool given() const { return metrics || priority_replication || tags_replication; }
  // Those that were given.
  void ApplyTo(Policy& policy) const;
};

// What says which policy is meant: --source, --destination, the rules and flags, or --policy FILE.
class PolicyArguments {
 public:
  // The options live as long as this object.
  void AddTo(CLI::App& command);
  bool given() const;
  // What the options say, or the file.
  Result<Policy> Definition() const;
  Limits limits() const { return flags_.limits; }

 private:
  std::string source_;
  std::string destination_;
  std::string file_;
  RuleOptions rules_;
  PolicyFlags flags_;
};

// For a policy without an id, with full resource ids, which say whose accounts they are.
Result<PolicyRequest> RequestOf(const Policy& definition, Limits limits);

// The definition in the file; "-" is standard input, and an '@' before either is taken as az takes
// it.
Result<Policy> ReadDefinition(const std::string& argument);

Rule ToRule(const RuleRequest& request);

}  // namespace replicafs
