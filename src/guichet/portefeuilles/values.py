"""What the queries of portfolios give: words already, so that a template only shows them."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Page(Generic[T]):
    """A page of lines, out of ``total``."""

    lines: Sequence[T]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, kw_only=True)
class Summary:
    """A portfolio: how many clients and établissements it has; ``codes``: what it contains, in the order of
    the catalogue."""

    id: uuid.UUID
    name: str
    clientes: int
    etablissements: int
    codes: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Line:
    """A client in a list. ``etablissements``: how many; ``codes``: what is declared for it."""

    id: int
    siren: str
    name: str
    etablissements: int
    codes: Sequence[str]
    began_at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class Place:
    """An établissement of a client, as the register has it today. ``closed``: the register says so."""

    siret: str
    name: str
    address: str
    since: dt.datetime
    closed: bool


@dataclass(frozen=True, kw_only=True)
class Missing:
    """SIRETs that the register has of a client, and that its portfolio has not; sorted."""

    active: Sequence[str]
    closed: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Contained:
    """A declaration of a portfolio. ``clientes``: of how many it is one."""

    code: str
    label: str
    since: dt.datetime
    clientes: int


@dataclass(frozen=True, kw_only=True)
class Declared:
    """A declaration of a client. ``days_left``: begun days until it opens; 0: it is open."""

    code: str
    label: str
    colour: str
    starts_at: dt.datetime
    is_open: bool
    days_left: int


@dataclass(frozen=True, kw_only=True)
class Tiers:
    """A firm that declares for a company, or whose tie that company ended (``ended_at``).

    ``labels``: what it declares, or declared. ``let_back_at``: the company allowed another tie.
    """

    cliente_id: int
    name: str
    siren: str
    since: dt.datetime
    labels: Sequence[str]
    ended_at: dt.datetime | None = None
    let_back_at: dt.datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Left:
    """A line of a change that is not taken back, and why.

    ``reason``: a code of ``rules.Ecart``; ``what`` and ``remedy``: in French. ``siren`` is empty for a
    declaration of a portfolio, ``siret`` but for an établissement, ``code`` but for a declaration.
    """

    siren: str
    siret: str
    code: str
    label: str
    reason: str
    what: str
    remedy: str
