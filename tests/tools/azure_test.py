#!/usr/bin/env python3
"""Accounts of kind azure, at a real Azurite that ends with this program. Exits with 77 where it is not installed or
nothing can be mounted.

  azure_test.py BINARY [unittest arguments]
"""
import base64
import datetime
import hashlib
import hmac
import os
import pathlib
import shutil
import subprocess
import sys
import threading
import time
import unittest
import urllib.parse
import urllib.request
import xml.etree.ElementTree

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import harness  # noqa: E402
from harness import FAILURE, NOT_FOUND, REFUSED, USAGE, CommandTest  # noqa: E402
from support import scratch_mount  # noqa: E402

SOURCE = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = os.environ.get("REPLICAFS_AZURITE") or SOURCE / "build/azurite/node_modules/.bin/azurite-blob"
LARGE_BYTES = 9 << 20
FILES = 100
KILLS = 3


class Azurite:
    """One for all tests, each of which has an account of its own there."""

    def __init__(self):
        self.keys = {f"account{number}": base64.b64encode(os.urandom(32)).decode() for number in range(40)}
        self.process = subprocess.Popen(
            [PROGRAM, "--blobPort", "0", "--inMemoryPersistence", "--skipApiVersionCheck", "--disableTelemetry",
             "--silent"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, preexec_fn=scratch_mount.end_with_parent,
            env={**os.environ, "AZURITE_ACCOUNTS": ";".join(f"{name}:{key}" for name, key in self.keys.items())})
        self.left = iter(self.keys)
        said = ""
        for line in self.process.stdout:
            said += line
            if "listens on " in line:
                self.url = line.rsplit("listens on ", 1)[1].strip()
                return
        raise AssertionError(f"Azurite did not start: {said}")

    def end(self):
        self.process.terminate()
        self.process.wait(30)
        self.process.stdout.close()


class Service:
    """An account there, spoken to without the program, with a signature that is made here."""

    def __init__(self, azurite):
        self.name = next(azurite.left)
        self.key = azurite.keys[self.name]
        self.url = f"{azurite.url}/{self.name}"

    def connection_string(self):
        return f"AccountName={self.name};AccountKey={self.key};BlobEndpoint={self.url};"

    def sas(self, permissions="rwdxlacut", resource_types="sco", hours=1):
        version, protocols = "2022-11-02", "https,http"
        expiry = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=hours)).strftime(
            "%Y-%m-%dT%H:%M:%SZ")
        to_sign = "\n".join([self.name, permissions, "b", resource_types, "", expiry, "", protocols, version, "", ""])
        signature = hmac.new(base64.b64decode(self.key), to_sign.encode(), hashlib.sha256).digest()
        return urllib.parse.urlencode({"sv": version, "ss": "b", "srt": resource_types, "sp": permissions,
                                       "se": expiry, "spr": protocols, "sig": base64.b64encode(signature).decode()})

    def request(self, method, path, body=None, headers=None, query=""):
        url = f"{self.url}/{urllib.parse.quote(path)}?{query}{'&' if query else ''}{self.sas()}"
        request = urllib.request.Request(url, data=body, method=method,
                                         headers={"x-ms-version": "2022-11-02", **(headers or {})})
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.read()

    def put(self, path, content):
        self.request("PUT", path, content, {"x-ms-blob-type": "BlockBlob"})

    def get(self, path):
        return self.request("GET", path)

    def names(self, container):
        tree = xml.etree.ElementTree.fromstring(
            self.request("GET", container, query="restype=container&comp=list"))
        return [element.text for element in tree.iterfind("./Blobs/Blob/Name")]


class AzureTest(CommandTest):
    def setUp(self):
        super().setUp()
        self.service = Service(AZURITE)

    def secret_file(self, text, mode=0o600, name="credential"):
        file = self.directory / name
        file.write_text(text + "\n")
        file.chmod(mode)
        return file

    def create(self, *options, name="cloud"):
        self.run_ok("account", "create", name, "--kind", "azure", "--endpoint", self.service.url, *options)

    def create_with_key(self, *options):
        self.create("--credential-file", self.secret_file(self.service.key), *options)

    def assert_no_account(self):
        self.assertEqual(self.run_json("account", "list"), [])

    def assert_refused(self, code, *options, naming=(), environment=None, endpoint=None):
        """No account is left, and no secret shown."""
        got, out, err = self.run_program("account", "create", "cloud", "--kind", "azure", "--endpoint",
                                         endpoint or self.service.url, *options, environment=environment)
        self.assertEqual((got, out), (code, ""), err)
        self.assertEqual(err.count("\n"), 1, err)
        for part in naming:
            self.assertIn(str(part), err)
        self.assertNotIn(self.service.key, err)
        self.assert_no_account()


class AccountTest(AzureTest):
    def test_key_file(self):
        file = self.secret_file(self.service.key)
        self.create("--credential-file", file, "--check-seconds", "5")
        [account] = self.run_json("account", "list")
        self.assertEqual((account["kind"], account["endpoint"], account["auth"], account["credentialFile"],
                          account["checkSeconds"]), ("azure", self.service.url, "key", str(file), 5))
        self.assertIn(self.service.url, self.run_ok("account", "list"))
        shown = self.run_ok("account", "show", "cloud")
        for field in (r"kind +azure", f"endpoint +{self.service.url}", r"check +5 s", f"credential +{file}"):
            self.assertRegex(shown, f"(?m)^{field}$")
        self.assertEqual(self.run_json("account", "show", "cloud")["endpoint"], self.service.url)
        for path in self.root.rglob("*"):
            if path.is_file():
                self.assertNotIn(self.service.key.encode(), path.read_bytes(), path)

    def test_environment(self):
        for auth, variables in (
                ("key", {"AZURE_STORAGE_KEY": self.service.key}),
                ("key", {"AZURE_STORAGE_ACCESS_KEY": self.service.key}),
                ("sas", {"AZURE_STORAGE_SAS_TOKEN": "?" + self.service.sas()}),
                ("connection-string", {"AZURE_STORAGE_CONNECTION_STRING": self.service.connection_string()})):
            with self.subTest(auth=auth, variable=list(variables)[0]):
                name = "cloud" + str(len(self.run_json("account", "list")))
                done = self.run_program("account", "create", name, "--kind", "azure", "--endpoint", self.service.url,
                                        "--auth", auth, environment=variables)
                self.assertEqual((done[0], done[2]), (0, ""))
                listed = self.run_program("container", "list", name, environment=variables)
                self.assertEqual((listed[0], listed[2]), (0, ""))
                self.assert_fails(REFUSED, "container", "list", name, naming=(name, *variables))

    def test_connection_string_says_the_endpoint(self):
        file = self.secret_file(self.service.connection_string())
        self.run_ok("account", "create", "cloud", "--kind", "azure", "--auth", "connection-string",
                    "--credential-file", file)
        self.assertEqual(self.run_json("account", "list")[0]["endpoint"], self.service.url)
        other = Service(AZURITE)
        self.secret_file(other.connection_string())
        self.assert_fails(USAGE, "container", "list", "cloud", naming=(other.url, self.service.url))
        self.assert_fails(USAGE, "account", "create", "more", "--kind", "azure", "--auth", "connection-string",
                          "--credential-file", file, "--endpoint", self.service.url, naming=(other.url,))

    def test_signature_that_may_not_list(self):
        file = self.secret_file(self.service.sas(resource_types="co"))
        code, out, err = self.run_program("account", "create", "cloud", "--kind", "azure", "--endpoint",
                                          self.service.url, "--auth", "sas", "--credential-file", file)
        self.assertEqual(code, 0, err)
        self.assertIn("warning: the shared access signature may not list", err)
        self.assertIn("created account cloud", out)

    def test_what_is_refused(self):
        file = self.secret_file(self.service.key)
        wrong = base64.b64encode(bytes(32)).decode()
        self.assert_refused(REFUSED, "--credential-file", self.secret_file(wrong, name="wrong"),
                            naming=(self.service.url, "403"))
        self.assert_refused(REFUSED, "--auth", "sas", "--credential-file",
                            self.secret_file(self.service.sas(hours=-1), name="ended"), naming=("ended at",))
        for mode in (0o640, 0o604, 0o660):
            open_file = self.secret_file(self.service.key, mode, "open")
            self.assert_refused(REFUSED, "--credential-file", open_file, naming=(f"chmod 600 {open_file}",))
        self.assert_refused(NOT_FOUND, "--credential-file", self.directory / "none", naming=("none",))
        self.assert_refused(USAGE, "--credential-file", self.secret_file("not base64!", name="bad"), naming=("bad",))
        self.assert_refused(USAGE, "--credential-file", self.secret_file("", name="empty"), naming=("empty",))
        self.assert_refused(REFUSED, naming=("AZURE_STORAGE_KEY or AZURE_STORAGE_ACCESS_KEY", "--credential-file"))
        self.assert_refused(FAILURE, "--credential-file", file, endpoint="http://127.0.0.1:1/" + self.service.name,
                            naming=("http://127.0.0.1:1/",))
        self.assert_refused(USAGE, "--credential-file", file, "--versioning", "false", naming=("--versioning",))
        self.assert_refused(USAGE, "--credential-file", file, endpoint="https://x.queue.core.windows.net",
                            naming=("queue",))
        for options in (("--kind", "tape"), ("--kind", "azure"), ("--endpoint", self.service.url),
                        ("--auth", "key"), ("--check-seconds", "5"), ("--kind", "azure", "--auth", "magic")):
            self.assert_fails(USAGE, "account", "create", "cloud", *options)
        self.assert_no_account()

    @unittest.skipUnless(os.geteuid() == 0, "needs root")
    def test_file_of_another_user(self):
        file = self.secret_file(self.service.key)
        os.chown(file, 12345, -1)
        self.assert_refused(REFUSED, "--credential-file", file, naming=("chown 0", "chmod 600"))

    def test_without_asking_the_service(self):
        self.run_ok("account", "create", "cloud", "--kind", "azure", "--endpoint",
                    "http://127.0.0.1:1/" + self.service.name, "--no-check")
        self.assertEqual(len(self.run_json("account", "list")), 1)

    def test_update(self):
        file = self.secret_file(self.service.key)
        self.create("--credential-file", file)
        file.unlink()
        other = self.secret_file(self.service.sas(), name="other")
        self.run_ok("account", "update", "cloud", "--auth", "sas", "--credential-file", other, "--check-seconds", "0")
        self.assertEqual(self.run_json("account", "show", "cloud")["auth"], "sas")
        self.assert_fails(USAGE, "account", "update", "cloud", "--versioning", "false", naming=("--versioning",))
        self.assert_fails(USAGE, "account", "update", "cloud", "--durability", "relaxed", naming=("--durability",))
        self.run_ok("account", "create", "westus")
        self.assert_fails(USAGE, "account", "update", "westus", "--check-seconds", "1", naming=("kind azure",))

    def test_check_has_nothing_to_check(self):
        self.create_with_key()
        self.assert_fails(FAILURE, "account", "check", "cloud", naming=("cloud", "its service keeps it"))


class BlobTest(AzureTest):
    def setUp(self):
        super().setUp()
        self.create_with_key("--check-seconds", "0")
        self.run_ok("container", "create", "cloud/photos")

    def test_containers(self):
        self.service.request("PUT", "theirs", query="restype=container", body=b"")
        names = [container["name"] for container in self.run_json("container", "list", "cloud")]
        self.assertLessEqual({"photos", "theirs"}, set(names))

    def test_both_sides_see_what_the_other_wrote(self):
        file = self.directory / "input"
        for content in (b"miaow", os.urandom(LARGE_BYTES), b""):
            file.write_bytes(content)
            self.run_ok("blob", "put", "cloud/photos/a b/cat", file)
            self.assertEqual(self.service.get("photos/a b/cat"), content)
        self.service.put("photos/a b/dog", b"woof")
        out = self.directory / "out"
        self.run_ok("blob", "get", "cloud/photos/a b/dog", out)
        self.assertEqual(out.read_bytes(), b"woof")
        self.service.put("photos/a b/cat", b"overwritten")
        self.run_ok("blob", "get", "cloud/photos/a b/cat", out)
        self.assertEqual(out.read_bytes(), b"overwritten")

    def test_what_the_kind_does_not_have(self):
        file = self.directory / "input"
        file.write_bytes(bytes(512))
        self.assert_fails(FAILURE, "blob", "put", "cloud/photos/log", file, "--kind", "append", naming=("kind azure",))
        self.run_ok("blob", "put", "cloud/photos/cat", file)
        self.assert_fails(FAILURE, "blob", "snapshot", "create", "cloud/photos/cat", naming=("kind azure",))
        self.assert_fails(FAILURE, "blob", "legal-hold", "set", "cloud/photos/cat", naming=("kind azure",))


class TwoProcessesTest(AzureTest):
    def test_who_does_not_send_is_told_that_the_service_refused(self):
        self.service.request("PUT", "photos", query="restype=container", body=b"")
        self.create("--auth", "sas", "--credential-file", self.secret_file(self.service.sas("rl")))
        file = self.directory / "input"
        file.write_bytes(b"miaow")
        # It has the account open, and so sends for all.
        sender = subprocess.Popen([harness.BINARY, "journal", "show", "cloud", "--follow"], stdout=subprocess.PIPE,
                                  preexec_fn=scratch_mount.end_with_parent,
                                  env={**os.environ, "REPLICAFS_ROOT": str(self.root)})
        try:
            lock = self.root / "accounts/cloud/upload.lock"
            while subprocess.run(["flock", "--nonblock", lock, "true"], check=False).returncode == 0:
                self.assertIsNone(sender.poll())
                time.sleep(0.01)
            code, out, err = self.run_program("blob", "put", "cloud/photos/cat", file)
            self.assertNotEqual(code, 0, out + err)
        finally:
            sender.terminate()
            sender.wait()
            sender.stdout.close()
        self.assertEqual(self.service.names("photos"), [])


class CloudMount(scratch_mount.ScratchMount):
    """Of an account at the service, with a local side that nobody else has."""

    def __init__(self, service):
        super().__init__(harness.BINARY)
        self.service = service

    def __enter__(self):
        try:
            self.mountpoint.mkdir()
            key = self.place / "key"
            key.write_text(self.service.key)
            key.chmod(0o600)
            self.must("account", "create", "scratch", "--kind", "azure", "--endpoint", self.service.url,
                      "--credential-file", key, "--check-seconds", "0")
            status, _ = self.replicafs("container", "show", "scratch/box")
            if status != 0:
                self.must("container", "create", "scratch/box")
            self.start()
            self.work.mkdir(exist_ok=True)
            return self
        except BaseException:
            self.end()
            raise


class MountTest(AzureTest):
    def make_tree(self):
        tree = self.directory / "tree"
        for number in range(FILES):
            file = tree / f"dir{number % 7}" / f"sub {number % 3}" / f"file {number}.txt"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(os.urandom(100 * number))
        (tree / "large").write_bytes(os.urandom(LARGE_BYTES))
        return tree

    def assert_same(self, tree, mounted):
        scratch_mount.run_well(["diff", "-r", tree, mounted])

    def change(self, tree):
        os.rename(tree / "dir0/sub 0/file 0.txt", tree / "renamed.txt")
        os.rename(tree / "dir1", tree / "moved")
        with open(tree / "large", "r+b") as large:
            large.seek(5_000_000)
            large.write(b"in the middle")
        (tree / "dir2/sub 2/file 2.txt").unlink()
        shutil.rmtree(tree / "dir3")

    def test_what_is_written_is_there_for_another_machine(self):
        tree = self.make_tree()
        with CloudMount(self.service) as mount:
            scratch_mount.run_well(["cp", "-r", tree, mount.work / "tree"])
            self.assert_same(tree, mount.work / "tree")
            self.change(tree)
            self.change(mount.work / "tree")
            self.assert_same(tree, mount.work / "tree")
            mount.stop()
        self.assertEqual(self.service.get("box/work/tree/large"), (tree / "large").read_bytes())
        with CloudMount(self.service) as mount:
            self.assert_same(tree, mount.work / "tree")
            self.service.put("box/work/tree/theirs", b"from elsewhere")
            (tree / "theirs").write_bytes(b"from elsewhere")
            self.assert_same(tree, mount.work / "tree")
            mount.stop()

    def write_until(self, stop, directory, writer, closed):
        """Files that say their name; those that were closed without an error are noted."""
        number = 0
        while not stop.is_set():
            name = f"{writer}-{number}"
            number += 1
            try:
                with open(directory / name, "x", encoding="ascii") as file:
                    file.write(name)
            except OSError:
                continue
            closed.append(name)

    def test_what_was_closed_outlives_kills(self):
        closed = []
        with CloudMount(self.service) as mount:
            for kill in range(KILLS):
                stop = threading.Event()
                goal = len(closed) + 100
                writers = [threading.Thread(target=self.write_until, args=(stop, mount.work, f"{kill}-{n}", closed))
                           for n in range(4)]
                for writer in writers:
                    writer.start()
                while len(closed) < goal:
                    self.assertIsNone(mount.daemon.poll(), mount.log_text())
                    time.sleep(0.01)
                mount.kill()
                stop.set()
                for writer in writers:
                    writer.join()
                mount.start()
                for name in closed:
                    self.assertEqual((mount.work / name).read_text(), name)
            mount.stop()
        there = self.service.names("box")
        self.assertEqual([name for name in closed if "work/" + name not in there], [])

    def test_replicated_both_ways(self):
        tree = self.make_tree()
        near = self.directory / "near"
        near.write_bytes(os.urandom(LARGE_BYTES))
        with CloudMount(self.service) as mount:
            mount.must("account", "create", "near")
            for container in ("near/copy", "near/own", "scratch/mirror"):
                mount.must("container", "create", container)
            mount.must("policy", "create", "--source", "scratch", "--destination", "near", "--rule", "box:copy")
            mount.must("policy", "create", "--source", "near", "--destination", "scratch", "--rule", "own:mirror")
            scratch_mount.run_well(["cp", "-r", tree, mount.work / "tree"])
            mount.must("blob", "put", "near/own/a", near)
            self.change(tree)
            self.change(mount.work / "tree")
            mount.must("replication", "wait", "scratch/box", "--timeout", "50s")
            mount.must("replication", "wait", "near/own", "--timeout", "50s")
            for name in ("large", "renamed.txt", "moved/sub 1/file 1.txt"):
                copy = self.directory / "copy"
                mount.must("blob", "get", "near/copy/work/tree/" + name, copy)
                self.assertEqual(copy.read_bytes(), (tree / name).read_bytes(), name)
            self.assertEqual(self.service.get("mirror/a"), near.read_bytes())
            status, said = mount.replicafs("blob", "put", "scratch/mirror/a", near)
            self.assertEqual(status, REFUSED, said)
            mount.stop()


if __name__ == "__main__":
    if not os.access(PROGRAM, os.X_OK):
        scratch_mount.skip("Azurite is not installed: run tests/azurite/install")
    scratch_mount.need_mounts()
    AZURITE = Azurite()
    try:
        harness.main(sys.argv[1])
    finally:
        AZURITE.end()
