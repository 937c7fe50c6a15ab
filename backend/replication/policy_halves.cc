#include "backend/replication/policy_halves.h"

#include <set>

#include "backend/replication/link_rows.h"

namespace replicafs {

std::vector<Mutation> MakeDestinationHalf(const Policy* before, const Policy& policy) {
  std::vector<Mutation> mutations;
  std::set<std::string_view> containers;
  for (const Rule& rule : policy.rules) {
    mutations.push_back(SetDestination{rule.destination_container, policy.policy_id});
    containers.insert(rule.destination_container);
  }
  if (before != nullptr) {
    for (const Rule& rule : before->rules) {
      if (!containers.contains(rule.destination_container))
        mutations.push_back(SetDestination{rule.destination_container, ""});
    }
  }
  mutations.push_back(PutState{PolicyKey(policy.policy_id), EncodePolicy(policy)});
  return mutations;
}

std::vector<Mutation> MakeSourceHalf(const Policy& policy) {
  return {PutState{PolicyKey(policy.policy_id), EncodePolicy(policy)}};
}

Result<std::vector<Mutation>> UnmakeDestinationHalf(Account& account, const Policy& policy) {
  std::vector<Mutation> mutations;
  const auto containers = TRY(account.store().ListContainers());
  for (const ContainerInfo& container : containers) {
    if (container.destination_policy_id == policy.policy_id)
      mutations.push_back(SetDestination{container.name, ""});
  }
  mutations.push_back(RemoveState{PolicyKey(policy.policy_id)});
  mutations.push_back(RemoveState{CursorKey(policy.policy_id)});
  mutations.push_back(RemoveState{RulesKey(policy.policy_id)});
  mutations.push_back(RemoveState{FormsKey(policy.policy_id)});
  mutations.push_back(RemoveState{PassedKey(policy.policy_id)});
  return mutations;
}

Result<std::vector<Mutation>> UnmakeSourceHalf(Account& account, const Policy& policy) {
  std::vector<Mutation> mutations;
  mutations.push_back(RemoveState{PolicyKey(policy.policy_id)});
  mutations.push_back(RemoveState{ProgressKey(policy.policy_id)});
  mutations.push_back(RemoveState{RulesKey(policy.policy_id)});
  mutations.push_back(RemoveState{RetryKey(policy.policy_id)});
  for (const std::string& prefix :
       {FailurePrefix(policy.policy_id), SupersededPrefix(policy.policy_id)}) {
    const auto rows = TRY(account.store().ListState(prefix));
    for (const StateRow& row : rows) mutations.push_back(RemoveState{row.key});
  }
  return mutations;
}

}  // namespace replicafs
