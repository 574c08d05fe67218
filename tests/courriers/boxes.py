"""Doors with a mailbox, in tests of rooms that know no such door by name."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from guichet.accounts import definitions, queries
from guichet.courriers.models import Pli


@contextmanager
def mailboxes(code: str) -> Iterator[None]:
    """As long as it lasts, people of the espace ``code`` have a mailbox inside the portal."""
    known = dict(definitions.espaces())
    known[code] = replace(known[code], mailbox=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(definitions, "espaces", lambda: known)
        patch.setattr(queries, "reverse", lambda name: f"/{name.replace(':', '/')}/")  # it has no such page
        yield


def subjects(box: str) -> list[str]:
    """What stands in a mailbox, the first message first."""
    return list(Pli.objects.filter(box=box).order_by("created_at", "pk").values_list("subject", flat=True))
