#include "backend/blob/container_deletion.h"
#include "tests/conformance/suite.h"

namespace replicafs {
namespace {

using std::chrono::seconds;

class DeletionTest : public StoreTest {
 protected:
  void Take(seconds time) {
    Must(Apply(PutState{std::string(kContainerDeletionKey), EncodeContainerDeletionTime(time)}));
  }
};

#define REPLICAFS_DELETION_SUITE(Suite)                                            \
  class Suite : public DeletionTest {};                                            \
  INSTANTIATE_TEST_SUITE_P(Stores, Suite, ::testing::ValuesIn(RegisteredStores()), \
                           [](const auto& instance) { return instance.param.name; })

REPLICAFS_DELETION_SUITE(ContainerDeletion);

TEST_P(ContainerDeletion, WithoutATimeThenTheNameIsFreeAtOnce) {
  Must(Apply(DeleteContainer{"photos"}));

  EXPECT_OK(Apply(CreateContainer{"photos"}));
}

TEST_P(ContainerDeletion, WithATimeThenTheNameIsTakenUntilItIsOver) {
  Take(seconds(30));
  Must(Apply(DeleteContainer{"photos"}));

  const auto refused = Apply(CreateContainer{"photos"});
  EXPECT_CODE(kBusy, refused);
  ASSERT_FALSE(refused.has_value());
  EXPECT_NE(refused.error().message.find("being deleted"), std::string::npos);
  EXPECT_CODE(kNotFound, store().GetContainer("photos"));
  EXPECT_CODE(kNotFound, Apply(CommitBlob{.path = Photo("a"), .content = "1"}));
  EXPECT_OK(Apply(CreateContainer{"others"}));
  clock_.Advance(seconds(29));
  EXPECT_CODE(kBusy, Apply(CreateContainer{"photos"}));

  clock_.Advance(seconds(2));

  EXPECT_OK(Apply(CreateContainer{"photos"}));
  EXPECT_FALSE(Must(store().GetState(DeletedContainerKey("photos"))));
}

TEST_P(ContainerDeletion, TimeThatIsSetAfterwardsThenItDoesNotCount) {
  Must(Apply(CreateContainer{"others"}));
  Take(seconds(30));
  Must(Apply(DeleteContainer{"photos"}));
  Take(seconds(0));
  Must(Apply(DeleteContainer{"others"}));

  EXPECT_CODE(kBusy, Apply(CreateContainer{"photos"}));
  EXPECT_OK(Apply(CreateContainer{"others"}));
}

TEST_P(ContainerDeletion, DeletedAndCreatedInOneListThenRefusedWhole) {
  Take(seconds(30));

  EXPECT_CODE(kBusy, ApplyAll({DeleteContainer{"photos"}, CreateContainer{"photos"}}));

  EXPECT_OK(store().GetContainer("photos"));
  EXPECT_FALSE(Must(store().GetState(DeletedContainerKey("photos"))));
}

TEST_P(ContainerDeletion, RowThatHoldsNoTimeThenInvalid) {
  Must(Apply(PutState{std::string(kContainerDeletionKey), "soon"}));

  EXPECT_CODE(kInvalid, Apply(DeleteContainer{"photos"}));
}

}  // namespace
}  // namespace replicafs
