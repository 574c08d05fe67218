"""A tiers déclarant, its portfolios and their clients, as they stand in the database and in the register.

Everything is made directly, each call in a ``Changement`` of its own, so that a test of one operation stands
on no other. ``cliente()`` puts its company into the register too.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from guichet.inscriptions.models import Acteur, Changement, Inscription
from guichet.inscriptions.operations.changements import moment
from guichet.inscriptions.rules import Genre
from guichet.inscriptions.states import Origine
from guichet.kernel import clock
from guichet.portefeuilles.models import (
    Cliente,
    DeclarationCliente,
    DeclarationPortefeuille,
    EtablissementClient,
    Portefeuille,
)
from guichet.portefeuilles.states import Fin
from tests.entreprises import files
from tests.inscriptions import world as companies
from tests.inscriptions.world import DECLARATIONS

NO_TIME = dt.timedelta(0)


@dataclass(frozen=True, kw_only=True)
class Cabinet:
    """A tiers déclarant and its people; the administrateur declares too."""

    inscription: Inscription
    administrateur: Acteur
    declarants: tuple[Acteur, ...]


def tiers(
    *,
    declarations: Collection[str] = DECLARATIONS,
    declarants: int = 2,
    began_at: dt.datetime | None = None,
    opens_after: dt.timedelta = NO_TIME,
    rank: int = 0,
) -> Cabinet:
    """A tiers déclarant whose declarations are open, with an administrateur and ``declarants`` more."""
    made = companies.company(
        Genre.TIERS, declarations=declarations, began_at=began_at, opens_after=opens_after, rank=rank
    )
    return Cabinet(
        inscription=made,
        administrateur=companies.administrateur(made),
        declarants=tuple(companies.declarant(made) for _ in range(declarants)),
    )


def changement(
    inscription: Inscription,
    origine: Origine = Origine.PORTEFEUILLE,
    *,
    by: str = "system",
    at: dt.datetime | None = None,
) -> Changement:
    """A change of ``inscription``: now, or where that is told, at another moment."""
    return Changement.objects.create(
        inscription=inscription, at=at or moment(inscription.pk), by=by, origine=origine
    )


def portefeuille(
    inscription: Inscription,
    name: str = "Clients",
    *,
    declarations: Collection[str] = DECLARATIONS,
    at: dt.datetime | None = None,
) -> Portefeuille:
    """A portfolio that contains ``declarations`` since now (or ``at``), and no client."""
    change = changement(inscription, at=at)
    made = Portefeuille.objects.create(
        inscription=inscription, name=name, key=key_of(name), created_at=change.at, created_by=change.by
    )
    DeclarationPortefeuille.objects.bulk_create(
        DeclarationPortefeuille(portefeuille=made, code=code, opened_at=change.at, opened_in=change)
        for code in declarations
    )
    return made


def cliente(
    portefeuille: Portefeuille,
    *,
    places: int = 1,
    declarations: Collection[str] | None = None,
    name: str = "",
    rank: int = 0,
    registered: bool = True,
    at: dt.datetime | None = None,
    starts_after: dt.timedelta = NO_TIME,
) -> Cliente:
    """A client of ``places`` établissements since now (or ``at``).

    Its ``declarations`` (those of its portfolio, where nothing is said) may be filed at once, or
    ``starts_after`` it came.
    """
    rank = rank or companies.a_rank()
    name = name or f"ENTREPRISE {rank}"
    if registered:
        companies.put_into_register(rank, places=places, name=name)
    change = changement(portefeuille.inscription, at=at)
    made = Cliente.objects.create(
        inscription=portefeuille.inscription,
        portefeuille=portefeuille,
        siren=files.siren(rank),
        name=name,
        sort_key=name,
        began_at=change.at,
        opened_at=change.at,
        opened_in=change,
    )
    for place in range(1, places + 1):
        etablissement(made, files.siret(rank, place), change)
    for code in contained(portefeuille) if declarations is None else declarations:
        declaration(made, code, change, starts_after=starts_after)
    return made


def etablissement(cliente: Cliente, siret: str, change: Changement | None = None) -> EtablissementClient:
    """One more établissement that is declared for, whatever the register says."""
    change = change or changement(cliente.inscription)
    return EtablissementClient.objects.create(
        cliente=cliente, siret=siret, opened_at=change.at, opened_in=change
    )


def declaration(
    cliente: Cliente, code: str, change: Changement | None = None, *, starts_after: dt.timedelta = NO_TIME
) -> DeclarationCliente:
    """One more declaration of a client, whatever its portfolio contains."""
    change = change or changement(cliente.inscription)
    return DeclarationCliente.objects.create(
        cliente=cliente,
        code=code,
        starts_at=change.at + starts_after,
        opened_at=change.at,
        opened_in=change,
    )


def ended(cliente: Cliente, because: Fin = Fin.TIERS) -> Cliente:
    """A client that is one no more: its établissements and declarations ended with it."""
    change = changement(cliente.inscription)
    values = {"closed_at": change.at, "closed_in": change}
    cliente.etablissements.filter(closed_at=None).update(**values)
    cliente.declarations.filter(closed_at=None).update(**values)
    cliente.closed_at, cliente.closed_in, cliente.closed_because = change.at, change, because
    cliente.save()
    return cliente


def closed(portefeuille: Portefeuille) -> Portefeuille:
    """A portfolio that is one no more."""
    portefeuille.closed_at, portefeuille.closed_by = clock.now(), "system"
    portefeuille.save()
    return portefeuille


def contained(portefeuille: Portefeuille) -> list[str]:
    """The declarations that a portfolio contains now."""
    rows = portefeuille.declarations.filter(closed_at=None)
    return list(rows.order_by("code").values_list("code", flat=True))


def sirets(cliente: Cliente) -> list[str]:
    """The établissements of a client that are declared for now."""
    rows = cliente.etablissements.filter(closed_at=None)
    return list(rows.order_by("siret").values_list("siret", flat=True))


def codes(cliente: Cliente) -> list[str]:
    """The declarations that are made for a client now."""
    rows = cliente.declarations.filter(closed_at=None)
    return list(rows.order_by("code").values_list("code", flat=True))


def key_of(name: str) -> str:
    """What names are told apart by; those of these tests are plain letters and digits."""
    return "".join(name.upper().split())
