"""Portfolios are created and renamed; a client goes from one to another."""

from collections.abc import Collection, Mapping
from uuid import UUID

from django.db import transaction

from guichet.inscriptions.models import Acteur
from guichet.inscriptions.operations import begin_changement
from guichet.inscriptions.operations.notices import tell_administrateurs
from guichet.inscriptions.queries.people import name_of
from guichet.inscriptions.states import Origine
from guichet.journal import operations as journal
from guichet.kernel import clock
from guichet.kernel.refusals import N_, Refusal
from guichet.portefeuilles import rules
from guichet.portefeuilles.models import Cliente, Portefeuille
from guichet.portefeuilles.operations.containing import add
from guichet.portefeuilles.operations.holding import NotTiers, held
from guichet.portefeuilles.operations.moving import codes_of
from guichet.portefeuilles.operations.telling import words_of
from guichet.portefeuilles.queries.finding import (
    ClienteNotFound,
    PortefeuilleNotFound,
    cliente,
    named,
    portefeuille,
)

__all__ = [
    "ClienteNotFound",
    "NameTaken",
    "NotTiers",
    "PortefeuilleNotFound",
    "create",
    "rename",
    "transfer",
]


class NameTaken(Refusal):
    """Another portfolio of the firm bears it. Params: ``name``, the other's."""

    code = "name_taken"
    message = N_(
        "Vous avez déjà un portefeuille « {name} » : majuscules, accents, traits d’union et espaces ne "
        "comptent pas. Choisissez un autre nom."
    )
    field = "name"
    status = 409


@transaction.atomic
def create(*, by: Acteur, name: str) -> Portefeuille:
    """A portfolio of the firm of ``by``, which contains nothing yet.

    Raises ``ActeurGone``, ``NotAdministrateur``, ``NotTiers``, ``NameTaken`` and
    ``kernel.names.InvalidName``.
    """
    fresh, name = held(by), rules.clean(name)
    _check_free(fresh.inscription_id, name)
    made = Portefeuille.objects.create(
        inscription=fresh.inscription,
        name=name,
        key=rules.key_of(name),
        created_at=clock.now(),
        created_by=fresh.account.subject,
    )
    _tell(fresh, "portefeuille_created", made, what="created")
    return made


@transaction.atomic
def rename(*, by: Acteur, portefeuille_id: UUID, name: str) -> Portefeuille:
    """Give a portfolio another name; the one that it has changes nothing.

    Raises what ``create`` raises, and ``PortefeuilleNotFound``.
    """
    fresh, name = held(by), rules.clean(name)
    found = portefeuille(acteur=fresh, portefeuille_id=portefeuille_id)
    if found.name == name:
        return found
    _check_free(fresh.inscription_id, name, but=found)
    former, found.name, found.key = found.name, name, rules.key_of(name)
    found.save(update_fields=["name", "key"])
    _tell(fresh, "portefeuille_renamed", found, what="renamed", former=former)
    return found


@transaction.atomic
def transfer(*, by: Acteur, cliente_id: int, portefeuille_id: UUID) -> Cliente:
    """A client goes to another portfolio of its inscription: delays, rights and history stay as they are.

    What is declared for it and the other portfolio does not contain is added to it. To where it is already
    changes nothing. Raises ``ActeurGone``, ``NotAdministrateur``, ``NotTiers``, ``ClienteNotFound`` and
    ``PortefeuilleNotFound``.
    """
    fresh = held(by)
    found = cliente(acteur=fresh, cliente_id=cliente_id)
    into = portefeuille(acteur=fresh, portefeuille_id=portefeuille_id)
    if found.portefeuille_id == into.pk:
        return found
    former = found.portefeuille
    _contain_all(into, [found], by=fresh)
    found.portefeuille = into
    found.save(update_fields=["portefeuille"])
    data = {"cliente": found.pk, "from": str(former.pk)}
    company = words_of(found.siren, found.name)
    told = {"what": "transferred", "former": former.name, "company_moved": company}
    _tell(fresh, "cliente_transferred", into, data=data, **told)
    return found


def _check_free(inscription_id: UUID, name: str, *, but: Portefeuille | None = None) -> None:
    other = named(inscription_id=inscription_id, name=name)
    if other and other != but:
        raise NameTaken(name=other.name)


def _contain_all(into: Portefeuille, rows: Collection[Cliente], *, by: Acteur) -> None:
    """Add to a portfolio what is declared for clients that come to it."""
    there = set(into.declarations.filter(closed_at=None).values_list("code", flat=True))
    codes = [code for code in codes_of([row.pk for row in rows]) if code not in there]
    if codes:
        change = begin_changement(into.inscription, origine=Origine.PORTEFEUILLE, actor=by.account.subject)
        add(into, codes, change)


def _tell(
    by: Acteur, kind: str, portefeuille: Portefeuille, *, data: Mapping[str, object] = {}, **said: object
) -> None:
    tell_administrateurs(
        by.inscription,
        "portefeuille",
        but=[by.account],
        room="portefeuilles",
        by=name_of(by.account),
        name=portefeuille.name,
        **said,
    )
    journal.record(
        subject=by.inscription.subject,
        kind=f"inscription.{kind}",
        actor=by.account.subject,
        data={"portefeuille": str(portefeuille.pk), **data},
    )
