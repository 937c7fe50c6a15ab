"""The file systems that are compared. Each shows its files at `top`, two directories below its mount,
and keeps all of its bytes below `storage`."""
import os
import pathlib
import shutil
import subprocess

from process import sh, start, unmount, unmount_anyway, wait_until

EXAMPLES = pathlib.Path("/usr/share/doc/libfuse3-dev/examples")
DEPTH = pathlib.Path("west") / "data"


def build_passthrough(into):
    """From the examples that come with libfuse."""
    packed = EXAMPLES / "passthrough_ll.c.gz"
    if packed.exists():
        (into / "passthrough_ll.c").write_bytes(subprocess.run(["zcat", packed], capture_output=True, check=True).stdout)
    else:
        shutil.copy(EXAMPLES / "passthrough_ll.c", into)
    shutil.copy(EXAMPLES / "passthrough_helpers.h", into)
    flags = sh("pkg-config", "--cflags", "--libs", "fuse3").split()
    sh("cc", "-O2", "-w", into / "passthrough_ll.c", "-o", into / "passthrough_ll", *flags)


class System:
    def __init__(self, name, work, durability=None):
        self.name, self.durability = name, durability
        self.storage = work / (name.replace(" ", "-") + ".data")
        self.mount = work / name.replace(" ", "-")
        self.top = self.mount / DEPTH
        self.server = None
        self.log = open(work / (self.mount.name + ".log"), "a")
        self.mount.mkdir()

    def command(self):
        raise NotImplementedError

    def up(self, *options):
        self.server = start(*self.command(), *options, log=self.log)
        wait_until(lambda: os.path.ismount(self.mount), f"the mount of {self.name} ({self.log.name})")

    def down(self):
        unmount(self.mount)
        self.server.wait(60)

    def drop_cache(self):
        """While it is down: its bytes leave the page cache of the disk's file system."""
        for directory, _, names in os.walk(self.storage):
            for name in names:
                fd = os.open(os.path.join(directory, name), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
                os.fdatasync(fd)
                os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
                os.close(fd)

    def wait_for_files(self, directory, count, bytes_each):
        """Returns when what was closed no longer makes work in the background."""

    def make_many(self, directory, count, workload, limit):
        """Empty files, as fast as it goes; not measured. While it is down."""
        backing = self.storage / DEPTH / directory
        backing.mkdir()
        sh(workload, "create", backing, count, 0, 1, limit=limit)

    def end(self):
        unmount_anyway(self.mount, self.server)
        self.log.close()


class Passthrough(System):
    """Needs a descriptor for each file that the kernel remembers."""

    def __init__(self, cache, work):
        super().__init__(f"passthrough_ll {cache}", work)
        self.program, self.cache = work / "passthrough_ll", cache
        (self.storage / DEPTH).mkdir(parents=True)

    def command(self):
        return [self.program, "-f", "-o", f"source={self.storage},cache={self.cache}", self.mount]


class Rclone(System):
    def __init__(self, work):
        super().__init__("rclone", work)
        self.cache = work / "rclone.cache"
        (self.storage / DEPTH).mkdir(parents=True)

    def command(self):
        return ["rclone", "mount", "--vfs-cache-mode", "full", "--vfs-write-back", "1s", "--cache-dir", self.cache,
                "--config", self.cache.parent / "rclone.conf", self.storage, self.mount]

    # What is closed is copied to the storage later.
    def wait_for_files(self, directory, count, bytes_each):
        backing = self.storage / directory.relative_to(self.mount)

        def there():
            sizes = [entry.stat().st_size for entry in os.scandir(backing)] if backing.exists() else []
            return len(sizes) == count and sum(sizes) == count * bytes_each

        wait_until(there, "rclone's copies", 120)

    def drop_cache(self):
        super().drop_cache()
        storage, self.storage = self.storage, self.cache
        super().drop_cache()
        self.storage = storage


class ReplicaFs(System):
    def __init__(self, binary, durability, work, options, limit):
        super().__init__("replicafs" if durability is None else f"replicafs {durability}", work, durability)
        self.binary, self.options, self.limit = binary, options, limit
        words = [] if durability is None else ["--durability", durability]
        self.cli("account", "create", "west", *words)
        self.cli("account", "create", "east", *words)
        self.cli("container", "create", "west/data")
        self.cli("container", "create", "east/copy")

    @staticmethod
    def durabilities(binary):
        """[None] for a program that has one only."""
        return ["commit", "relaxed"] if "--durability" in sh(binary, "account", "create", "--help") else [None]

    def cli(self, *words):
        return sh(self.binary, *words, "--root", self.storage, limit=self.limit)

    def command(self):
        return [self.binary, "mount", "-f", self.mount, "--root", self.storage, *self.options]

    def down(self):
        self.cli("umount", self.mount)
        self.server.wait(60)

    # Many at a time share a commit.
    def make_many(self, directory, count, workload, limit):
        self.up("--threads", 64)
        (self.top / directory).mkdir()
        sh(workload, "create", self.top / directory, count, 0, 64, limit=limit)
        self.down()
