"""Operations of a worker that change what files hold."""
import os

from system_calls import KEEP_SIZE, PUNCH_HOLE, ZERO_RANGE, fallocate

BLOCK = 4 << 20


def write_all(file, data):
    view = memoryview(data)
    while view:
        view = view[file.write(view[:131072]):]


def some_data(random):
    size = random.choice([0, 1, 100, 4096, 5000, 65536, 70000, 300000])
    if random.random() < 0.03:
        size = random.randrange(BLOCK, 3 * BLOCK)
    return (random.randbytes(min(size, 4096)) * (size // 4096 + 1))[:size]


def write_whole(worker):
    name = worker.new_name()
    if name is None:
        return
    data = some_data(worker.random)

    def call():
        with open(worker.path(name), "wb", buffering=0) as file:
            write_all(file, data)
    worker.change_content(name, data, call, late=worker.late_closes)


def edit(worker, name, data, do, mode="r+b"):
    """`do(file)` makes `data` the content of the file."""
    def call():
        with open(worker.path(name), mode, buffering=0) as file:
            do(file)
    worker.change_content(name, data, call, late=worker.late_closes)


def choose(worker):
    """The name and content of a file, or None twice."""
    files = worker.files()
    if not files:
        return None, None
    name = worker.random.choice(files)
    return name, worker.read(name)


def append(worker):
    name, data = choose(worker)
    if name is None:
        return
    tail = worker.random.randbytes(worker.random.choice([1, 100, 5000]))
    edit(worker, name, data + tail, lambda file: file.write(tail), "ab")


def overwrite(worker):
    name, data = choose(worker)
    if not data:
        return
    at = worker.random.randrange(len(data))
    piece = worker.random.randbytes(min(len(data) - at, worker.random.choice([1, 100, 5000])))
    data[at:at + len(piece)] = piece
    edit(worker, name, data, lambda file: (file.seek(at), file.write(piece)))


def punch(worker):
    name, data = choose(worker)
    if not data:
        return
    at = worker.random.randrange(len(data))
    size = worker.random.choice([len(data) - at, worker.random.randrange(1, len(data) - at + 1), BLOCK])
    end = min(len(data), at + size)
    data[at:end] = bytes(end - at)
    mode = worker.random.choice([PUNCH_HOLE, ZERO_RANGE]) | KEEP_SIZE
    edit(worker, name, data, lambda file: fallocate(file.fileno(), mode, at, size))


def resize(worker):
    """Shorter, or longer by a hole."""
    name, data = choose(worker)
    if name is None:
        return
    size = worker.random.choice([0, len(data) // 2, len(data) + 5000, len(data) + 50000, 2 * BLOCK + 7])
    edit(worker, name, data[:size].ljust(size, b"\0"), lambda file: os.ftruncate(file.fileno(), size))


def copy_range(worker):
    files = worker.files()
    if len(files) < 2:
        return
    source, name = worker.random.sample(files, 2)
    source_data, data = worker.read(source), worker.read(name)
    if not source_data:
        return
    at = 0 if worker.random.random() < 0.6 else worker.random.randrange(len(source_data))
    to = worker.random.choice([0, len(data), worker.random.randrange(len(data) + 1), BLOCK])
    piece = source_data[at:]
    data = data.ljust(to, b"\0")
    data[to:to + len(piece)] = piece

    def copy(file):
        with open(worker.path(source), "rb", buffering=0) as other:
            done = 0
            while done < len(piece):
                done += os.copy_file_range(other.fileno(), file.fileno(), len(piece) - done, at + done, to + done)
    edit(worker, name, data, copy)


def sync_twice(worker):
    name = worker.new_name()
    if name is None:
        return
    first, second = some_data(worker.random), worker.random.randbytes(1000)
    worker.manifest.begin({name: worker.node_of(name, first)})
    with open(worker.path(name), "wb", buffering=0) as file:
        write_all(file, first)
        os.fsync(file.fileno())
        worker.manifest.returned()
        worker.manifest.begin({name: worker.node_of(name, first + second)}, late=worker.late_closes)
        file.write(second)
    worker.manifest.returned()
    worker.held.written(name, first + second)


OPERATIONS = [(write_whole, 10), (append, 4), (overwrite, 4), (punch, 2), (resize, 2), (copy_range, 3), (sync_twice, 3)]
