"""Calls of Linux that Python's library does not have."""
import ctypes
import os

_libc = ctypes.CDLL(None, use_errno=True)

KEEP_SIZE, PUNCH_HOLE, ZERO_RANGE = 1, 2, 16
_AT_FDCWD, _EXCHANGE = -100, 2


def _checked(result, what):
    if result != 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error), what)


def fallocate(descriptor, mode, offset, length):
    _checked(_libc.fallocate(descriptor, mode, ctypes.c_longlong(offset), ctypes.c_longlong(length)), "fallocate")


def exchange(one, other):
    """renameat2 with RENAME_EXCHANGE."""
    _checked(_libc.renameat2(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _EXCHANGE), one)
