#include "tests/stress/choice.h"

#include <algorithm>

#include "tests/stress/page_memory.h"

namespace replicafs {
namespace {

// Where a store cuts, or keeps content otherwise.
constexpr size_t kBlock = size_t{4} << 20;
constexpr size_t kSmall = size_t{64} << 10;

}  // namespace

std::string Choice::Bytes(size_t size) {
  std::string bytes(size, '\0');
  for (size_t i = 0; i < size; i += sizeof(uint64_t)) {
    const uint64_t value = random_();
    std::copy_n(reinterpret_cast<const char*>(&value), std::min(sizeof value, size - i),
                bytes.data() + i);
  }
  return bytes;
}

Range ChooseRange(Choice& choice, size_t max_size) {
  Range range;
  switch (choice.Below(4)) {
    case 0: range.offset = choice.Below(std::min(2 * kSmall, max_size)); break;
    case 1: {
      const size_t place = choice.Below(max_size / kBlock + 1) * kBlock + choice.Below(2 * kPage);
      range.offset = place < kPage ? place : place - kPage;
      break;
    }
    default: range.offset = choice.Below(max_size); break;
  }
  range.offset = std::min(range.offset, max_size - 1);
  const size_t longest = choice.OneIn(50) ? max_size : kSmall;
  range.length = 1 + choice.Below(std::min(longest, max_size - range.offset));
  if (choice.OneIn(4)) {
    range.offset = DownToPage(range.offset);
    range.length = UpToPage(range.length);
  }
  range.length = std::min(range.length, max_size - range.offset);
  return range;
}

}  // namespace replicafs
