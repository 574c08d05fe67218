"""Threads without processes: for a library that decodes in a thread of its own (libde265).

The kernel counts threads as processes (RLIMIT_NPROC), those of all children together: a limit that allows a
thread allows a process too. So the limit makes way for a filter of system calls (seccomp(2)), which lets a
new thread through and no new process.
"""

import ctypes
import errno
import platform
import struct
import sys

_PR_SET_SECCOMP = 22
_MODE_FILTER = 2
_CLONE_THREAD = 0x00010000
_ALLOW = 0x7FFF0000
_ERRNO = 0x00050000
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06  # classic BPF
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16  # where they are in what the filter sees
_CLONE3 = 435  # takes its flags from memory, where a filter can't look: the C library then tries clone
_X32 = 0x40000000  # the second set of numbers of an x86-64 kernel begins here
# Machine → what the kernel calls it, clone, and the calls that make a process.
_MACHINES: dict[str, tuple[int, int, tuple[int, ...]]] = {
    "x86_64": (0xC000003E, 56, (57, 58)),
    "aarch64": (0xC00000B7, 220, ()),
}


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def allow_threads_alone() -> bool:
    """Let this process start threads, for good, and no process. Whether the kernel took the filter: it does
    where ``no_new_privs`` is set, on machines that we know."""
    if platform.machine() not in _MACHINES or sys.byteorder != "little":
        return False
    content = _filter(*_MACHINES[platform.machine()])
    buffer = ctypes.create_string_buffer(content, len(content))
    program = _Program(len(content) // 8, ctypes.cast(buffer, ctypes.c_void_p))
    libc = ctypes.CDLL(None, use_errno=True)
    return bool(libc.prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(program), 0, 0) == 0)


def _filter(architecture: int, clone: int, makers: tuple[int, ...]) -> bytes:
    """Each line: operation, lines to skip where it holds, where it doesn't, operand."""
    refused = [(_EQUAL, 0, 1, number) for number in makers]
    lines = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _ERRNO | errno.EAGAIN),
        (_LOAD, 0, 0, _NUMBER),
        (_AT_LEAST, 0, 1, _X32),
        (_RETURN, 0, 0, _ERRNO | errno.EAGAIN),
        (_EQUAL, 0, 1, _CLONE3),
        (_RETURN, 0, 0, _ERRNO | errno.ENOSYS),
    ]
    for line in refused:
        lines += [line, (_RETURN, 0, 0, _ERRNO | errno.EAGAIN)]
    lines += [
        (_EQUAL, 1, 0, clone),
        (_RETURN, 0, 0, _ALLOW),
        (_LOAD, 0, 0, _FIRST_ARGUMENT),
        (_ANY_BIT, 0, 1, _CLONE_THREAD),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _ERRNO | errno.EAGAIN),
    ]
    return b"".join(struct.pack("<HBBI", *line) for line in lines)
