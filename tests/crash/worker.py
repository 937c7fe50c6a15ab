"""A program that writes through the mount until the daemon dies, and knows what it was promised."""
import collections
import dataclasses
import errno
import os
import random
import threading

import content_operations
import held_files
import name_operations
from manifest import Manifest, Node, digest

NAMES = 24  # names of files in a directory
TREE_MAX = 60  # names of a worker, so that a long run does not become slower and slower
LATE_MAX = 60  # changes answered early before the worker waits for them

OPERATIONS = content_operations.OPERATIONS + name_operations.OPERATIONS + held_files.OPERATIONS

# How a dead mount answers; EIO comes with a request cut off.
DEAD = {errno.ENOTCONN, errno.ECONNABORTED, errno.EIO}


class Worker(threading.Thread):
    """Changes its own directory. `late_closes`: close(2) answers before what was written is on disk."""

    def __init__(self, top, tree, seed, late_closes):
        super().__init__(daemon=True)
        self.top = top
        self.manifest = Manifest(tree)
        self.random = random.Random(seed)
        self.late_closes = late_closes
        self.held = held_files.HeldFiles()
        self.operations = 0
        self.last = collections.deque(maxlen=40)  # what was done, for a failure's message
        self.problem = None

    def run(self):
        try:
            while True:
                self.step()
                self.operations += 1
        except OSError as error:
            if error.errno not in DEAD:
                self.problem = f"{self.top}: {error!r}"
        except Exception as error:  # a thread must not end silently
            self.problem = "\n  ".join([f"{self.top}: {error!r}, after", *self.last])
        finally:
            self.held.close_all()

    def step(self):
        if self.manifest.late_changes() >= LATE_MAX:
            self.do(name_operations.sync_directory)
        elif len(self.tree) > TREE_MAX:
            self.do(name_operations.shrink)
        else:
            weights = [weight for _, weight in OPERATIONS]
            self.do(self.random.choices(OPERATIONS, weights)[0][0])

    def do(self, operation):
        self.last.append(operation.__name__)
        operation(self)

    def note(self, what):
        self.last[-1] += f" {what}"

    @property
    def tree(self):
        return self.manifest.tree

    def path(self, name):
        return os.path.join(self.top, name)

    def change(self, delta, call, late=False, joins=False):
        self.note(list(delta))
        self.manifest.begin(delta, late, joins)
        call()
        self.manifest.returned()

    def change_content(self, name, data, call, late=False):
        self.change({name: self.node_of(name, data)}, call, late)
        self.held.written(name, data)

    def files(self):
        """Those of which the content is known: nothing is written to them that is not synced."""
        return [name for name, node in self.tree.items() if node.kind == "file" and not self.held.is_dirty(name)]

    def directories(self):
        """With the top."""
        return [""] + [name for name, node in self.tree.items() if node.kind == "directory"]

    def new_name(self):
        """Of a file that is there or not, or None."""
        name = os.path.join(self.random.choice(self.directories()), f"f{self.random.randrange(NAMES)}")
        is_other = name in self.tree and self.tree[name].kind != "file"
        return None if is_other or self.held.is_dirty(name) else name

    def node_of(self, name, data):
        """What writing the data to the file makes of it."""
        old = self.tree.get(name)
        return dataclasses.replace(old, content=digest(data)) if old else Node("file", digest(data), 0o644)

    def read(self, name):
        with open(self.path(name), "rb") as file:
            data = bytearray(file.read())
        if digest(data) != self.tree[name].content:
            raise AssertionError(f"{self.path(name)}: read back other bytes than were written")
        return data
