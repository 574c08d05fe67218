"""How evidence is hashed. Everything that a third party needs to recompute the journal stands here.

**An event's content** is the JSON object of its ``actor``, ``at``, ``data``, ``kind``, ``previous``, ``seq``
and ``subject``, written as RFC 8785 (JSON Canonicalization Scheme) wants it: keys sorted, no blank, UTF-8,
only the escapes that JSON requires. ``at`` is UTC as ``2026-11-21T13:05:09.000042Z``, always with six
decimals. ``previous`` is the hash of the subject's previous event, in hexadecimal, or the empty string for
the first one. ``seq`` counts a subject's events from 1. The event's hash is the SHA-256 of those bytes.

**A seal's root** is the Merkle tree hash of RFC 9162 (section 2.1.1) over the events of the seal in the order
of their ids. A leaf is SHA-256(00 ‖ hash of the event, 32 bytes), a node SHA-256(01 ‖ left ‖ right), and a
list is cut at the largest power of two that is smaller than its length.

**A seal's content** is the JSON object, in the same form, of its ``at``, ``certificate`` (SHA-256 of the
certificate in DER, hexadecimal), ``count``, ``first`` and ``last`` (ids of events), ``previous`` (the hash of
the previous seal, or the empty string), ``root`` (hexadecimal) and ``seq``. Its hash is the SHA-256 of those
bytes; its signature is ECDSA over them with SHA-256 and the key of the certificate, in DER.
"""

import datetime as dt
import hashlib
import json
import re
from dataclasses import dataclass, field

JSON_MAX_INTEGER = 2**53 - 1  # beyond, readers of JSON no longer agree
_KEY = re.compile(r"[a-z][a-z0-9_]*")
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


class NotEvidenceError(ValueError):
    """A value that has no single canonical form, or that the journal may not hold."""


def check_data(value: object) -> None:
    """Raise ``NotEvidenceError`` unless ``value`` is JSON without fractions, with plain keys.

    Fractions are refused because their written form depends on who writes them, keys beyond ``[a-z0-9_]``
    because sorting them depends on the encoding; NUL and lone surrogates can't be stored.
    """
    match value:
        case None | bool():
            return
        case int() if abs(value) <= JSON_MAX_INTEGER:
            return
        case str() if not _UNSTORABLE.search(value):
            return
        case list() | tuple():
            for item in value:
                check_data(item)
        case dict() if all(isinstance(key, str) and _KEY.fullmatch(key) for key in value):
            check_data(list(value.values()))
        case _:
            raise NotEvidenceError(f"not a value of evidence: {value!r}")


def canonical(content: dict[str, object]) -> bytes:
    """``content`` (checked by ``check_data``) as the bytes that are hashed and signed: RFC 8785."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def moment(at: dt.datetime) -> str:
    """``at`` (aware) as the journal writes it: ``2026-11-21T13:05:09.000042Z``."""
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@dataclass(frozen=True, kw_only=True)
class EventContent:
    """What an event says. ``previous`` is a hash in hexadecimal, or empty for the first of its subject."""

    subject: str
    seq: int
    kind: str
    actor: str
    at: dt.datetime
    data: object
    previous: str

    def hash(self) -> str:
        """The event's hash, in hexadecimal."""
        content = {**self.__dict__, "at": moment(self.at)}
        return hashlib.sha256(canonical(content)).hexdigest()


@dataclass(frozen=True, kw_only=True)
class SealContent:
    """What a seal says. ``first`` and ``last`` are ids of events; ``root`` and ``previous`` hexadecimal."""

    seq: int
    first: int
    last: int
    count: int
    root: str
    previous: str
    certificate: str
    at: dt.datetime

    def signed_bytes(self) -> bytes:
        """The bytes that the seal's signature covers."""
        return canonical({**self.__dict__, "at": moment(self.at)})

    def hash(self) -> str:
        """The seal's hash, in hexadecimal."""
        return hashlib.sha256(self.signed_bytes()).hexdigest()


def leaf_hash(event_hash: str) -> bytes:
    """The leaf of an event in the Merkle tree of its seal."""
    return hashlib.sha256(b"\x00" + bytes.fromhex(event_hash)).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The node above two others."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass
class MerkleTree:
    """The root of a list that is read once, in a memory that grows as its logarithm."""

    count: int = 0
    _peaks: list[tuple[int, bytes]] = field(default_factory=list)  # (leaves below, hash): sizes decrease

    def add(self, event_hash: str) -> None:
        """Append the event whose hash (hexadecimal) is given."""
        size, top = 1, leaf_hash(event_hash)
        while self._peaks and self._peaks[-1][0] == size:
            size, top = size * 2, node_hash(self._peaks.pop()[1], top)
        self._peaks.append((size, top))
        self.count += 1

    def root(self) -> str:
        """The root in hexadecimal; of an empty list, the SHA-256 of nothing."""
        if not self._peaks:
            return hashlib.sha256().hexdigest()
        *others, (_, top) = self._peaks
        for _, peak in reversed(others):
            top = node_hash(peak, top)
        return top.hex()
