#!/usr/bin/env python3
"""Commands on a mount: paths below it, waiting, versions. Exits with 77 where nothing can be mounted.

  mounted_test.py BINARY [unittest arguments]
"""
import json
import os
import signal
import subprocess
import sys

import harness
from harness import NOT_FOUND, OK, REFUSED, REPLICATION_FAILED, TIMEOUT, USAGE, MountedTest


# Its munmap waits for the mount.
MAPS_AND_UNMAPS = """
import mmap, os, sys
file = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT)
os.truncate(file, 4096)
map = mmap.mmap(file, 4096)
os.close(file)
map[0:5] = b"miaow"
print("mapped", flush=True)
sys.stdin.readline()
map.close()
"""


class Mounted(MountedTest):
    def test_umount_of_another_roots_mount_warns(self):
        self.mount()
        other = {"REPLICAFS_ROOT": str(self.directory / "other")}
        code, _, err = self.run_program("umount", self.mountpoint, environment=other)
        self.mounted = code != OK
        self.assertEqual(code, OK, err)
        self.assertIn("another --root", err)
        self.assertFalse(os.path.ismount(self.mountpoint))

    def stop_the_daemon(self):
        [state] = (self.root / "mounts").glob("*.json")
        pid = json.loads(state.read_text())["pid"]
        os.kill(pid, signal.SIGSTOP)
        self.addCleanup(self.umount)
        self.addCleanup(os.kill, pid, signal.SIGCONT)

    def test_umount_of_a_mount_that_does_not_answer(self):
        self.mount()
        (self.source / "cat").write_text("miaow")
        self.stop_the_daemon()
        self.assert_fails_once(TIMEOUT, "umount", self.mountpoint, "--timeout", "100ms", naming=("still", self.mountpoint))
        self.assertFalse(os.path.ismount(self.mountpoint))
        self.mounted = False

    def test_umount_of_a_mount_that_is_in_use_and_does_not_answer(self):
        self.mount()
        user = subprocess.Popen([sys.executable, "-c", MAPS_AND_UNMAPS, self.source / "cat"], stdin=subprocess.PIPE,
                                stdout=subprocess.PIPE, text=True)
        self.addCleanup(user.communicate, timeout=60)
        self.assertEqual(user.stdout.readline(), "mapped\n")
        self.stop_the_daemon()
        user.stdin.write("unmap\n")
        user.stdin.flush()
        self.assert_fails_once(REFUSED, "umount", self.mountpoint, naming=("in use", "does not answer"))

    def test_wait_returns_when_the_replica_is_there(self):
        self.make_policy()
        self.mount()
        (self.source / "d").mkdir()
        for path in ("westus", "westus/photos", "westus/photos/d", "eastus/photos", self.source / "d/cat",
                     self.destination / "d"):
            (self.source / "d/cat").write_text(str(path))
            self.assertEqual(self.run_json("replication", "wait", path, "--timeout", "60s")["result"], "complete")
            self.assertEqual((self.destination / "d/cat").read_text(), str(path))
        self.assertEqual(self.run_ok("replication", "wait"), "everything is copied\n")
        [link] = self.run_json("replication", "status", "westus")
        self.assertEqual((link["state"], link["pendingOperations"], link["failed"]), ("running", 0, 0))
        self.assertGreater(link["owner"]["pid"], 0)
        self.assertGreater(link["versionsCopied"], 5)
        self.assertIn("running", self.run_ok("replication", "status"))

    def test_wait_warns_and_times_out_when_nobody_runs_the_link(self):
        self.make_policy()
        self.mount("--no-replication")
        (self.source / "cat").write_text("miaow")
        code, out, err = self.run_program("replication", "wait", self.source, "--timeout", "200ms")
        self.assertEqual((code, out), (TIMEOUT, ""))
        self.assertIn("no process runs the link westus -> eastus", err)
        self.assertIn("1 operation (5 B) pending", err)
        got = self.run_json("replication", "wait", "westus", "--timeout", "0s", code=TIMEOUT)
        self.assertEqual((got["result"], got["pendingOperations"], got["pendingBytes"]), ("timeout", 1, 5))
        [link] = self.run_json("replication", "status")
        self.assertEqual((link["state"], link["pendingOperations"], link["pendingBytes"]), ("waiting", 1, 5))
        self.assertIn("no process runs this link", self.run_ok("replication", "status"))

    def test_wait_elsewhere_does_not_look_at_this_prefix(self):
        self.make_policy()
        self.mount("--no-replication")
        (self.source / "cat").write_text("miaow")
        self.assertEqual(self.run_json("replication", "wait", "westus/photos/dog")["result"], "complete")

    def test_what_cannot_be_copied_is_reported(self):
        self.make_policy()
        self.mount("--no-replication")
        (self.source / "cat").write_text("miaow")
        os.setxattr(self.source / "cat", "user.blob.tier", b"Archive")
        self.umount()
        self.mount()
        got = self.run_json("replication", "wait", "westus", "--timeout", "60s", code=REPLICATION_FAILED)
        self.assertEqual(got["result"], "failed")
        [failure] = got["failures"]
        self.assertEqual((failure["container"], failure["name"]), ("photos", "cat"))
        self.assertTrue(failure["reason"])
        self.assertIn(failure["code"], self.run_ok("replication", "failures", "westus"))
        self.assertEqual(self.run_json("replication", "status")[0]["failed"], 1)
        code, out, err = self.run_program("replication", "wait", "westus/photos")
        self.assertEqual(code, REPLICATION_FAILED)
        self.assertIn("westus/photos/cat", out)
        self.assertIn("1 not copied", err)

        os.setxattr(self.source / "cat", "user.blob.tier", b"Hot")
        (self.source / "cat").write_text("again")
        self.assertEqual(self.run_json("replication", "wait", "westus", "--timeout", "60s")["failures"], [])
        [given_up] = self.run_json("replication", "failures", "westus")
        self.assertEqual((given_up["state"], given_up["version"]), ("superseded", failure["version"]))
        [link] = self.run_json("replication", "status")
        self.assertEqual((link["failed"], link["superseded"]), (0, 1))
        self.assertIn("superseded", self.run_ok("replication", "failures"))
        past = self.source / ".versions/cat" / failure["version"]
        self.assertEqual(os.getxattr(past, "user.replication.status"), b"failed")
        self.assertEqual(os.getxattr(self.source / "cat", "user.replication.status"), b"complete")

    def archive_before_it_is_copied(self, name):
        self.mount("--no-replication")
        (self.source / name).write_text("miaow")
        os.setxattr(self.source / name, "user.blob.tier", b"Archive")
        self.umount()
        self.mount()
        self.run_json("replication", "wait", "westus", "--timeout", "60s", code=REPLICATION_FAILED)

    def causes(self, path, code):
        explained = self.run_json("replication", "explain", path, code=code)
        [policy] = explained["policies"]
        return policy, [check["check"] for check in policy["checks"] if check["finding"] == "cause"]

    def test_pending_is_counted_explained_and_mapped(self):
        policy = self.make_policy()
        self.mount("--no-replication")
        (self.source / "cat").write_text("miaow")
        (self.source / "dog").write_text("wuff")
        (self.source / "dog").unlink()
        self.umount()
        [link] = self.run_json("replication", "status")
        self.assertEqual(link["pendingByAge"][0], {"TimeBucket": "0-5min", "PendingOperationsForReplication": 3,
                                                   "PendingBytesForReplication": 9})
        self.assertEqual((link["pendingOperations"], link["pendingBytes"]), (3, 9))
        self.assert_time(link["oldestPending"])
        self.assertIn("3 (9 B)", self.run_ok("replication", "status"))
        explained, causes = self.causes("westus/photos/cat", REPLICATION_FAILED)
        self.assertEqual((explained["policyId"], explained["status"], causes), (policy, "pending", ["linkRunning"]))
        code, out, err = self.run_program("replication", "explain", "westus/photos/cat")
        self.assertEqual((code, err), (REPLICATION_FAILED, ""))
        self.assertRegex(out, r"a process runs the link +CAUSE")
        self.assertIn("what helps: mount one of its accounts", out)
        [mapped] = self.run_json("replication", "map", "westus/photos/cat")
        [version] = mapped["versions"]
        self.assertEqual((version["destinationVersion"], version["status"]), (None, "pending"))

    def test_a_failure_is_explained_and_heals_with_retry(self):
        self.make_policy()
        self.archive_before_it_is_copied("cat")
        cat = self.source / "cat"
        [failure] = self.run_json("replication", "failures", "westus")
        self.assertEqual((failure["code"], failure["kind"]), ("SourceBlobArchived", "Created"))
        self.assertGreaterEqual(failure["ageSeconds"], 0)
        self.assertGreaterEqual(failure["attempts"], 1)
        for path in (cat, "eastus/photos/cat"):
            explained, causes = self.causes(path, REPLICATION_FAILED)
            self.assertEqual((explained["status"], causes), ("failed", ["notArchived"]))
        self.assertEqual(explained["failure"]["code"], "SourceBlobArchived")

        got = self.run_json("replication", "retry", cat, code=REPLICATION_FAILED)
        self.assertEqual((got["tried"], got["left"], got["links"][0]["byOwner"]), (1, 1, True))
        self.assertGreater(got["failures"][0]["attempts"], failure["attempts"])
        code, out, err = self.run_program("replication", "retry", "westus")
        self.assertEqual(code, REPLICATION_FAILED)
        self.assertIn("westus/photos/cat", out)
        self.assertIn("1 tried again, 1 left", err)

        os.setxattr(cat, "user.blob.tier", b"Hot")
        self.assertEqual(self.run_ok("replication", "retry"), "1 tried again, 0 left\n")
        self.assertEqual((self.destination / "cat").read_text(), "miaow")
        explained, causes = self.causes(cat, OK)
        self.assertEqual((explained["status"], causes), ("complete", []))

    def test_retry_without_an_owner_does_it_itself(self):
        self.make_policy()
        self.archive_before_it_is_copied("cat")
        self.umount()
        self.mount("--no-replication")
        os.setxattr(self.source / "cat", "user.blob.tier", b"Hot")
        code, out, err = self.run_program("replication", "retry", "westus/photos")
        self.assertEqual((code, out), (OK, "1 tried again, 0 left\n"), err)
        self.assertIn("no process runs the link westus -> eastus", err)
        self.assertEqual(self.run_json("replication", "failures"), [])

    def test_versions_are_mapped_in_both_directions(self):
        policy = self.make_policy()
        self.mount()
        for text in ("one", "two"):
            (self.source / "cat").write_text(text)
            self.run_ok("replication", "wait", "westus", "--timeout", "60s")
        [mapped] = self.run_json("replication", "map", self.source / "cat")
        self.assertEqual(self.run_json("replication", "map", self.destination / "cat"), [mapped])
        for at_source, pair in zip(self.run_json("versions", "list", self.source / "cat"), mapped["versions"]):
            self.assertEqual((pair["sourceVersion"], pair["sourceState"]), (at_source["version"], at_source["state"]))
            self.assertEqual((pair["destinationState"], pair["status"], pair["policyId"]),
                             (at_source["state"], "complete", policy))
            replica = self.destination / ".versions/cat" / pair["destinationVersion"]
            original = self.source / ".versions/cat" / pair["sourceVersion"]
            self.assertEqual(replica.read_text(), original.read_text())
        out = self.run_ok("replication", "map", "eastus/photos/cat")
        self.assertIn("westus/photos/cat -> eastus/photos/cat", out)
        self.assertIn(mapped["versions"][1]["destinationVersion"], out)

    def test_versions_of_a_file_below_the_mount(self):
        self.mount()
        cat = self.source / "cat"
        cat.write_text("one")
        cat.write_text("other")
        newest, oldest = self.run_json("versions", "list", cat)
        self.assertEqual([(v["state"], v["bytes"]) for v in (newest, oldest)], [("current", 5), ("previous", 3)])
        self.assert_time(oldest["version"])
        self.assertEqual(self.run_json("versions", "list", "westus/photos/cat"), [newest, oldest])
        self.assertEqual(len(self.run_ok("versions", "list", cat).splitlines()), 3)

        restored = self.run_json("versions", "restore", cat, oldest["version"])
        self.assertEqual(restored["restored"], oldest["version"])
        self.assertGreater(restored["version"], newest["version"])
        self.assertEqual((self.source / ".versions/cat" / restored["version"]).read_text(), "one")
        self.assertEqual(len(self.run_json("versions", "list", cat)), 3)
        self.assertIn("already", self.run_ok("versions", "restore", cat, restored["version"]))

    def test_a_deleted_blob_comes_back(self):
        self.mount()
        cat = self.source / "cat"
        cat.write_text("one")
        self.unlink(cat)
        [version] = self.run_json("versions", "list", cat)
        self.assertEqual(version["state"], "previous")
        self.run_ok("versions", "restore", "westus/photos/cat", version["version"])
        self.umount()
        self.mount()
        self.assertEqual(cat.read_text(), "one")

    def test_a_destination_refuses_to_restore(self):
        policy = self.make_policy()
        self.mount()
        (self.source / "cat").write_text("one")
        self.run_ok("replication", "wait", "westus", "--timeout", "60s")
        [version] = self.run_json("versions", "list", self.destination / "cat")
        self.assertTrue(version["source"].startswith("westus/photos/cat@"))
        self.assert_fails(REFUSED, "versions", "restore", self.destination / "cat", version["version"],
                          naming=(policy,))

    def test_a_mount_of_a_part_leads_to_it(self):
        self.mount("westus/photos/2026")
        (self.mountpoint / "cat").write_text("one")
        self.assertEqual(len(self.run_json("versions", "list", "westus/photos/2026/cat")), 1)
        self.assertEqual(len(self.run_json("versions", "list", self.mountpoint / "cat")), 1)

    def test_a_name_that_linux_cannot_show_is_found_by_its_escape(self):
        self.mount()
        (self.source / "a\tb\\c").write_text("one")
        self.assertEqual(len(self.run_json("versions", "list", self.source / "a\tb\\c")), 1)

    def test_a_container_with_blobs_is_deleted_only_with_yes(self):
        self.mount()
        (self.source / "cat").write_text("one")
        shown = self.run_json("container", "show", "westus/photos")
        self.assertEqual((shown["blobs"], shown["bytes"]), (1, 3))
        self.assert_fails(REFUSED, "container", "delete", "westus/photos", naming=("--yes",))
        self.unlink(self.source / "cat")
        self.assert_fails(REFUSED, "container", "delete", "westus/photos", naming=("--yes",))
        self.run_ok("container", "delete", "westus/photos", "--yes")
        self.assert_fails(NOT_FOUND, "container", "show", "westus/photos")

    def test_the_working_directory_below_a_mount(self):
        self.mount()
        (self.source / "cat").write_text("one")
        done = subprocess.run([harness.BINARY, "versions", "list", "./cat"], cwd=self.source, capture_output=True,
                              env={"REPLICAFS_ROOT": str(self.root)}, timeout=60, check=False)
        self.assertEqual(done.returncode, OK, done.stderr)
        self.assert_fails(USAGE, "versions", "list", self.source)


if __name__ == "__main__":
    harness.main_mounted(sys.argv[1])
