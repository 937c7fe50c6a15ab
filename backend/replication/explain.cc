#include "backend/replication/explain.h"

#include <set>
#include <utility>

#include "backend/blob/container_deletion.h"
#include "backend/replication/explain_checks.h"
#include "backend/replication/link_rows.h"
#include "backend/replication/link_supervisor.h"
#include "backend/replication/policy_store.h"

namespace replicafs {
namespace {

std::string Listed(const std::vector<std::string>& names) {
  constexpr size_t kNamesMax = 5;
  std::string text;
  for (size_t i = 0; i < names.size() && i < kNamesMax; ++i)
    text += (i == 0 ? "'" : ", '") + names[i] + "'";
  return names.size() > kNamesMax ? text + ", …" : text;
}

const Rule* RuleOfContainer(const Policy& policy, const std::string& container) {
  for (const Rule& rule : policy.rules) {
    if (rule.source_container == container) return &rule;
  }
  return nullptr;
}

// Why no rule has blobs of this name.
std::string WhyNoRule(const Policy& policy, const BlobPath& blob) {
  const Rule* rule = RuleOfContainer(policy, blob.container);
  if (rule != nullptr)
    return "the rule for the container '" + blob.container +
           "' copies only names that begin with " + Listed(rule->prefixes);
  std::vector<std::string> containers;
  for (const Rule& other : policy.rules) containers.push_back(other.source_container);
  return "no rule copies the container '" + blob.container + "'; the policy copies " +
         Listed(containers);
}

class Explainer {
 public:
  Explainer(AccountSource& accounts, const std::shared_ptr<Account>& source, const BlobPath& blob,
            const Clock& clock)
      : accounts_(accounts), source_(source), blob_(blob), clock_(clock), reader_(source) {}

  Result<std::vector<PolicyExplanation>> Explain() {
    // Of a container that is gone there are failures all the same.
    auto versions = source_->store().ListVersions(blob_);
    if (versions) {
      versions_ = *std::move(versions);
    } else if (versions.error().code != ErrorCode::kNotFound) {
      return versions.error();
    }
    std::vector<PolicyExplanation> all;
    bool failed = false;
    auto policies = TRY(ListAllPolicies(accounts_));
    for (Policy& policy : policies) {
      if (policy.source_account != source_->name()) continue;
      // The source's half knows since when its rules copy.
      const auto row = TRY(source_->store().GetState(PolicyKey(policy.policy_id)));
      if (row) policy = TRY(DecodePolicy(*row));
      auto explanation = TRY(Under(std::move(policy)));
      failed = failed || explanation.failure;
      all.push_back(std::move(explanation));
    }
    if (versions_.empty() && !failed) {
      return Error{ErrorCode::kNotFound, "there is no blob '" + source_->name() + "/" +
                                             ToString(blob_) + "', and never was"};
    }
    return all;
  }

 private:
  Result<PolicyExplanation> Under(Policy policy) {
    PolicyExplanation explanation{.policy = std::move(policy)};
    std::set<VersionId> given_up;
    TRY(FindFailure(explanation, given_up));
    const Rule* rule = FindRule(explanation.policy, blob_.container, blob_.name);
    if (rule == nullptr) {
      explanation.not_copied = WhyNoRule(explanation.policy, blob_);
      return explanation;
    }
    explanation.rule = *rule;
    std::vector<BlobInfo> waiting;
    bool pending = false;
    for (const BlobInfo& info : versions_) {
      auto version = TRY(UnderRule(explanation.policy, info));
      const bool waits =
          version.status == BlobStatus::kPending || version.status == BlobStatus::kFailed;
      pending = pending || version.status == BlobStatus::kPending;
      if (waits && !given_up.contains(info.version)) waiting.push_back(info);
      explanation.status = Worse(explanation.status, version.status);
      explanation.versions.push_back(std::move(version));
    }
    // A removal that failed is no version's, nor is the failure of a version that is gone.
    if (explanation.failure && !explanation.superseded) explanation.status = BlobStatus::kFailed;
    if (explanation.status == BlobStatus::kNone) {
      const bool skipped = !versions_.empty() && versions_.front().kind != BlobKind::kBlock;
      if (skipped) {
        explanation.not_copied = "it is " + std::string(WithArticle(versions_.front().kind)) +
                                 ", and only block blobs are replicated: it is skipped";
        return explanation;
      }
      explanation.not_copied = rule->min_creation_time
                                   ? "the rule copies only blobs created at " +
                                         ToString(*rule->min_creation_time) + " or later"
                                   : "the rule copies only what came after the policy, of " +
                                         ToString(explanation.policy.enabled_time);
      return explanation;
    }
    ExplainFacts facts{.policy = explanation.policy,
                       .rule = *explanation.rule,
                       .blob = blob_,
                       .status = explanation.status,
                       .waiting = std::move(waiting),
                       .failure = explanation.failure,
                       .superseded = explanation.superseded,
                       .pending = pending};
    TRY(Gather(facts));
    explanation.checks = WalkCheckList(facts);
    return explanation;
  }

  static BlobStatus Worse(BlobStatus a, BlobStatus b) {
    for (const BlobStatus status :
         {BlobStatus::kFailed, BlobStatus::kPending, BlobStatus::kComplete}) {
      if (a == status || b == status) return status;
    }
    return BlobStatus::kNone;
  }

  Result<VersionExplanation> UnderRule(const Policy& policy, const BlobInfo& info) {
    VersionExplanation version{
        .version = info.version, .is_current = info.is_current, .bytes = info.size_bytes};
    const BlobReplication all = TRY(reader_.StatusOf(blob_.container, info));
    for (const RuleStatus& rule : all.rules) {
      if (rule.policy_id != policy.policy_id) continue;
      version.status = rule.status;
      version.reason = rule.reason;
    }
    if (info.kind != BlobKind::kBlock) {
      version.reason = std::string(WithArticle(info.kind)) + ", which is skipped";
    } else if (version.status == BlobStatus::kNone) {
      version.reason = "older than what the rule copies";
    }
    return version;
  }

  Status FindFailure(PolicyExplanation& explanation, std::set<VersionId>& given_up) {
    for (const bool superseded : {false, true}) {
      const auto read = superseded ? ReadSuperseded : ReadFailures;
      auto failures = TRY(read(source_->store(), explanation.policy.policy_id));
      for (Failure& failure : failures) {
        if (failure.path != blob_) continue;
        if (superseded) given_up.insert(failure.version);
        const auto& newest = explanation.failure;
        if (newest && newest->sequence > failure.sequence) continue;
        explanation.failure = std::move(failure);
        explanation.superseded = superseded;
      }
    }
    return Ok();
  }

  Status Gather(ExplainFacts& facts) {
    const std::string& id = facts.policy.policy_id;
    const auto row = TRY(source_->store().GetState(PolicyKey(id)));
    facts.at_source = row.has_value();
    facts.running = TRY(LinkOwnership::IsOwned(*source_, id));
    const LinkProgress progress = TRY(ReadProgress(source_->store(), id));
    facts.last_error = progress.last_error;
    const auto half = IsHalf(accounts_, facts.policy);
    facts.half = half && *half;
    facts.destination = accounts_.OpenAccount(facts.policy.destination_account);
    return facts.destination ? GatherAtDestination(**facts.destination, facts) : Ok();
  }

  Status GatherAtDestination(Account& destination, ExplainFacts& facts) {
    const auto row = TRY(destination.store().GetState(PolicyKey(facts.policy.policy_id)));
    if (row) facts.at_destination = TRY(DecodePolicy(*row));
    const std::string& container = facts.rule.destination_container;
    facts.container = destination.store().GetContainer(container);
    const auto deleted = TRY(destination.store().GetState(DeletedContainerKey(container)));
    facts.deleted_until = TRY(DeletedUntil(deleted, clock_.Now()));
    if (facts.container)
      facts.replicas = TRY(destination.store().ListVersions({container, blob_.name}));
    return Ok();
  }

  AccountSource& accounts_;
  const std::shared_ptr<Account>& source_;
  const BlobPath& blob_;
  const Clock& clock_;
  StatusReader reader_;
  std::vector<BlobInfo> versions_;
};

}  // namespace

std::string_view ToString(Finding finding) {
  switch (finding) {
    case Finding::kOk: return "ok";
    case Finding::kCause: return "cause";
    case Finding::kUnknown: return "unknown";
  }
  return "unknown";
}

Result<std::vector<PolicyExplanation>> Explain(AccountSource& accounts,
                                               const std::shared_ptr<Account>& source,
                                               const BlobPath& blob, const Clock& clock) {
  return Explainer(accounts, source, blob, clock).Explain();
}

}  // namespace replicafs
