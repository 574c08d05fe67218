"""How much of the portfolios each change touched: what a list of changes says of those without rights."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db.models import Count, Model

from guichet.portefeuilles.models import (
    Cliente,
    DeclarationCliente,
    DeclarationPortefeuille,
    EtablissementClient,
)


@dataclass(frozen=True)
class Touched:
    """``came`` and ``left``: clients, their établissements, declarations of portfolios, and of clients."""

    came: tuple[int, int, int, int] = (0, 0, 0, 0)
    left: tuple[int, int, int, int] = (0, 0, 0, 0)


_ROWS: tuple[type[Model], ...] = (Cliente, EtablissementClient, DeclarationPortefeuille, DeclarationCliente)


def touched(*, changements: Collection[int]) -> Mapping[int, Touched]:
    """What each of these changes (ids, of one inscription) opened and closed, of those that did any."""
    came, left = _counts("opened_in_id", changements), _counts("closed_in_id", changements)
    return {
        one: Touched(came=_of(came, one), left=_of(left, one))
        for one in changements
        if any(_of(came, one)) or any(_of(left, one))
    }


def _counts(field: str, changements: Collection[int]) -> list[dict[int, int]]:
    return [
        dict(
            rows._default_manager.filter(**{f"{field}__in": changements})
            .values_list(field)
            .annotate(number=Count("pk"))
            .order_by(field)
        )
        for rows in _ROWS
    ]


def _of(counts: list[dict[int, int]], one: int) -> tuple[int, int, int, int]:
    first, second, third, fourth = (each.get(one, 0) for each in counts)
    return first, second, third, fourth
