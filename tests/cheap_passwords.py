"""Passwords that cost nothing to hash in the process of the tests: the portal's cost 30 ms each.

What the portal's own cost is looked at with ``real()``; processes that tests start have it too.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from unittest import mock

from guichet.accounts import hashers
from guichet.accounts.hashers import OwaspArgon2Hasher

REAL = {"time_cost": OwaspArgon2Hasher.time_cost, "memory_cost": OwaspArgon2Hasher.memory_cost}
REAL_DECOY = hashers.DECOY
CHEAP = {"time_cost": 1, "memory_cost": 8}
# As ``hashers.DECOY``, of what nobody knows.
CHEAP_DECOY = (
    "argon2$argon2id$v=19$m=8,t=1,p=1$RmF4VThIZ0NHSnh0ZFZQWmJyQVpGeg"
    "$P/EomYqaP1+AaFvMMQvwAfkBvcutW9XjAAg5aauupKQ"
)


def make() -> None:
    """From now on, until the process ends; before anything reads the decoy."""
    for name, cost in CHEAP.items():
        mock.patch.object(OwaspArgon2Hasher, name, cost).start()
    mock.patch.object(hashers, "DECOY", CHEAP_DECOY).start()


@contextmanager
def real() -> Iterator[None]:
    """The portal's own parameters, meanwhile."""
    with ExitStack() as costs:
        for name, cost in REAL.items():
            costs.enter_context(mock.patch.object(OwaspArgon2Hasher, name, cost))
        yield
