// How long status and matching take under a large policy with a large backlog.
//
//   large_policy make ROOT [RULES [BLOBS]]     ROOT must not exist; 1,000 rules and 1,000,000 blobs
//   large_policy measure ROOT                  beside it: replicafs --root ROOT replication status
//   large_policy copy ROOT                     afterwards nothing is pending
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "backend/account/account_catalog.h"
#include "backend/replication/event_window.h"
#include "backend/replication/link.h"
#include "backend/replication/policy_store.h"
#include "backend/replication/rule_index.h"
#include "backend/replication/status.h"

namespace replicafs {
namespace {

class Stopwatch {
 public:
  void Say(const char* what, size_t count = 1) const {
    const std::chrono::duration<double, std::micro> took =
        std::chrono::steady_clock::now() - start_;
    if (count == 1) {
      std::printf("%-40s %12.1f ms\n", what, took.count() / 1000);
    } else {
      std::printf("%-40s %12.3f us each\n", what, took.count() / static_cast<double>(count));
    }
    std::fflush(stdout);
  }

 private:
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

Status MakeContainers(Account& account, size_t count) {
  std::vector<Mutation> mutations;
  for (size_t i = 0; i < count; ++i)
    mutations.push_back(CreateContainer{"c" + std::to_string(1000 + i)});
  TRY(account.store().Apply(std::move(mutations), 0));
  return Ok();
}

Status MakeBlobs(Account& account, size_t rules, size_t blobs) {
  constexpr size_t kBatch = 5000;
  for (size_t made = 0; made < blobs;) {
    std::vector<Mutation> mutations;
    for (; made < blobs && mutations.size() < kBatch; ++made)
      mutations.push_back(CommitBlob{
          .path = {"c" + std::to_string(1000 + made % rules), "in/blob-" + std::to_string(made)},
          .content = "x"});
    TRY(account.store().Apply(std::move(mutations), 0));
  }
  return Ok();
}

Status ReadStatus(const char* what, Account& source, AccountSource& accounts) {
  const Stopwatch watch;
  const auto links = TRY(ReadLinkStatus(source, accounts, SystemClock()));
  watch.Say(what);
  std::printf("%-40s %12llu operations pending\n", "",
              static_cast<unsigned long long>(links.at(0).pending_operations));
  return Ok();
}

Status Match(Account& source, const Policy& policy) {
  const auto events = TRY(source.journal().Read(policy.rules.size(), 100'000));
  const RuleIndex index(policy);
  size_t found = 0;
  const Stopwatch indexed;
  for (const Event& event : events) found += index.RuleOf(event) == nullptr ? 0U : 1U;
  indexed.Say("matching, by RuleIndex", events.size());
  const Stopwatch linear;
  for (const Event& event : events) found -= RuleOf(policy, event) == nullptr ? 0U : 1U;
  linear.Say("matching, rule by rule", events.size());
  return found == 0 ? Ok() : Error{ErrorCode::kInternal, "the two ways to match differ"};
}

Status Make(AccountCatalog& accounts, size_t rules, size_t blobs) {
  for (const char* name : {"westus", "eastus"})
    TRY(accounts.Create({.name = name, .durability = Durability::kRelaxed}));
  const auto source = TRY(accounts.OpenAccount("westus"));
  const auto destination = TRY(accounts.OpenAccount("eastus"));
  TRY(MakeContainers(*source, rules));
  TRY(MakeContainers(*destination, rules));
  PolicyRequest request{.source_account = "westus", .destination_account = "eastus"};
  for (size_t i = 0; i < rules; ++i) {
    const std::string container = "c" + std::to_string(1000 + i);
    request.rules.push_back({container, container, {"in/", "also/"}});
  }
  TRY(CreatePolicy(accounts, request, SystemClock()));
  const Stopwatch made;
  TRY(MakeBlobs(*source, rules, blobs));
  made.Say("blobs made", blobs);
  return Ok();
}

Status Measure(AccountCatalog& accounts) {
  const auto source = TRY(accounts.OpenAccount("westus"));
  const auto policies = TRY(ListPolicies(*source));
  TRY(Match(*source, policies.at(0)));
  for (int i = 0; i < 3; ++i) TRY(ReadStatus("status", *source, accounts));
  return Ok();
}

Status Copy(AccountCatalog& accounts) {
  const auto source = TRY(accounts.OpenAccount("westus"));
  const auto destination = TRY(accounts.OpenAccount("eastus"));
  const auto policies = TRY(ListPolicies(*source));
  Link link(source, destination, policies.at(0).policy_id, SystemClock());
  const Stopwatch copied;
  for (;;) {
    const StepResult step = TRY(link.Step({}));
    if (step != StepResult::kAdvanced) break;
  }
  copied.Say("everything copied");
  return Ok();
}

Status Run(const std::string& phase, const std::string& root, size_t rules, size_t blobs) {
  AccountCatalog accounts(root);
  if (phase == "make") return Make(accounts, rules, blobs);
  if (phase == "measure") return Measure(accounts);
  if (phase == "copy") return Copy(accounts);
  return Error{ErrorCode::kInvalid, "write make, measure or copy"};
}

}  // namespace
}  // namespace replicafs

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: large_policy make|measure|copy ROOT [RULES [BLOBS]]\n");
    return 2;
  }
  const size_t rules = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 1000;
  const size_t blobs = argc > 4 ? std::strtoull(argv[4], nullptr, 10) : 1'000'000;
  const auto done = replicafs::Run(argv[1], argv[2], rules, blobs);
  if (done) return 0;
  std::fprintf(stderr, "large_policy: %s\n", done.error().message.c_str());
  return 1;
}
