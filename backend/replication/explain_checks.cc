#include "backend/replication/explain_checks.h"

#include <algorithm>
#include <array>
#include <utility>

namespace replicafs {
namespace {

struct Verdict {
  Finding finding = Finding::kOk;
  std::string detail;
  std::string remedy;
};

Verdict Good(std::string detail = {}) {
  return {Finding::kOk, std::move(detail), {}};
}
Verdict Cause(std::string detail, std::string remedy) {
  return {Finding::kCause, std::move(detail), std::move(remedy)};
}
Verdict Unknown(std::string detail) {
  return {Finding::kUnknown, std::move(detail), {}};
}
Verdict DestinationUnknown() {
  return Unknown("the destination account cannot be opened");
}

std::string Quoted(const std::string& text) {
  return "'" + text + "'";
}

std::string ContainerName(const ExplainFacts& facts) {
  return facts.policy.destination_account + "/" + facts.rule.destination_container;
}

std::string CreateAgain(const ExplainFacts& facts) {
  return "delete the policy and create it again: replicafs policy delete " + facts.policy.policy_id;
}

bool HasCode(const ExplainFacts& facts, std::string_view part) {
  return facts.failure && facts.failure->code.find(part) != std::string::npos;
}

// What only the destination's answer to an attempt tells.
Verdict ByRecordedCode(const ExplainFacts& facts, std::string_view part, std::string remedy) {
  if (HasCode(facts, part)) return Cause(facts.failure->reason, std::move(remedy));
  if (facts.status == BlobStatus::kPending) return Unknown("nothing has been tried yet");
  return Good();
}

constexpr std::string_view kCustomerKey = "CustomerProvidedKey";
constexpr std::string_view kImmutable = "Immutable";

Verdict PolicyAtDestination(const ExplainFacts& facts) {
  if (!facts.destination) return DestinationUnknown();
  if (!facts.at_destination) {
    return Cause(
        "the account " + Quoted(facts.policy.destination_account) + " does not have the policy",
        CreateAgain(facts));
  }
  if (facts.half && facts.at_source)
    return Cause("the two accounts say different things of the policy", CreateAgain(facts));
  return Good();
}

Verdict PolicyAtSource(const ExplainFacts& facts) {
  if (facts.at_source) return Good();
  return Cause("the account " + Quoted(facts.policy.source_account) + " does not have the policy",
               CreateAgain(facts));
}

Verdict DestinationAccount(const ExplainFacts& facts) {
  if (facts.destination) return Good();
  const Error& error = facts.destination.error();
  return Cause(error.message, error.code == ErrorCode::kNotFound
                                  ? "create the account again, or " + CreateAgain(facts)
                                  : "see why the account cannot be opened: replicafs account "
                                    "check " +
                                        facts.policy.destination_account);
}

Verdict DestinationContainer(const ExplainFacts& facts) {
  if (!facts.destination) return DestinationUnknown();
  if (facts.container) return Good();
  if (facts.container.error().code != ErrorCode::kNotFound)
    return Unknown(facts.container.error().message);
  return Cause(
      "there is no container " + Quoted(ContainerName(facts)),
      "create it and the policy again: replicafs container create " + ContainerName(facts));
}

Verdict ContainerNotBeingDeleted(const ExplainFacts& facts) {
  if (!facts.destination) return DestinationUnknown();
  if (!facts.deleted_until || facts.container) return Good();
  return Cause(
      Quoted(ContainerName(facts)) + " is being deleted until " + ToString(*facts.deleted_until),
      "wait until then, and create it again");
}

Verdict ContainerInPolicy(const ExplainFacts& facts) {
  if (!facts.destination) return DestinationUnknown();
  if (!facts.container) return Unknown("there is no such container");
  if (facts.container->destination_policy_id != facts.policy.policy_id) {
    const std::string& other = facts.container->destination_policy_id;
    return Cause(Quoted(ContainerName(facts)) +
                     (other.empty() ? " is no destination" : " belongs to policy " + other),
                 CreateAgain(facts));
  }
  if (!facts.at_destination) return Unknown("the destination does not have the policy");
  Policy alone = facts.policy;
  alone.rules = {facts.rule};
  std::vector<std::string> differences;
  if (!Agreed(alone, *facts.at_destination, &differences).rules.empty()) return Good();
  return Cause(differences.front() + ", so nothing is copied by it",
               "give both halves the same: replicafs policy update " + facts.policy.policy_id +
                   " --policy FILE");
}

Verdict NoCustomerKey(const ExplainFacts& facts) {
  const std::string remedy = "write the blob again without a key of your own";
  for (const BlobInfo& version : facts.waiting) {
    if (!version.key_sha256) continue;
    return Cause("the version " + ToString(version.version) +
                     " at the source is encrypted with a key of the customer's, whose SHA-256 is " +
                     BlockId(*version.key_sha256),
                 remedy);
  }
  return HasCode(facts, kCustomerKey) ? Cause(facts.failure->reason, remedy) : Good();
}

Verdict NoArchive(const ExplainFacts& facts) {
  const std::string rehydrate = "set another tier: setfattr -n user.blob.tier -v Hot";
  for (const BlobInfo& version : facts.waiting) {
    if (version.properties.tier != Tier::kArchive) continue;
    return Cause(
        "the version " + ToString(version.version) + " at the source is in the archive tier",
        rehydrate);
  }
  if (!facts.destination) return DestinationUnknown();
  const bool archived =
      std::any_of(facts.replicas.begin(), facts.replicas.end(), [](const BlobInfo& replica) {
        return replica.is_current && replica.properties.tier == Tier::kArchive;
      });
  if (!archived) return Good();
  const std::string detail = "the blob at the destination, " +
                             Quoted(ContainerName(facts) + "/" + facts.blob.name) +
                             ", is in the archive tier";
  return facts.IsWaiting() ? Cause(detail, rehydrate)
                           : Good(detail + ": the next change will not be copied");
}

Verdict NotImmutable(const ExplainFacts& facts) {
  return ByRecordedCode(facts, kImmutable,
                        "remove the legal hold, or the policy, or wait until it ends");
}

Verdict LinkIsRun(const ExplainFacts& facts) {
  if (facts.running) return Good();
  if (!facts.pending) return Good("no process runs the link, and nothing of the blob is pending");
  return Cause("no process runs the link", "mount one of its accounts: replicafs mount");
}

Verdict LinkHasNoError(const ExplainFacts& facts) {
  if (facts.last_error.empty() || !facts.running) return Good();
  return Cause(facts.last_error, "it goes on by itself when this is mended");
}

// What is recorded, unless an item above has looked for it.
Verdict NothingElse(const ExplainFacts& facts) {
  if (!facts.failure || facts.status != BlobStatus::kFailed) return Good();
  if (facts.superseded)
    return Cause("the version " + ToString(facts.failure->version) +
                     " failed until a newer one came, and is not tried again",
                 "restore it, which makes a new version: replicafs versions restore");
  constexpr std::array<std::string_view, 7> kKnown = {"SourceBlobArchived",
                                                      "DestinationBlobArchived",
                                                      "DestinationContainerNotFound",
                                                      "ContainerIsNoDestination",
                                                      "ContainerBeingDeleted",
                                                      kCustomerKey,
                                                      kImmutable};
  const bool known = std::any_of(kKnown.begin(), kKnown.end(),
                                 [&](std::string_view code) { return HasCode(facts, code); });
  if (known) return Good();
  std::string remedy = "mend it, then: replicafs replication retry " + facts.policy.source_account;
  if (facts.failure->code == "SourceCorrupt")
    remedy = "replicafs account check " + facts.policy.source_account + " --deep --repair";
  if (facts.failure->code == "DestinationNameTooLong") remedy = "give the blob a shorter name";
  return Cause(facts.failure->code + ": " + facts.failure->reason, remedy);
}

struct Item {
  std::string_view id;
  std::string_view question;
  Verdict (*check)(const ExplainFacts&);
};

constexpr std::array<Item, 12> kItems = {{
    {"policyAtDestination", "the policy is on the destination account", PolicyAtDestination},
    {"destinationAccountExists", "the destination account exists", DestinationAccount},
    {"destinationContainerExists", "the destination container exists", DestinationContainer},
    {"destinationContainerNotBeingDeleted", "the destination container is not being deleted",
     ContainerNotBeingDeleted},
    {"destinationContainerInPolicy", "the destination container is in the policy",
     ContainerInPolicy},
    {"noCustomerProvidedKey", "the blob has no customer-provided key", NoCustomerKey},
    {"notArchived", "neither blob is in the archive tier", NoArchive},
    {"notImmutable", "no immutability policy or legal hold protects the destination", NotImmutable},
    {"policyAtSource", "the policy is on the source account", PolicyAtSource},
    {"linkRunning", "a process runs the link", LinkIsRun},
    {"linkWithoutError", "the link reports no error", LinkHasNoError},
    {"nothingElse", "no other failure is recorded", NothingElse},
}};

}  // namespace

std::vector<CheckOutcome> WalkCheckList(const ExplainFacts& facts) {
  std::vector<CheckOutcome> outcomes;
  for (const Item& item : kItems) {
    Verdict verdict = item.check(facts);
    outcomes.push_back({.id = item.id,
                        .question = item.question,
                        .finding = verdict.finding,
                        .detail = std::move(verdict.detail),
                        .remedy = std::move(verdict.remedy)});
  }
  return outcomes;
}

}  // namespace replicafs
