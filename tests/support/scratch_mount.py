"""A scratch account, mounted for tests that run other programs in it. Nothing stays behind, whatever happens: the
mount lies in a mount namespace of this process, the daemon gets SIGTERM when this process ends, every program that is
run has a time limit, and so has the daemon: who waits for a daemon that hangs cannot be killed before it."""
import ctypes
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

SKIPPED = 77
COMMAND_SECONDS = 60
KILLED_SECONDS = 10  # for a killed program to be gone
START_SECONDS = 30
CLONE_NEWNS = 0x00020000
MS_PRIVATE_ALL = 0x4000 | 0x40000  # MS_REC | MS_PRIVATE
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(SKIPPED)


def need_mounts():
    """Skips where nothing can be mounted, and takes a mount namespace of its own."""
    if os.geteuid() != 0 or not os.access("/dev/fuse", os.R_OK | os.W_OK):
        skip("needs root and /dev/fuse")
    if LIBC.unshare(CLONE_NEWNS) != 0 or LIBC.mount(b"none", b"/", None, MS_PRIVATE_ALL, None) != 0:
        skip("may not make a mount namespace")


def end_with_parent():
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def run(command, seconds=COMMAND_SECONDS, **options):
    """(exit status, output of both streams); the status is None when the time was over."""
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=output,
                                   stderr=subprocess.STDOUT, start_new_session=True, preexec_fn=end_with_parent,
                                   **options)
        status = None
        try:
            status = process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            try:
                process.wait(KILLED_SECONDS)
            except subprocess.TimeoutExpired:
                pass  # it goes with the daemon that it waits for
        output.seek(0)
        return status, output.read().decode(errors="replace")


class Trouble(Exception):
    """What went wrong, in a sentence."""


def run_well(command, seconds=COMMAND_SECONDS, **options):
    """Its output; Trouble unless it ends with 0 in time."""
    status, output = run(command, seconds, **options)
    if status != 0:
        what = f"took more than {seconds} s" if status is None else f"exit status {status}"
        raise Trouble(f"{' '.join(map(str, command))}: {what}\n{output[-4000:]}")
    return output


class ScratchMount:
    """`with ScratchMount(binary) as mount:` has the directory mount.work, in which everybody may write. A daemon is
    killed `seconds` after its start."""

    def __init__(self, binary, directory=None, seconds=200, durability="commit"):
        self.binary = os.path.abspath(binary)
        directory = directory or os.environ.get("TMPDIR") or "/var/tmp"
        self.place = pathlib.Path(tempfile.mkdtemp(prefix="replicafs-", dir=directory))
        self.mountpoint = self.place / "mount"
        self.work = self.mountpoint / "work"
        self.log = self.place / "log"
        self.seconds, self.durability = seconds, durability
        self.daemon = None
        self.watch = None

    def replicafs(self, *words, seconds=COMMAND_SECONDS):
        return run([self.binary, *words], seconds, env=self.environment())

    def environment(self):
        return {**os.environ, "REPLICAFS_ROOT": str(self.place / "root")}

    def must(self, *words):
        status, output = self.replicafs(*words)
        if status != 0:
            raise Trouble(f"replicafs {' '.join(map(str, words))}: {output}")

    def __enter__(self):
        try:
            self.place.chmod(0o755)
            self.mountpoint.mkdir()
            self.must("account", "create", "scratch", "--durability", self.durability)
            self.must("container", "create", "scratch/box")
            self.start()
            self.work.mkdir()
            self.work.chmod(0o777)
            return self
        except BaseException:
            self.end()
            raise

    def __exit__(self, *_):
        self.end()

    def start(self):
        with open(self.log, "ab") as log:
            self.daemon = subprocess.Popen(
                [self.binary, "mount", "--foreground", "--allow-other", "scratch/box", self.mountpoint],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.environment(), preexec_fn=end_with_parent)
        self.watch = threading.Timer(self.seconds, self.daemon.kill)
        self.watch.daemon = True
        self.watch.start()
        deadline = time.monotonic() + START_SECONDS
        while not os.path.ismount(self.mountpoint):
            if self.daemon.poll() is not None or time.monotonic() > deadline:
                raise Trouble(f"the mount did not start: {self.log_text()}")
            time.sleep(0.01)

    def log_text(self):
        return self.log.read_text(errors="replace")[-4000:]

    def kill(self):
        """SIGKILL, and the dead mount is taken away."""
        self.daemon.kill()
        self.daemon.wait()
        self.forget_daemon()
        run(["umount", "-l", self.mountpoint])

    def forget_daemon(self):
        self.watch.cancel()
        self.daemon = None

    def stop(self):
        """Unmounts; Trouble when the daemon does not end well."""
        self.must("umount", self.mountpoint)
        try:
            status = self.daemon.wait(COMMAND_SECONDS)
        except subprocess.TimeoutExpired as error:
            raise Trouble("the daemon still runs after umount") from error
        self.forget_daemon()
        if status != 0:
            raise Trouble(f"the daemon ended with {status}: {self.log_text()}")

    def check(self):
        """Trouble unless the account is sound."""
        status, output = self.replicafs("account", "check", "--deep", "scratch", seconds=600)
        if status != 0:
            raise Trouble(f"account check: exit status {status}\n{output[-4000:]}")

    def end(self):
        if self.daemon is not None:
            self.kill()
        shutil.rmtree(self.place, ignore_errors=True)
