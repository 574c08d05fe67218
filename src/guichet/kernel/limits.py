"""How much at once, and how often: what keeps one visitor, or a crowd, from stopping the others.

Kept in the memory of one process, so that saying no costs nothing; several processes allow so many times as
much. What has to be exact across processes is counted in the database (``accounts.operations.attempts``).
"""

import ipaddress
import math
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from guichet.kernel.refusals import N_, Refusal


class Limited(Refusal):
    """Not now: ``retry_after`` says in how many seconds it is worth another try."""

    status = 503

    def __init__(self, *, retry_after: int, **params: object) -> None:
        self.retry_after = retry_after
        super().__init__(retry_after=retry_after, **params)


class Saturated(Limited):
    """More people at once than the portal serves well. Params: ``retry_after`` (seconds)."""

    code = "saturated"
    title = N_("Trop de monde en ce moment")
    message = N_(
        "Trop de personnes utilisent ce service en ce moment : votre demande n’a pas été traitée. "
        "Attendez {retry_after} secondes, puis recommencez."
    )


class TooOften(Limited):
    """More from one address than a person asks for. Params: ``retry_after`` (seconds)."""

    code = "too_often"
    title = N_("Trop de demandes")
    message = N_(
        "Trop de demandes viennent de votre connexion à internet, que vous partagez peut-être avec d’autres. "
        "Attendez {retry_after} secondes, puis actualisez cette page : votre navigateur renverra ce que vous "
        "aviez saisi."
    )
    status = 429


def _nothing() -> None:
    return


class Gate:
    """Lets ``at_once`` through together; so many more as ``waiting`` wait, for ``seconds`` at most."""

    def __init__(self, *, at_once: int, waiting: int, seconds: float) -> None:
        self.seconds = seconds
        self._present = threading.BoundedSemaphore(at_once + waiting)
        self._inside = threading.BoundedSemaphore(at_once)

    @contextmanager
    def through(self, *, on_wait: Callable[[], None] = _nothing) -> Iterator[None]:
        """Hold a place for the length of the block. ``on_wait`` runs before a wait, to let go of what others
        need meanwhile. Raises ``Saturated`` where too many wait already, or the wait was too long.
        """
        if not self._present.acquire(blocking=False):
            raise Saturated(retry_after=self._again())
        try:
            self._enter(on_wait)
            try:
                yield
            finally:
                self._inside.release()
        finally:
            self._present.release()

    def _enter(self, on_wait: Callable[[], None]) -> None:
        if self._inside.acquire(blocking=False):
            return
        on_wait()
        if not self._inside.acquire(timeout=self.seconds):
            raise Saturated(retry_after=self._again())

    def _again(self) -> int:
        return math.ceil(2 * self.seconds)


class Shares:
    """So many places as ``total``, of which one key holds ``each`` at most. Nobody waits for one."""

    def __init__(self, *, total: int, each: int, retry_after: int) -> None:
        self.total, self.each, self.retry_after = total, each, retry_after
        self._held: dict[str, int] = {}
        self._taken = 0
        self._lock = threading.Lock()

    @contextmanager
    def held(self, key: str) -> Iterator[None]:
        """Hold a place for ``key``. Raises ``TooOften`` where it has its share, else ``Saturated``."""
        self._take(key)
        try:
            yield
        finally:
            self._give_back(key)

    def _take(self, key: str) -> None:
        with self._lock:
            mine = self._held.get(key, 0)
            if mine >= self.each:
                raise TooOften(retry_after=self.retry_after)
            if self._taken >= self.total:
                raise Saturated(retry_after=self.retry_after)
            self._held[key] = mine + 1
            self._taken += 1

    def _give_back(self, key: str) -> None:
        with self._lock:
            self._taken -= 1
            self._held[key] -= 1
            if not self._held[key]:
                del self._held[key]


class Rate:
    """``count`` in any ``seconds`` for each key, spread or at once.

    One number is kept for each of ``keys`` keys at most: the moment at which everything counted so far will
    have been paid off at the allowed pace (generic cell rate algorithm). So what was refused does not make
    the wait longer.
    """

    def __init__(self, *, count: int, seconds: float, keys: int = 10_000) -> None:
        self.step, self.seconds, self.keys = seconds / count, seconds, keys
        self._paid_off: dict[str, float] = {}
        self._lock = threading.Lock()

    def count(self, key: str, *, now: float) -> None:
        """Count one for ``key`` at the moment ``now`` (seconds). Raises ``TooOften``."""
        with self._lock:
            start = max(self._paid_off.pop(key, now), now)
            late = start + self.step - now - self.seconds
            # A millionth of a second: so many steps of a third make not quite a whole.
            self._paid_off[key] = start if late > 1e-6 else start + self.step
            self._forget(now)
        if late > 1e-6:
            raise TooOften(retry_after=math.ceil(late))

    def _forget(self, now: float) -> None:
        """Make room: first what is paid off, then what was counted the longest ago."""
        if len(self._paid_off) <= self.keys:
            return
        self._paid_off = {key: moment for key, moment in self._paid_off.items() if moment > now}
        while len(self._paid_off) > self.keys:
            del self._paid_off[next(iter(self._paid_off))]


def network(address: str) -> str:
    """The address itself, or the /64 that an IPv6 subscriber has for itself."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((ip, 64), strict=False)) if ip.version == 6 else str(ip)
