"""Runs the real program on a root of its own, one for each test."""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

BINARY = None
TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$")
GUID = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")

OK, FAILURE, USAGE, TIMEOUT, REPLICATION_FAILED, NOT_FOUND, REFUSED = range(7)


class CommandTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="replicafs-tools-")
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)
        self.root = self.directory / "root"

    def run_program(self, *arguments, environment=None):
        """(exit status, stdout, stderr)"""
        done = subprocess.run([BINARY, *map(str, arguments)], capture_output=True, text=True, timeout=60,
                              env={"PATH": "/usr/bin:/bin", "HOME": str(self.directory),
                                   "REPLICAFS_ROOT": str(self.root), **(environment or {})}, check=False)
        return done.returncode, done.stdout, done.stderr

    def run_ok(self, *arguments):
        """Its stdout."""
        code, out, err = self.run_program(*arguments)
        self.assertEqual((code, err), (OK, ""), f"{arguments}: {out}")
        return out

    def unlink(self, path):
        """Removes a file of a mount, so that other processes know of it."""
        path.unlink()
        directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        os.fsync(directory)
        os.close(directory)

    def run_json(self, *arguments, code=OK):
        """What it printed as JSON."""
        got, out, err = self.run_program(*arguments, "--output", "json")
        self.assertEqual(got, code, f"{arguments}: {out}{err}")
        return json.loads(out)

    def assert_fails_once(self, code, *arguments, naming=()):
        """The same in the plain form alone, for what is otherwise when it is tried again."""
        got, out, err = self.run_program(*arguments)
        self.assertEqual((got, out), (code, ""), f"{arguments}: {err}")
        self.assertTrue(err.startswith("replicafs: "), err)
        self.assertEqual(err.count("\n"), 1, err)
        for part in naming:
            self.assertIn(str(part), err)

    def assert_fails(self, code, *arguments, naming=()):
        """Exits with the code, says why on stderr in both forms, and prints nothing else."""
        self.assert_fails_once(code, *arguments, naming=naming)
        got, out, err = self.run_program(*arguments, "--output", "json")
        self.assertEqual((got, out), (code, ""), f"{arguments}: {err}")
        error = json.loads(err)["error"]
        self.assertEqual(sorted(error), ["code", "message"])
        for part in naming:
            self.assertIn(str(part), error["message"])

    def assert_time(self, text):
        self.assertRegex(text, TIME)

    def make_containers(self, *paths):
        for path in paths:
            account = path.split("/")[0]
            if self.run_program("account", "show", account)[0] == NOT_FOUND:
                self.run_ok("account", "create", account)
            self.run_ok("container", "create", path)


class MountedTest(CommandTest):
    """westus/photos and eastus/photos, mounted when a test says so."""

    def setUp(self):
        super().setUp()
        self.make_containers("westus/photos", "eastus/photos")
        self.mountpoint = self.directory / "mnt"
        self.mountpoint.mkdir()
        self.source = self.mountpoint / "westus/photos"
        self.destination = self.mountpoint / "eastus/photos"
        self.mounted = False
        self.addCleanup(self.umount)

    def mount(self, *arguments):
        self.run_ok("mount", *arguments, self.mountpoint)
        self.mounted = True

    def umount(self):
        if self.mounted:
            self.run_ok("umount", self.mountpoint)
        self.mounted = False

    def make_policy(self):
        return self.run_json("policy", "create", "--source", "westus", "--destination", "eastus", "--rule",
                             "photos:photos", "--existing")["policyId"]


def main(binary):
    global BINARY
    BINARY = binary
    unittest.main(module="__main__", argv=sys.argv[:1] + sys.argv[2:], verbosity=2)


def main_mounted(binary):
    if not os.access("/dev/fuse", os.R_OK | os.W_OK):
        print("skipped: /dev/fuse is missing or may not be opened")
        sys.exit(77)
    main(binary)
