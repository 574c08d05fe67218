"""Argon2 with OWASP's parameters, the same for accounts that exist and for those that don't."""

from contextlib import AbstractContextManager
from functools import cache

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connection

from guichet.kernel.limits import Gate

# The hash of nothing that anybody knows: verified where there is no account, so that it takes the same time.
DECOY = (
    "argon2$argon2id$v=19$m=19456,t=2,p=1$RmF4VThIZ0NHSnh0ZFZQWmJyQVpGeg"
    "$P/EomYqaP1+AaFvMMQvwAfkBvcutW9XjAAg5aauupKQ"
)
WAITING = 32  # passwords that wait for their turn in each process
WAIT_SECONDS = 3.0


class OwaspArgon2Hasher(Argon2PasswordHasher):
    """m = 19 MiB, t = 2, p = 1: 20 to 30 ms. Django's own (100 MiB) would allow seven sign-ins a second.

    A few at once in each process: a hundred sign-ins together would take all cores and two gigabytes. Those
    that wait too long, and those who find too many waiting, are told (``kernel.limits.Saturated``).
    """

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        """The hash to keep. Raises ``Saturated``."""
        with _turn():
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        """Whether it is the password of ``encoded``. Raises ``Saturated``."""
        with _turn():
            return super().verify(password, encoded)


def _turn() -> AbstractContextManager[None]:
    return _gate(settings.PASSWORDS_AT_ONCE).through(on_wait=_let_go)


@cache
def _gate(at_once: int) -> Gate:
    return Gate(at_once=at_once, waiting=WAITING, seconds=WAIT_SECONDS)


def _let_go() -> None:
    """Give the connection back to the pool: else those who wait stop every other page."""
    if not connection.in_atomic_block:
        connection.close()
