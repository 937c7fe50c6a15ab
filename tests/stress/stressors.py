"""What tests/stress/run runs: stress-ng's stressors of file systems, and jobs of fio."""

SIZES = ("--copy-file-bytes 128m --fallocate-bytes 64m --hdd-bytes 64m --iomix-bytes 64m --readahead-bytes 64m "
         "--seek-size 64m --sync-file-bytes 64m").split()

# Those that work on ordinary file systems as root. Not here: link (there are no hard links), and what
# asks for the kernel's other interfaces (chattr, fiemap, inode-flags, verity, fanotify, lease).
STRESSORS = """
access chdir chmod chown copy-file dentry dir dirdeep dirmany dnotify dup fallocate fcntl filename flock fpunch fsize
fstat getdent handle hdd inotify io iomix locka lockf lockofd metamix mknod mmap mmapfixed mmapfork mmapmany open
readahead rename seek sendfile splice symlink sync-file tee touch utime vm-splice xattr
""".split()

# Name: options beside the common ones.
FIO_COMMON = "--verify=crc32c --verify_fatal=1 --verify_dump=0 --group_reporting --output-format=terse".split()
FIO_JOBS = {
    "sequential-psync": "--rw=write --ioengine=psync --bs=128k --size=128m",
    "sequential-sync-1m": "--rw=write --ioengine=sync --bs=1m --size=256m",
    "random-4k": "--rw=randwrite --ioengine=psync --bs=4k --size=32m",
    "random-odd-sizes": "--rw=randwrite --ioengine=psync --bsrange=512-64k --bs_unaligned --size=32m",
    "mixed-random": "--rw=randrw --ioengine=psync --bs=8k --size=64m",
    "mixed-sequential": "--rw=rw --ioengine=psync --bs=64k --size=128m",
    "vectored": "--rw=randwrite --ioengine=pvsync2 --bs=16k --size=32m",
    "mmap-sequential": "--rw=write --ioengine=mmap --bs=64k --size=64m",
    "mmap-random": "--rw=randwrite --ioengine=mmap --bs=4k --size=32m",
    "synced-writes": "--rw=randwrite --ioengine=psync --bs=16k --size=2m --fsync=8",
    "libaio-direct": "--rw=randwrite --ioengine=libaio --direct=1 --iodepth=16 --bs=4k --size=32m",
    "io-uring": "--rw=randwrite --ioengine=io_uring --iodepth=16 --bs=4k --size=32m",
    "io-uring-direct": "--rw=randrw --ioengine=io_uring --direct=1 --iodepth=16 --bs=16k --size=64m",
    "direct-sequential": "--rw=write --ioengine=psync --direct=1 --bs=1m --size=128m",
    "several-jobs": "--rw=randwrite --ioengine=psync --bs=8k --size=16m --numjobs=6",
    "several-files": "--rw=randwrite --ioengine=psync --bs=8k --size=32m --nrfiles=32 --openfiles=8",
    "allocated-first": "--rw=randwrite --ioengine=psync --bs=4k --size=32m --fallocate=posix",
}
