"""The last seal, remembered outside the database: whoever owns the database can't make us forget it.

Chains and signatures show every change but one: a journal whose end was cut off is whole again. So each
machine that seals keeps the number and the hash of the last seal in ``VAR/journal-head.json``, and
``verification.verify`` looks for that seal. Copy the file elsewhere for a witness of your own.
"""

import json
import logging
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from guichet.journal.models import Seal

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Head:
    """A seal that existed: its number and its hash (hexadecimal)."""

    seq: int
    hash: str


def path() -> Path:
    """Where it is kept."""
    return Path(settings.VAR) / "journal-head.json"


def known() -> Head | None:
    """The last seal that this machine remembers; ``None`` where there is none, or none that can be read."""
    try:
        content = json.loads(path().read_text())
        return Head(int(content["seq"]), str(content["hash"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        logger.exception("%s can't be read: the end of the journal is not witnessed", path())
        return None


def remember(seal: Seal) -> None:
    """Remember ``seal``, unless what is remembered contradicts the journal: that stays, as evidence."""
    before = known()
    if before and not holds(before):
        logger.error("the journal has lost the seal %d: run « guichet journal verify »", before.seq)
        return
    if before and seal.seq <= before.seq:  # another process was quicker to remember a later one
        return
    path().parent.mkdir(parents=True, exist_ok=True)
    new = path().with_suffix(".new")
    new.write_text(json.dumps({"seq": seal.seq, "hash": seal.hash}))
    new.replace(path())


def holds(head: Head) -> bool:
    """Whether the journal still has the seal ``head``."""
    return Seal.objects.filter(seq=head.seq, hash=head.hash).exists()
