#include "backend/replication/staging.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <deque>
#include <memory>
#include <unordered_set>
#include <utility>

#include "backend/base/mutex.h"
#include "backend/blob/block_schedule.h"
#include "backend/replication/faults.h"
#include "backend/replication/parallel.h"

namespace replicafs {
namespace {

// One read, and what becomes of it.
struct Piece {
  size_t item = 0;
  uint64_t offset = 0;
  uint64_t size_bytes = 0;
  enum class Kind {
    kWhole,     // the content, to be committed as bytes
    kKnown,     // a block of the source
    kNewBlock,  // a block that the source does not have as such
  } kind = Kind::kWhole;
  Digest digest;     // kKnown
  size_t block = 0;  // kNewBlock: its number
};

class Stager {
 public:
  Stager(const LinkContext& context, std::vector<StageItem>& items)
      : destination_(context.destination.store()), context_(context), items_(items) {
    for (size_t i = 0; i < items.size(); ++i) states_.emplace_back();
  }

  Status Run(std::stop_token stop, const std::function<void(const StageProgress&)>& progress) {
    Plan();
    TRY(DropBlocksThatAreThere());
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

  void Plan() {
    std::unordered_set<Digest, DigestHash> seen;
    for (size_t i = 0; i < items_.size(); ++i) {
      const BlobReader& reader = *items_[i].reader;
      const uint64_t size = reader.info().size_bytes;
      if (size <= destination_.capabilities().inline_max_bytes) {
        items_[i].content = std::string();
        pieces_.push_back({.item = i, .size_bytes = size});
      } else if (reader.blocks()) {
        items_[i].content = *reader.blocks();
        uint64_t offset = 0;
        for (const BlockRef& block : *reader.blocks()) {
          if (seen.insert(block.digest).second) {
            pieces_.push_back({.item = i,
                               .offset = offset,
                               .size_bytes = block.size_bytes,
                               .kind = Piece::Kind::kKnown,
                               .digest = block.digest});
          }
          offset += block.size_bytes;
        }
      } else {
        PlanCut(i, size);
      }
    }
  }

  void PlanCut(size_t item, uint64_t size_bytes) {
    const size_t count = BlockCount(size_bytes);
    items_[item].content = BlockList(count);
    for (size_t block = 0; block < count; ++block) {
      const BlockSpan span = BlockNumber(block);
      pieces_.push_back({.item = item,
                         .offset = span.offset,
                         .size_bytes = std::min(span.end(), size_bytes) - span.offset,
                         .kind = Piece::Kind::kNewBlock,
                         .block = block});
    }
  }

  Status DropBlocksThatAreThere() {
    std::vector<Digest> digests;
    for (const Piece& piece : pieces_) {
      if (piece.kind == Piece::Kind::kKnown) digests.push_back(piece.digest);
    }
    if (!digests.empty()) {
      const auto there = TRY(destination_.HasBlocks(digests));
      size_t asked = 0;
      std::erase_if(pieces_, [&](const Piece& piece) {
        return piece.kind == Piece::Kind::kKnown && there[asked++];
      });
    }
    for (const Piece& piece : pieces_) states_[piece.item].to_send_bytes += piece.size_bytes;
    return Ok();
  }

  Status Move(const Piece& piece) {
    State& state = states_[piece.item];
    std::string bytes(static_cast<size_t>(piece.size_bytes), '\0');
    const auto read = items_[piece.item].reader->ReadAt(
        piece.offset, std::as_writable_bytes(std::span(bytes.data(), bytes.size())));
    if (!read) return SourceFailed(state, read.error());
    if (*read != bytes.size())
      return SourceFailed(state, {ErrorCode::kCorrupt, "the content is shorter than its size"});
    if (piece.kind == Piece::Kind::kWhole) {
      items_[piece.item].content = std::move(bytes);
    } else {
      TRY(SendBlock(piece, AsBytes(bytes)));
    }
    state.sent_bytes += piece.size_bytes;
    return Ok();
  }

  Status SendBlock(const Piece& piece, ByteSpan bytes) {
    if (piece.kind == Piece::Kind::kKnown) return destination_.StageBlock(piece.digest, bytes);
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
  std::vector<Piece> pieces_;
  std::deque<State> states_;  // of the items
  Mutex mutex_;
};

}  // namespace

Status StageContents(const LinkContext& context, std::vector<StageItem>& items,
                     std::stop_token stop,
                     const std::function<void(const StageProgress&)>& progress) {
  if (items.empty()) return Ok();
  return Stager(context, items).Run(stop, progress);
}

}  // namespace replicafs
