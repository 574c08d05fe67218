"""What somebody may transmit, for which établissement: what the questions offer, and why no more.

Whatever they offer, ``habilitations.queries.may_file`` alone says yes.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from guichet.accounts.models import Account
from guichet.habilitations.models import Habilitation
from guichet.habilitations.queries import may_file
from guichet.habilitations.queries.summary import by_declaration
from guichet.inscriptions import catalogue, queries
from guichet.inscriptions.catalogue import Filed
from guichet.inscriptions.models import Acteur
from guichet.inscriptions.values import Inscrite, Place
from guichet.kernel.identifiers import Siret

MOST_TOLD = 12


@dataclass(frozen=True, kw_only=True)
class Refused:
    """A declaration that can't be transmitted now, and the sentence that says why."""

    code: str
    label: str
    sentence: str


def kinds() -> Mapping[str, str]:
    """The declarations whose files are taken here, each with what is said of its period."""
    offered = catalogue.declarations().values()
    return {one.code: one.periods for one in offered if one.filed is Filed.FILE}


def offered(account: Account) -> Mapping[str, str]:
    """The declarations that ``account`` may transmit somewhere, by code, with their labels."""
    acteur = _acting(account)
    if acteur is None or not acteur.declarant:
        return {}
    held = by_declaration(acteur=acteur, acteur_id=acteur.pk)
    return {one.code: one.label for one in _here(acteur) if one.is_open and one.code in held}


def places(account: Account, code: str) -> list[Place]:
    """The établissements for which ``account`` may transmit ``code``, closed ones last."""
    acteur = _acting(account)
    if acteur is None:
        return []
    rows = Habilitation.objects.filter(acteur=acteur, declaration=code, closed_at=None)
    held = {*rows.values_list("siret", flat=True)}
    known = queries.etablissements(inscription=acteur.inscription)
    return [one for one in known if one.siret in held and one.ticked]


def why_not(account: Account, code: str, siret: str = "") -> str:
    """Why ``account`` may not transmit ``code`` for ``siret`` (their own, if not said); empty if they may."""
    answer = may_file(account=account, siret=siret or _own(account), declaration=code)
    return "" if answer.ok else answer.sentence


def refused(account: Account) -> list[Refused]:
    """What the company declares by a file here, and ``account`` can't transmit now, each with the reason."""
    acteur = _acting(account)
    if acteur is None:
        return []
    mine = offered(account)
    left = [one for one in _here(acteur) if one.code not in mine][:MOST_TOLD]
    return [Refused(code=one.code, label=one.label, sentence=why_not(account, one.code)) for one in left]


def why_nothing(account: Account) -> str:
    """Why ``account`` may transmit nothing at all: their company declares nothing that is taken here."""
    acteur = _acting(account)
    if acteur is None or not acteur.declarant:
        return why_not(account, "")
    return _(
        "Votre entreprise n’a choisi aucune déclaration qui se transmette ici. Un administrateur peut en "
        "ajouter à son inscription, par « Gérer les déclarations »."
    )


def in_words(place: Place) -> str:
    """« 123 456 782 00010, Garage de la Place, 1 rue des Lilas 37000 Tours »."""
    return ", ".join(part for part in (Siret(place.siret).grouped, place.name, place.address) if part)


def _here(acteur: Acteur) -> list[Inscrite]:
    taken = kinds()
    return [one for one in queries.declarations(inscription=acteur.inscription) if one.code in taken]


def _acting(account: Account) -> Acteur | None:
    acteur = queries.acteur_of(account=account)
    return None if acteur is None or acteur.is_candidate else acteur


def _own(account: Account) -> str:
    acteur = queries.acteur_of(account=account)
    return acteur.siret if acteur else str(account.profile.get("siret", ""))
