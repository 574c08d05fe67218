"""What is under way, so that whatever the log says meanwhile names it: a request or a job.

The values are ids and names of code, never anything that a person gave.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

Trace = Mapping[str, str | int]
NOWHERE = "unknown"  # the route of a request that leads to no page

_current: ContextVar[Trace] = ContextVar("guichet_trace", default={})  # noqa: B039 - nobody writes into it


def current() -> Trace:
    """``request_id`` in a request; ``job`` and ``job_id`` in a job; empty elsewhere."""
    return _current.get()


@contextmanager
def doing(**trace: str | int) -> Iterator[None]:
    """Name what the block does, in this thread and in those that it starts with its context."""
    token = _current.set({**_current.get(), **trace})
    try:
        yield
    finally:
        _current.reset(token)


def route(request: object) -> str:
    """The name of the address that ``request`` leads to (``web:home``), as a path may hold secrets."""
    match = getattr(request, "resolver_match", None)
    return (match and match.view_name) or NOWHERE
