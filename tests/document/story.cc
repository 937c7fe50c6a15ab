#include "tests/document/story.h"

#include <utility>

namespace replicafs::document {

Story::Story() {
  for (const char* account : {"west", "east"}) AddAccount(account);
  for (const char* container : {"photos", "mail"}) AddContainer("west", container);
  for (const char* container : {"photos2", "mail2"}) AddContainer("east", container);
}

std::shared_ptr<Account> Story::AddAccount(const std::string& name) {
  EmbeddedAccount::Options options;
  options.initial_map_bytes = 64 << 10;
  options.garbage_interval = {};
  options.reserve_bytes = 0;
  const std::string path = directory_ / name;
  Must(EmbeddedAccount::Create(path));
  std::shared_ptr<Account> account = Must(EmbeddedAccount::Open(path, name, clock, options));
  accounts.Add(account);
  return account;
}

void Story::AddContainer(const std::string& account, const std::string& name) {
  Must(Apply(account, CreateContainer{name}));
}

PolicyRequest Story::Request() {
  return {.source_account = "west",
          .destination_account = "east",
          .rules = {{.source_container = "photos", .destination_container = "photos2"}}};
}

Policy Story::Definition() {
  return {.policy_id = std::string(kDefaultPolicyId),
          .source_account = "west",
          .destination_account = "east",
          .rules = {{.source_container = "photos", .destination_container = "photos2"}}};
}

Result<Policy> Story::TryCreate(const PolicyRequest& request) {
  return CreatePolicy(accounts, request, clock);
}

Result<Policy> Story::TryCreateHalf(const std::string& account, Policy definition) {
  return CreateHalf(accounts, {.account = account, .definition = std::move(definition)}, clock);
}

Result<Policy> Story::TryUpdateHalf(const std::string& account, Policy definition) {
  return UpdateHalf(accounts, {.account = account, .definition = std::move(definition)});
}

VersionId Story::Write(const std::string& name, const std::string& text,
                       BlobProperties properties) {
  return Must(TryWrite({"photos", name}, "west", text, std::move(properties))).version;
}

Status Story::Remove(const std::string& name) {
  const auto removed = Apply("west", RemoveBlob{.path = {"photos", name}});
  return removed ? Ok() : Status(removed.error());
}

Result<Outcome> Story::TryWrite(const BlobPath& blob, const std::string& account,
                                const std::string& text, BlobProperties properties) {
  return Apply(account,
               CommitBlob{.path = blob, .content = text, .properties = std::move(properties)});
}

Result<Outcome> Story::Apply(const std::string& account, Mutation mutation) {
  clock.Advance(std::chrono::milliseconds(1));
  return ApplyOne(store(account), std::move(mutation), 0);
}

Status Story::SetTier(const std::string& account, const BlobPath& blob, Tier tier) {
  const auto set = Apply(account, PatchBlob{.path = blob, .tier = tier});
  return set ? Ok() : Status(set.error());
}

void Story::CatchUp() {
  if (link_ == nullptr)
    link_ = std::make_unique<Link>(Must(accounts.OpenAccount(policy.source_account)),
                                   Must(accounts.OpenAccount(policy.destination_account)),
                                   policy.policy_id, clock);
  while (Must(link_->Step({})) == StepResult::kAdvanced) {
  }
}

void Story::Retry() {
  EXPECT_OK(link_->RetryFailures({}));
}

std::vector<std::string> Story::History(const std::string& account, const BlobPath& blob) {
  std::vector<std::string> lines;
  for (const BlobInfo& info : Must(store(account).ListVersions(blob))) {
    const auto reader = Must(store(account).Open(blob, info.version));
    std::string text(info.size_bytes, ' ');
    EXPECT_OK(reader->ReadAt(0, std::as_writable_bytes(std::span(text))));
    lines.insert(lines.begin(), (info.is_current ? "current " : "previous ") + text);
  }
  return lines;
}

BlobInfo Story::Stat(const std::string& account, const BlobPath& blob, VersionId version) {
  return Must(store(account).Stat(blob, version));
}

std::string Story::StatusOf(const std::string& name) {
  StatusReader reader(Must(accounts.OpenAccount("west")));
  return std::string(
      ToString(Must(reader.StatusOf("photos", Stat("west", {"photos", name}))).status));
}

std::string Story::FailureCode() {
  const auto failures = Must(ReadFailures(store("west"), policy.policy_id));
  EXPECT_LE(failures.size(), 1U);
  return failures.empty() ? "" : failures[0].code;
}

std::vector<std::string> Story::Causes(const std::string& name) {
  std::vector<std::string> causes;
  const auto west = Must(accounts.OpenAccount("west"));
  for (const PolicyExplanation& one : Must(Explain(accounts, west, {"photos", name}, clock))) {
    for (const CheckOutcome& check : one.checks) {
      if (check.finding == Finding::kCause) causes.emplace_back(check.id);
    }
  }
  return causes;
}

TEST_P(Document, Holds) {
  Story story;
  GetParam().holds(story);
}

}  // namespace replicafs::document
