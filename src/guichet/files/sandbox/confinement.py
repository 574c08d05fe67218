"""What a process gives up before it opens a stranger's file."""

import contextlib
import ctypes
import os
import resource
import signal
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from guichet.files.sandbox.threads import allow_threads_alone

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
_CAPABILITY_VERSION = 0x20080522
NOBODY = 65534
_MEGABYTE = 1 << 20

_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """``wall`` and ``cpu`` in seconds; ``memory`` (address space) and ``output`` (a file written) in MiB.

    ``threads``: whether the child may start any. It starts no process in either case.
    """

    wall: int
    cpu: int
    memory: int
    output: int = 0
    threads: bool = False

    def as_dict(self) -> dict[str, int]:
        """The limits as they travel to the zygote."""
        return asdict(self)


def confine_zygote() -> list[str]:
    """Give up what can be given up for good, once; the children inherit it.

    Returns what holds: ``network`` (a namespace without any), ``root`` (an empty folder as the root) and
    ``user`` (no longer the superuser). A kernel that refuses namespaces to ordinary users leaves the
    limits alone.
    """
    held = []
    superuser = os.geteuid() == 0
    if _unshare(_CLONE_NEWNET if superuser else _CLONE_NEWUSER | _CLONE_NEWNET):
        held.append("network")
    if _empty_root():
        held.append("root")
    if superuser and _become_nobody():
        held.append("user")
    _drop_capabilities()
    _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    return held


def offer_to_the_oom_killer() -> None:
    """Where memory runs out, the kernel ends a check rather than the portal."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def confine_child(limits: Limits, *, zygote: int) -> None:
    """Set the limits of one task. The child dies with the zygote, which is its parent and has one thread."""
    os.setpgid(0, 0)
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != zygote:  # it died before we could ask: nobody would ever end us
        os.kill(os.getpid(), signal.SIGKILL)
    memory, output = limits.memory * _MEGABYTE, limits.output * _MEGABYTE
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu, limits.cpu + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (output, output))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    if not (limits.threads and allow_threads_alone()):
        resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _unshare(flags: int) -> bool:
    return bool(_libc.unshare(flags) == 0)


def _empty_root() -> bool:
    folder = tempfile.mkdtemp(prefix="guichet-empty-")
    os.chdir(folder)
    Path(folder).rmdir()  # nobody can put anything into a folder that has no name
    try:
        os.chroot(".")
    except PermissionError:
        os.chdir("/")
        return False
    return True


def _drop_capabilities() -> None:
    """Those that a namespace of one's own brings, too (capset(2), version 3: two sets of three words)."""
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0)
    _libc.capset(header, (ctypes.c_uint32 * 6)())


def _become_nobody() -> bool:
    try:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    except PermissionError:
        return False
    return True
