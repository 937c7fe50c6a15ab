// Programs that people use, through the mount in both directions: each must end with exit 0 and
// leave equal trees.
#include "tests/mount/mount_fixture.h"

namespace replicafs {
namespace {

class MountedProgram : public MountTest {
 protected:
  void SetUp() override {
    MountTest::SetUp();
    if (IsSkipped()) return;
    tree_ = Outside("tree");
    EXPECT_SHELL(
        "mkdir -p '" + tree_ + "/a/b' && cd '" + tree_ +
        "' && echo one > a/one && head -c 5000000 /dev/urandom > a/b/large && : > empty"
        " && ln -s a/one link && chmod 600 a/one && chmod 750 a/b && touch -h -d 2001-02-03 "
        "a/one link && mkdir hollow && setfattr -n user.colour -v blue a/one"
        " && for d in x/1 x/2/deep x/3; do mkdir -p $d && echo $d > $d/f && echo g > $d/g; done"
        " && find . -type d -exec touch -d 2002-03-04 {} +");
  }

  void ExpectEqualTrees(const std::string& left, const std::string& right) {
    const std::string listing =
        "find . -mindepth 1 \\( -type d -printf '%p %y %m %t\\n' \\) -o "
        "-printf '%p %y %m %s %l %t\\n' | sort";
    EXPECT_SHELL("diff -r --no-dereference '" + left + "' '" + right + "'");
    EXPECT_EQ(Shell("cd '" + left + "' && " + listing).output,
              Shell("cd '" + right + "' && " + listing).output);
    EXPECT_EQ(GetXattr(right + "/a/one", "user.colour"), "blue");
  }

  // `command` copies "$1" to "$2", which does not exist.
  void ExpectRoundTrip(const std::string& command) {
    const auto run = [&](const std::string& from, const std::string& to) {
      EXPECT_SHELL("set -e; set -- '" + from + "' '" + to + "'; " + command);
    };
    run(tree_, Photo("tree"));
    ExpectEqualTrees(tree_, Photo("tree"));
    run(Photo("tree"), Outside("back"));
    ExpectEqualTrees(tree_, Outside("back"));
    Remount();
    ExpectEqualTrees(tree_, Photo("tree"));
  }

  std::string tree_;
};

TEST_F(MountedProgram, WhenCpCopiesThenTheTreesAreEqual) {
  ExpectRoundTrip("cp -a \"$1\" \"$2\"");
}

TEST_F(MountedProgram, WhenRsyncCopiesThenTheTreesAreEqual) {
  ExpectRoundTrip("rsync -aX \"$1/\" \"$2/\" && rsync -aX \"$1/\" \"$2/\"");
}

TEST_F(MountedProgram, WhenTarCopiesThenTheTreesAreEqual) {
  ExpectRoundTrip("mkdir \"$2\"; tar --xattrs -C \"$1\" -cf - . | tar --xattrs -C \"$2\" -xf -");
}

TEST_F(MountedProgram, WhenMvMovesThenTheTreesAreEqual) {
  EXPECT_SHELL("cp -a '" + tree_ + "' '" + Outside("kept") + "'");
  EXPECT_SHELL("mv '" + tree_ + "' '" + Photo("tree") + "'");
  ExpectEqualTrees(Outside("kept"), Photo("tree"));
  EXPECT_SHELL("mv '" + Photo("tree") + "' '" + At("west/spare/tree") + "'");
  ExpectEqualTrees(Outside("kept"), At("west/spare/tree"));
  EXPECT_SHELL("mv '" + At("west/spare/tree") + "' '" + Outside("back") + "'");
  ExpectEqualTrees(Outside("kept"), Outside("back"));
}

TEST_F(MountedProgram, WhenGitClonesInsideThenTheCloneIsSound) {
  EXPECT_SHELL("export GIT_CONFIG_GLOBAL=/dev/null; cd '" + tree_ +
               "' && git init -q . && git add -A && git -c user.name=a -c user.email=a@b commit "
               "-qm one && git clone -q . '" +
               Photo("clone") + "' && cd '" + Photo("clone") +
               "' && git fsck --strict && git status --porcelain && echo two > a/two && git add -A "
               "&& git -c user.name=a -c user.email=a@b commit -qm two && git gc -q && git fsck");
  Remount();
  EXPECT_SHELL("cd '" + Photo("clone") +
               "' && git fsck --strict && test -z \"$(git status "
               "--porcelain)\" && test \"$(git log --oneline | wc -l)\" = 2");
}

}  // namespace
}  // namespace replicafs
