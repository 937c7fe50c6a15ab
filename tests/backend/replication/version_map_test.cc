// Which source version became which replica.
#include "backend/replication/version_map.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/backend/replication/link_fixture.h"

namespace replicafs {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

class VersionMap : public ::testing::Test, public LinkFixture {
 protected:
  BlobMap MapOne(const std::string& account, const BlobPath& blob) {
    auto maps = Must(MapVersions(accounts, account, blob));
    EXPECT_EQ(maps.size(), 1U);
    return maps.empty() ? BlobMap{} : std::move(maps[0]);
  }
};

TEST_F(VersionMap, CopiedThenEachVersionHasItsReplicaInBothDirections) {
  Create();
  Write("a", "one");
  Write("a", "two");
  ASSERT_OK(CatchUp(*MakeLink()));
  const VersionId pending = Write("a", "three");

  for (const BlobMap& map :
       {MapOne("source", {"photos", "a"}), MapOne("destination", {"replica", "a"})}) {
    EXPECT_EQ(map.source_account, "source");
    EXPECT_EQ(map.destination, (BlobPath{"replica", "a"}));
    ASSERT_THAT(map.versions, SizeIs(3));
    EXPECT_EQ(map.versions[0].source_version, pending);
    EXPECT_FALSE(map.versions[0].replica.has_value());
    EXPECT_EQ(map.versions[0].status, BlobStatus::kPending);
    for (size_t i : {1U, 2U}) {
      const VersionPair& pair = map.versions[i];
      ASSERT_TRUE(pair.source && pair.replica);
      EXPECT_EQ(pair.status, BlobStatus::kComplete);
      EXPECT_EQ(pair.policy_id, policy.policy_id);
      EXPECT_EQ(ReadAll(source->inner(), {"photos", "a"}, pair.source->version),
                ReadAll(destination->inner(), {"replica", "a"}, pair.replica->version));
    }
  }
}

TEST_F(VersionMap, SourceVersionGoneThenItsReplicaStaysInTheMap) {
  Create();
  const VersionId first = Write("a", "one");
  Write("a", "two");
  ASSERT_OK(CatchUp(*MakeLink()));
  ASSERT_OK(ApplyOne(source->store(), RemoveVersion{{"photos", "a"}, first}, 0));

  const BlobMap map = MapOne("source", {"photos", "a"});

  ASSERT_THAT(map.versions, SizeIs(2));
  EXPECT_EQ(map.versions[1].source_version, first);
  EXPECT_FALSE(map.versions[1].source.has_value());
  EXPECT_TRUE(map.versions[1].replica.has_value());
}

TEST_F(VersionMap, FormerPolicyThenTheReplicaStillSaysWhereItIsFrom) {
  Create();
  const VersionId version = Write("a", "one");
  ASSERT_OK(CatchUp(*MakeLink()));
  ASSERT_OK(DeletePolicy(accounts, policy.policy_id));

  const BlobMap map = MapOne("destination", {"replica", "a"});

  ASSERT_THAT(map.versions, SizeIs(1));
  EXPECT_EQ(map.versions[0].source_version, version);
  EXPECT_THAT(Must(MapVersions(accounts, "source", {"photos", "a"})), IsEmpty());
}

TEST_F(VersionMap, NeverExistedThenNotFound) {
  Create();

  for (const char* account : {"source", "destination"}) {
    EXPECT_EQ(MapVersions(accounts, account, {"photos", "a"}).error().code, ErrorCode::kNotFound);
    EXPECT_EQ(MapVersions(accounts, account, {"replica", "a"}).error().code, ErrorCode::kNotFound);
  }
}

}  // namespace
}  // namespace replicafs
