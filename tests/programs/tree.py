"""Trees of files, made and compared."""
import os
import pathlib
import stat

from scratch_mount import Trouble

OLD = 981_173_106_123_456_789  # a time in nanoseconds


def make_tree(top):
    """Sizes around the store's limits, odd names, modes, times, links, xattrs, a sparse file."""
    for directory in ("a/b/c", "empty", "büro", "with space"):
        (top / directory).mkdir(parents=True)
    for size in (0, 1, 4095, 65536, 65537, 5_000_000):
        (top / f"a/b/{size}").write_bytes((b"%07d\n" % size) * (size // 8) + b"x" * (size % 8))
    for i in range(200):
        (top / f"a/b/c/file-{i}").write_text(f"{i}\n" * i)
    for name in ("büro/ä", "with space/a 'b' \"c\"", "a/back\\slash", "a/new\nline", "a/" + "n" * 255):
        (top / name).write_text(name)
    (top / os.fsdecode(b"a/\xff\xfe")).write_text("no UTF-8")
    (top / "link").symlink_to("a/b/1")
    (top / "dangling").symlink_to("no/where")
    os.mkfifo(top / "a/pipe")
    with open(top / "sparse", "wb") as sparse:
        sparse.seek(20_000_000)
        sparse.write(b"end")
    os.setxattr(top / "a/b/1", "user.colour", b"blue")
    os.setxattr(top / "a/b", "user.large", bytes(range(256)) * 8)
    (top / "a/b/1").chmod(0o4711)
    (top / "a/b/4095").chmod(0o400)
    (top / "empty").chmod(0o1770)
    os.chown(top / "a/b/65536", 4711, 4712)
    for directory, names, files in os.walk(top, topdown=False):
        for name in names + files:
            os.utime(os.path.join(directory, name), ns=(OLD, OLD + len(name)), follow_symlinks=False)


def describe(path):
    status = os.lstat(path)
    kind = stat.S_IFMT(status.st_mode)
    content = None
    if kind == stat.S_IFREG:
        content = pathlib.Path(path).read_bytes()
    elif kind == stat.S_IFLNK:
        content = os.readlink(path)
    mode = 0 if kind == stat.S_IFLNK else stat.S_IMODE(status.st_mode)
    names = [name for name in os.listxattr(path, follow_symlinks=False) if name in ("user.colour", "user.large")]
    return {"kind": kind, "mode": mode, "owner": (status.st_uid, status.st_gid), "mtime": status.st_mtime_ns,
            "xattrs": {name: os.getxattr(path, name, follow_symlinks=False) for name in names}, "content": content}


def tree_of(top):
    found = {}
    for directory, names, files in os.walk(top):
        for name in names + files:
            path = os.path.join(directory, name)
            found[os.path.relpath(path, top)] = describe(path)
    return found


def expect_equal(left, right):
    """Names, kinds, contents, modes, owners, times in nanoseconds, links, xattrs."""
    one, other = tree_of(left), tree_of(right)
    if one.keys() != other.keys():
        raise Trouble(f"names differ: {sorted(one.keys() ^ other.keys())[:10]}")
    for name, node in one.items():
        wrong = [what for what in node if node[what] != other[name][what]]
        if wrong:
            shown = [(what, str(node[what])[:80], str(other[name][what])[:80]) for what in wrong]
            raise Trouble(f"{name!r} differs: {shown}")
