#include "backend/azure/upload_order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace replicafs::azure {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class UploadOrderTest : public ::testing::Test {
 protected:
  void Add(uint64_t sequence, const std::string& name, const std::string& other_name = {},
           EventKind kind = EventKind::kCreated) {
    order_.Add({.sequence = sequence,
                .kind = kind,
                .container = "box",
                .name = name,
                .other_name = other_name});
  }
  // All that may begin now.
  std::vector<uint64_t> Begin() {
    std::vector<uint64_t> begun;
    while (const auto event = order_.Begin()) begun.push_back(event->sequence);
    return begun;
  }

  UploadOrder order_;
};

TEST_F(UploadOrderTest, OtherNamesThenSideBySide) {
  Add(1, "a");
  Add(2, "b");

  EXPECT_THAT(Begin(), ElementsAre(1, 2));
}

TEST_F(UploadOrderTest, TheSameNameThenOneAfterTheOther) {
  Add(1, "a");
  Add(2, "a");
  Add(3, "b");

  EXPECT_THAT(Begin(), ElementsAre(1, 3));
  order_.Done(1);
  EXPECT_THAT(Begin(), ElementsAre(2));
}

TEST_F(UploadOrderTest, RenameThenBothNamesWait) {
  Add(1, "a");
  Add(2, "b", "a");
  Add(3, "a", "b", EventKind::kDeleted);
  Add(4, "b");

  EXPECT_THAT(Begin(), ElementsAre(1));
  order_.Done(1);
  EXPECT_THAT(Begin(), ElementsAre(2));
  order_.Done(2);
  EXPECT_THAT(Begin(), ElementsAre(3));
  order_.Done(3);
  EXPECT_THAT(Begin(), ElementsAre(4));
}

TEST_F(UploadOrderTest, ContainerThenAloneInIt) {
  Add(1, "", "", EventKind::kContainerCreated);
  Add(2, "a");
  Add(3, "", "", EventKind::kContainerDeleted);
  Add(4, "b");

  EXPECT_THAT(Begin(), ElementsAre(1));
  order_.Done(1);
  EXPECT_THAT(Begin(), ElementsAre(2));
  order_.Done(2);
  EXPECT_THAT(Begin(), ElementsAre(3));
  order_.Done(3);
  EXPECT_THAT(Begin(), ElementsAre(4));
}

TEST_F(UploadOrderTest, AgainThenItComesFirst) {
  Add(1, "a");
  Add(2, "a");
  EXPECT_THAT(Begin(), ElementsAre(1));

  order_.Again(1);

  EXPECT_THAT(Begin(), ElementsAre(1));
}

TEST_F(UploadOrderTest, DoneOutOfOrderThenBelowTheFirstThatIsNot) {
  for (uint64_t i = 1; i <= 3; ++i) Add(i, std::to_string(i));
  EXPECT_THAT(Begin(), ElementsAre(1, 2, 3));

  order_.Done(2);
  EXPECT_EQ(order_.DoneBelow(), 0U);
  order_.Done(1);
  EXPECT_EQ(order_.DoneBelow(), 2U);
  order_.Done(3);
  EXPECT_EQ(order_.DoneBelow(), std::nullopt);
  EXPECT_THAT(Begin(), IsEmpty());
}

}  // namespace
}  // namespace replicafs::azure
