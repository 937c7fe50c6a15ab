"""Two accounts, a policy between them and a mount of both, whose daemon can be killed."""
import contextlib
import json
import os
import pathlib
import signal
import subprocess
import threading
import time

SOURCE, DESTINATION, CONTAINER = "westus", "eastus", "photos"
COMMAND_SECONDS = 120


class Stage:
    """Ends by itself: no call here lasts longer than its limit in seconds, and none past `deadline`."""

    def __init__(self, binary, directory, durability, deadline):
        self.binary = binary
        self.root = os.path.join(directory, "root")
        self.mountpoint = os.path.join(directory, "mnt")
        self.deadline = deadline  # of time.monotonic()
        self._pid = None
        os.makedirs(self.mountpoint)
        for account in (SOURCE, DESTINATION):
            self.command("account", "create", account, *(["--durability", durability] if durability else []))
            self.command("container", "create", f"{account}/{CONTAINER}")
        self.command("policy", "create", "--source", SOURCE, "--destination", DESTINATION,
                     "--rule", f"{CONTAINER}:{CONTAINER}")

    def left(self, seconds):
        return max(0.1, min(seconds, self.deadline - time.monotonic()))

    def command(self, *arguments, seconds=COMMAND_SECONDS):
        done = subprocess.run([self.binary, "--root", self.root, *arguments], capture_output=True, text=True,
                              timeout=self.left(seconds), check=False)
        if done.returncode != 0:
            raise AssertionError(f"replicafs {' '.join(arguments)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def container(self, account):
        return os.path.join(self.mountpoint, account, CONTAINER)

    def is_mounted(self):
        return self._pid is not None

    def mount(self):
        self.command("mount", self.mountpoint)
        self._pid = self._daemon_pid()

    def umount(self):
        self.command("umount", self.mountpoint)
        self._pid = None

    def _daemon_pid(self):
        for path in pathlib.Path(self.root, "mounts").glob("*.json"):
            state = json.loads(path.read_text())
            if state["mountpoint"] == self.mountpoint:
                return state["pid"]
        raise AssertionError("the mount has no state file")

    def kill(self):
        """Ends the daemon with SIGKILL and waits until it is gone: its locks end with it."""
        if self._pid is None:
            return
        pid, self._pid = self._pid, None
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        limit = time.monotonic() + 30
        while is_running(pid):
            if time.monotonic() > limit:
                raise AssertionError(f"the daemon {pid} outlives SIGKILL")
            time.sleep(0.002)

    def detach(self):
        subprocess.run(["fusermount3", "-u", "-z", self.mountpoint], capture_output=True, timeout=30, check=False)

    def end(self):
        """Leaves no daemon and no mount behind."""
        with contextlib.suppress(AssertionError):
            self.kill()
        self.detach()

    @contextlib.contextmanager
    def watched(self, what, seconds=COMMAND_SECONDS):
        """System calls on the mount in the block fail in the end, should the daemon not answer them."""
        expired = threading.Event()

        def expire():
            expired.set()
            self.end()

        timer = threading.Timer(self.left(seconds), expire)
        timer.start()
        try:
            yield
        except OSError as error:
            if expired.is_set():
                raise AssertionError(f"{what}: no answer in {seconds} s") from error
            raise
        finally:
            timer.cancel()

    def versions(self, account):
        """{blob name: number of versions}, deleted blobs too."""
        counts = {}
        top = os.path.join(self.container(account), ".versions")
        for directory, _, files in os.walk(top):
            if files:
                counts[os.path.relpath(directory, top)] = len(files)
        return counts


def is_running(pid):
    """Whether the process has not ended; one that nobody has waited for has."""
    try:
        status = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rpartition(")")[2].split()[0] not in "ZX"


def knows_durability(binary):
    done = subprocess.run([binary, "account", "create", "--help"], capture_output=True, text=True, timeout=30,
                          check=False)
    return "--durability" in done.stdout
