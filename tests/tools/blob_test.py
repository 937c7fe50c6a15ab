#!/usr/bin/env python3
"""Blobs that commands put, of all kinds, also on a mount. Exits with 77 where nothing can be mounted.

  blob_test.py BINARY [unittest arguments]
"""
import base64
import errno
import hashlib
import hmac
import json
import os
import pathlib
import subprocess
import sys
import unittest

import harness
from harness import FAILURE, NOT_FOUND, REFUSED, USAGE, MountedTest

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

    def key_file(self, name, content, mode=0o600):
        file = self.directory / name
        file.write_bytes(content)
        file.chmod(mode)
        return file

    def read(self, *arguments):
        """(exit status, stdout as bytes, stderr)"""
        done = subprocess.run([harness.BINARY, "--root", str(self.root), "blob", "get", *map(str, arguments)],
                              capture_output=True, timeout=60, check=False)
        return done.returncode, done.stdout, done.stderr

    def test_get(self):
        content = bytes(range(256)) * (BLOCK // 256) + b"end"
        first = self.put("cat", content)["version"]
        self.put("cat", b"miaow")
        self.assertEqual(self.read("westus/photos/cat"), (0, b"miaow", b""))
        self.assertEqual(self.read("westus/photos/cat", "--version", first), (0, content, b""))
        out = self.directory / "out"
        out.write_bytes(b"before")
        self.assertEqual(self.run_json("blob", "get", "westus/photos/cat", out, "--version", first)["bytes"],
                         len(content))
        self.assertEqual(out.read_bytes(), content)
        self.put("empty", b"")
        self.run_ok("blob", "get", "westus/photos/empty", out)
        self.assertEqual(out.read_bytes(), b"")
        self.run_ok("blob", "tier", "westus/photos/cat", "Archive")
        self.assert_fails(REFUSED, "blob", "get", "westus/photos/cat", out, naming=("archive",))
        self.assertEqual(sorted(path.name for path in self.directory.glob("out*")), ["out"])

    def test_get_into_what_is_no_regular_file(self):
        content = b"miaow" * BLOCK
        self.put("cat", content)
        pipe = self.directory / "pipe"
        os.mkfifo(pipe)
        arrived = self.directory / "arrived"
        with arrived.open("wb") as file, subprocess.Popen(["cat", pipe], stdout=file) as reader:
            self.run_ok("blob", "get", "westus/photos/cat", pipe)
            self.assertEqual(reader.wait(timeout=60), 0)
        self.assertEqual(arrived.read_bytes(), content)
        self.assertTrue(pipe.is_fifo())
        self.assert_fails(FAILURE, "blob", "get", "westus/photos/cat", self.root, naming=(self.root,))

    def test_get_through_symbolic_links(self):
        self.put("cat", b"miaow")
        below = self.directory / "below"
        below.mkdir()
        for target in ("there", "missing"):
            link = self.directory / ("to-" + target)
            link.symlink_to("step-" + target)
            (self.directory / ("step-" + target)).symlink_to(below / target)
        (below / "there").write_bytes(b"before, and longer")
        for target in ("there", "missing"):
            link = self.directory / ("to-" + target)
            self.run_ok("blob", "get", "westus/photos/cat", link)
            self.assertEqual(os.readlink(link), "step-" + target)
            self.assertEqual((below / target).read_bytes(), b"miaow")
        loop = self.directory / "loop"
        loop.symlink_to("loop")
        self.assert_fails(FAILURE, "blob", "get", "westus/photos/cat", loop, naming=("loop",))
        self.assertEqual(sorted(path.name for path in below.iterdir()), ["missing", "there"])

    def test_customer_provided_key(self):
        secret = bytes(range(32))
        content = b"secret" * BLOCK
        keys = [self.key_file("raw", secret), self.key_file("hex", secret.hex().encode() + b"\n"),
                self.key_file("base64", base64.b64encode(secret) + b"\n")]
        sha256 = base64.b64encode(hashlib.sha256(secret).digest()).decode()
        shown = self.put("cat", content, "--key-file", keys[0])
        self.assertEqual((shown["encryptionKeySha256"], shown["bytes"]), (sha256, len(content)))
        self.assertIn(sha256, self.run_ok("blob", "show", "westus/photos/cat"))
        for key in keys:
            self.assertEqual(self.read("westus/photos/cat", "--key-file", key), (0, content, b""))
        out = self.directory / "out"
        out.write_bytes(b"for all to read")
        self.run_ok("blob", "get", "westus/photos/cat", out, "--key-file", keys[0])
        self.assertEqual((out.read_bytes(), out.stat().st_mode & 0o777), (content, 0o600))
        self.assert_fails(REFUSED, "blob", "get", "westus/photos/cat", naming=(sha256, "none was given"))
        other = self.key_file("other", bytes(32))
        self.assert_fails(REFUSED, "blob", "get", "westus/photos/cat", "--key-file", other,
                          naming=(sha256, "another key"))
        self.assert_clean()
        self.assertEqual(self.files_with(secret, secret.hex().encode(), base64.b64encode(secret), b"secretsecret"), [])

    def files_with(self, *needles):
        """Those of the program that hold one of them."""
        return [path for path in self.root.rglob("*") if path.is_file()
                and any(needle in path.read_bytes() for needle in needles)]

    def test_key_files_that_are_refused(self):
        file = self.directory / "input"
        file.write_bytes(b"x")
        put = ("blob", "put", "westus/photos/cat", file, "--key-file")
        self.assert_fails(REFUSED, *put, self.key_file("open", bytes(32), 0o640), naming=("chmod 600",))
        for content in (b"", bytes(31), b"0" * 63, b"0" * 65, base64.b64encode(bytes(33)), bytes(200)):
            self.assert_fails(USAGE, *put, self.key_file("bad", content), naming=("bad", "32 bytes"))
        self.assert_fails(NOT_FOUND, *put, self.directory / "none", naming=("none",))

    def test_key_on_a_mount(self):
        key = self.key_file("key", bytes(range(32)))
        self.make_policy()
        self.put("cat", b"miaow", "--key-file", key)
        self.mount()
        cat = self.source / "cat"
        with self.assertRaises(OSError) as raised:
            cat.read_bytes()
        self.assertEqual(raised.exception.errno, errno.EACCES)
        self.assertEqual(self.run_program("replication", "wait", "westus/photos")[0], harness.REPLICATION_FAILED)
        failure = self.run_json("replication", "failures", "westus")[0]
        self.assertEqual(failure["code"], "CustomerProvidedKey")
        explained = self.run_json("replication", "explain", "westus/photos/cat", code=harness.REPLICATION_FAILED)
        self.assertIn("noCustomerProvidedKey", str(explained))
        self.umount()
        self.mount("--key-file", key)
        self.assertEqual(cat.read_bytes(), b"miaow")
        cat.chmod(0o600)
        self.assertEqual(cat.read_bytes(), b"miaow")
        cat.write_bytes(b"plain")
        self.run_ok("replication", "wait", "westus/photos")
        self.assertEqual((self.destination / "cat").read_bytes(), b"plain")
        self.assertEqual(self.run_json("blob", "show", "westus/photos/cat")["encryptionKeySha256"], None)

    def test_nothing_but_snapshots_below_a_directory(self):
        self.put("d/e/f", b"miaow")
        self.put("d/other", b"miaow")
        snapshot = self.run_ok("blob", "snapshot", "create", "westus/photos/d/e/f").strip()
        versions = [one["version"] for one in self.run_json("versions", "list", "westus/photos/d/e/f")]
        self.run_ok("versions", "delete", "westus/photos/d/e/f", *versions, "--current", "--yes")
        self.mount()
        past = self.source / ".versions"
        done = subprocess.run(["find", past, "-mindepth", "1", "-type", "d"], capture_output=True, text=True,
                              timeout=60, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(sorted(done.stdout.split()), [str(past / "d"), str(past / "d/other")])
        self.assertEqual(self.read("westus/photos/d/e/f", "--snapshot", snapshot), (0, b"miaow", b""))

    def memory_with(self, pid, needle):
        """The kernel's flags of each mapping of the process's own that has it: two letters each."""
        found = []
        begin, end, is_file, can_read = 0, 0, False, False
        with open(f"/proc/{pid}/smaps", encoding="utf-8") as maps, open(f"/proc/{pid}/mem", "rb") as memory:
            for line in maps.read().splitlines():
                fields = line.split()
                if "-" in fields[0] and not fields[0].endswith(":"):
                    begin, end = (int(part, 16) for part in fields[0].split("-"))
                    can_read, is_file = fields[1].startswith("r"), fields[4] != "0"
                elif fields[0] == "VmFlags:" and can_read and not is_file and "io" not in fields:
                    memory.seek(begin)
                    if needle in memory.read(end - begin):
                        found.append(fields[1:])
        return found

    @unittest.skipUnless(os.geteuid() == 0, "only root may look into the process")
    def test_key_in_the_memory_of_a_mount(self):
        secret = os.urandom(32)
        key = self.key_file("key", secret)
        self.put("cat", b"miaow", "--key-file", key)
        self.mount("--key-file", os.path.relpath(key))
        self.assertEqual((self.source / "cat").read_bytes(), b"miaow")
        pid = [json.loads(state.read_text())["pid"] for state in self.root.glob("mounts/*.json")][0]
        for purpose in (b"cipher", b"nonce"):
            derived = hmac.digest(secret, b"replicafs content: " + purpose, "sha256")
            flags = self.memory_with(pid, derived)
            self.assertEqual(len(flags), 1, purpose)
            self.assertLessEqual({"dd", "lo"}, set(flags[0]))
        for known in (secret, secret.hex().encode()):
            self.assertEqual(self.memory_with(pid, known), [])
        limits = pathlib.Path(f"/proc/{pid}/limits").read_text(encoding="utf-8")
        self.assertRegex(limits, r"Max core file size +0 +0 ")

    def test_a_container_that_has_snapshots_alone_is_not_empty(self):
        self.put("d/cat", b"miaow")
        self.run_ok("blob", "snapshot", "create", "westus/photos/d/cat")
        versions = [one["version"] for one in self.run_json("versions", "list", "westus/photos/d/cat")]
        self.run_ok("versions", "delete", "westus/photos/d/cat", *versions, "--current", "--yes")
        self.assert_fails(REFUSED, "container", "delete", "westus/photos", naming=("--yes", "snapshots"))
        self.run_ok("container", "delete", "westus/photos", "--yes")
        self.assert_clean()

    def test_snapshots(self):
        self.put("cat", b"miaow")
        first = self.run_json("blob", "snapshot", "create", "westus/photos/cat")
        self.put("cat", b"purr")
        second = self.run_ok("blob", "snapshot", "create", "westus/photos/cat").strip()
        listed = self.run_json("blob", "snapshot", "list", "westus/photos/cat")
        self.assertEqual([(item["snapshot"], item["bytes"]) for item in listed], [(second, 4), (first["snapshot"], 5)])
        self.assertEqual(len(self.run_json("versions", "list", "westus/photos/cat")), 4)
        self.assertIn(second, self.run_ok("blob", "snapshot", "list", "westus/photos/cat"))
        self.assertEqual(self.read("westus/photos/cat", "--snapshot", first["snapshot"]), (0, b"miaow", b""))
        self.assert_fails(NOT_FOUND, "blob", "get", "westus/photos/cat", "--version", second, naming=(second,))
        self.assert_fails(NOT_FOUND, "blob", "get", "westus/photos/cat", "--snapshot", first["version"])
        self.assert_fails(USAGE, "blob", "get", "westus/photos/cat", "--snapshot", second, "--version", second)
        self.assert_fails(NOT_FOUND, "blob", "snapshot", "delete", "westus/photos/cat", second, first["version"])
        self.assert_clean()
        self.run_ok("blob", "snapshot", "delete", "westus/photos/cat", second, first["snapshot"])
        self.assertEqual(self.run_json("blob", "snapshot", "list", "westus/photos/cat"), [])

    def test_snapshots_are_not_replicated(self):
        self.make_policy()
        self.mount()
        (self.source / "cat").write_bytes(b"miaow")
        self.run_ok("blob", "snapshot", "create", "westus/photos/cat")
        self.run_ok("replication", "wait", "westus/photos")
        self.assertEqual(self.run_json("blob", "snapshot", "list", "eastus/photos/cat"), [])
        self.assertEqual(len(self.run_json("versions", "list", "eastus/photos/cat")), 2)
        self.assertEqual(sorted(os.listdir(self.source / ".versions/cat")),
                         sorted(item["version"] for item in self.run_json("versions", "list", "westus/photos/cat")))
        self.assert_fails(REFUSED, "blob", "snapshot", "create", "eastus/photos/cat")

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
