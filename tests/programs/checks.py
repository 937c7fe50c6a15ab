"""What tests/programs/run runs, each with a fresh ScratchMount; Trouble says what is wrong, skip what is missing."""
import os
import pathlib
import random
import shutil
import sqlite3
import subprocess
import sys

from scratch_mount import Trouble, end_with_parent, run, run_well, skip
from tree import expect_equal, make_tree

HERE = pathlib.Path(__file__).resolve().parent
PROJECT = HERE.parent.parent
GIT_ENVIRONMENT = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_COUNT": "1",
                   "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*", "GIT_AUTHOR_NAME": "a",
                   "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b"}


def need(*programs):
    for program in programs:
        if shutil.which(program) is None:
            skip(f"{program} is missing")


def remount(mount):
    mount.stop()
    mount.start()


def clone(mount):
    need("git")
    if not (PROJECT / ".git").exists():
        skip("the sources are no git repository")
    target = mount.work / "clone"
    run_well(["git", "clone", "-q", "--no-hardlinks", PROJECT, target], env=GIT_ENVIRONMENT)
    return target


def git(mount):
    target = clone(mount)

    def in_clone(*words):
        return run_well(["git", *words], cwd=target, env=GIT_ENVIRONMENT)

    def expect_sound():
        in_clone("fsck", "--strict", "--full")
        changed = in_clone("status", "--porcelain")
        if changed:
            raise Trouble(f"git status: {changed}")
    expect_sound()
    commits = in_clone("log", "--format=%H").splitlines()
    in_clone("checkout", "-q", "-b", "other", commits[min(5, len(commits) - 1)])
    (target / "README.md").write_text("changed\n")
    (target / "new").write_text("new\n")
    in_clone("add", "-A")
    in_clone("commit", "-qm", "change")
    in_clone("checkout", "-q", "-")
    in_clone("merge", "-q", "-s", "ours", "-m", "merge", "other")
    in_clone("gc", "-q", "--prune=now")
    expect_sound()
    remount(mount)
    expect_sound()


def copies(mount, to_mount, back):
    """`to_mount` and `back` copy one directory to another."""
    source, returned = mount.place / "source", mount.place / "back"
    source.mkdir()
    make_tree(source)
    target = mount.work / "target"
    target.mkdir()
    to_mount(source, target)
    expect_equal(source, target)
    remount(mount)
    expect_equal(source, target)
    returned.mkdir()
    back(target, returned)
    expect_equal(source, returned)


def tar(mount):
    need("tar")

    def pack_and_unpack(source, target):
        archive = target.parent / "archive.tar"
        words = ["--xattrs", "--xattrs-include=user.colour", "--xattrs-include=user.large", "--numeric-owner"]
        run_well(["tar", *words, "--format=pax", "--sparse", "-C", source, "-cf", archive, "."])
        run_well(["tar", *words, "-C", target, "-xpf", archive])
        archive.unlink()
    copies(mount, pack_and_unpack, pack_and_unpack)


def rsync(mount):
    need("rsync")
    # Times are the same when their nanoseconds are.
    words = ["rsync", "-aHAX", "--numeric-ids", "--modify-window=-1", "--filter=-x user.blob.*",
             "--filter=-x user.version.*", "--filter=-x user.replication.*"]

    def copy(source, target):
        run_well([*words, f"{source}/", f"{target}/"])
        again = run_well([*words, "--itemize-changes", f"{source}/", f"{target}/"])
        if again.strip():
            raise Trouble(f"a second run finds changes:\n{again}")
    copies(mount, copy, copy)
    source, target = mount.place / "source", mount.work / "target"
    for size in (65536, 5_000_000):
        with open(source / f"a/b/{size}", "r+b") as changed:
            changed.seek(size // 2)
            changed.write(b"changed")
    shutil.rmtree(source / "a/b/c")
    run_well([*words, "--inplace", "--no-whole-file", "--delete", f"{source}/", f"{target}/"])
    expect_equal(source, target)


def vim(mount):
    need("vim")
    for copying in ("yes", "no", "auto"):
        edited = mount.work / f"edited-{copying}"
        edited.write_text("one\ntwo\n")
        edited.chmod(0o640)
        for change in ("%s/two/three/", "normal Goend"):
            before = edited.read_text()
            settings = f"set backup writebackup swapfile directory=. backupdir=. backupskip= backupcopy={copying}"
            commands = ["-c", settings, "-c", f"silent! {change}", "-c", "wq"]
            run_well(["vim", "-u", "NONE", "-i", "NONE", "-N", "-es", *commands, edited.name], cwd=mount.work)
            if edited.with_name(edited.name + "~").read_text() != before:
                raise Trouble("the backup is not what the file was")
        if edited.read_text() != "one\nthree\nend\n" or edited.stat().st_mode & 0o7777 != 0o640:
            raise Trouble(f"backupcopy={copying}: {edited.read_text()!r} {edited.stat()}")
    left = [name for name in os.listdir(mount.work) if ".sw" in name]
    if left:
        raise Trouble(f"swap files stayed: {left}")


def venv(mount):
    if run([sys.executable, "-c", "import ensurepip"])[0] != 0:
        skip("python3 has no ensurepip")
    environment = mount.work / "env"
    run_well([sys.executable, "-m", "venv", "--copies", environment])
    run_well([environment / "bin/python", "-m", "pip", "--version"])
    remount(mount)
    run_well([environment / "bin/python", "-c", "import pip, sys; sys.exit(not sys.prefix.endswith('/env'))"])


def dpkg(mount):
    need("apt-get", "dpkg", "dpkg-deb")
    status, output = run(["apt-get", "download", "hello"], cwd=mount.work)
    if status != 0:
        skip(f"apt-get download: {output.strip().splitlines()[-1:]}")
    [package] = mount.work.glob("hello_*.deb")
    target = mount.work / "extracted"
    run_well(["dpkg", "-x", package, target])
    if "Hello, world!" not in run_well([target / "usr/bin/hello"]):
        raise Trouble("the program that was extracted does not run")
    outside = mount.place / "outside"
    run_well(["dpkg", "-x", package, outside])
    expect_equal(outside, target)


def sqlite_kills(journal_mode, what_dies):
    def check(mount):
        database = mount.work / "db.sqlite"
        choice = random.Random(1)
        acknowledged = 0
        for round_number in range(4):
            writer = subprocess.Popen([sys.executable, HERE / "sqlite_writer.py", database, journal_mode],
                                      stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                                      preexec_fn=end_with_parent)
            for _ in range(choice.randrange(3, 25)):
                line = writer.stdout.readline()
                if not line:
                    raise Trouble(f"round {round_number}: the writer ended by itself")
                acknowledged = int(line)
            if what_dies == "daemon":
                mount.daemon.kill()
            writer.kill()
            for line in writer.stdout:
                acknowledged = int(line) if line.endswith("\n") else acknowledged
            writer.wait()
            if what_dies == "daemon":
                mount.kill()
                mount.start()
            connection = sqlite3.connect(database)
            sound = connection.execute("pragma integrity_check").fetchall()
            rows, last = connection.execute("select count(*), max(number) from rows").fetchone()
            connection.close()
            if sound != [("ok",)] or rows != last or last < acknowledged or last % 5 != 0:
                raise Trouble(f"round {round_number}: {sound}, {rows} rows up to {last}, acknowledged {acknowledged}")
    return check


def build(mount):
    """This project, by itself, inside the mount."""
    need("cmake", "ninja", "c++")
    target = clone(mount)
    run_well(["cmake", "--preset", "release", "-DBUILD_TESTING=OFF"], 300, cwd=target)
    run_well(["cmake", "--build", "--preset", "release", "-j2"], 5400, cwd=target)
    print(run_well([target / "build/release/replicafs", "--version"]).strip())
    if "no work to do" not in run_well(["ninja", "-C", "build/release"], 300, cwd=target):
        raise Trouble("ninja builds again what is built")


def npm(mount):
    need("npm", "node")
    project = mount.work / "project"
    project.mkdir()
    (project / "package.json").write_text('{"name": "p", "version": "1.0.0", "private": true, "dependencies": '
                                          '{"jest": "29.7.0", "webpack": "5.91.0", "webpack-cli": "5.1.4"}}')
    status, output = run(["npm", "ping"], 30)
    if status != 0:
        skip("there is no npm registry")
    run_well(["npm", "install", "--no-audit", "--no-fund", "--cache", mount.place / "npm"], 1500, cwd=project)
    packages = len(run_well(["npm", "ls", "--all", "--parseable"], 120, cwd=project).splitlines())
    print(f"{packages} packages")
    if packages < 300:
        raise Trouble(f"only {packages} packages were installed")
    (project / "sum.test.js").write_text("test('sum', () => { expect(1 + 2).toBe(3); });")
    (project / "src").mkdir()
    (project / "src/index.js").write_text("console.log('bundled');")
    run_well(["npx", "jest"], 120, cwd=project)
    run_well(["npx", "webpack", "--mode", "production"], 120, cwd=project)
    if "bundled" not in run_well(["node", "dist/main.js"], cwd=project):
        raise Trouble("the bundle does not run")
    shutil.rmtree(project / "node_modules")


QUICK = {"git": git, "tar": tar, "rsync": rsync, "vim": vim, "venv": venv, "dpkg": dpkg,
         "sqlite-wal": sqlite_kills("wal", "writer"), "sqlite-rollback": sqlite_kills("delete", "writer"),
         "sqlite-wal-daemon": sqlite_kills("wal", "daemon"), "sqlite-rollback-daemon": sqlite_kills("delete", "daemon")}
LONG = {"build": build, "npm": npm}
