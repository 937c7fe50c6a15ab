#include <fcntl.h>

#include "tests/fs/core/semantics.h"

namespace replicafs {
namespace {

class AppendAndPageBlobs : public Semantics {
 protected:
  AppendAndPageBlobs() {
    Must(ApplyOne(
        store(),
        CommitBlob{.path = {"box", "d/log"}, .content = "line\n", .kind = BlobKind::kAppend}, 0));
  }
};

TEST_F(AppendAndPageBlobs, S102_TheyCanBeReadRenamedAndRemovedAndNotWritten) {
  ASSERT_OK(WriteFile("other", "o"));

  EXPECT_EQ(Must(ReadFile("d/log")), "line\n");
  EXPECT_EQ(Must(GetXattr("d/log", "user.blob.type")), "AppendBlob");
  EXPECT_CODE(kNoAttribute, GetXattr("other", "user.blob.type"));
  EXPECT_CODE(kBlobKind, Open("d/log", O_WRONLY));
  EXPECT_CODE(kBlobKind, Open("d/log", O_RDWR | O_APPEND));
  EXPECT_CODE(kBlobKind, Open("d/log", O_RDONLY | O_TRUNC));
  EXPECT_CODE(kBlobKind, SetAttributes("d/log", {.size_bytes = 0}));
  EXPECT_CODE(kBlobKind, SetAttributes("d/log", {.size_bytes = 3}));
  EXPECT_CODE(kBlobKind, Rename("other", "d/log"));
  EXPECT_CODE(kBlobKind, Rename("other", "d/log", RenameMode::kExchange));
  EXPECT_OK(SetAttributes("d/log", {.mode = 0600}));
  EXPECT_OK(SetXattr("d/log", "user.x", "1"));
  EXPECT_OK(Rename("d/log", "d/old"));
  EXPECT_OK(Rename("d", "e"));
  EXPECT_EQ(Must(GetXattr("e/old", "user.blob.type")), "AppendBlob");
  EXPECT_EQ(Must(ReadFile("e/old")), "line\n");
  EXPECT_OK(Unlink("e/old"));
  EXPECT_OK(WriteFile("e/old", "block"));
}

}  // namespace
}  // namespace replicafs
