"""Portfolios and clients, one by one: of whoever acts, and nobody else's."""

from uuid import UUID

from guichet.inscriptions.models import Acteur
from guichet.kernel.refusals import N_, Refusal
from guichet.portefeuilles.models import Cliente, Portefeuille
from guichet.portefeuilles.rules import key_of

_LARGEST_ID = 2**63 - 1


class PortefeuilleNotFound(Refusal):
    """No such portfolio, one of another inscription, or one that is closed."""

    code = "portefeuille_not_found"
    message = N_("Ce portefeuille n’existe pas, ou a été fermé.")
    status = 404


class ClienteNotFound(Refusal):
    """No such client, one of another inscription, or one that is none any more."""

    code = "cliente_not_found"
    message = N_("Cette entreprise n’est pas, ou n’est plus, dans vos portefeuilles.")
    status = 404


def portefeuille(*, acteur: Acteur, portefeuille_id: UUID) -> Portefeuille:
    """A living portfolio of the inscription of ``acteur``. Raises ``PortefeuilleNotFound``, whatever is
    wrong."""
    rows = Portefeuille.objects.select_related("inscription").filter(closed_at=None)
    found = rows.filter(pk=portefeuille_id, inscription=acteur.inscription_id).first()
    if found is None or not _acts(acteur):
        raise PortefeuilleNotFound
    return found


def cliente(*, acteur: Acteur, cliente_id: int) -> Cliente:
    """A living client of the inscription of ``acteur``, with its portfolio. Raises ``ClienteNotFound``,
    whatever is wrong."""
    known = cliente_id if 0 < cliente_id <= _LARGEST_ID else 0
    rows = Cliente.objects.select_related("portefeuille", "inscription").filter(closed_at=None)
    found = rows.filter(pk=known, inscription=acteur.inscription_id).first()
    if found is None or not _acts(acteur):
        raise ClienteNotFound
    return found


def named(*, inscription_id: UUID, name: str) -> Portefeuille | None:
    """The living portfolio of an inscription that bears this name, as ``rules.key_of`` compares them."""
    key = key_of(name)
    rows = Portefeuille.objects.filter(inscription=inscription_id, closed_at=None)
    return rows.filter(key=key).first() if key else None


def _acts(acteur: Acteur) -> bool:
    return acteur.began_at is not None and acteur.ended_at is None
