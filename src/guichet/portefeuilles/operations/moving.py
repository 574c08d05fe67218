"""Every client of a portfolio goes to another one; a portfolio is closed: within a change that has begun."""

from collections.abc import Collection
from dataclasses import dataclass

from guichet.inscriptions.models import Changement
from guichet.portefeuilles.models import Cliente, DeclarationCliente, DeclarationPortefeuille, Portefeuille
from guichet.portefeuilles.operations.containing import add
from guichet.portefeuilles.operations.evidence import record


@dataclass(frozen=True, kw_only=True)
class Moved:
    """How many clients went to another portfolio."""

    clientes: int


@dataclass(frozen=True, kw_only=True)
class Closed:
    """How many declarations the portfolio contained."""

    contained: int


def move(portefeuille: Portefeuille, into: Portefeuille, changement: Changement) -> Moved:
    """Every client of a portfolio goes to another one of the inscription: delays, rights and history stay.

    What is declared for them and the other portfolio does not contain is added to it.
    """
    rows = Cliente.objects.filter(portefeuille=portefeuille, closed_at=None)
    add(into, codes_of(rows.values_list("pk", flat=True)), changement)
    moved = Moved(clientes=rows.update(portefeuille=into))
    if moved.clientes:
        record("clientes_moved", changement, portefeuille, moved, into=str(into.pk))
    return moved


def close(portefeuille: Portefeuille, changement: Changement) -> None:
    """A portfolio without clients ends, with what it contains; its name is free. Raises ``ValueError`` where
    it has clients."""
    if Cliente.objects.filter(portefeuille=portefeuille, closed_at=None).exists():
        raise ValueError("its clients leave it first")
    contained = DeclarationPortefeuille.objects.filter(portefeuille=portefeuille, closed_at=None)
    count = contained.update(closed_at=changement.at, closed_in=changement)
    portefeuille.closed_at, portefeuille.closed_by = changement.at, changement.by
    portefeuille.save(update_fields=["closed_at", "closed_by"])
    record("portefeuille_closed", changement, portefeuille, Closed(contained=count))


def codes_of(clientes: Collection[int]) -> list[str]:
    """What is declared for any of these clients, sorted."""
    rows = DeclarationCliente.objects.filter(cliente__in=clientes, closed_at=None)
    return sorted(rows.values_list("code", flat=True).distinct())
