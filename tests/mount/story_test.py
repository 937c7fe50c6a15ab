#!/usr/bin/env python3
"""The story that the object-replication document tells, from beginning to end, through a mount. Run by hand it shows what
a user would type and see.

  story_test.py BINARY
"""
import json
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tools"))
import harness  # noqa: E402
from harness import NOT_FOUND, REPLICATION_FAILED, MountedTest  # noqa: E402


class Story(MountedTest):
    def say(self, text):
        print(f"# {text}", flush=True)

    def cli(self, *arguments, code=harness.OK):
        """A command as a user gives it; its standard output."""
        print("$ replicafs", *arguments, flush=True)
        got, out, err = self.run_program(*arguments)
        print(out + err, end="", flush=True)
        self.assertEqual(got, code, err)
        return out

    def status(self, path):
        return os.getxattr(path, "user.replication.status").decode()

    def wait(self, code=harness.OK):
        self.cli("replication", "wait", self.source, "--timeout", "60s", code=code)

    def test_the_documents_story(self):
        self.say("A policy, by a definition file: the destination first, then the source with the ids it got there")
        definition = self.directory / "policy.json"
        definition.write_text(json.dumps({"properties": {
            "policyId": "default", "sourceAccount": "westus", "destinationAccount": "eastus",
            "rules": [{"ruleId": "", "sourceContainer": "photos", "destinationContainer": "photos",
                       "filters": {"prefixMatch": ["b"], "minCreationTime": "2021-08-28T00:00:00Z"}}]}}))
        half = self.run_json("policy", "create", "--account", "eastus", "--policy", definition)
        definition.write_text(json.dumps(half))
        self.cli("policy", "create", "--account", "westus", "--policy", definition)
        policy = half["policyId"]
        self.mount()

        self.say("Write, and see how far it is")
        (self.source / "blue.txt").write_text("one")
        (self.source / "alone.txt").write_text("not with b")
        self.wait()
        self.assertEqual(self.status(self.source / "blue.txt"), "complete")
        self.assertEqual(self.status(self.source / "alone.txt"), "none")
        self.assertEqual((self.destination / "blue.txt").read_text(), "one")
        self.assertEqual(self.status(self.destination / "blue.txt"), "replica")
        self.assertFalse((self.destination / "alone.txt").exists())
        rule = half["rules"][0]["ruleId"]
        self.assertEqual(os.getxattr(self.source / "blue.txt", f"user.replication.{policy}_{rule}"), b"complete")
        self.cli("replication", "status")
        self.cli("replication", "map", "westus/photos/blue.txt")

        self.say("A destination refuses writes")
        with self.assertRaises(PermissionError):
            (self.destination / "blue.txt").write_text("mine")
        with self.assertRaises(PermissionError):
            (self.destination / "new.txt").write_text("mine")

        self.say("Delete: no current version, the previous one is kept on both sides")
        self.unlink(self.source / "blue.txt")
        self.wait()
        self.assertFalse((self.destination / "blue.txt").exists())
        [version] = os.listdir(self.source / ".versions/blue.txt")
        self.assertEqual(len(os.listdir(self.destination / ".versions/blue.txt")), 1)

        self.say("Restore it")
        self.cli("versions", "restore", "westus/photos/blue.txt", version)
        self.wait()
        self.assertEqual((self.destination / "blue.txt").read_text(), "one")

        self.say("Archive the replica: the next change cannot be copied until it is back")
        os.setxattr(self.destination / "blue.txt", "user.blob.tier", b"Archive")
        self.assertEqual(self.status(self.source / "blue.txt"), "complete")
        (self.source / "blue.txt").write_text("two")
        self.wait(code=REPLICATION_FAILED)
        self.assertEqual(self.status(self.source / "blue.txt"), "failed")
        self.assertTrue(os.getxattr(self.source / "blue.txt", "user.replication.reason").startswith(
            b"DestinationBlobArchived: "))
        self.assertIn("archive", self.cli("replication", "explain", self.source / "blue.txt", code=REPLICATION_FAILED))
        os.setxattr(self.destination / "blue.txt", "user.blob.tier", b"Hot")
        self.cli("replication", "retry", "westus")
        self.assertEqual((self.destination / "blue.txt").read_text(), "two")

        self.say("A legal hold on the destination container")
        self.cli("container", "legal-hold", "set", "eastus/photos", "case1")
        (self.source / "blue.txt").write_text("three")
        self.wait(code=REPLICATION_FAILED)
        self.cli("replication", "failures", "westus")
        self.assertIn("immutab", self.cli("replication", "explain", "westus/photos/blue.txt", code=REPLICATION_FAILED))
        self.assertEqual((self.source / "blue.txt").read_text(), "three")
        self.assertEqual((self.destination / "blue.txt").read_text(), "two")

        self.say("Without it the blob heals")
        self.cli("container", "legal-hold", "clear", "eastus/photos", "case1")
        self.cli("replication", "retry", "westus")
        self.wait()
        self.assertEqual(self.status(self.source / "blue.txt"), "complete")
        self.assertEqual((self.destination / "blue.txt").read_text(), "three")

        self.say("Delete the policy: replicas stay, and the former destination takes writes")
        self.cli("policy", "delete", policy)
        self.cli("policy", "show", policy, code=NOT_FOUND)
        self.assertEqual((self.destination / "blue.txt").read_text(), "three")
        (self.destination / "blue.txt").write_text("mine")
        self.assertEqual((self.destination / "blue.txt").read_text(), "mine")


if __name__ == "__main__":
    harness.main_mounted(sys.argv[1])
