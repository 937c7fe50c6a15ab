// Random operations on a DirtyFile beside the same ones on a plain model.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <string_view>

#include "backend/blob/block_schedule.h"
#include "tests/cache/dirty_file_fixture.h"
#include "tests/support/matchers.h"

namespace replicafs {
namespace {

// A sparse file as pages; absent ones are zeros.
class ModelFile {
 public:
  uint64_t size() const { return size_; }

  void Write(uint64_t offset, std::string_view text) {
    size_ = std::max(size_, offset + text.size());
    while (!text.empty()) {
      std::string& page = pages_[offset / kPage];
      page.resize(kPage);
      const size_t size = std::min<size_t>(text.size(), kPage - offset % kPage);
      page.replace(offset % kPage, size, text.substr(0, size));
      offset += size;
      text.remove_prefix(size);
    }
  }
  void Truncate(uint64_t size) {
    pages_.erase(pages_.lower_bound((size + kPage - 1) / kPage), pages_.end());
    const auto border = pages_.find(size / kPage);
    if (border != pages_.end())
      std::fill_n(border->second.begin() + Tail(size), kPage - (size % kPage), '\0');
    size_ = size;
  }
  std::string Read(uint64_t offset, size_t size) const {
    std::string text(offset >= size_ ? 0 : std::min<uint64_t>(size, size_ - offset), '\0');
    for (size_t done = 0; done < text.size();) {
      const uint64_t at = (offset + done) % kPage;
      const size_t part = std::min<size_t>(text.size() - done, kPage - at);
      const auto page = pages_.find((offset + done) / kPage);
      if (page != pages_.end()) text.replace(done, part, page->second, at, part);
      done += part;
    }
    return text;
  }

 private:
  static constexpr uint64_t kPage = 4096;
  static std::ptrdiff_t Tail(uint64_t size) { return static_cast<std::ptrdiff_t>(size % kPage); }
  std::map<uint64_t, std::string> pages_;
  uint64_t size_ = 0;
};

struct ModelCase {
  uint64_t seed;
  uint64_t memory_max_bytes;
  uint64_t farthest_bytes;
};

class DirtyFileModelTest : public DirtyFileFixture,
                           public ::testing::WithParamInterface<ModelCase> {
 protected:
  DirtyFileModelTest()
      : DirtyFileFixture({.memory_max_bytes = GetParam().memory_max_bytes}),
        random_(GetParam().seed),
        file_(NewFile()) {}

  uint64_t Below(uint64_t limit) { return random_() % limit; }
  bool OneIn(uint64_t n) { return Below(n) == 0; }

  // Near a block's border, near the end, or anywhere.
  uint64_t Offset() {
    const uint64_t near = Below(5000);
    switch (Below(4)) {
      case 0: return Below(GetParam().farthest_bytes);
      case 1: return std::max(model_.size(), near) - near;
      case 2: return Below(20'000);
      default: {
        const uint64_t border = BlockAt(Below(GetParam().farthest_bytes)).end() + 2500;
        return std::min(border, GetParam().farthest_bytes) - near;
      }
    }
  }

  void Step() {
    const uint64_t offset = Offset();
    switch (Below(10)) {
      case 0: {
        ASSERT_OK(file_->Truncate(offset));
        model_.Truncate(offset);
        return;
      }
      case 1: return Commit();
      case 2:
      case 3:
      case 4: {
        const size_t size = Below(OneIn(4) ? 300'000 : 9000);
        ASSERT_EQ(ReadRange(*file_, offset, size), model_.Read(offset, size));
        return;
      }
      default: {
        const std::string text = RandomText(Below(OneIn(8) ? 6'000'000 : 9000) + 1, random_());
        ASSERT_OK(file_->Write(offset, AsBytes(text)));
        model_.Write(offset, text);
      }
    }
  }

  void Commit() {
    if (OneIn(4)) {
      Must(file_->MakeContent());
      return;
    }
    std::shared_ptr<BlobReader> committed = DirtyFileFixture::Commit(*file_);
    ASSERT_FALSE(file_->dirty());
    ASSERT_EQ(committed->info().size_bytes, model_.size());
    const uint64_t offset = Offset();
    ASSERT_EQ(ReadRange(*committed, offset, 100'000), model_.Read(offset, 100'000));
    switch (Below(3)) {
      case 0: file_ = std::make_unique<DirtyFile>(store(), pool(), committed); return;
      case 1: ASSERT_OK(file_->Rebase(committed)); return;
      default: return;
    }
  }

  std::mt19937_64 random_;
  ModelFile model_;
  std::unique_ptr<DirtyFile> file_;
};

TEST_P(DirtyFileModelTest, RandomOperationsThenAsTheModel) {
  SCOPED_TRACE("seed " + std::to_string(GetParam().seed));
  for (int step = 0; step < 200 && !HasFatalFailure(); ++step) {
    SCOPED_TRACE("step " + std::to_string(step));
    Step();
    ASSERT_EQ(file_->size_bytes(), model_.size());
  }
  for (uint64_t offset = 0; offset < std::min<uint64_t>(model_.size(), 40 << 20); offset += 1 << 20)
    ASSERT_EQ(ReadRange(*file_, offset, 1 << 20), model_.Read(offset, 1 << 20)) << offset;
  file_.reset();
  EXPECT_EQ(pool().memory_used_bytes(), 0U);
}

constexpr uint64_t kRoomy = uint64_t{128} << 20;
constexpr uint64_t kTight = uint64_t{5} << 20;
constexpr uint64_t kTiny = uint64_t{100} << 10;
// Just into the 32 MiB blocks.
constexpr uint64_t kFar = 10'000 * kSmallBlockBytes + (uint64_t{40} << 20);
INSTANTIATE_TEST_SUITE_P(
    Seeds, DirtyFileModelTest,
    ::testing::Values(ModelCase{1, kRoomy, 24 << 20}, ModelCase{2, kTight, 24 << 20},
                      ModelCase{3, kTiny, 24 << 20}, ModelCase{4, kTight, 60'000},
                      ModelCase{5, kTiny, 120'000}, ModelCase{6, kTight, 12 << 20},
                      ModelCase{7, kRoomy, 12 << 20}, ModelCase{8, kTiny, 12 << 20},
                      ModelCase{9, kRoomy, uint64_t{1} << 30}, ModelCase{10, kTight, kFar}),
    [](const auto& test) { return "Seed" + std::to_string(test.param.seed); });

}  // namespace
}  // namespace replicafs
