// The conformance suite over an account at Azurite. After each test a witness compares what the
// service has with what the account says.
#include <gmock/gmock.h>

#include <map>
#include <set>
#include <utility>

#include "backend/azure/azure_account.h"
#include "backend/azure/kept_versions.h"
#include "tests/azurite/account/connect.h"
#include "tests/conformance/suite.h"

namespace replicafs {
namespace {

std::map<std::string, AzuriteAccount>& Accounts() {
  static std::map<std::string, AzuriteAccount> accounts;  // by the local side's directory
  return accounts;
}

Result<std::unique_ptr<Account>> OpenAt(const StorePlace& place) {
  if (!Accounts().contains(place.directory))
    Accounts().emplace(place.directory, TRY(EmptyAccount()));
  auto service = TRY(Connect(Accounts().at(place.directory)));
  const Status created = AzureAccount::Create(place.directory);
  if (!created && created.error().code != ErrorCode::kExists) return created.error();
  AzureAccount::Options options;
  options.local.initial_map_bytes = 64 << 10;
  options.store.fresh = std::chrono::milliseconds{0};
  std::unique_ptr<Account> opened =
      TRY(AzureAccount::Open(place.directory, "azure", std::move(service), *place.clock, options));
  return opened;
}

std::string ReadThere(azure::BlobService& service, const azure::RemoteBlob& blob,
                      const std::string& container) {
  std::string bytes(static_cast<size_t>(blob.size_bytes), '\0');
  if (bytes.empty()) return bytes;
  const size_t size = Must(service.Read({.address = {.container = container, .name = blob.name}},
                                        std::as_writable_bytes(std::span(bytes))));
  EXPECT_EQ(size, bytes.size());
  return bytes;
}

// Live blobs, with their content and metadata, and that a previous version is kept.
void CompareContainer(Account& account, azure::BlobService& service, const std::string& container) {
  std::map<std::string, azure::RemoteBlob> there;
  azure::ListBlobsRequest request{.container = container};
  do {
    const azure::RemotePage page = Must(service.ListBlobs(request));
    for (const azure::RemoteBlob& blob : page.blobs) there.emplace(blob.name, blob);
    request.marker = page.next_marker;
  } while (!request.marker.empty());

  ListRequest local{.container = container, .hierarchical = false, .scope = ListScope::kAll};
  for (;;) {
    const ListPage page = Must(account.store().List(local));
    for (const ListItem& item : page.items) {
      const std::string name = NameOf(item);
      const BlobPath path{container, name};
      const azure::BlobAddress address = azure::LiveAddress(path);
      for (const BlobInfo& version : Must(account.store().ListVersions(path))) {
        SCOPED_TRACE(ToString(path) + " " + ToString(version.version));
        if (!version.is_current) {
          EXPECT_OK(service.GetProperties(azure::KeptAddress(path, version.version)));
          continue;
        }
        const auto found = there.find(address.name);
        ASSERT_NE(found, there.end());
        EXPECT_EQ(found->second.size_bytes, version.size_bytes);
        EXPECT_EQ(azure::UserMetadata(found->second.metadata), version.properties.metadata);
        if (version.properties.tier != Tier::kArchive) {
          EXPECT_EQ(ReadThere(service, found->second, container),
                    ReadAll(*Must(account.store().Open(path, version.version))));
        }
        there.erase(found);
      }
    }
    if (!page.more) break;
    local.after = NameOf(page.items.back());
  }
  for (const auto& [name, blob] : there) ADD_FAILURE() << name << " is at the service alone";
}

void Compare(Account& account) {
  const auto found = Accounts().find(account.local_directory());
  const auto service = Must(Connect(found->second));
  std::set<std::string> there;
  for (const azure::RemoteContainer& container : Must(service->ListContainers())) {
    if (azure::IsShown(container.name)) there.insert(container.name);
  }
  for (const ContainerInfo& container : Must(account.store().ListContainers())) {
    EXPECT_EQ(there.erase(container.name), 1U) << container.name;
    CompareContainer(account, *service, container.name);
  }
  EXPECT_THAT(there, ::testing::IsEmpty());
}

const bool registered =
    RegisterStore({.name = "Azure", .open = OpenAt, .durable = true, .compare = Compare});

}  // namespace
}  // namespace replicafs

// Without Azurite there is nothing to test.
int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  const auto azurite = replicafs::Azurite::Shared();
  if (!azurite && azurite.error().code == replicafs::ErrorCode::kNotFound) {
    std::printf("%s\n", azurite.error().message.c_str());
    return 0;
  }
  return RUN_ALL_TESTS();
}
