"""Child processes that end whatever happens."""
import ctypes
import os
import signal
import subprocess
import sys
import time

PR_SET_PDEATHSIG = 1


def sh(*words, limit=120, **keywords):
    """What the command printed; the run ends when it fails."""
    try:
        done = subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=limit, **keywords)
    except subprocess.TimeoutExpired:
        sys.exit(f"{' '.join(map(str, words))}: took longer than {limit} s")
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, words))}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def start(*words, log):
    """A server that goes with this process, even when that is killed."""
    library = ctypes.CDLL(None)
    return subprocess.Popen([str(word) for word in words], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                            preexec_fn=lambda: library.prctl(PR_SET_PDEATHSIG, signal.SIGKILL))


def wait_until(condition, what, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            sys.exit(f"{what}: not within {seconds} s")
        time.sleep(0.01)


def unmount(mount):
    sh("umount", mount) if os.geteuid() == 0 else sh("fusermount3", "-u", mount)


def unmount_anyway(mount, server):
    """For the end of a run that failed."""
    if os.path.ismount(mount):
        subprocess.run(["fusermount3", "-u", "-z", str(mount)], capture_output=True, timeout=30)
    if server is not None and server.poll() is None:
        server.kill()
        server.wait(30)
