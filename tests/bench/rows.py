"""What is measured: each function makes its rows for one system in one round."""
import json
import time

from process import sh

SMALL = 4096
PARALLEL = 8
MANY = "many"  # the directory that make_many made


class Measure:
    def __init__(self, workload, arguments):
        self.workload, self.arguments = workload, arguments
        self.rates = {}  # row: {system: [a second]}

    def __call__(self, system, row, phase, directory, count, size, jobs=1, amount=None):
        seconds = float(sh(self.workload, phase, directory, count, size, jobs, limit=self.arguments.limit))
        rates = self.rates.setdefault(row, {}).setdefault(system.name, [])
        rates.append((count if amount is None else amount) / max(seconds, 1e-9))


def small_files(measure, system, number):
    count = measure.arguments.files
    one, eight = system.top / f"one{number}", system.top / f"eight{number}"
    system.up()
    one.mkdir()
    measure(system, "create+write+close 4 KiB /s", "create", one, count, SMALL)
    system.wait_for_files(one, count, SMALL)
    system.down()
    system.up()
    eight.mkdir()
    measure(system, "create+write+close 4 KiB, 8 at a time /s", "create", eight, count, SMALL, PARALLEL)
    system.wait_for_files(eight, count, SMALL)
    system.down()
    system.up()
    measure(system, "stat, cold /s", "stat", one, count, SMALL)
    measure(system, "stat, warm /s", "stat", one, count, SMALL)
    system.down()
    system.up()
    measure(system, "open+read 4 KiB+close, cold /s", "read", one, count, SMALL)
    measure(system, "open+read 4 KiB+close, warm /s", "read", one, count, SMALL)
    measure(system, "unlink /s", "unlink", one, count, SMALL)
    system.down()
    system.up()
    measure(system, "unlink, 8 at a time /s", "unlink", eight, count, SMALL, PARALLEL)
    system.down()


def large_directory(measure, system, number):
    count = measure.arguments.entries
    system.up()
    measure(system, f"readdir of {count:,}, cold, entries/s", "list", system.top / MANY, count, 0)
    measure(system, f"readdir of {count:,}, warm, entries/s", "list", system.top / MANY, count, 0)
    system.down()


def large_file(measure, system, number):
    mib, reads = measure.arguments.large_mib, measure.arguments.random_reads
    directory = system.top / f"large{number}"
    size = mib << 20
    system.up()
    directory.mkdir()
    measure(system, "sequential write + fsync, MiB/s", "put", directory, 1, size, amount=mib)
    system.wait_for_files(directory, 1, size)
    system.down()
    system.drop_cache()
    system.up()
    measure(system, "sequential read, cold, MiB/s", "get", directory, 1, size, amount=mib)
    measure(system, "sequential read, warm, MiB/s", "get", directory, 1, size, amount=mib)
    system.down()
    system.drop_cache()
    system.up()
    measure(system, "random 4 KiB reads, cold /s", "random", directory, reads, SMALL)
    measure(system, "random 4 KiB reads, warm /s", "random", directory, reads, SMALL)
    system.down()
    system.up()
    measure(system, "random 4 KiB reads, only the mount cold /s", "random", directory, reads, SMALL)
    (directory / "large").unlink()
    system.down()


def replication(measure, system):
    """From the first write until `wait` returns, with the link running beside the writer."""
    policy = system.cli("policy", "create", "--source", "west", "--destination", "east", "--rule", "data:copy",
                        "--output", "json")
    json.loads(policy)
    files, mib = measure.arguments.files, measure.arguments.large_mib
    system.up()
    for row, phase, count, size, amount in (("replication, small blobs /s", "create", files, SMALL, files),
                                            ("replication, one large blob MiB/s", "put", 1, mib << 20, mib)):
        directory = system.top / f"replicated-{phase}"
        directory.mkdir()
        began = time.monotonic()
        sh(measure.workload, phase, directory, count, size, PARALLEL, limit=measure.arguments.limit)
        written = time.monotonic()
        system.cli("replication", "wait", "west")
        ended = time.monotonic()
        measure.rates.setdefault(row, {}).setdefault(system.name, []).append(amount / (ended - began))
        print(f"{system.name}: {row:36} {amount / (ended - began):10.1f} from first write to last replica; "
              f"writing took {written - began:.2f} s, the rest {ended - written:.2f} s")
    system.down()
