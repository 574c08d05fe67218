"""What somebody may transmit, for which établissement: what the questions offer, and why no more.

Whatever they offer, ``habilitations.queries.may_file`` alone says yes.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from guichet.accounts.models import Account
from guichet.habilitations.models import Habilitation
from guichet.habilitations.queries import may_file
from guichet.habilitations.queries.filing import FilingPlace, are_more, filed_somewhere, places_to_file
from guichet.habilitations.queries.summary import by_declaration
from guichet.inscriptions import catalogue, queries
from guichet.inscriptions.catalogue import Filed
from guichet.inscriptions.models import Acteur
from guichet.inscriptions.values import Inscrite
from guichet.kernel.identifiers import Siret

MOST_TOLD = 12
MOST_LISTED = 30  # places that one list offers; who has more looks for theirs
MOST_FOUND = 20


@dataclass(frozen=True, kw_only=True)
class Refused:
    """A declaration that can't be transmitted now, and the sentence that says why."""

    code: str
    label: str
    sentence: str


@dataclass(frozen=True)
class Offered:
    """The places that a question offers. ``many``: there are too many for a list, these were looked for;
    ``more``: and these are the first of those that were found."""

    places: list[FilingPlace]
    many: bool = False
    more: bool = False


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
    there = [one for one in _here(acteur) if one.is_open and one.code in held]
    somewhere = filed_somewhere(acteur=acteur, codes=[one.code for one in there])
    return {one.code: one.label for one in there if one.code in somewhere}


def places(account: Account, code: str, *, search: str = "", chosen: str = "") -> Offered:
    """The établissements for which ``account`` may transmit ``code``, closed ones last.

    Where they are many: those that ``search`` finds, and the one that is ``chosen`` (a SIRET) already.
    """
    acteur = _acting(account)
    if acteur is None:
        return Offered([])
    if not are_more(acteur=acteur, declaration=code, than=MOST_LISTED):
        every = places_to_file(acteur=acteur, declaration=code, most=MOST_LISTED)
        return Offered(_closed_last(every))
    found: list[FilingPlace] = []
    if search:
        found = places_to_file(acteur=acteur, declaration=code, search=search, most=MOST_FOUND + 1)
    shown = found[:MOST_FOUND]
    if chosen and chosen not in {one.siret for one in shown}:
        shown = [*places_to_file(acteur=acteur, declaration=code, siret=chosen, most=1), *shown]
    return Offered(shown, many=True, more=len(found) > MOST_FOUND)


def why_not(account: Account, code: str, siret: str = "") -> str:
    """Why ``account`` may not transmit ``code`` for ``siret``; empty if they may.

    Where no ``siret`` is said: for a place where they have that right, or else for their own.
    """
    answer = may_file(account=account, siret=siret or _somewhere(account, code), declaration=code)
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


def in_words(place: FilingPlace) -> str:
    """« 123 456 782 00010, Garage de la Place, 1 rue des Lilas 37000 Tours »; of a client, its name first."""
    named = [place.client, *([place.name] if place.name != place.client else [])]
    return ", ".join(part for part in (Siret(place.siret).grouped, *named, place.address) if part)


def _closed_last(found: list[FilingPlace]) -> list[FilingPlace]:
    return sorted(found, key=lambda one: one.closed)


def _here(acteur: Acteur) -> list[Inscrite]:
    taken = kinds()
    return [one for one in queries.declarations(inscription=acteur.inscription) if one.code in taken]


def _acting(account: Account) -> Acteur | None:
    acteur = queries.acteur_of(account=account)
    return None if acteur is None or acteur.is_candidate else acteur


def _somewhere(account: Account, code: str) -> str:
    acteur = queries.acteur_of(account=account)
    if acteur is None:
        return str(account.profile.get("siret", ""))
    held = Habilitation.objects.filter(acteur=acteur, declaration=code, closed_at=None)
    return held.values_list("siret", flat=True).first() or acteur.siret
