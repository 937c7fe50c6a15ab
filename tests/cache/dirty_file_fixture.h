// A memory account with one container, a pool, and short ways to commit files and read them.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>
#include <utility>

#include "backend/blob/blob_store.h"
#include "cache/dirty_file.h"
#include "tests/support/matchers.h"
#include "tests/support/memory_account.h"
#include "tests/support/temp_directory.h"

namespace replicafs {

// The same text for the same seed.
inline std::string RandomText(size_t size, uint64_t seed = 1) {
  std::mt19937_64 random(seed);
  std::string text;
  text.reserve(size + sizeof(uint64_t));
  while (text.size() < size) {
    const uint64_t value = random();
    text.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  text.resize(size);
  return text;
}

template <class Readable>
std::string ReadRange(Readable& file, uint64_t offset, size_t size) {
  std::string text(size, 'x');
  const auto into = std::as_writable_bytes(std::span(text));
  if constexpr (std::is_same_v<Readable, DirtyFile>) {
    text.resize(Must(file.Read(offset, into)));
  } else {
    text.resize(Must(file.ReadAt(offset, into)));
  }
  return text;
}

inline std::string ReadAll(DirtyFile& file) {
  return ReadRange(file, 0, file.size_bytes() + 1);
}
inline std::string ReadAll(BlobReader& reader) {
  return ReadRange(reader, 0, reader.info().size_bytes + 1);
}

class DirtyFileFixture : public ::testing::Test {
 protected:
  static constexpr WritePool::Options kOptions{};

  explicit DirtyFileFixture(WritePool::Options options = kOptions)
      : pool_(std::make_unique<WritePool>(scratch_.path(), options)) {
    Must(ApplyOne(store(), CreateContainer{.name = "files"}, 0));
  }

  BlobStore& store() { return account_.store(); }
  WritePool& pool() { return *pool_; }
  std::unique_ptr<DirtyFile> NewFile() {
    return std::make_unique<DirtyFile>(store(), pool(), nullptr);
  }
  std::unique_ptr<BlobReader> CommitContent(Content content, std::string name = "file") {
    const BlobPath path{.container = "files", .name = std::move(name)};
    const auto outcome =
        Must(ApplyOne(store(), CommitBlob{.path = path, .content = std::move(content)}, 0));
    return Must(store().Open(path, outcome.version));
  }
  std::unique_ptr<BlobReader> Commit(DirtyFile& file, std::string name = "file") {
    return CommitContent(Must(file.MakeContent()), std::move(name));
  }

 private:
  TempDirectory scratch_;
  MemoryAccount account_;
  std::unique_ptr<WritePool> pool_;
};

}  // namespace replicafs
