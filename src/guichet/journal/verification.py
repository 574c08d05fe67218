"""Recomputing the whole journal, event by event, in a memory that does not grow with it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from cryptography import x509
from django.db import transaction
from django.db.models import F, Value, Window
from django.db.models.functions import Lag

from guichet.journal import head, sealing
from guichet.journal.models import Event, Seal
from guichet.journal.rules import MerkleTree
from guichet.kernel.refusals import N_

CHUNK = 2_000  # events held in memory

REASONS = {
    "content": N_("son contenu ne correspond plus à son empreinte : il a été modifié"),
    "missing": N_("il manque un événement du même sujet juste avant lui"),
    "chain": N_("il ne s’enchaîne pas à l’événement précédent du même sujet"),
    "seal_missing": N_("il manque un scellement juste avant lui"),
    "seal_chain": N_("il ne s’enchaîne pas au scellement précédent"),
    "seal_content": N_("son contenu ne correspond plus à son empreinte : il a été modifié"),
    "certificate": N_("le certificat qui l’a signé est inconnu (regardez dans SEAL_DIR/former)"),
    "signature": N_("sa signature n’est pas celle du cachet"),
    "count": N_("il ne couvre plus autant d’événements qu’au moment où il a été signé"),
    "forgotten": N_(
        "il manque : la fin du journal a été effacée, ou la base vient d’une sauvegarde plus ancienne. Le "
        "fichier journal-head.json, gardé hors de la base, s’en souvient"
    ),
    "root": N_("les événements qu’il couvre, ou leur ordre, ont changé depuis qu’il a été signé"),
}


@dataclass(frozen=True, kw_only=True)
class Report:
    """``events`` and ``seals`` were checked; ``unsealed`` events are not under a seal yet.

    ``first_bad`` names the first event, or else the first seal, that does not hold; ``reason`` is a key of
    ``REASONS``. Both are empty when everything holds.
    """

    events: int
    seals: int
    unsealed: int = 0
    first_bad: str = ""
    reason: str = ""

    @property
    def ok(self) -> bool:
        """Whether everything holds."""
        return not self.reason


class _Fault(NamedTuple):
    named: str
    reason: str


class _Before(NamedTuple):
    """The event before another one of the same subject; 0 and empty before the first."""

    seq: int
    hash: str


def verify() -> Report:
    """Recompute every hash, chain, tree and signature of the journal.

    Raises ``sealing.SealKeyError`` where the certificates can't be read.
    """
    with transaction.atomic():
        return _Verifier(sealing.certificates()).run()


class _Verifier:
    """Walks through events and seals together, in the order of ids."""

    def __init__(self, certificates: Mapping[str, x509.Certificate]) -> None:
        self.certificates = certificates
        self.events = self.seals = 0
        self.tree = MerkleTree()
        self.previous_seal: Seal | None = None

    def run(self) -> Report:
        # The seals are read first: whatever they cover was committed before them.
        seals = Seal.objects.order_by("seq").iterator(chunk_size=CHUNK)
        seal = next(seals, None)
        for event, before in _events():
            while seal and event.id > seal.last_id:
                if fault := self._end(seal):
                    return self._report(fault)
                seal = next(seals, None)
            if fault := self._event(event, before):
                return self._report(fault)
        while seal:
            if fault := self._end(seal):
                return self._report(fault)
            seal = next(seals, None)
        return self._report(_forgotten())

    def _event(self, event: Event, before: _Before) -> _Fault | None:
        self.events += 1
        reason = _event_reason(event, before)
        if not reason:
            self.tree.add(event.hash)
        named = f"événement {event.id} ({event.subject}, n° {event.seq}, {event.kind})"
        return _Fault(named, reason) if reason else None

    def _end(self, seal: Seal) -> _Fault | None:
        """All events that ``seal`` covers have been read: see whether they are those that were signed."""
        tree, self.tree = self.tree, MerkleTree()
        self.seals += 1
        before, self.previous_seal = self.previous_seal, seal
        reason = self._seal_reason(seal, before) or _tree_reason(seal, tree)
        named = f"scellement {seal.seq} (événements {seal.first_id} à {seal.last_id})"
        return _Fault(named, reason) if reason else None

    def _seal_reason(self, seal: Seal, before: Seal | None) -> str:
        if seal.seq != (before.seq + 1 if before else 1):
            return "seal_missing"
        if seal.previous_hash != (before.hash if before else ""):
            return "seal_chain"
        if seal.first_id != (before.last_id + 1 if before else 1) or seal.hash != seal.content().hash():
            return "seal_content"
        certificate = self.certificates.get(seal.certificate)
        if certificate is None:
            return "certificate"
        signed = sealing.is_signed(certificate, bytes(seal.signature), seal.content().signed_bytes())
        return "" if signed else "signature"

    def _report(self, fault: _Fault | None) -> Report:
        named, reason = fault or ("", "")
        return Report(
            events=self.events, seals=self.seals, unsealed=self.tree.count, first_bad=named, reason=reason
        )


def _forgotten() -> _Fault | None:
    """The seal that is remembered outside the database, where the journal does not have it any more."""
    last = head.known()
    return None if last is None or head.holds(last) else _Fault(f"scellement {last.seq}", "forgotten")


def _event_reason(event: Event, before: _Before) -> str:
    if event.hash != event.content().hash():
        return "content"
    if event.seq != before.seq + 1:
        return "missing"
    return "" if event.previous_hash == before.hash else "chain"


def _tree_reason(seal: Seal, tree: MerkleTree) -> str:
    if tree.count != seal.count:
        return "count"
    return "" if tree.root() == seal.root else "root"


def _events() -> Iterator[tuple[Event, _Before]]:
    """Every event by id, each with the one before it of the same subject; PostgreSQL sorts, on its disk."""
    events = Event.objects.annotate(
        before_seq=_of_previous("seq", default=0), before_hash=_of_previous("hash", default="")
    ).order_by("id")
    for event in events.iterator(chunk_size=CHUNK):
        yield event, _Before(event.before_seq, event.before_hash)


def _of_previous(field: str, *, default: int | str) -> Window:
    lag = Lag(field, default=Value(default))
    return Window(lag, partition_by=F("subject"), order_by=F("seq").asc())
