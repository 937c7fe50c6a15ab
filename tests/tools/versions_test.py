#!/usr/bin/env python3
"""The past on a mount: versions diff, restore --at and delete, retention, mount --at. Exits with 77 where
nothing can be mounted.

  versions_test.py BINARY [unittest arguments]
"""
import errno
import hashlib
import os
import shutil
import subprocess
import sys

import harness
from harness import NOT_FOUND, OK, REFUSED, MountedTest

BLOCK = 4 << 20


class VersionsTest(MountedTest):
    def moment(self):
        """That of the newest change: later ones have later times."""
        return self.run_json("journal", "show", "westus", "--limit", "1")[0]["time"]

    def save(self, path, content):
        """Makes one version for sure: an open that comes soon after a close may join its session."""
        temporary = path.with_name(path.name + ".saving")
        temporary.write_bytes(content if isinstance(content, (bytes, bytearray)) else content.encode())
        temporary.replace(path)

    def names(self, top):
        return sorted(str(path.relative_to(top)) for path in top.rglob("*"))


class Diff(VersionsTest):
    def test_text_is_compared_by_lines(self):
        self.mount()
        notes = self.source / "notes"
        self.save(notes, "one\ntwo\nthree\n")
        self.save(notes, "one\n2\nthree\n")
        os.setxattr(notes, "user.blob.content-type", b"text/plain")
        os.setxattr(notes, "user.blob.tag.project", b"x")
        out = self.run_ok("versions", "diff", notes)
        for part in ("\n-two\n", "\n+2\n", "--- westus/photos/notes@", "contentType", "tag.project"):
            self.assertIn(part, out)
        newest, oldest = (v["version"] for v in self.run_json("versions", "list", notes))
        got = self.run_json("versions", "diff", notes, newest, oldest)
        self.assertEqual((got["before"]["version"], got["after"]["version"]), (newest, oldest))
        self.assertIn("\n+two\n", got["content"]["unifiedDiff"])
        self.assertFalse(got["content"]["equal"])
        changed = {p["name"]: (p["before"], p["after"]) for p in got["properties"]}
        self.assertEqual(changed["contentType"], ("text/plain", ""))
        self.assertEqual(changed["size"], ("12", "14"))
        self.assertEqual(self.run_json("versions", "diff", notes, oldest)["after"]["version"], newest)

    def test_binary_content_is_compared_by_bytes(self):
        self.mount()
        disk = self.source / "disk"
        content = bytearray(os.urandom(5 * BLOCK))
        self.save(disk, content)
        content[2 * BLOCK + 1000] ^= 1
        content[4 * BLOCK - 2:4 * BLOCK + 3] = bytes(b ^ 255 for b in content[4 * BLOCK - 2:4 * BLOCK + 3])
        self.save(disk, content + b"more")
        got = self.run_json("versions", "diff", disk)["content"]
        self.assertEqual(got["ranges"], [{"offset": 2 * BLOCK + 1000, "bytes": 1},
                                         {"offset": 4 * BLOCK - 2, "bytes": 5}])
        self.assertEqual((got["equal"], got["differingBytes"], got["rangesOmitted"]), (False, 6, 0))
        self.assertIn(f"bytes from {5 * BLOCK} on are in the second version only",
                      self.run_program("versions", "diff", disk)[1])

    def test_equal_blocks_are_not_read(self):
        self.mount()
        disk = self.source / "disk"
        content = bytearray(os.urandom(2 * BLOCK))
        self.save(disk, content)
        content[-1] ^= 1
        self.save(disk, content)
        self.umount()
        first_block = hashlib.sha256(content[:BLOCK]).hexdigest()
        [file] = self.root.rglob(first_block)
        file.unlink()
        got = self.run_json("versions", "diff", "westus/photos/disk")["content"]
        self.assertEqual(got["ranges"], [{"offset": 2 * BLOCK - 1, "bytes": 1}])

    def test_equal_content_is_called_so(self):
        self.mount()
        self.save(self.source / "cat", "miaow")
        self.assert_fails(NOT_FOUND, "versions", "diff", self.source / "cat", naming=("one version only",))
        self.save(self.source / "cat", "miaow")
        self.assertIn("contents are equal", self.run_ok("versions", "diff", self.source / "cat"))
        self.assertTrue(self.run_json("versions", "diff", self.source / "cat")["content"]["equal"])
        self.unlink(self.source / "cat")
        oldest = self.run_json("versions", "list", "westus/photos/cat")[1]["version"]
        self.assert_fails(NOT_FOUND, "versions", "diff", "westus/photos/cat", oldest, naming=("two versions",))

    def test_what_is_archived_is_not_compared(self):
        self.mount()
        self.save(self.source / "cat", "miaow")
        self.save(self.source / "cat", "woof")
        os.setxattr(self.source / "cat", "user.blob.tier", b"Archive")
        got = self.run_json("versions", "diff", self.source / "cat")
        self.assertIsNone(got["content"]["equal"])
        self.assertTrue(got["content"]["reason"])
        self.assertIn("tier", [p["name"] for p in got["properties"]])

    def test_without_the_program_bytes_are_compared(self):
        self.mount()
        self.save(self.source / "cat", "miaow")
        self.save(self.source / "cat", "miauw")
        code, out, err = self.run_program("versions", "diff", self.source / "cat", environment={"PATH": "/nowhere"})
        self.assertEqual(code, OK, err)
        self.assertIn("no program 'diff'", out)
        self.assertIn("bytes 3-3 differ", out)


class RestoreAt(VersionsTest):
    def fill(self):
        """A tree, its moment, and then everything changes."""
        self.mount()
        top = self.source / "top"
        (top / "sub/deep").mkdir(parents=True)
        for name in ("changed", "removed", "kept", "sub/renamed", "sub/deep/file"):
            (top / name).write_text("old " + name)
        (self.source / "beside").write_text("old")
        before = self.names(top)
        moment = self.moment()
        (top / "changed").write_text("new")
        self.unlink(top / "removed")
        (top / "sub").rename(top / "moved")
        (top / "moved/renamed").rename(top / "moved/again")
        (top / "added").write_text("new")
        (self.source / "beside").write_text("new")
        return top, before, moment

    def test_S63_a_directory_becomes_what_it_was(self):
        top, before, moment = self.fill()
        planned = self.run_json("versions", "restore", top, "--at", moment, "--dry-run")
        self.assertEqual((top / "changed").read_text(), "new")
        by_name = {change["name"]: change["change"] for change in planned["changes"]}
        self.assertEqual((by_name["top/changed"], by_name["top/added"]), ("restore", "remove"))
        self.assertIn("would remove top/added", self.run_ok("versions", "restore", top, "--at", moment, "--dry-run"))

        kept = self.run_json("versions", "list", top / "kept")
        done = self.run_json("versions", "restore", top, "--at", moment)
        self.assertEqual((done["restored"], done["removed"], done["inexact"]),
                         (planned["restored"], planned["removed"], 0))
        self.umount()
        self.mount()
        self.assertEqual(self.names(top), before)
        for name in ("changed", "removed", "kept", "sub/renamed", "sub/deep/file"):
            self.assertEqual((top / name).read_text(), "old " + name)
        self.assertEqual(self.run_json("versions", "list", top / "kept"), kept)
        self.assertEqual((self.source / "beside").read_text(), "new")
        again = self.run_json("versions", "restore", top, "--at", moment)
        self.assertEqual((again["restored"], again["removed"]), (0, 0))
        self.assertIn("restored 0 blobs", self.run_ok("versions", "restore", top, "--at", moment))

    def test_a_container_and_back_again(self):
        top, _, moment = self.fill()
        changed, after = self.moment(), self.names(self.source)
        self.run_ok("versions", "restore", "westus/photos", "--at", moment)
        self.assertEqual((self.source / "beside").read_text(), "old")
        self.run_ok("versions", "restore", "westus/photos", "--at", changed)
        self.umount()
        self.mount()
        self.assertEqual(self.names(self.source), after)
        self.assertEqual((top / "moved/again").read_text(), "old sub/renamed")

    def test_one_blob(self):
        top, _, moment = self.fill()
        done = self.run_json("versions", "restore", top / "changed", "--at", moment)
        self.assertEqual((done["restored"], done["removed"], done["untouched"]), (1, 0, 0))
        self.assertEqual(self.run_json("versions", "restore", top / "added", "--at", moment)["removed"], 1)
        long_ago = self.run_json("versions", "restore", top / "kept", "--at", "2020-01-01T02:30:00+02:30", "--dry-run")
        self.assertEqual((long_ago["at"], long_ago["removed"]), ("2020-01-01T00:00:00.0000000Z", 1))
        self.umount()
        self.mount()
        self.assertEqual((top / "changed").read_text(), "old changed")
        self.assertFalse((top / "added").exists())

    def test_more_than_a_batch(self):
        self.mount()
        for i in range(700):
            (self.source / str(i)).write_text("old")
        moment = self.moment()
        for i in range(700):
            (self.source / str(i)).write_text("new")
        self.umount()
        self.assertEqual(self.run_json("versions", "restore", "westus/photos", "--at", moment)["restored"], 700)
        self.mount()
        self.assertEqual({(self.source / str(i)).read_text() for i in range(700)}, {"old"})

    def test_a_destination_refuses(self):
        policy = self.make_policy()
        self.assert_fails(REFUSED, "versions", "restore", "eastus/photos", "--at", "-1s", naming=(policy,))


class Delete(VersionsTest):
    def setUp(self):
        super().setUp()
        self.mount()
        self.cat = self.source / "cat"
        for i in range(5):
            self.save(self.cat, str(i))
        self.versions = [v["version"] for v in self.run_json("versions", "list", self.cat)]

    def left(self):
        return [v["version"] for v in self.run_json("versions", "list", self.cat)]

    def test_named_ones(self):
        self.assertEqual(self.run_json("versions", "delete", self.cat, self.versions[2]),
                         {"deleted": [self.versions[2]]})
        self.assertEqual(len(self.left()), 4)
        self.assert_fails(REFUSED, "versions", "delete", self.cat, *self.versions[3:], naming=("--yes", "2 versions"))
        self.run_ok("versions", "delete", self.cat, *self.versions[3:], "--yes")
        self.assertEqual(self.left(), self.versions[:2])

    def test_the_current_one_only_when_it_is_said(self):
        self.assert_fails(REFUSED, "versions", "delete", self.cat, self.versions[0], naming=("--current",))
        self.run_ok("versions", "delete", self.cat, self.versions[0], "--current")
        self.assertEqual(self.left(), self.versions[1:])

    def test_by_number(self):
        self.assert_fails(REFUSED, "versions", "delete", self.cat, "--keep", "1", naming=("--yes",))
        self.assertIn("no version", self.run_ok("versions", "delete", self.cat, "--keep", "4"))
        self.run_ok("versions", "delete", self.cat, "--keep", "1", "--yes")
        self.assertEqual(self.left(), self.versions[:2])
        self.run_ok("versions", "delete", self.cat, "--keep", "0")
        self.assertEqual(self.left(), self.versions[:1])
        self.assertEqual(self.cat.read_text(), "4")

    def test_before_a_moment_that_stays_restorable(self):
        self.run_ok("versions", "delete", self.cat, "--before", self.versions[1], "--yes")
        self.assertEqual(self.left(), self.versions[:3])
        self.run_ok("versions", "delete", self.cat, "--before", "-1h")
        self.assertEqual(self.left(), self.versions[:3])

    def test_in_a_destination(self):
        self.make_policy()
        # It warns for as long as the mount has not noticed the policy.
        self.assertEqual(self.run_program("replication", "wait", "westus", "--timeout", "60s")[0], OK)
        copies = [v["version"] for v in self.run_json("versions", "list", self.destination / "cat")]
        self.assertEqual(len(copies), 5)
        self.run_ok("versions", "delete", self.destination / "cat", "--keep", "1", "--yes")
        self.assertEqual([v["version"] for v in self.run_json("versions", "list", self.destination / "cat")],
                         copies[:2])


class Retention(VersionsTest):
    def test_S64_applied_by_hand_and_by_the_next_mount(self):
        self.mount()
        for i in range(4):
            self.save(self.source / "cat", str(i))
        self.run_ok("container", "retention", "set", "westus/photos", "--keep-versions", "2")
        dry = self.run_json("container", "retention", "apply", "westus/photos", "--dry-run")
        self.assertEqual((dry["deletedVersions"], dry["deletedBytes"], dry["blobs"]), (1 + 2, 3, 2))
        self.assertEqual(len(self.run_json("versions", "list", "westus/photos/cat")), 4)
        self.assertEqual(self.run_json("container", "retention", "apply", "westus/photos"), {**dry, "dryRun": False})
        self.assertEqual(len(self.run_json("versions", "list", "westus/photos/cat")), 3)
        self.umount()

        self.run_ok("container", "retention", "set", "westus/photos", "--keep-versions", "0")
        head = self.run_json("journal", "show", "westus", "--limit", "1")[0]["sequence"]
        follower = self.follow(head)
        self.mount()
        for _ in range(2 + 2):
            self.assertIn("VersionDeleted", follower.stdout.readline())
        self.assertEqual(len(self.run_json("versions", "list", "westus/photos/cat")), 1)
        self.assertEqual((self.source / "cat").read_text(), "3")

    def follow(self, after):
        follower = subprocess.Popen([harness.BINARY, "--root", str(self.root), "journal", "show", "westus", "--after",
                                     str(after), "--follow", "--output", "json"], stdout=subprocess.PIPE, text=True)
        self.addCleanup(follower.stdout.close)
        self.addCleanup(follower.wait)
        self.addCleanup(follower.kill)
        return follower

    def test_what_is_not_copied_yet_waits(self):
        self.make_policy()
        self.mount("--no-replication")
        for i in range(3):
            self.save(self.source / "cat", str(i))
        self.run_ok("container", "retention", "set", "westus/photos", "--keep-versions", "0")
        got = self.run_json("container", "retention", "apply", "westus/photos")
        self.assertEqual((got["deletedVersions"], got["heldVersions"]), (0, 2 + 3))
        self.assertIn("5 more wait", self.run_ok("container", "retention", "apply", "westus/photos"))


class MountAt(VersionsTest):
    def test_S62_the_past_is_mounted_read_only(self):
        self.mount()
        (self.source / "gone/deep").mkdir(parents=True)
        (self.source / "gone/deep/file").write_text("was here")
        (self.source / "cat").write_text("kitten")
        before = self.names(self.source)
        moment = self.moment()
        shutil.rmtree(self.source / "gone")
        (self.source / "cat").write_text("cat")
        (self.source / "new").mkdir()
        (self.source / "new/file").write_text("new")
        self.umount()
        self.mount("westus/photos", "--at", moment)
        self.assertEqual(self.names(self.mountpoint), before)
        self.assertEqual((self.mountpoint / "gone/deep/file").read_text(), "was here")
        self.assertEqual((self.mountpoint / "cat").read_text(), "kitten")
        for change in (lambda: (self.mountpoint / "cat").write_text("x"), (self.mountpoint / "cat").unlink,
                       lambda: (self.mountpoint / "d").mkdir()):
            with self.assertRaises(OSError) as raised:
                change()
            self.assertEqual(raised.exception.errno, errno.EROFS)
        self.assertEqual(len(self.run_json("versions", "list", self.mountpoint / "cat")), 2)


if __name__ == "__main__":
    harness.main_mounted(sys.argv[1])
