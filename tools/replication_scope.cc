#include "tools/replication_scope.h"

#include <algorithm>
#include <optional>

#include "backend/replication/policy_store.h"
#include "tools/replication_output.h"

namespace replicafs {
namespace {

// A container of the destination is called by its source's name. Empty: no rule has it.
std::string SourceContainer(const Policy& policy, const AccountPath& path) {
  for (const Rule& rule : policy.rules) {
    const bool at_source = path.account == policy.source_account;
    if ((at_source ? rule.source_container : rule.destination_container) == path.container)
      return rule.source_container;
  }
  return {};
}

// What the policy copies of the path, at its source or destination; its source is not open yet.
std::optional<Part> PartOf(const Policy& policy, const AccountPath& path) {
  if (!path.account.empty() && path.account != policy.source_account &&
      path.account != policy.destination_account)
    return std::nullopt;
  Part part{.source = {}, .policy = policy, .scope = {.name = path.name}};
  if (!path.container.empty()) {
    part.scope.container = SourceContainer(policy, path);
    if (part.scope.container.empty()) return std::nullopt;
  }
  const bool copied = std::any_of(policy.rules.begin(), policy.rules.end(),
                                  [&](const Rule& rule) { return Overlaps(part.scope, rule); });
  return copied ? std::optional<Part>(std::move(part)) : std::nullopt;
}

// False for a policy with one half, of which nothing is copied; it is warned of.
Result<bool> Open(Context& context, Part& part) {
  part.source = TRY(context.accounts.OpenAccount(part.policy.source_account));
  // The source's half knows since when its rules copy.
  std::vector<Policy> policies = TRY(ListPolicies(*part.source));
  for (Policy& policy : policies) {
    if (policy.policy_id == part.policy.policy_id) part.policy = std::move(policy);
  }
  // A destination that cannot be opened is the link's own trouble: what is pending stays so.
  const Result<bool> half = IsHalf(context.accounts, part.policy);
  if (half && *half) {
    PrintWarning(HalfPolicy(part.policy));
    return false;
  }
  part.scope.head = TRY(part.source->journal().Head());
  return true;
}

}  // namespace

Result<std::vector<Part>> PartsOf(Context& context, const AccountPath& path) {
  std::vector<Part> parts;
  const std::vector<Policy> policies = TRY(ListAllPolicies(context.accounts));
  for (const Policy& policy : policies) {
    std::optional<Part> part = PartOf(policy, path);
    if (!part) continue;
    const Result<bool> works = Open(context, *part);
    if (!works && !path.account.empty()) return works.error();
    if (!works)
      PrintWarning("the link " + LinkName(policy) + " is left out: " + works.error().message);
    if (works && *works) parts.push_back(std::move(*part));
  }
  return parts;
}

Result<std::vector<Part>> PartsOf(Context& context, const std::string& argument) {
  AccountPath path;
  if (!argument.empty()) path = TRY(ResolvePath(context.accounts, argument));
  if (!path.container.empty()) TRY(OpenContainerAt(context.accounts, path));
  return PartsOf(context, path);
}

}  // namespace replicafs
