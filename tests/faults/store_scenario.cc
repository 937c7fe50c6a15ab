#include "tests/faults/store_scenario.h"

#include <fmt/format.h>

#include "backend/base/digest.h"
#include "tests/support/matchers.h"

namespace replicafs {

void StoreScenario::Create() {
  Must(EmbeddedAccount::Create(path_));
  Must(Open());
  Must(ApplyOne(account_->store(), CreateContainer{"box"}, 0));
  account_.reset();
}

Status StoreScenario::Open() {
  EmbeddedAccount::Options options;
  options.initial_map_bytes = 64 << 10;
  options.garbage_interval = {};
  options.reserve_bytes = 1 << 20;
  account_.reset();
  auto opened = EmbeddedAccount::Open(path_, "alpha", clock_, options);
  if (!opened) return std::move(opened).error();
  account_ = std::move(*opened);
  return Ok();
}

StoreScenario::Content StoreScenario::OneOf(const std::string& name) const {
  const auto found = expected_.find(name);
  return found == expected_.end() ? Content() : *found->second.begin();
}

// Acknowledged, the outcome is what must be there; else it, or what may have been there before.
void StoreScenario::Apply(std::vector<Mutation> mutations,
                          const std::map<std::string, Content>& outcome) {
  const bool done = account_->store().Apply(std::move(mutations), 1).has_value();
  if (done) ++acknowledged_;
  for (const auto& [name, content] : outcome) {
    std::set<Content>& may = expected_[name];
    if (may.empty()) may.insert(Content());
    if (done) may.clear();
    may.insert(content);
  }
}

void StoreScenario::Put(const std::string& name, const std::string& text) {
  Apply({CommitBlob{.path = {"box", name}, .content = text}}, {{name, text}});
}

void StoreScenario::PutBlocks(const std::string& name, const std::vector<std::string>& blocks) {
  BlockList list;
  std::string text;
  for (const std::string& block : blocks) {
    const Digest digest = Sha256(AsBytes(block));
    if (!account_->store().StageBlock(digest, AsBytes(block))) return;
    list.push_back({digest, block.size()});
    text += block;
  }
  Apply({CommitBlob{.path = {"box", name}, .content = list}}, {{name, text}});
}

void StoreScenario::Remove(const std::string& name) {
  Apply({RemoveBlob{{"box", name}}}, {{name, Content()}});
}

void StoreScenario::Move(const std::string& from, const std::string& to) {
  const auto read = Read(from);
  if (!read || !*read) return;
  Apply({CommitBlob{.path = {"box", to}, .content = ContentOf{{"box", from}}},
         RemoveBlob{{"box", from}}},
        {{to, *read}, {from, Content()}});
}

void StoreScenario::RenamePrefixTo(const std::string& from, const std::string& to) {
  std::map<std::string, Content> outcome;
  for (const auto& [name, may] : expected_) {
    if (!name.starts_with(from)) continue;
    const auto read = Read(name);
    if (!read) return;
    if (!*read) continue;
    outcome[name] = Content();
    outcome[to + name.substr(from.size())] = *read;
  }
  Apply({RenamePrefix{.container = "box", .from = from, .to = to}}, outcome);
}

void StoreScenario::RemoveVersions(const std::string& name) {
  const auto versions = account_->store().ListVersions({"box", name});
  if (!versions) return;
  for (const BlobInfo& version : *versions) {
    if (!version.is_current) Apply({RemoveVersion{{"box", name}, version.version}}, {});
  }
}

Result<StoreScenario::Content> StoreScenario::Read(const std::string& name) {
  auto reader = account_->store().Open({"box", name});
  if (!reader && reader.error().code == ErrorCode::kNotFound) return Content();
  if (!reader) return std::move(reader).error();
  std::string text((*reader)->info().size_bytes, ' ');
  const size_t size = TRY((*reader)->ReadAt(0, std::as_writable_bytes(std::span(text))));
  text.resize(size);
  return Content(text);
}

void StoreScenario::Run() {
  if (!Open()) return;
  Put("d/small", "one");
  PutBlocks("d/blocks", {"first block", "second block"});
  Put("d/large", std::string(20'000, 'l'));
  PutBlocks("blocks", {"third block", "second block"});
  Put("d/small", "two");
  PutBlocks("d/blocks", {"fourth block"});
  RenamePrefixTo("d/", "e/");
  Move("e/small", "f/small");
  Remove("blocks");
  RemoveVersions("d/blocks");
  RemoveVersions("blocks");
  clock_.Advance(std::chrono::hours(48));
  static_cast<void>(account_->CollectGarbage(std::chrono::hours(1)).has_value());
  PutBlocks("again", {"first block", "third block"});
  if (!Open()) return;
  Put("last", "last");
  static_cast<void>(account_->Check({.repair = embedded::CheckRepair::kRepair}).has_value());
  account_.reset();
}

std::string StoreScenario::Verify() {
  account_.reset();
  clock_.Advance(std::chrono::seconds(1));
  const Status opened = Open();
  if (!opened) return "opening: " + opened.error().message;
  for (int round = 0; round < 2; ++round) {
    const auto report = account_->Check({.depth = embedded::CheckDepth::kBytes});
    if (!report) return "check: " + report.error().message;
    for (const auto& finding : report->findings) {
      if (finding.severity == embedded::Severity::kError) return "check: " + finding.what;
    }
    for (const auto& [name, may] : expected_) {
      const auto read = Read(name);
      if (!read) return name + ": " + read.error().message;
      if (!may.contains(*read)) return name + " holds " + read->value_or("nothing");
    }
    const int before = acknowledged_;
    Put("d/small", "after");
    PutBlocks("d/blocks", {"first block", "block after"});
    if (acknowledged_ != before + 2) return "the account takes no changes";
    clock_.Advance(std::chrono::hours(48));
    const auto collected = account_->CollectGarbage(std::chrono::hours(1));
    if (!collected) return "garbage collection: " + collected.error().message;
  }
  account_.reset();
  return "";
}

}  // namespace replicafs
