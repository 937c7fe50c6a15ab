#!/usr/bin/env python3
"""Tiers, immutability policies and legal holds of blobs, on a mount. Exits with 77 where nothing can be mounted.

  immutability_test.py BINARY [unittest arguments]
"""
import errno
import os
import sys

import harness
from harness import NOT_FOUND, REFUSED, USAGE, MountedTest

BLOB = "westus/photos/cat"


class ImmutabilityTest(MountedTest):
    def setUp(self):
        super().setUp()
        self.mount()
        self.cat = self.source / "cat"
        self.cat.write_bytes(b"miaow")

    def refused(self, call, *arguments):
        with self.assertRaises(OSError) as raised:
            call(*arguments)
        self.assertEqual(raised.exception.errno, errno.EACCES)

    def xattr(self, name):
        try:
            return os.getxattr(self.cat, "user.blob." + name).decode()
        except OSError as error:
            self.assertEqual(error.errno, errno.ENODATA)
            return None

    def test_shown(self):
        os.setxattr(self.cat, "user.blob.tag.colour", b"red")
        os.setxattr(self.cat, "user.blob.content-type", b"image/jpeg")
        shown = self.run_json("blob", "show", self.cat)
        self.assertEqual(shown["name"], BLOB)
        self.assertEqual(shown, self.run_json("blob", "show", BLOB, "--version", shown["version"]))
        self.assertEqual((shown["bytes"], shown["state"], shown["tier"], shown["tags"], shown["contentType"]),
                         (5, "current", "Hot", {"colour": "red"}, "image/jpeg"))
        self.assertEqual((shown["immutabilityPolicy"], shown["legalHold"], shown["immutableUntil"]),
                         (None, False, None))
        out = self.run_ok("blob", "show", BLOB)
        for part in ("image/jpeg", "tag colour", shown["version"], shown["etag"]):
            self.assertIn(part, out)
        self.assert_fails(NOT_FOUND, "blob", "show", "westus/photos/dog", naming=("westus/photos/dog", "versions list"))
        self.assert_fails(USAGE, "blob", "show", "westus/photos")

    def test_policy_until_it_is_deleted(self):
        self.assert_fails(USAGE, "blob", "immutability", "set", BLOB, naming=("--until", "--days"))
        self.assert_fails(USAGE, "blob", "immutability", "set", BLOB, "--until", "tomorrow", naming=("tomorrow",))
        self.assert_fails(USAGE, "blob", "immutability", "set", BLOB, "--until", "2001-01-01T00:00:00Z",
                          naming=(BLOB, "has passed"))
        self.assert_fails(NOT_FOUND, "blob", "immutability", "lock", BLOB, naming=("immutability set " + BLOB,))
        set_ = self.run_json("blob", "immutability", "set", BLOB, "--days", "2")
        self.assertEqual(set_["immutabilityPolicy"]["mode"], "Unlocked")
        self.assertEqual(set_["immutabilityPolicy"]["until"], set_["immutableUntil"])
        self.assertEqual(self.xattr("immutable-until"), set_["immutableUntil"])
        self.refused(self.cat.write_bytes, b"other")
        self.refused(self.cat.unlink)
        self.refused(os.rename, self.cat, self.source / "dog")
        self.refused(os.chmod, self.cat, 0o600)
        self.assertEqual(self.cat.read_bytes(), b"miaow")
        self.assert_fails(REFUSED, "versions", "delete", BLOB, set_["version"], "--current", naming=("immutable until",))

        self.assertIsNone(self.run_json("blob", "immutability", "delete", BLOB)["immutabilityPolicy"])

        self.assertIsNone(self.xattr("immutable-until"))
        self.cat.write_bytes(b"other")

    def test_locked_policy_stays(self):
        until = "2099-01-01T00:00:00.0000000Z"
        self.run_ok("blob", "immutability", "set", BLOB, "--until", until)
        locked = self.run_json("blob", "immutability", "lock", BLOB)
        self.assertEqual(locked["immutabilityPolicy"], {"until": until, "mode": "Locked"})
        self.assert_fails(REFUSED, "blob", "immutability", "delete", BLOB, naming=(BLOB, "locked"))
        self.assert_fails(REFUSED, "blob", "immutability", "set", BLOB, "--days", "1", naming=(BLOB, "not shorter"))
        longer = self.run_json("blob", "immutability", "set", BLOB, "--until", "2100-01-01T00:00:00Z")
        self.assertEqual(longer["immutabilityPolicy"], {"until": "2100-01-01T00:00:00.0000000Z", "mode": "Locked"})
        self.assert_fails(REFUSED, "container", "delete", "westus/photos", "--yes", naming=("cat", "immutable until"))

    def test_legal_holds_of_the_blob_and_its_container(self):
        self.assertTrue(self.run_json("blob", "legal-hold", "set", BLOB)["legalHold"])
        self.assertEqual(self.xattr("legal-hold"), "true")
        self.refused(self.cat.unlink)
        self.run_ok("container", "legal-hold", "set", "westus/photos", "case1")
        self.assertFalse(self.run_json("blob", "legal-hold", "clear", BLOB)["legalHold"])
        self.assertIn("case1, on its container", self.run_ok("blob", "show", BLOB))
        self.refused(self.cat.unlink)
        (self.source / "dog").write_bytes(b"new names may be made")
        self.run_ok("container", "legal-hold", "clear", "westus/photos", "case1")
        self.assertIsNone(self.xattr("legal-hold"))
        self.cat.unlink()

    def test_tier(self):
        self.assertEqual(self.run_json("blob", "tier", BLOB, "archive")["tier"], "Archive")
        self.refused(self.cat.read_bytes)
        self.assertEqual(self.run_json("blob", "tier", BLOB, "Hot")["tier"], "Hot")
        self.assertEqual(self.cat.read_bytes(), b"miaow")
        self.assert_fails(USAGE, "blob", "tier", BLOB, "Warm", naming=("Warm", "Archive"))

    def test_rehydration_that_takes_time(self):
        self.run_ok("account", "rehydration", "westus", "1h")
        self.run_ok("blob", "tier", BLOB, "Archive")
        pending = self.run_json("blob", "tier", BLOB, "Cool")
        self.assertEqual((pending["tier"], pending["archiveStatus"]), ("Archive", "rehydrate-pending-to-cool"))
        self.assert_time(pending["rehydratedAt"])
        self.assertEqual((self.xattr("tier"), self.xattr("archive-status")), ("Archive", "rehydrate-pending-to-cool"))
        self.assertIn("on its way to Cool", self.run_ok("blob", "show", BLOB))
        self.assert_fails(REFUSED, "blob", "tier", BLOB, "Hot", naming=(BLOB, "Cool"))
        self.refused(self.cat.read_bytes)


if __name__ == "__main__":
    harness.main_mounted(sys.argv[1])
