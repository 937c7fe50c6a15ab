"""Operations of a worker that change names and attributes."""
import dataclasses
import os

from manifest import Node
from system_calls import exchange as exchange_names


def is_in(name, directory):
    return name == directory or name.startswith(directory + "/")


def moved(tree, old, new):
    """What a rename changes: a delta."""
    at_old = {name: None for name in tree if is_in(name, old)}
    return {**at_old, **{new + name[len(old):]: tree[name] for name in at_old}}


def rename(worker):
    files = worker.files()
    new = worker.new_name()
    if not files or new is None:
        return
    old = worker.random.choice(files)
    if old == new:
        return
    worker.change(moved(worker.tree, old, new), lambda: os.rename(worker.path(old), worker.path(new)))
    worker.held.forget(new)
    worker.held.move(old, new)


def rename_directory(worker):
    directories = [name for name in worker.directories()[1:] if not worker.held.is_dirty_in(name)]
    if not directories:
        return
    old = worker.random.choice(directories)
    new = os.path.join(os.path.dirname(old), f"d{worker.random.randrange(6)}")
    if new in worker.tree:
        return
    worker.change(moved(worker.tree, old, new), lambda: os.rename(worker.path(old), worker.path(new)))
    worker.held.move(old, new)


def exchange(worker):
    names = [name for name in worker.tree if not worker.held.is_dirty_in(name)]
    if len(names) < 2:
        return
    one, other = worker.random.sample(names, 2)
    if is_in(one, other) or is_in(other, one):
        return
    # A name that goes from one place may be one that comes from the other.
    there, back = moved(worker.tree, one, other), moved(worker.tree, other, one)
    delta = {name: there.get(name) or back.get(name) for name in [*there, *back]}
    worker.change(delta, lambda: exchange_names(worker.path(one), worker.path(other)))
    worker.held.exchange(one, other)


def unlink(worker):
    names = [name for name, node in worker.tree.items() if node.kind != "directory"]
    if not names:
        return
    name = worker.random.choice(names)
    # Answered early, unless the file is open.
    is_held = worker.held.is_held(name)
    worker.change({name: None}, lambda: os.unlink(worker.path(name)), late=not is_held)
    worker.held.forget(name)


def shrink(worker):
    """Removes a name, or a directory that has become empty."""
    empty = [name for name in worker.directories()[1:]
             if not any(other.startswith(name + "/") for other in worker.tree)]
    if empty:
        worker.change({empty[0]: None}, lambda: os.rmdir(worker.path(empty[0])))
    else:
        unlink(worker)


def chmod(worker):
    files = worker.files()
    if not files:
        return
    name, mode = worker.random.choice(files), worker.random.choice([0o600, 0o644, 0o755])
    worker.change({name: dataclasses.replace(worker.tree[name], mode=mode)},
                  lambda: os.chmod(worker.path(name), mode), joins=True)


def set_xattr(worker):
    files = worker.files()
    if not files:
        return
    name, key = worker.random.choice(files), worker.random.choice(["user.test.a", "user.test.b"])
    value = worker.random.randbytes(worker.random.choice([0, 10, 3000]))
    node = worker.tree[name]
    xattrs = tuple(sorted({**dict(node.xattrs), key: value}.items()))
    worker.change({name: dataclasses.replace(node, xattrs=xattrs)},
                  lambda: os.setxattr(worker.path(name), key, value), joins=True)


def symlink(worker):
    name = os.path.join(worker.random.choice(worker.directories()), f"l{worker.random.randrange(10)}")
    if name in worker.tree:
        return
    target = f"target-{worker.random.randrange(1000)}"
    worker.change({name: Node("symlink", target)}, lambda: os.symlink(target, worker.path(name)))


def make_directory(worker):
    parent = worker.random.choice(worker.directories())
    name = os.path.join(parent, f"d{worker.random.randrange(6)}")
    if parent.count("/") > 1 or name in worker.tree:
        return
    worker.change({name: Node("directory", "", 0o755)}, lambda: os.mkdir(worker.path(name), 0o755))


def sync_directory(worker):
    """What was answered early is on disk when it returns."""
    descriptor = os.open(worker.top, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    worker.manifest.settle()


OPERATIONS = [(rename, 4), (rename_directory, 1), (exchange, 2), (unlink, 3), (chmod, 2), (set_xattr, 2),
              (symlink, 1), (make_directory, 1), (sync_directory, 1)]
