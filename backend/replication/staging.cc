#include "backend/replication/staging.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <memory>
#include <utility>

#include "backend/base/mutex.h"
#include "backend/replication/faults.h"
#include "backend/replication/parallel.h"
#include "backend/replication/staging_plan.h"

namespace replicafs {
namespace {

class Stager {
 public:
  Stager(const LinkContext& context, std::vector<StageItem>& items)
      : destination_(context.destination.store()), context_(context), items_(items) {
    for (size_t i = 0; i < items.size(); ++i) states_.emplace_back();
  }

  Status Run(std::stop_token stop, const std::function<void(const StageProgress&)>& progress) {
    pieces_ = TRY(PlanStaging(destination_, items_));
    for (const StagingPiece& piece : pieces_) states_[piece.item].to_send_bytes += piece.size_bytes;
    const auto slowest = Slowest();
    const ForEachOptions options{
        .threads = context_.threads, .stop = stop, .tick = [&] { Report(slowest, progress); }};
    const Status done = ForEach(context_.pool, pieces_.size(), options,
                                [this](size_t i) { return Move(pieces_[i]); });
    for (size_t i = 0; i < items_.size(); ++i) {
      items_[i].sent_bytes = states_[i].sent_bytes;
      MutexLock lock(mutex_);
      items_[i].fault = states_[i].fault;
    }
    return done;
  }

 private:
  struct State {
    uint64_t to_send_bytes = 0;
    std::atomic<uint64_t> sent_bytes = 0;
    std::optional<BlobFault> fault;  // under mutex_
  };

  Status Move(const StagingPiece& piece) {
    State& state = states_[piece.item];
    std::string bytes(static_cast<size_t>(piece.size_bytes), '\0');
    const auto read = items_[piece.item].reader->ReadAt(
        piece.offset, std::as_writable_bytes(std::span(bytes.data(), bytes.size())));
    if (!read) return SourceFailed(state, read.error());
    if (*read != bytes.size())
      return SourceFailed(state, {ErrorCode::kCorrupt, "the content is shorter than its size"});
    if (piece.kind == StagingPiece::Kind::kWhole) {
      items_[piece.item].content = std::move(bytes);
    } else {
      TRY(SendBlock(piece, AsBytes(bytes)));
    }
    state.sent_bytes += piece.size_bytes;
    return Ok();
  }

  Status SendBlock(const StagingPiece& piece, ByteSpan bytes) {
    if (piece.kind == StagingPiece::Kind::kKnown)
      return destination_.StageBlock(piece.digest, bytes);
    const Digest digest = Sha256(bytes);
    std::get<BlockList>(items_[piece.item].content)[piece.block] = {digest, bytes.size()};
    return destination_.StageBlock(digest, bytes);
  }

  Status SourceFailed(State& state, const Error& error) {
    if (!IsBlobFault(error.code)) return error;
    MutexLock lock(mutex_);
    if (!state.fault) state.fault = SourceFault(error);
    return Ok();
  }

  size_t Slowest() const {
    size_t slowest = 0;
    for (size_t i = 0; i < states_.size(); ++i) {
      if (states_[i].to_send_bytes > states_[slowest].to_send_bytes) slowest = i;
    }
    return slowest;
  }

  void Report(size_t item, const std::function<void(const StageProgress&)>& progress) const {
    const BlobInfo& info = items_[item].reader->info();
    const State& state = states_[item];
    const uint64_t there_before = info.size_bytes - std::min(info.size_bytes, state.to_send_bytes);
    progress(
        {.path = items_[item].path, .blob = info, .done_bytes = there_before + state.sent_bytes});
  }

  BlobStore& destination_;
  const LinkContext& context_;
  std::vector<StageItem>& items_;
  std::vector<StagingPiece> pieces_;
  std::deque<State> states_;  // of the items
  Mutex mutex_;
};

bool HasBlocks(const StageItem& item) {
  return item.reader->blocks() && std::holds_alternative<BlockList>(item.content);
}

}  // namespace

Status StageContents(const LinkContext& context, std::vector<StageItem>& items,
                     std::stop_token stop,
                     const std::function<void(const StageProgress&)>& progress) {
  if (items.empty()) return Ok();
  TRY(Stager(context, items).Run(stop, progress));
  // A block is read from the first version that has it. Where that one cannot be read, the next one
  // that has it is asked.
  std::vector<StageItem> rest;
  std::vector<size_t> numbers;
  for (size_t i = 0; i < items.size(); ++i) {
    if (items[i].fault || !HasBlocks(items[i])) continue;
    rest.push_back({.reader = items[i].reader, .path = items[i].path});
    numbers.push_back(i);
  }
  const bool any_fault = std::any_of(items.begin(), items.end(),
                                     [](const StageItem& item) { return item.fault.has_value(); });
  if (!any_fault) return Ok();
  const Status staged = StageContents(context, rest, stop, progress);
  for (size_t k = 0; k < rest.size(); ++k) {
    items[numbers[k]].sent_bytes += rest[k].sent_bytes;
    items[numbers[k]].fault = std::move(rest[k].fault);
  }
  return staged;
}

}  // namespace replicafs
