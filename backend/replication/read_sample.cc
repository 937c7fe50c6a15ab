#include "backend/replication/read_sample.h"

#include <span>
#include <string>

namespace replicafs {

void ReadSample::Add(const std::vector<StagingPiece>& pieces, const std::vector<StageItem>& items) {
  std::string buffer;
  for (size_t i = 0; i < pieces.size() && !IsFull(); ++i) {
    const StagingPiece& piece = pieces[i];
    buffer.resize(static_cast<size_t>(piece.size_bytes));
    const auto begin = std::chrono::steady_clock::now();
    const auto read = items[piece.item].reader->ReadAt(
        piece.offset, std::as_writable_bytes(std::span(buffer.data(), buffer.size())));
    if (!read) continue;
    time_ += std::chrono::steady_clock::now() - begin;
    bytes_ += *read;
    if (i == 0 || pieces[i - 1].item != piece.item) ++versions_;
  }
}

LinkRate ReadSample::rate() const {
  constexpr uint64_t kEnoughBytes = uint64_t{1} << 20;
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(time_).count();
  if (bytes_ < kEnoughBytes || milliseconds <= 0) return {};
  return {.milliseconds = static_cast<uint64_t>(milliseconds),
          .versions = versions_,
          .logical_bytes = bytes_,
          .sent_bytes = bytes_};
}

}  // namespace replicafs
