#!/usr/bin/env python3
"""Accounts on small real disks that become full or fail: ext4 in a file, by way of a loop device. Exits
with 77 where that, or mounting, is not possible.

  disk_test.py BINARY [unittest arguments]
"""
import errno
import hashlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tools"))
import harness  # noqa: E402
from harness import CommandTest  # noqa: E402

MIB = 1 << 20
DISK_BYTES = 64 * MIB
END_SECONDS = 30


def quiet(*command):
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=60, check=False)


def must(*command):
    done = quiet(*command)
    if done.returncode != 0:
        raise RuntimeError(f"{command}: {done.stderr}")
    return done.stdout.strip()


class LoopDisk:
    """A mounted ext4 of its own."""

    def __init__(self, directory, name):
        self.image = directory / f"{name}.img"
        self.path = directory / name
        self.device = None
        with open(self.image, "wb") as file:
            file.truncate(DISK_BYTES)
        must("mkfs.ext4", "-q", "-m", "0", "-F", self.image)
        self.path.mkdir()
        try:
            self.device = must("losetup", "-f", "--show", self.image)
            self.mount()
        except Exception:
            self.remove()
            raise

    def mount(self):
        must("mount", self.device, self.path)

    def unmount(self):
        must("umount", self.path)

    def remove(self):
        if os.path.ismount(self.path):
            quiet("umount", self.path)
        if os.path.ismount(self.path):
            quiet("umount", "-l", self.path)
        if self.device:
            quiet("losetup", "-d", self.device)
        self.image.unlink(missing_ok=True)

    def free_bytes(self):
        space = os.statvfs(self.path)
        return space.f_bavail * space.f_frsize

    def fill(self):
        """With a file of somebody else's, until not a byte is left."""
        with open(self.path / "filler", "wb", buffering=0) as file:
            for size in (MIB, 4096, 512):
                try:
                    while True:
                        file.write(b"f" * size)
                        os.fsync(file.fileno())
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise

    def make_room(self):
        (self.path / "filler").unlink()


def write_file(path, data):
    """Acknowledged when it returns."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(descriptor, view):]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class SmallDisk(CommandTest):
    def setUp(self):
        super().setUp()
        self.disk = LoopDisk(self.directory, "disk")
        self.addCleanup(self.disk.remove)
        self.mountpoint = self.directory / "mnt"
        self.mountpoint.mkdir()
        self.top = self.mountpoint / "westus/photos"
        self.written = {}
        self.addCleanup(self.end_mount)

    def make_account(self, path=None):
        self.run_ok("account", "create", "westus", "--path", path or self.disk.path / "data")
        self.run_ok("container", "create", "westus/photos")

    def mount(self):
        self.run_ok("mount", self.mountpoint)

    def daemon(self):
        """Its pid; None when nobody serves the mountpoint."""
        for state in (self.root / "mounts").glob("*.json"):
            told = json.loads(state.read_text())
            if told["mountpoint"] == os.path.realpath(self.mountpoint):
                return told["pid"]
        return None

    def umount(self):
        done = self.run_program("umount", self.mountpoint)
        self.assertEqual(done[0], harness.OK, done)

    def end_mount(self):
        """Whatever the test came to."""
        pid = self.daemon()
        if os.path.ismount(self.mountpoint):
            try:
                self.run_program("umount", self.mountpoint)
            except subprocess.TimeoutExpired:
                pass
        if os.path.ismount(self.mountpoint):
            quiet("fusermount3", "-u", "-z", self.mountpoint)
        if pid and self.lives(pid):
            os.kill(pid, signal.SIGKILL)
            self.assert_ends(pid)

    def lives(self, pid):
        try:
            state = pathlib.Path(f"/proc/{pid}/stat").read_text()
        except OSError:
            return False
        return "(replicafs)" in state and ") Z " not in state

    def write(self, name, data):
        write_file(self.top / name, data)
        self.written[name] = hashlib.sha256(data).hexdigest()

    def assert_full(self, name, size=300_000):
        with self.assertRaises(OSError) as refused:
            write_file(self.top / name, os.urandom(size))
        self.assertEqual(refused.exception.errno, errno.ENOSPC)

    def assert_all_there(self):
        for name, digest in self.written.items():
            self.assertEqual(hashlib.sha256((self.top / name).read_bytes()).hexdigest(), digest, name)

    def assert_clean(self):
        code, out, err = self.run_program("account", "check", "westus", "--deep")
        self.assertEqual(code, harness.OK, out + err)

    def write_until_full(self):
        for size in (3 * MIB, 300_000, 20_000):
            for number in range(1000):
                try:
                    self.write(f"{size}-{number}", os.urandom(size))
                except OSError as error:
                    self.assertEqual(error.errno, errno.ENOSPC)
                    break
            else:
                self.fail("the disk does not become full")

    def assert_names_change(self, names):
        """What takes no room still works."""
        for number, name in enumerate(names):
            os.chmod(self.top / name, 0o600)
            os.rename(self.top / name, self.top / f"renamed-{number}")
            self.written[f"renamed-{number}"] = self.written.pop(name)
        gone = f"renamed-{len(names) - 1}"
        os.unlink(self.top / gone)
        del self.written[gone]
        descriptor = os.open(self.top, os.O_RDONLY)
        try:
            os.fsync(descriptor)  # removals are durable
        finally:
            os.close(descriptor)
        self.assertFalse((self.top / gone).exists())
        self.assertEqual((self.top / "renamed-0").stat().st_mode & 0o777, 0o600)

    def test_S80_filled_through_the_mount(self):
        self.make_account()
        self.mount()
        for number in range(30):
            self.write(f"small-{number}", b"%d" % number * 1000)
        self.write_until_full()
        self.assert_all_there()
        self.assert_names_change([f"small-{number}" for number in range(30)])
        self.assert_full("another")
        self.umount()
        self.assert_clean()
        self.mount()
        self.assert_all_there()
        self.umount()

    def test_S80_filled_by_others(self):
        self.make_account()
        self.mount()
        for number in range(60):
            self.write(f"small-{number}", b"%d" % number * 1000)
        self.disk.fill()
        self.assertEqual(os.statvfs(self.top).f_bavail, 0)
        self.assert_full("another")
        self.assert_names_change([f"small-{number}" for number in range(60)])
        self.assert_all_there()
        # The room that was held is given to nobody else: new content finds none.
        self.assert_full("another", 1000)
        self.assertEqual(os.statvfs(self.top).f_bavail, 0)
        self.disk.make_room()
        self.write("another", b"x" * MIB)
        self.assert_all_there()
        self.umount()
        self.assert_clean()

    def test_S81_disk_takes_no_more_writes(self):
        self.make_account()
        self.mount()
        for number in range(5):
            self.write(f"file-{number}", os.urandom(300_000))
        # What ext4 does when its journal cannot be written.
        must("mount", "-o", "remount,abort", self.disk.path)
        with self.assertRaises(OSError) as refused:
            write_file(self.top / "another", b"x" * 300_000)
        self.assertIn(refused.exception.errno, (errno.EIO, errno.EROFS))
        self.assert_all_there()
        self.run_program("umount", self.mountpoint)
        self.assertFalse(os.path.ismount(self.mountpoint))
        self.disk.unmount()
        self.disk.mount()
        self.assert_clean()
        self.mount()
        self.assert_all_there()
        self.write("another", b"x" * MIB)
        self.umount()

    def test_S80_scratch_disk_is_full(self):
        self.root = self.disk.path / "root"
        self.make_account(self.directory / "data")
        self.mount()
        self.write("before", os.urandom(MIB))
        self.disk.fill()
        refused = None
        descriptor = os.open(self.top / "large", os.O_WRONLY | os.O_CREAT, 0o644)
        try:
            # Pieces of blocks here and there, which are neither whole nor few.
            for number in range(512):
                os.pwrite(descriptor, b"p" * 65536, (number * 7919 % 512) * 4 * MIB)
            os.fsync(descriptor)
        except OSError as error:
            refused = error.errno
        try:
            os.close(descriptor)
        except OSError as error:
            refused = error.errno
        self.assertIn(refused, (None, errno.ENOSPC))
        self.assert_all_there()
        self.disk.make_room()
        self.write("after", os.urandom(5 * MIB))
        self.assert_all_there()
        self.umount()
        self.assert_clean()

    def test_S84_umount_with_a_full_disk(self):
        self.make_account()
        self.mount()
        self.write("kept", b"kept" * 1000)
        self.disk.fill()
        self.assert_full("lost")
        pid = self.daemon()
        self.run_program("umount", self.mountpoint)
        self.assert_ends(pid)
        self.assert_told_and_nothing_else_is_lost()

    def test_S84_SIGTERM_with_a_full_disk_and_an_open_file(self):
        self.make_account()
        self.mount()
        self.write("kept", b"kept" * 1000)
        descriptor = os.open(self.top / "lost", os.O_WRONLY | os.O_CREAT, 0o644)
        try:
            os.write(descriptor, b"lost" * 100_000)
            self.disk.fill()
            pid = self.daemon()
            os.kill(pid, signal.SIGTERM)
            self.assert_ends(pid)
        finally:
            try:
                os.close(descriptor)
            except OSError as error:
                self.assertIn(error.errno, (errno.ENOSPC, errno.EIO, errno.ENOTCONN, errno.ECONNABORTED))
        self.assert_told_and_nothing_else_is_lost()

    def assert_told_and_nothing_else_is_lost(self):
        log = "".join(path.read_text() for path in (self.root / "log").glob("*.log"))
        self.assertRegex(log, "lost'.*LOST")
        self.disk.make_room()
        self.mount()
        self.assert_all_there()
        self.umount()
        self.assert_clean()

    def assert_ends(self, pid):
        end = time.monotonic() + END_SECONDS
        while self.lives(pid) or os.path.ismount(self.mountpoint):
            self.assertLess(time.monotonic(), end, "the daemon does not end")
            time.sleep(0.05)


def why_not():
    if os.geteuid() != 0:
        return "only root can mount disks"
    if not os.access("/dev/fuse", os.R_OK | os.W_OK):
        return "/dev/fuse is missing or may not be opened"
    for program in ("mkfs.ext4", "losetup", "mount", "umount"):
        if not shutil.which(program):
            return f"{program} is missing"
    with tempfile.TemporaryDirectory(prefix="replicafs-disk-") as directory:
        try:
            LoopDisk(pathlib.Path(directory), "trial").remove()
        except (RuntimeError, subprocess.TimeoutExpired) as error:
            return f"no disk can be made here: {error}"
    return None


if __name__ == "__main__":
    reason = why_not()
    if reason:
        print(f"skipped: {reason}")
        sys.exit(77)
    harness.main(sys.argv[1])
