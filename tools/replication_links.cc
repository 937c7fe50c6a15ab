#include "tools/replication_links.h"

#include <algorithm>

#include "backend/replication/policy_store.h"

namespace replicafs {
namespace {

Status AddLinks(Context& context, const std::string& account, std::vector<LinkStatus>& links) {
  const std::shared_ptr<Account> opened = TRY(context.accounts.OpenAccount(account));
  std::vector<LinkStatus> some = TRY(ReadLinkStatus(*opened, context.accounts, SystemClock()));
  for (LinkStatus& link : some) {
    // A destination that cannot be opened is the link's last error.
    const Result<bool> half = IsHalf(context.accounts, link.policy);
    link.half = half && *half;
    links.push_back(std::move(link));
  }
  return Ok();
}

// Policies of which only the destination has its half. Accounts that cannot be read say nothing.
Status AddLonelyHalves(Context& context, const std::string& only_source,
                       std::vector<LinkStatus>& links) {
  const std::vector<std::string> names = TRY(context.accounts.AccountNames());
  for (const std::string& name : names) {
    const auto account = context.accounts.OpenAccount(name);
    if (!account) continue;
    const auto policies = ListPolicies(**account);
    if (!policies) continue;
    for (const Policy& policy : *policies) {
      if (policy.destination_account != name) continue;
      if (!only_source.empty() && policy.source_account != only_source) continue;
      const bool shown = std::any_of(links.begin(), links.end(), [&](const LinkStatus& link) {
        return link.policy.policy_id == policy.policy_id;
      });
      const Result<bool> half = IsHalf(context.accounts, policy);
      if (!shown && half && *half) links.push_back({.policy = policy, .half = true});
    }
  }
  return Ok();
}

}  // namespace

Result<std::vector<LinkStatus>> LinksOf(Context& context, const std::string& only_account) {
  std::vector<LinkStatus> links;
  if (!only_account.empty()) {
    TRY(AddLinks(context, only_account, links));
  } else {
    const std::vector<std::string> names = TRY(context.accounts.AccountNames());
    for (const std::string& name : names) {
      const Status added = AddLinks(context, name, links);
      if (!added)
        PrintWarning("the links of account '" + name + "' are not shown: " + added.error().message);
    }
  }
  TRY(AddLonelyHalves(context, only_account, links));
  return links;
}

}  // namespace replicafs
