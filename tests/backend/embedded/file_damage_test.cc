// S83: a database file that was cut, overwritten or altered anywhere. Each case runs in a process
// of its own; it must end with right data or with errors, and the check must tell.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>

#include "tests/backend/embedded/account_fixture.h"
#include "tests/support/isolated.h"

namespace replicafs {
namespace {

constexpr size_t kPageBytes = 4096;
constexpr unsigned kCaseSeconds = 60;

uint64_t Seed() {
  const char* given = std::getenv("REPLICAFS_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device()();
}

enum class Writes { kNone, kOne };

class FileDamageTest : public EmbeddedAccountTest {
 protected:
  FileDamageTest() : seed_(Seed()), random_(seed_) {}

  void SetUp() override { RecordProperty("seed", std::to_string(seed_)); }

  std::string File() const { return path() + "/meta/data.mdb"; }

  void PutKnown(const std::string& name, const std::string& text) {
    Put(name, text);
    known_[name] = text;
  }
  // Rows of all tables, values of all lengths.
  void Fill() {
    for (int i = 0; i < 60; ++i) {
      const std::string name = fmt::format("d{}/e{}/{}", i % 5, i % 3, i);
      PutKnown(name, fmt::format("{}:", i) + std::string(static_cast<size_t>(i * i), 'x'));
      if (i % 4 == 0) PutKnown(name, "again" + std::to_string(i));
    }
    for (int i = 0; i < 8; ++i) {
      const std::string name = fmt::format("blocks/{}", i);
      const std::string text = "block " + std::to_string(i);
      PutBlocks(name, {Stage(text)});
      known_[name] = text;
      PutKnown(fmt::format("gone/{}", i), "gone");
      Must(ApplyOne(store(), RemoveBlob{{"box", fmt::format("gone/{}", i)}}, 0));
      known_.erase(fmt::format("gone/{}", i));
      Must(ApplyOne(store(), PutState{fmt::format("state/{}", i), "value"}, 0));
    }
  }
  void Keep() {
    account_.reset();
    bytes_ = Must(ReadWholeFile(File()));
  }
  void PutBack() {
    const UniqueFd file = Must(OpenFile(File(), O_WRONLY | O_TRUNC));
    ASSERT_OK(WriteFullAt(file.get(), AsBytes(bytes_), 0));
  }
  void WriteAt(size_t offset, const std::string& text) {
    const UniqueFd file = Must(OpenFile(File(), O_WRONLY));
    ASSERT_OK(WriteFullAt(file.get(), AsBytes(text), offset));
  }
  void Cut(size_t size) { ASSERT_EQ(::truncate(File().c_str(), static_cast<off_t>(size)), 0); }
  size_t Below(size_t end) { return std::uniform_int_distribution<size_t>(0, end - 1)(random_); }

  // What is wrong with the account as it is now; "" when it serves right data or errors alone.
  std::string Look(Writes writes) {
    return RunIsolated(kCaseSeconds, [&] { return LookHere(writes); });
  }

 private:
  static bool IsDamage(const Error& error) {
    return !error.message.empty() &&
           (error.code == ErrorCode::kCorrupt || error.code == ErrorCode::kIo);
  }

  std::string LookHere(Writes writes) {
    auto opened = EmbeddedAccount::Open(path(), "alpha", clock_, TestOptions());
    if (!opened) return IsDamage(opened.error()) ? "" : "opening: " + opened.error().message;
    account_ = std::move(*opened);
    const auto report = account_->Check({.depth = embedded::CheckDepth::kBytes});
    if (!report && !IsDamage(report.error())) return "check: " + report.error().message;
    const bool told = !report || !report->clean();
    std::string wrong = LookAtBlobs(told);
    if (wrong.empty()) wrong = LookAtList(told);
    if (wrong.empty() && writes == Writes::kOne) wrong = LookAtWrite(told);
    account_.reset();
    return wrong;
  }

  std::string LookAtBlobs(bool told) {
    for (const auto& [name, text] : known_) {
      const auto read = Read(name);
      if (read && *read != text) return "wrong data in " + name;
      if (!read && !told) return "the check found nothing, and " + read.error().message;
      const bool missing = !read && read.error().code == ErrorCode::kNotFound;
      if (!read && !missing && !IsDamage(read.error())) return name + ": " + read.error().message;
    }
    return "";
  }

  std::string LookAtList(bool told) {
    const auto page = store().List({.container = "box", .hierarchical = false, .limit = 1000});
    if (!page) return told ? "" : "the check found nothing, and " + page.error().message;
    size_t listed = 0;
    for (const auto& item : page->items) {
      const auto* blob = std::get_if<BlobInfo>(&item);
      if (blob == nullptr || !known_.contains(blob->name)) return "a name that is none is listed";
      ++listed;
    }
    return told || listed == known_.size() ? "" : "the check found nothing, and names are missing";
  }

  std::string LookAtWrite(bool told) {
    const auto put = ApplyOne(store(), CommitBlob{.path = {"box", "d0/new"}, .content = "new"}, 0);
    if (!put) return told && IsDamage(put.error()) ? "" : "writing: " + put.error().message;
    const auto read = Read("d0/new");
    if (read && *read != "new") return "what was written is read otherwise";
    return read || told ? "" : "what was written: " + read.error().message;
  }

 protected:
  const uint64_t seed_;
  std::mt19937_64 random_;
  std::map<std::string, std::string> known_;
  std::string bytes_;
};

TEST_F(FileDamageTest, S83_CutAtAnyLengthThenRefusedOrRight) {
  Fill();
  Keep();
  std::vector<size_t> sizes;
  for (size_t size = 0; size < bytes_.size(); size += kPageBytes) sizes.push_back(size);
  for (int i = 0; i < 40; ++i) sizes.push_back(Below(bytes_.size()));

  for (const size_t size : sizes) {
    PutBack();
    Cut(size);
    EXPECT_EQ(Look(Writes::kOne), "") << "cut at " << size << ", REPLICAFS_SEED=" << seed_;
  }
}

TEST_F(FileDamageTest, S83_PageOfZerosThenRefusedOrRight) {
  Fill();
  Keep();

  for (size_t page = 0; page < bytes_.size() / kPageBytes; ++page) {
    PutBack();
    WriteAt(page * kPageBytes, std::string(kPageBytes, '\0'));
    EXPECT_EQ(Look(Writes::kOne), "") << "page " << page << ", REPLICAFS_SEED=" << seed_;
  }
}

TEST_F(FileDamageTest, S83_PageOfAnotherPlaceThenRefusedOrRight) {
  Fill();
  Keep();
  const size_t pages = bytes_.size() / kPageBytes;

  for (int i = 0; i < 40; ++i) {
    const size_t from = Below(pages);
    const size_t to = Below(pages);
    PutBack();
    WriteAt(to * kPageBytes, bytes_.substr(from * kPageBytes, kPageBytes));
    EXPECT_EQ(Look(Writes::kOne), "") << from << " at " << to << ", REPLICAFS_SEED=" << seed_;
  }
}

TEST_F(FileDamageTest, S83_AlteredBytesThenRefusedOrRight) {
  Fill();
  Keep();
  std::vector<size_t> offsets;
  for (int i = 0; i < 120; ++i) offsets.push_back(Below(bytes_.size()));
  // Where a page says what it is.
  for (int i = 0; i < 80; ++i)
    offsets.push_back(Below(bytes_.size() / kPageBytes) * kPageBytes + Below(32));
  for (int i = 0; i < 30; ++i) offsets.push_back(Below(2) * kPageBytes + Below(160));

  for (const size_t offset : offsets) {
    const auto change = static_cast<char>(1 + Below(255));
    PutBack();
    WriteAt(offset, std::string(1, static_cast<char>(bytes_[offset] ^ change)));
    EXPECT_EQ(Look(Writes::kOne), "")
        << "byte " << offset << " xor " << int{change} << ", REPLICAFS_SEED=" << seed_;
  }
}

// Of a large file only what leads to other pages is looked at when it is opened.
TEST_F(FileDamageTest, S83_LargeFileAlteredThenReadsAreRefusedOrRight) {
  for (int i = 0; i < 300; ++i)
    PutKnown(fmt::format("large/{:03}", i), fmt::format("{}", i) + std::string(60'000, 'x'));
  Fill();
  Keep();
  ASSERT_GT(bytes_.size(), size_t{17} << 20);
  std::vector<size_t> leaves;
  for (size_t at = 2 * kPageBytes; at < bytes_.size(); at += kPageBytes) {
    if (bytes_[at + 10] == 2 && bytes_[at + 11] == 0) leaves.push_back(at);
  }

  for (int i = 0; i < 20; ++i) {
    const size_t leaf = leaves[Below(leaves.size())];
    const size_t offset = leaf + Below(i % 2 == 0 ? 32 : kPageBytes);
    const auto change = static_cast<char>(1 + Below(255));
    WriteAt(offset, std::string(1, static_cast<char>(bytes_[offset] ^ change)));
    EXPECT_EQ(Look(Writes::kNone), "")
        << "byte " << offset << " xor " << int{change} << ", REPLICAFS_SEED=" << seed_;
    WriteAt(offset, std::string(1, bytes_[offset]));
  }
}

TEST_F(FileDamageTest, S83_CutWhileOpenThenReadsAreErrorsAndTheProcessLives) {
  Fill();
  Keep();

  const std::string said = RunIsolated(kCaseSeconds, [&]() -> std::string {
    Open();
    if (::truncate(File().c_str(), 3 * kPageBytes) != 0) return "cannot be cut";
    size_t failed = 0;
    for (const auto& [name, text] : known_) {
      const auto read = Read(name);
      if (read && *read != text) return "wrong data in " + name;
      if (!read) ++failed;
    }
    return failed > 0 ? "" : "nothing failed";
  });

  EXPECT_EQ(said, "");
}

}  // namespace
}  // namespace replicafs
