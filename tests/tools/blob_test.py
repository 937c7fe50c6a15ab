#!/usr/bin/env python3
"""Blobs that commands put, of all kinds, also on a mount. Exits with 77 where nothing can be mounted.

  blob_test.py BINARY [unittest arguments]
"""
import errno
import os
import subprocess
import sys

import harness
from harness import NOT_FOUND, REFUSED, USAGE, MountedTest

BLOCK = 4 << 20


class BlobTest(MountedTest):
    def put(self, name, content, *options):
        """What it printed."""
        file = self.directory / "input"
        file.write_bytes(content)
        return self.run_json("blob", "put", "westus/photos/" + name, file, *options)

    def assert_clean(self):
        self.assertEqual(self.run_json("account", "check", "westus", "--deep")[0]["findings"], [])

    def test_put(self):
        shown = self.put("cat", b"miaow", "--content-type", "image/jpeg")
        self.assertEqual((shown["bytes"], shown["type"], shown["contentType"]), (5, "BlockBlob", "image/jpeg"))
        self.assertEqual(shown, self.run_json("blob", "show", "westus/photos/cat"))
        self.assertEqual(self.put("cat", b"x" * (2 * BLOCK + 1))["bytes"], 2 * BLOCK + 1)
        self.assertEqual(self.put("even", b"x" * BLOCK)["bytes"], BLOCK)
        self.assertEqual(self.put("empty", b"")["bytes"], 0)
        self.assertEqual(len(self.run_json("versions", "list", "westus/photos/cat")), 2)
        self.assert_fails(NOT_FOUND, "blob", "put", "westus/photos/cat", "/nowhere", naming=("/nowhere",))
        self.assert_clean()

    def test_put_from_standard_input(self):
        done = subprocess.run([harness.BINARY, "--root", str(self.root), "blob", "put", "westus/photos/cat"],
                              input=b"miaow", capture_output=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.run_json("blob", "show", "westus/photos/cat")["bytes"], 5)

    def test_kinds(self):
        self.assertEqual(self.put("log", b"line", "--kind", "append")["type"], "AppendBlob")
        self.assertEqual(self.put("disk", bytes(1024), "--kind", "page")["type"], "PageBlob")
        file = self.directory / "input"
        self.assert_fails(REFUSED, "blob", "put", "westus/photos/log", file,
                          naming=("westus/photos/log", "an append blob", "delete it first"))
        file.write_bytes(b"odd")
        self.assert_fails(USAGE, "blob", "put", "westus/photos/disk2", file, "--kind", "page", naming=("512",))
        self.assert_fails(USAGE, "blob", "put", "westus/photos/x", file, "--kind", "tape", naming=("tape", "append"))
        self.assertEqual(len(self.put("log", b"line line", "--kind", "append")["version"]), 28)
        self.assertIn("AppendBlob", self.run_ok("blob", "show", "westus/photos/log"))

    def test_kinds_on_a_mount(self):
        self.make_policy()
        self.mount()
        file = self.directory / "input"
        file.write_bytes(b"line\n")
        self.run_ok("blob", "put", "westus/photos/log", file, "--kind", "append")
        log = self.source / "log"
        self.assertEqual(log.read_bytes(), b"line\n")
        with self.assertRaises(OSError) as raised:
            log.open("ab")
        self.assertEqual(raised.exception.errno, errno.EACCES)
        self.assertEqual(os.getxattr(log, "user.blob.type"), b"AppendBlob")
        (self.source / "cat").write_bytes(b"miaow")
        self.run_ok("replication", "wait", "westus/photos")
        self.assertEqual([path.name for path in self.destination.iterdir()], ["cat"])
        link = self.run_json("replication", "status", "westus")[0]
        self.assertEqual((link["versionsSkipped"], link["failed"]), (1, 0))
        explained = self.run_ok("replication", "explain", "westus/photos/log")
        self.assertIn("append blob", explained)


if __name__ == "__main__":
    harness.main_mounted(sys.argv[1])
