#include "backend/embedded/applier.h"

#include <algorithm>
#include <optional>

#include "backend/base/digest.h"
#include "backend/embedded/change.h"
#include "backend/embedded/keys.h"
#include "backend/embedded/mutations.h"

namespace replicafs::embedded {
namespace {

using Hashes = std::vector<std::optional<Md5>>;  // of inline content, one a mutation

Hashes HashInline(const std::vector<Mutation>& mutations) {
  Hashes hashes(mutations.size());
  for (size_t i = 0; i < mutations.size(); ++i) {
    const auto* commit = std::get_if<CommitBlob>(&mutations[i]);
    const auto* bytes = commit != nullptr ? std::get_if<std::string>(&commit->content) : nullptr;
    if (bytes != nullptr) hashes[i] = Md5Of(AsBytes(*bytes));
  }
  return hashes;
}

Result<Outcome> MakeOne(Change& change, const Mutation& mutation, const std::optional<Md5>& md5) {
  return std::visit(
      [&](const auto& one) -> Result<Outcome> {
        if constexpr (std::is_same_v<std::decay_t<decltype(one)>, CommitBlob>) {
          return Make(change, one, md5);
        } else {
          return Make(change, one);
        }
      },
      mutation);
}

Result<Outcome> MakeOne(Change& change, const ServiceChange& one) {
  return std::visit(
      [&](const auto& some) -> Result<Outcome> {
        if constexpr (std::is_same_v<std::decay_t<decltype(some)>, Mutation>) {
          return MakeOne(change, some, std::nullopt);
        } else {
          return Make(change, some);
        }
      },
      one);
}

// Only now: the list may have named them as content.
Status RemoveUnkept(Change& change) {
  const std::vector<RemoveVersion> unkept = std::move(change.unkept);
  for (const RemoveVersion& removal : unkept) {
    const auto removed = Make(change, removal);
    // With its container, or by the list itself.
    const bool gone = !removed && removed.error().code == ErrorCode::kNotFound;
    if (!removed && !gone) return removed.error();
  }
  return Ok();
}

Result<std::vector<Outcome>> MakeAll(Change& change, const std::vector<Mutation>& mutations,
                                     const Hashes& hashes) {
  std::vector<Outcome> outcomes;
  outcomes.reserve(mutations.size());
  for (size_t i = 0; i < mutations.size(); ++i)
    outcomes.push_back(TRY(MakeOne(change, mutations[i], hashes[i])));
  TRY(RemoveUnkept(change));
  TRY(change.Finish());
  return outcomes;
}

bool BringsContent(const std::vector<Mutation>& mutations) {
  return std::any_of(mutations.begin(), mutations.end(), [](const Mutation& mutation) {
    const auto* commit = std::get_if<CommitBlob>(&mutation);
    return commit != nullptr && !std::holds_alternative<ContentOf>(commit->content);
  });
}

}  // namespace

// A block's directory entry must be durable before the commit that names it. One that a committed
// blob has is, unless its file was damaged or lost and has just been replaced; any other may have
// been staged a moment ago, by whatever process.
Status Applier::SyncNewBlocks(const std::vector<Mutation>& mutations) {
  std::vector<Digest> unreferenced;
  {
    std::optional<lmdb::ReadTransaction> transaction;
    for (const Mutation& mutation : mutations) {
      const auto* commit = std::get_if<CommitBlob>(&mutation);
      const auto* blocks = commit != nullptr ? std::get_if<BlockList>(&commit->content) : nullptr;
      if (blocks == nullptr) continue;
      if (!transaction) transaction.emplace(TRY(environment_.BeginRead()));
      for (const BlockRef& block : *blocks) {
        const auto row = TRY(tables_.blocks.Get(*transaction, BlockKey(block.digest)));
        BlockRecord record;
        if (row) record = TRY(DecodeBlock(*row));
        const bool fresh = record.references == 0 || files_.staged().IsWritten(block.digest);
        if (fresh) unreferenced.push_back(block.digest);
      }
    }
  }
  return files_.SyncEntries(unreferenced);
}

Result<Change> Applier::Begin(lmdb::WriteTransaction& transaction, uint64_t writer) const {
  return Change{.transaction = transaction,
                .tables = tables_,
                .clock = clock_,
                .files = files_,
                .writer = writer,
                .has_service = has_service_,
                .counters = TRY(ReadCounters(transaction, tables_))};
}

Result<std::vector<Outcome>> Applier::ApplyForService(const std::vector<ServiceChange>& changes) {
  for (const ServiceChange& change : changes) TRY(Validate(change, inline_max_bytes_));
  std::vector<Outcome> outcomes;
  const auto run = [&](lmdb::WriteTransaction& transaction) -> Status {
    Change change = TRY(Begin(transaction, 0));
    outcomes.clear();
    for (const ServiceChange& one : changes) outcomes.push_back(TRY(MakeOne(change, one)));
    TRY(RemoveUnkept(change));
    return change.Finish();
  };
  TRY(UpdateWithReserve(environment_, reserve_, run));
  return outcomes;
}

Result<std::vector<Outcome>> Applier::Apply(const std::vector<Mutation>& mutations,
                                            uint64_t writer) {
  if (mutations.empty()) return std::vector<Outcome>();
  for (const Mutation& mutation : mutations) TRY(Validate(mutation, inline_max_bytes_));
  const bool brings_content = BringsContent(mutations);
  if (brings_content) TRY(reserve_.Require());
  TRY(SyncNewBlocks(mutations));
  const Hashes hashes = HashInline(mutations);
  std::vector<Outcome> outcomes;
  const auto run = [&](lmdb::WriteTransaction& transaction) -> Status {
    Change change = TRY(Begin(transaction, writer));
    change.moves = TRY(Moves::Find(transaction, tables_, mutations));
    outcomes = TRY(MakeAll(change, mutations, hashes));
    return Ok();
  };
  const Status done =
      brings_content ? environment_.Update(run) : UpdateWithReserve(environment_, reserve_, run);
  if (!done) return done.error();
  for (const Mutation& mutation : mutations) {
    const auto* commit = std::get_if<CommitBlob>(&mutation);
    const auto* blocks = commit != nullptr ? std::get_if<BlockList>(&commit->content) : nullptr;
    if (blocks != nullptr) files_.staged().Committed(*blocks);
  }
  return outcomes;
}

}  // namespace replicafs::embedded
