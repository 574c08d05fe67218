"""Writing evidence, and sealing it."""

from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.utils import OperationalError
from psycopg.errors import LockNotAvailable

from guichet.journal import head, sealing
from guichet.journal.models import Event, Seal
from guichet.journal.rules import MerkleTree, SealContent, check_data
from guichet.kernel import clock

_SEALER = 7_265_164  # the advisory lock of whoever seals

_INSERT = """
    INSERT INTO journal_event (subject, seq, kind, actor, at, data, previous_hash, hash)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (subject, seq) DO NOTHING RETURNING id
"""


def record(*, subject: str, kind: str, actor: str, data: Mapping[str, object]) -> Event:
    """Write one event, chained to the previous one of ``subject``, in the caller's transaction.

    ``data`` holds ids, codes, hashes, whole numbers and dates as text, and no personal data. Two
    transactions that write about one subject at the same moment wait for each other. Raises
    ``RuntimeError`` outside a transaction (an event without its cause would be worth nothing) and
    ``rules.NotEvidenceError`` on data without a canonical form.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("an event is written in the transaction of what it tells")
    check_data(dict(data))
    while True:  # each turn but the last follows the commit of somebody else's event
        event = _next_event(subject=subject, kind=kind, actor=actor, data=dict(data))
        if _insert(event):
            return event


def _next_event(*, subject: str, kind: str, actor: str, data: dict[str, object]) -> Event:
    last = Event.objects.filter(subject=subject).order_by("-seq").values_list("seq", "hash").first()
    seq, previous = last or (0, "")
    event = Event(
        subject=subject,
        seq=seq + 1,
        kind=kind,
        actor=actor,
        at=clock.now(),
        data=data,
        previous_hash=previous,
    )
    event.hash = event.content().hash()
    return event


def _insert(event: Event) -> bool:
    # ON CONFLICT waits for a concurrent transaction to end, and then tells instead of breaking ours.
    field = Event._meta.get_field("data")
    data = field.get_db_prep_save(event.data, connection)
    values = (event.subject, event.seq, event.kind, event.actor, event.at, data)
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [*values, event.previous_hash, event.hash])
        row = cursor.fetchone()
    if row:
        event.pk = row[0]
    return row is not None


def seal() -> Seal | None:
    """Seal all events since the last seal; ``None`` when there is none, or when it is not the moment.

    It is not the moment while another process seals, or while a transaction that has written an event
    stays open for two seconds: the next run seals what this one left.
    """
    last_id = _decided_up_to()
    with transaction.atomic():
        if last_id is None or not _alone():
            return None
        previous = Seal.objects.order_by("-seq").first()
        made = _seal_events(previous, last_id)
        if made:
            transaction.on_commit(lambda: head.remember(made))
        return made


def _decided_up_to() -> int | None:
    """The highest id below which no event can appear any more (see migration 0002)."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT journal_decided()")
            last_id: int | None = _value(cursor)
            return last_id
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            return None
        raise


def _alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_SEALER])
        return bool(_value(cursor))


def _value(cursor: CursorWrapper) -> Any:
    row = cursor.fetchone()
    return row[0] if row else None


def _seal_events(previous: Seal | None, last_id: int) -> Seal | None:
    first_id = previous.last_id + 1 if previous else 1
    tree = MerkleTree()
    hashes = Event.objects.filter(id__range=(first_id, last_id)).order_by("id").values_list("hash", flat=True)
    for event_hash in hashes.iterator(chunk_size=2_000):
        tree.add(event_hash)
    if not tree.count:
        return None
    key = sealing.signer()
    content = SealContent(
        seq=previous.seq + 1 if previous else 1,
        first=first_id,
        last=last_id,
        count=tree.count,
        root=tree.root(),
        previous=previous.hash if previous else "",
        certificate=key.fingerprint,
        at=clock.now(),
    )
    return _store(content, key.sign(content.signed_bytes()))


def _store(content: SealContent, signature: bytes) -> Seal:
    return Seal.objects.create(
        seq=content.seq,
        first_id=content.first,
        last_id=content.last,
        count=content.count,
        root=content.root,
        previous_hash=content.previous,
        hash=content.hash(),
        certificate=content.certificate,
        signature=signature,
        at=content.at,
    )
