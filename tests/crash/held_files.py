"""Files that stay open, over the kill too, and what is promised of them: what was synced last."""
import contextlib
import dataclasses
import os

import content_operations
from name_operations import is_in

HELD_MAX = 4


@dataclasses.dataclass
class Held:
    descriptor: int
    name: str  # None once it is unlinked
    data: bytearray
    dirty: bool = False  # something was written and not synced


class HeldFiles:
    def __init__(self):
        self.files = []

    def is_held(self, name):
        return any(held.name == name for held in self.files)

    def is_dirty(self, name):
        return any(held.name == name and held.dirty for held in self.files)

    def is_dirty_in(self, directory):
        """The same of any file in it, or of the file that it is."""
        return any(held.dirty and held.name is not None and is_in(held.name, directory) for held in self.files)

    def written(self, name, data):
        """Through another handle."""
        for held in self.files:
            if held.name == name:
                held.data = bytearray(data)

    def forget(self, name):
        """The file at the name is unlinked."""
        for held in self.files:
            if held.name == name:
                held.name = None

    def move(self, old, new):
        for held in self.files:
            if held.name is not None and is_in(held.name, old):
                held.name = new + held.name[len(old):]

    def exchange(self, one, other):
        for held in self.files:
            if held.name is None:
                continue
            if is_in(held.name, one):
                held.name = other + held.name[len(one):]
            elif is_in(held.name, other):
                held.name = one + held.name[len(other):]

    def close_all(self):
        for held in self.files:
            with contextlib.suppress(OSError):
                os.close(held.descriptor)
        self.files = []


def sync(worker, held):
    if held.name is None:
        os.fsync(held.descriptor)  # and it does not come back
    else:
        worker.change({held.name: worker.node_of(held.name, held.data)}, lambda: os.fsync(held.descriptor))
    held.dirty = False


def hold(worker):
    """Opens one more. It is made with its first sync."""
    name = worker.new_name()
    if name is None or worker.held.is_held(name):
        return
    if len(worker.held.files) >= HELD_MAX:
        let_go(worker)
        return
    data = content_operations.some_data(worker.random)
    descriptor = os.open(worker.path(name), os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o644)
    held = Held(descriptor, name, bytearray(data), dirty=True)
    worker.held.files.append(held)
    with os.fdopen(descriptor, "wb", buffering=0, closefd=False) as file:
        content_operations.write_all(file, data)
    sync(worker, held)


def write(worker):
    """Into one, synced or not; what is not synced may be lost, and is not seen before."""
    if not worker.held.files:
        return
    held = worker.random.choice(worker.held.files)
    at = worker.random.randrange(len(held.data) + 1)
    piece = worker.random.randbytes(worker.random.choice([1, 100, 5000]))
    # Others that hold or read the name do not, as long as it is dirty.
    held.dirty = True
    held.data[at:at + len(piece)] = piece
    worker.note(f"{held.name} {at}+{len(piece)}")
    os.pwrite(held.descriptor, piece, at)
    if worker.random.random() < 0.7:
        sync(worker, held)


def read_all(descriptor, size_max):
    """A call that meets the death of the daemon returns what the kernel had cached; the next one fails."""
    found = b""
    while piece := os.pread(descriptor, size_max - len(found), len(found)):
        found += piece
    return found


def read(worker):
    if not worker.held.files:
        return
    held = worker.random.choice(worker.held.files)
    worker.note(held.name)
    found = read_all(held.descriptor, len(held.data) + 1)
    if found != held.data:
        same = len(os.path.commonprefix([found, bytes(held.data)]))
        raise AssertionError(f"{held.name or '(unlinked)'}: read {len(found)} of {len(held.data)} bytes through an open "
                             f"handle, other ones from {same}")


def let_go(worker):
    """Closes one; what it holds is committed with the close."""
    if not worker.held.files:
        return
    held = worker.random.choice(worker.held.files)
    worker.held.files.remove(held)
    if held.name is None:
        os.close(held.descriptor)
    else:
        worker.change({held.name: worker.node_of(held.name, held.data)}, lambda: os.close(held.descriptor),
                      late=worker.late_closes)


OPERATIONS = [(hold, 2), (write, 4), (read, 1), (let_go, 1)]
