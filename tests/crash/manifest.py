"""What a directory may hold after the daemon was killed.

A change that is not late is on disk when its call returns. Late changes were answered before they
were made; they are made in their order, later. A change that joins goes into the late change of its
name, if that is not made yet. So what is found is the last settled tree, with every change since that
is not late, with the late ones up to some moment and what joined them, and with or without the change
that the kill interrupted.
"""
import dataclasses
import hashlib
import os
import pathlib
import stat


@dataclasses.dataclass(frozen=True)
class Node:
    """What is expected at a name."""
    kind: str  # "file", "symlink", "directory"
    content: str = ""  # a file's SHA-256, a symlink's target
    mode: int = 0
    xattrs: tuple = ()  # (name, value), sorted


@dataclasses.dataclass
class Change:
    delta: dict  # {name: Node, or None where a name goes}
    late: bool
    joins: bool = False
    returned: bool = False


class Manifest:
    """`tree` is what stands there once all is made. Of one thread."""

    def __init__(self, tree):
        self.tree = dict(tree)
        self._settled = dict(tree)
        self._changes = []

    def begin(self, delta, late=False, joins=False):
        """Before the call. One change at a time, each followed by `returned` or by the kill."""
        self._changes.append(Change(dict(delta), late, joins))

    def returned(self):
        change = self._changes[-1]
        change.returned = True
        apply(self.tree, change.delta)
        if not any(other.late for other in self._changes):
            self.settle()

    def settle(self):
        """Everything that returned is on disk."""
        self._settled = dict(self.tree)
        self._changes = []

    def late_changes(self):
        return sum(change.late for change in self._changes)

    def candidates(self):
        """Every tree that may be found, the most complete one first."""
        interrupted = [False] if not self._changes or self._changes[-1].returned else [True, False]
        for with_interrupted in interrupted:
            for made in range(self.late_changes(), -1, -1):
                yield self._tree(made, with_interrupted)

    def _tree(self, late_made, with_interrupted):
        tree = dict(self._settled)
        waiting = set()  # names of late changes that were not made
        for change in self._changes:
            if change.late:
                late_made -= 1
                if late_made < 0:
                    waiting.update(change.delta)
                    continue
            elif change.joins and not waiting.isdisjoint(change.delta):
                continue
            if change.returned or with_interrupted:
                apply(tree, change.delta)
        return tree


def apply(tree, delta):
    for name, node in delta.items():
        if node is None:
            tree.pop(name, None)
        else:
            tree[name] = node


def digest(data):
    return hashlib.sha256(data).hexdigest()


def observe(top):
    """The tree below `top` as {relative name: Node}. Fails where a size is not that of the bytes."""
    tree = {}
    for directory, directories, files in os.walk(top, onerror=raise_error):
        for name in directories + files:
            path = os.path.join(directory, name)
            tree[os.path.relpath(path, top)] = observe_one(path)
    return tree


def raise_error(error):
    raise error


def observe_one(path):
    status = os.lstat(path)
    mode = stat.S_IMODE(status.st_mode)
    if stat.S_ISLNK(status.st_mode):
        return Node("symlink", os.readlink(path))
    if stat.S_ISDIR(status.st_mode):
        return Node("directory", "", mode)
    data = pathlib.Path(path).read_bytes()
    if len(data) != status.st_size:
        raise AssertionError(f"{path}: st_size {status.st_size}, but {len(data)} bytes read")
    # The attributes that a mount makes up tell of replication and versions.
    xattrs = tuple((name, os.getxattr(path, name)) for name in sorted(os.listxattr(path))
                   if name.startswith("user.test."))
    return Node("file", digest(data), mode, xattrs)


def compare(what, expected, found):
    if expected == found:
        return
    names = sorted(name for name in set(expected) | set(found) if expected.get(name) != found.get(name))
    lines = [f"  {name}: {expected.get(name)} / {found.get(name)}" for name in names[:10]]
    raise AssertionError(f"{what} differ in {len(names)} names:\n" + "\n".join(lines))


def adopt(what, manifest, found):
    """Fails when what was found is none of the trees that may be."""
    candidates = list(manifest.candidates())
    if found not in candidates:
        nearest = min(candidates, key=lambda tree: len(set(tree.items()) ^ set(found.items())))
        compare(f"{what}: the nearest of {len(candidates)} trees that may be there, and what is there",
                nearest, found)
