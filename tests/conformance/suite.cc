#include "tests/conformance/suite.h"

#include <utility>

namespace replicafs {
namespace {

std::vector<RegisteredStore>& Registry() {
  static std::vector<RegisteredStore> stores;
  return stores;
}

}  // namespace

void PrintTo(const RegisteredStore& store, std::ostream* out) {
  *out << store.name;
}

bool RegisterStore(RegisteredStore store) {
  Registry().push_back(std::move(store));
  return true;
}

const std::vector<RegisteredStore>& RegisteredStores() {
  return Registry();
}

StoreTest::StoreTest() {
  account_ = Must(GetParam().open({directory_.path(), &clock_}));
  Must(Apply(CreateContainer{"photos"}));
}

void StoreTest::Reopen() {
  account_.reset();
  account_ = Must(GetParam().open({directory_.path(), &clock_}));
}

Result<Outcome> StoreTest::Apply(Mutation mutation) {
  return ApplyOne(store(), std::move(mutation), kWriter);
}

Result<std::vector<Outcome>> StoreTest::ApplyAll(std::vector<Mutation> mutations) {
  return store().Apply(std::move(mutations), kWriter);
}

Outcome StoreTest::Put(std::string_view name, std::string_view text) {
  return Must(Apply(CommitBlob{.path = Photo(name), .content = std::string(text)}));
}

BlockRef StoreTest::Stage(std::string_view text) {
  const BlockRef block{Sha256(AsBytes(text)), text.size()};
  EXPECT_OK(store().StageBlock(block.digest, AsBytes(text)));
  return block;
}

BlobInfo StoreTest::Stat(const BlobPath& path, VersionId version) {
  return Must(store().Stat(path, version));
}

std::string StoreTest::Text(const BlobPath& path, VersionId version) {
  return ReadAll(*Must(store().Open(path, version)));
}

std::vector<BlobInfo> StoreTest::Versions(std::string_view name) {
  return Must(store().ListVersions(Photo(name)));
}

std::vector<Event> StoreTest::Events(uint64_t after) {
  return Must(journal().Read(after, 100'000));
}

std::vector<std::string> StoreTest::Names(ListRequest request) {
  std::vector<std::string> names;
  while (true) {
    const ListPage page = Must(store().List(request));
    EXPECT_LE(page.items.size(), request.limit);
    for (const ListItem& item : page.items) names.push_back(NameOf(item));
    if (!page.more) return names;
    REPLICAFS_CHECK(!page.items.empty());
    request.after = names.back();
  }
}

std::string ReadAll(BlobReader& reader) {
  std::string text(reader.info().size_bytes, '\0');
  const size_t size =
      Must(reader.ReadAt(0, std::as_writable_bytes(std::span(text.data(), text.size()))));
  EXPECT_EQ(size, text.size());
  return text;
}

const std::string& NameOf(const ListItem& item) {
  return std::visit([](const auto& info) -> const std::string& { return info.name; }, item);
}

}  // namespace replicafs
