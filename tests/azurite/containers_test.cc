#include "tests/azurite/blob_service_fixture.h"
#include "tests/support/matchers.h"

namespace replicafs::azure {
namespace {

class Containers : public BlobServiceTest {};
INSTANTIATE_TEST_SUITE_P(Azurite, Containers, testing::ValuesIn(kEachAccess), NameOfAccess);

TEST_P(Containers, CreatedThenListedWithItsMetadata) {
  const std::string name = "d-" + NewGuid();
  ASSERT_OK(service_->CreateContainer(name, {{"purpose", "für alle"}, {"a_1", "x"}, {"a1", "y"}}));
  const auto containers = Must(service_->ListContainers());
  const auto found = std::find_if(containers.begin(), containers.end(),
                                  [&](const auto& container) { return container.name == name; });
  ASSERT_NE(found, containers.end());
  EXPECT_EQ(found->metadata.at("purpose"), "für alle");
  EXPECT_EQ(found->etag, Must(service_->GetContainer(name)).etag);
  EXPECT_EQ(Must(service_->GetContainer(name)).metadata, found->metadata);
}

TEST_P(Containers, CreatedTwiceThenExists) {
  EXPECT_CODE(kExists, service_->CreateContainer(container_, {}));
}

TEST_P(Containers, NameThatIsNoneThenInvalid) {
  EXPECT_CODE(kInvalid, service_->CreateContainer("No", {}));
}

TEST_P(Containers, DeletedThenNotFound) {
  ASSERT_OK(service_->DeleteContainer(container_));
  EXPECT_CODE(kNotFound, service_->GetContainer(container_));
  EXPECT_CODE(kNotFound, service_->DeleteContainer(container_));
  EXPECT_CODE(kNotFound, service_->ListBlobs({.container = container_}));
}

}  // namespace
}  // namespace replicafs::azure
