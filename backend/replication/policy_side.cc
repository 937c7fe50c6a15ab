#include "backend/replication/policy_side.h"

#include <algorithm>
#include <set>
#include <utility>

#include "backend/replication/link_rows.h"
#include "backend/replication/policy_halves.h"
#include "backend/replication/policy_store.h"

namespace replicafs {
namespace {

using refusal::Side;

std::string Next(const std::optional<std::string>& generation) {
  constexpr int kDecimal = 10;
  const uint64_t number = generation ? std::strtoull(generation->c_str(), nullptr, kDecimal) : 0;
  return std::to_string(number + 1);
}

// nullopt: there is none.
Result<std::optional<ContainerInfo>> FindContainer(Account& account, const std::string& name) {
  auto container = account.store().GetContainer(name);
  if (container) return std::optional(*std::move(container));
  if (container.error().code == ErrorCode::kNotFound) return std::optional<ContainerInfo>();
  return std::move(container).error();
}

}  // namespace

Result<PolicySide> PolicySide::Read(std::shared_ptr<Account> account, Side side) {
  PolicySide read(std::move(account), side);
  PoliciesAsRead policies = TRY(ReadPolicies(*read.account_));
  read.generation_ = std::move(policies.unchanged.value);
  read.policies_ = std::move(policies.policies);
  read.settings_row_ = TRY(read.account_->store().GetState(kSettingsKey));
  read.settings_ = TRY(ParseSettings(read.settings_row_));
  return read;
}

const Policy* PolicySide::Find(std::string_view policy_id) const {
  const auto found = std::find_if(policies_.begin(), policies_.end(), [&](const Policy& policy) {
    return policy.policy_id == policy_id;
  });
  return found == policies_.end() ? nullptr : &*found;
}

const Policy* PolicySide::FindPair(const Policy& policy) const {
  const auto found = std::find_if(policies_.begin(), policies_.end(), [&](const Policy& other) {
    return other.policy_id != policy.policy_id && SamePair(other, policy);
  });
  return found == policies_.end() ? nullptr : &*found;
}

std::string PolicySide::In(const std::string& container) const {
  return account_->name() + "/" + container;
}

Status PolicySide::Check(const Policy& policy, Limits limits,
                         const PolicyIdentities& identities) const {
  TRY(CheckSettings());
  TRY(CheckTenants(policy, account_->name(), settings_, identities));
  if (const Policy* other = FindPair(policy)) return refusal::PairTaken(*other);
  if (limits == Limits::kAzure) TRY(CheckLimits(policy));
  for (const Rule& rule : policy.rules) {
    if (side_ == Side::kSource) {
      TRY(CheckSourceContainer(rule));
    } else {
      TRY(CheckDestinationContainer(policy, rule));
    }
  }
  return Ok();
}

Status PolicySide::CheckSettings() const {
  if (!settings_.versioning()) return refusal::VersioningIsOff(account_->name(), side_);
  if (side_ == Side::kSource && !settings_.change_feed)
    return refusal::ChangeFeedIsOff(account_->name());
  return Ok();
}

Status PolicySide::CheckLimits(const Policy& policy) const {
  std::set<std::string_view> destinations;
  size_t incoming = 0;
  for (const Policy& other : policies_) {
    if (other.policy_id == policy.policy_id) continue;
    if (other.source_account == account_->name()) destinations.insert(other.destination_account);
    if (other.destination_account == account_->name()) ++incoming;
  }
  destinations.erase(policy.destination_account);
  if (side_ == Side::kSource && destinations.size() >= kDestinationAccountsMax)
    return refusal::TooManyDestinations(policy);
  if (side_ == Side::kDestination && incoming >= kIncomingPoliciesMax)
    return refusal::TooManyIncoming(policy);
  return Ok();
}

Status PolicySide::CheckSourceContainer(const Rule& rule) const {
  const auto container = TRY(FindContainer(*account_, rule.source_container));
  const std::string name = In(rule.source_container);
  if (!container) return refusal::NoContainer(name, side_);
  if (!container->destination_policy_id.empty())
    return refusal::SourceIsDestination(name, container->destination_policy_id);
  return Ok();
}

Status PolicySide::CheckDestinationContainer(const Policy& policy, const Rule& rule) const {
  const auto container = TRY(FindContainer(*account_, rule.destination_container));
  const std::string name = In(rule.destination_container);
  if (!container) return refusal::NoContainer(name, side_);
  const std::string& owner = container->destination_policy_id;
  if (!owner.empty() && owner != policy.policy_id) return refusal::DestinationTaken(name, owner);
  for (const Policy& other : policies_) {
    if (other.source_account != account_->name()) continue;
    for (const Rule& source : other.rules) {
      if (source.source_container == rule.destination_container)
        return refusal::DestinationIsSource(name, other.policy_id);
    }
  }
  return Ok();
}

Status PolicySide::Write(std::string_view policy_id, const std::optional<Policy>& half) {
  const Policy* before = Find(policy_id);
  std::vector<Mutation> mutations;
  const auto add = [&](std::vector<Mutation> more) {
    std::move(more.begin(), more.end(), std::back_inserter(mutations));
  };
  mutations.push_back(ExpectState{std::string(kPoliciesGenerationKey), generation_});
  if (half) mutations.push_back(ExpectState{std::string(kSettingsKey), settings_row_});
  if (half) {
    add(side_ == Side::kSource ? MakeSourceHalf(*half) : MakeDestinationHalf(before, *half));
  } else if (before != nullptr) {
    auto unmake = side_ == Side::kSource ? UnmakeSourceHalf(*account_, *before)
                                         : UnmakeDestinationHalf(*account_, *before);
    add(TRY(std::move(unmake)));
  }
  const size_t others = policies_.size() - (before != nullptr ? 1 : 0);
  std::optional<std::string> next;
  if (half || others > 0) next = Next(generation_);
  if (next) {
    mutations.push_back(PutState{std::string(kPoliciesGenerationKey), *next});
  } else {
    mutations.push_back(RemoveState{std::string(kPoliciesGenerationKey)});
  }
  const auto written = account_->store().Apply(std::move(mutations), 0);
  if (!written && written.error().code == ErrorCode::kPrecondition)
    return half ? refusal::ChangedMeanwhile(*half)
                : refusal::AccountChangedMeanwhile(account_->name());
  // The answer may be what was lost.
  const auto there = !written && half ? Has(*half) : Result<bool>(false);
  if (!written && !(there && *there)) return written.error();
  generation_ = std::move(next);
  std::erase_if(policies_, [&](const Policy& policy) { return policy.policy_id == policy_id; });
  if (half) policies_.push_back(*half);
  return Ok();
}

Result<bool> PolicySide::Has(const Policy& half) const {
  const auto row = TRY(account_->store().GetState(PolicyKey(half.policy_id)));
  return row == EncodePolicy(half);
}

}  // namespace replicafs
