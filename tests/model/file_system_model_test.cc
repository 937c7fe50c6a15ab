// Random operations on a FileSystem and on a plain tree must have the same results.
// REPLICAFS_SEED=n reruns a failure; REPLICAFS_STEPS=n makes it longer; REPLICAFS_TRACE=1 prints
// the operations.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <span>

#include "backend/embedded/embedded_account.h"
#include "tests/support/file_system_fixture.h"
#include "tests/support/matchers.h"
#include "tests/support/reference_tree.h"

namespace replicafs {
namespace {

using Type = ReferenceFile::Type;

uint64_t NumberFromEnvironment(const char* name, uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

class Model : public MountedFixture {
 public:
  Model(uint64_t seed, std::shared_ptr<Account> account, Durability durability)
      : MountedFixture({.account = account->name(), .container = "box"}, account), random_(seed) {
    accounts().SetDurability(durability);
    Remount();
  }

  void Step() {
    switch (Below(20)) {
      case 0:
      case 1:
      case 2: return OpenSome();
      case 3:
      case 4:
      case 5: return WriteSome();
      case 6: return ReadSome();
      case 7: return FlushOrClose();
      case 8: return CloseSome();
      case 9: return MakeDirectory();
      case 10: return Remove();
      case 11:
      case 12: return RenameSome();
      case 13: return LinkSome();
      case 14: return TruncateSome();
      case 15:
      case 16: return ChangeAttributes();
      case 17:
      case 18: return ChangeXattr();
      default:
        if (Below(10) == 0) RemountAll();
    }
  }

  void CompareAll() {
    CompareDirectory("");
    for (const OpenedHere& opened : open_) {
      if (opened.can_read) CompareContent(opened);
    }
  }

  const std::string& last() const { return last_; }

 private:
  struct OpenedHere {
    HandleId handle;
    ReferenceTree::FilePtr file;
    int flags = 0;
    bool can_read = false;
    bool can_write = false;
  };

  uint64_t Below(uint64_t limit) { return random_() % limit; }

  std::string RandomPath() {
    static const std::vector<std::string> kNames = {"a",  "b",    "c",   "a.b",
                                                    "a-", "odd.", "%!x", "new\nline"};
    std::string path;
    const uint64_t depth = 1 + Below(3);
    for (uint64_t i = 0; i < depth; ++i) {
      if (i > 0) path += '/';
      path += kNames[Below(i + 1 < depth ? 3 : kNames.size())];
    }
    const auto known = tree_.Paths();
    if (!known.empty() && Below(3) > 0) path = known[Below(known.size())];
    return path;
  }

  std::string RandomBytes() {
    const uint64_t size = Below(8) == 0 ? Below(200'000) : Below(300);
    return std::string(size, static_cast<char>('a' + Below(26)));
  }

  // The operation had the result that it should have.
  template <class T>
  bool Agree(const Result<T>& got, const Status& expected, std::string what) {
    last_ = std::move(what);
    if (std::getenv("REPLICAFS_TRACE") != nullptr) fmt::print("{}\n", last_);
    EXPECT_EQ(got.has_value(), expected.has_value())
        << last_ << ": " << (got ? "succeeded" : got.error().message) << ", expected "
        << (expected ? "success" : ErrorCodeName(expected.error().code));
    // Of several reasons against a rename, either may be given.
    if (!got && !expected && !last_.starts_with("rename")) {
      EXPECT_EQ(ErrorCodeName(got.error().code), ErrorCodeName(expected.error().code)) << last_;
    }
    return got.has_value() && expected.has_value();
  }

  void OpenSome() {
    if (open_.size() >= 6) return CloseSome();
    const std::string path = RandomPath();
    static constexpr int kAccess[] = {O_RDONLY, O_WRONLY, O_RDWR, O_RDWR | O_APPEND};
    int flags = kAccess[Below(4)] | O_CREAT;
    if (Below(5) == 0) flags |= O_EXCL;
    if (Below(4) == 0 && (flags & O_ACCMODE) != O_RDONLY) flags |= O_TRUNC;
    ReferenceTree::FilePtr file = tree_.Find(path);
    if (file != nullptr && file->type == Type::kSymlink) return;
    Status expected = tree_.Add(path, {.mode = 0644});
    const bool exists = !expected && expected.error().code == ErrorCode::kExists;
    if (exists && (flags & O_EXCL) == 0) {
      expected = Ok();
      if (file->type == Type::kDirectory)
        expected = Error{ErrorCode::kIsDirectory, ""};
      else if ((flags & O_TRUNC) != 0)
        SetContent(*file, "");
    }
    const auto handle = Open(path, flags);
    if (!Agree(handle, expected, fmt::format("open({}, {:o})", path, flags))) return;
    const int access = flags & O_ACCMODE;
    open_.push_back({*handle, tree_.Find(path), flags, access != O_WRONLY, access != O_RDONLY});
  }

  static void SetContent(ReferenceFile& file, std::string content) {
    file.content = std::move(content);
    file.mtime_ns.reset();
  }

  void WriteSome() {
    if (open_.empty()) return;
    const OpenedHere& opened = open_[Below(open_.size())];
    if (!opened.can_write) return;
    const std::string bytes = RandomBytes();
    if (bytes.empty()) return;
    std::string content = opened.file->content;
    const bool append = (opened.flags & O_APPEND) != 0;
    const uint64_t offset = append ? content.size() : Below(content.size() + 500);
    if (content.size() < offset + bytes.size()) content.resize(offset + bytes.size(), '\0');
    content.replace(offset, bytes.size(), bytes);
    SetContent(*opened.file, std::move(content));
    Agree(WriteAt(opened.handle, append ? 0 : offset, bytes), Ok(),
          fmt::format("write({}, {} bytes at {})", opened.handle.value, bytes.size(), offset));
  }

  void ReadSome() {
    if (open_.empty()) return;
    const OpenedHere& opened = open_[Below(open_.size())];
    if (opened.can_read) CompareContent(opened);
  }

  void CompareContent(const OpenedHere& opened) {
    const auto content = ReadAll(opened.handle);
    ASSERT_OK(content);
    EXPECT_TRUE(*content == opened.file->content)
        << "handle " << opened.handle.value << " after " << last_ << ": " << content->size()
        << " bytes, expected " << opened.file->content.size();
  }

  void FlushOrClose() {
    if (open_.empty()) return;
    const OpenedHere& opened = open_[Below(open_.size())];
    Agree(Below(2) == 0 ? fs().Flush(opened.handle) : fs().Sync(opened.handle), Ok(),
          fmt::format("flush({})", opened.handle.value));
  }

  void CloseSome() {
    if (open_.empty()) return;
    const size_t index = Below(open_.size());
    Agree(Close(open_[index].handle), Ok(), fmt::format("close({})", open_[index].handle.value));
    open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(index));
  }

  void MakeDirectory() {
    const std::string path = RandomPath();
    Agree(Mkdir(path), tree_.Add(path, {.type = Type::kDirectory, .mode = 0755}),
          fmt::format("mkdir({})", path));
  }

  void Remove() {
    const std::string path = RandomPath();
    if (Below(2) == 0)
      Agree(Unlink(path), tree_.Unlink(path), fmt::format("unlink({})", path));
    else
      Agree(Rmdir(path), tree_.Rmdir(path), fmt::format("rmdir({})", path));
  }

  void RenameSome() {
    const std::string from = RandomPath();
    const std::string to = RandomPath();
    // The kernel never asks for a directory to be moved into itself.
    if (to.starts_with(from + "/")) return;
    if (Below(4) == 0) {
      if (from.starts_with(to + "/")) return;
      Agree(Rename(from, to, RenameMode::kExchange), tree_.Exchange(from, to),
            fmt::format("rename exchange({}, {})", from, to));
      return;
    }
    const bool replace = Below(4) != 0;
    Agree(Rename(from, to, replace ? RenameMode::kReplace : RenameMode::kNoReplace),
          tree_.Rename(from, to,
                       replace ? ReferenceTree::Replace::kYes : ReferenceTree::Replace::kNo),
          fmt::format("rename({}, {})", from, to));
  }

  void LinkSome() {
    const std::string path = RandomPath();
    Agree(Symlink("to/" + path, path),
          tree_.Add(path, {.type = Type::kSymlink, .content = "to/" + path, .mode = 0777}),
          fmt::format("symlink({})", path));
  }

  void TruncateSome() {
    const std::string path = RandomPath();
    const ReferenceTree::FilePtr file = tree_.Find(path);
    if (file == nullptr || file->type != Type::kFile) return;
    const uint64_t size = Below(3) == 0 ? 0 : Below(file->content.size() + 1000);
    std::string content = file->content;
    content.resize(size, '\0');
    SetContent(*file, std::move(content));
    Agree(SetAttributes(path, {.size_bytes = size}), Ok(),
          fmt::format("truncate({}, {})", path, size));
  }

  void ChangeAttributes() {
    const std::string path = RandomPath();
    const ReferenceTree::FilePtr file = tree_.Find(path);
    if (file == nullptr || file->type == Type::kSymlink) return;
    AttributeChange change;
    if (Below(2) == 0) {
      change.mode = static_cast<mode_t>(Below(01000));
      file->mode = *change.mode;
    } else {
      change.mtime_ns = static_cast<int64_t>(Below(2'000'000'000'000'000'000));
      if (file->type == Type::kFile) file->mtime_ns = change.mtime_ns;
    }
    Agree(SetAttributes(path, change), Ok(), fmt::format("setattr({})", path));
  }

  void ChangeXattr() {
    const std::string path = RandomPath();
    const ReferenceTree::FilePtr file = tree_.Find(path);
    if (file == nullptr || file->type == Type::kSymlink) return;
    const std::string name = fmt::format("user.x{}", Below(3));
    if (Below(3) > 0) {
      const std::string value = RandomBytes().substr(0, 1000);
      file->xattrs[name] = value;
      Agree(SetXattr(path, name, value), Ok(), fmt::format("setxattr({}, {})", path, name));
      return;
    }
    const Status expected =
        file->xattrs.erase(name) > 0 ? Ok() : Status(Error{ErrorCode::kNoAttribute, ""});
    Agree(RemoveXattr(path, name), expected, fmt::format("removexattr({}, {})", path, name));
  }

  void RemountAll() {
    while (!open_.empty()) CloseSome();
    Remount();
    last_ = "remount";
  }

  void CompareDirectory(const std::string& path) {
    auto names = List(path);
    ASSERT_OK(names) << path << " after " << last_;
    std::sort(names->begin(), names->end());
    ASSERT_EQ(*names, tree_.Children(path)) << "'" << path << "' after " << last_;
    for (const std::string& name : *names) CompareFile(path.empty() ? name : path + "/" + name);
  }

  void CompareFile(const std::string& path) {
    const ReferenceFile& expected = *tree_.Find(path);
    const auto got = Stat(path);
    ASSERT_OK(got) << path << " after " << last_;
    ASSERT_EQ(got->mode & 07777, expected.mode) << path << " after " << last_;
    if (expected.mtime_ns) {
      ASSERT_EQ(got->mtime_ns, *expected.mtime_ns) << path << " after " << last_;
    }
    for (const auto& [name, value] : expected.xattrs) {
      const auto shown = GetXattr(path, name);
      ASSERT_OK(shown) << path << " after " << last_;
      ASSERT_EQ(*shown, value) << path << " after " << last_;
    }
    if (expected.type == Type::kDirectory) {
      ASSERT_TRUE(S_ISDIR(got->mode)) << path;
      ASSERT_EQ(got->links, 2 + tree_.Subdirectories(path)) << path << " after " << last_;
      return CompareDirectory(path);
    }
    ASSERT_EQ(got->size_bytes, expected.content.size()) << path << " after " << last_;
    const auto content =
        expected.type == Type::kSymlink ? fs().ReadSymlink(Must(Walk(path))) : ReadFile(path);
    ASSERT_OK(content) << path << " after " << last_;
    ASSERT_TRUE(*content == expected.content) << path << " after " << last_;
  }

  std::mt19937_64 random_;
  ReferenceTree tree_;
  std::vector<OpenedHere> open_;
  std::string last_;
};

void RunModel(uint64_t seed, uint64_t steps, const std::shared_ptr<Account>& account,
              Durability durability) {
  SCOPED_TRACE(fmt::format("REPLICAFS_SEED={}", seed));
  Model model(seed, account, durability);
  for (uint64_t step = 0; step < steps; ++step) {
    model.Step();
    if (step % 16 == 0) model.CompareAll();
    ASSERT_FALSE(::testing::Test::HasFailure()) << "step " << step << ": " << model.last();
  }
  model.CompareAll();
}

class FileSystemModel : public ::testing::Test {
 protected:
  static constexpr uint64_t kRuns = 3;

  // `make_account(run)`: an empty one.
  template <class MakeAccount>
  void RunSeeds(uint64_t steps, Durability durability, const MakeAccount& make_account) {
    const uint64_t given = NumberFromEnvironment("REPLICAFS_SEED", 0);
    for (uint64_t run = 0; run < kRuns && !HasFailure(); ++run) {
      const uint64_t seed = given != 0 ? given : std::random_device{}();
      RunModel(seed, NumberFromEnvironment("REPLICAFS_STEPS", steps), make_account(run),
               durability);
    }
  }
};

TEST_F(FileSystemModel, OnMemoryRandomOperationsMatchThePlainTree) {
  RunSeeds(1500, Durability::kCommit, [](uint64_t) { return std::make_shared<MemoryAccount>(); });
}

TEST_F(FileSystemModel, OnMemoryWithRelaxedDurabilityRandomOperationsMatchThePlainTree) {
  RunSeeds(1500, Durability::kRelaxed, [](uint64_t) { return std::make_shared<MemoryAccount>(); });
}

class EmbeddedModel : public FileSystemModel, public ::testing::WithParamInterface<Durability> {};

TEST_P(EmbeddedModel, RandomOperationsMatchThePlainTree) {
  const TempDirectory place;
  RunSeeds(800, GetParam(), [&](uint64_t run) {
    const std::string directory = place / fmt::format("account{}", run);
    Must(EmbeddedAccount::Create(directory));
    return std::shared_ptr<Account>(
        Must(EmbeddedAccount::Open(directory, "embedded", SystemClock())));
  });
}

INSTANTIATE_TEST_SUITE_P(Durabilities, EmbeddedModel,
                         ::testing::Values(Durability::kCommit, Durability::kRelaxed),
                         [](const auto& made) { return std::string(ToString(made.param)); });

}  // namespace
}  // namespace replicafs
