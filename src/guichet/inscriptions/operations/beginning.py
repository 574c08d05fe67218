"""A company registers, or somebody asks to be one of its administrateurs (003, chapter 2)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from guichet.accounts.definitions import espace
from guichet.accounts.models import Account
from guichet.courriers.models import Courrier
from guichet.entreprises import queries as entreprises
from guichet.entreprises.rules import Etablissement
from guichet.inscriptions import catalogue, queries
from guichet.inscriptions.models import (
    Acteur,
    DeclarationInscrite,
    EtablissementInscrit,
    Inscription,
)
from guichet.inscriptions.operations import candidatures
from guichet.inscriptions.operations.declarations import check_chosen, inscrite
from guichet.inscriptions.operations.employing import employ
from guichet.inscriptions.operations.holding import lock, lock_siren
from guichet.inscriptions.operations.notices import company_of, tell, write_letter
from guichet.inscriptions.operations.refusals import CannotBegin
from guichet.inscriptions.rules import Choice, Genre, Person
from guichet.inscriptions.values import Declaration
from guichet.journal import operations as journal
from guichet.kernel import clock
from guichet.kernel.dates import moment_in_words
from guichet.kernel.refusals import N_, Refusal


class NothingChosen(CannotBegin):
    """Nobody registered this company yet, and no declaration was chosen."""

    code = "nothing_chosen"
    message = N_("Choisissez ce que votre entreprise déclare : rien n’est encore choisi.")
    field = "declarations"


class PlaceUnknown(CannotBegin):
    """An établissement that the register has not, of another company, or closed. Params: ``siret``."""

    code = "place_unknown"
    message = N_(
        "L’établissement {siret} n’est pas, ou n’est plus, un établissement ouvert de votre entreprise dans "
        "le répertoire Sirene : vérifiez votre choix."
    )
    field = "sirets"


@dataclass(frozen=True)
class Beginning:
    """What a company begins with, checked against register and catalogue."""

    declarations: Sequence[Declaration]
    places: Sequence[Etablissement]
    ticked: frozenset[str]


@transaction.atomic
def begin(*, account: Account, choice: Choice | None) -> Acteur:
    """``account`` acts for its company, or asks to.

    Where its SIREN has a living inscription, a candidate, whatever else was chosen: those who administer it
    answer. Else the inscription, whose head is told by letter; each declaration opens after its delay (8 days
    at most), and ``account`` is the first administrateur, and declares too. Of two who begin at once, one is
    the first. Who acts for a company already goes on as they are.

    Raises ``CannotBegin`` (``NothingChosen``, ``PlaceUnknown``, ``declarations.NotOffered``,
    ``declarations.CharterNotAccepted``) before anything is written: at an activation the caller lets it pass,
    and the home page leads to the choice.
    """
    lock_siren(account.siren)
    inscription = queries.living(siren=account.siren)
    is_held = inscription is not None and lock(inscription.pk).ended_at is None
    if known := candidatures.still_acting(account):  # an administrateur may have given it this very account
        return known
    if inscription and is_held:
        return candidatures.ask(account, inscription, choice.voie if choice else None)
    return _first(account, choice)


def _first(account: Account, choice: Choice | None) -> Acteur:
    if choice is None or not choice.declarations:
        raise NothingChosen
    beginning = _checked(account, choice)
    inscription = _inscribe(account, choice, beginning)
    acteur = Acteur.objects.create(
        inscription=inscription,
        account=account,
        siret=inscription.siret,
        administrateur=True,
        declarant=True,
        created_at=inscription.began_at,
        created_by=account.subject,
        began_at=inscription.began_at,
    )
    colleagues, left_out = _colleagues(acteur, choice.colleagues)
    _tell(acteur, colleagues, left_out)
    data = {
        "genre": choice.genre.value,
        "declarations": [one.code for one in beginning.declarations],
        "etablissements": len(beginning.ticked),
        "acteur": acteur.pk,
        "colleagues": len(colleagues),
        "letter": inscription.letter_id or 0,
    }
    journal.record(subject=inscription.subject, kind="inscription.began", actor=account.subject, data=data)
    return acteur


def siret_of(account: Account) -> str:
    """The établissement that ``account`` signs in with."""
    return str(account.profile["siret"])


def _checked(account: Account, choice: Choice) -> Beginning:
    declarations = check_chosen(choice.declarations, choice.charters)
    own = siret_of(account)
    open_places = {
        str(one.siret): one for one in entreprises.etablissements(siren=account.siren) if not one.is_closed
    }
    wanted = frozenset(choice.sirets or (own,)) if choice.genre is Genre.MULTI else frozenset({own})
    for siret in (*sorted(wanted), own, *choice.sirets):
        if siret not in open_places or (choice.genre is not Genre.MULTI and siret != own):
            raise PlaceUnknown(siret=siret)
    places = list(open_places.values()) if choice.genre is Genre.MULTI else [open_places[own]]
    return Beginning(declarations, places, wanted)


def _inscribe(account: Account, choice: Choice, beginning: Beginning) -> Inscription:
    now = clock.now()
    inscription = Inscription(
        siren=account.siren,
        siret=siret_of(account),
        genre=choice.genre,
        choix={"vous_etes": choice.vous_etes, "lies_a": choice.lies_a, "secteurs": choice.secteurs},
        began_at=now,
    )
    chosen = [inscrite(inscription, one, account.subject, now) for one in beginning.declarations]
    inscription.letter = _tell_head(account, inscription, chosen)
    inscription.save(force_insert=True)
    DeclarationInscrite.objects.bulk_create(chosen)
    EtablissementInscrit.objects.bulk_create(
        _place(inscription, one, now, ticked=str(one.siret) in beginning.ticked) for one in beginning.places
    )
    return inscription


def _place(
    inscription: Inscription, place: Etablissement, now: dt.datetime, *, ticked: bool
) -> EtablissementInscrit:
    return EtablissementInscrit(
        inscription=inscription,
        siret=str(place.siret),
        found_at=now,
        announced_at=now,  # whoever registers sees them all
        ticked_at=now if ticked else None,
    )


def _tell_head(
    account: Account, inscription: Inscription, chosen: Sequence[DeclarationInscrite]
) -> Courrier | None:
    unite = entreprises.unite(siren=inscription.siren)
    return write_letter(
        inscription,
        unite.siege if unite else None,
        "lettre_responsable",
        recipient="Le responsable",
        about=inscription.subject,
        person=queries.name_of(account),
        declarations=opening(chosen),
        began=moment_in_words(inscription.began_at),
        service=espace(account.espace).service,
    )


def opening(chosen: Sequence[DeclarationInscrite]) -> list[dict[str, Any]]:
    """Declarations and when they open, in words; ``later``: that is to come."""
    now = clock.now()
    return [
        {
            "label": catalogue.label(one.code),
            "opens": moment_in_words(one.opens_at),
            "later": one.opens_at > now,
        }
        for one in chosen
    ]


def _colleagues(acteur: Acteur, wanted: Sequence[Person]) -> tuple[list[Acteur], list[str]]:
    """The déclarants who come with the inscription, and the names of those who could not: each is told.

    Their passwords are shown to nobody: the administrateur makes a new one on their page.
    """
    made, left_out = [], []
    for person in wanted:
        try:
            with transaction.atomic():
                made.append(employ(acteur, person, acteur.siret, declarant=True)[0])
        except Refusal:
            left_out.append(person.name)
    return made, left_out


def _tell(acteur: Acteur, colleagues: Sequence[Acteur], left_out: Sequence[str]) -> None:
    inscription = acteur.inscription
    chosen = DeclarationInscrite.objects.filter(inscription=inscription).order_by("pk")
    tell(
        acteur.account,
        "inscrite",
        **company_of(inscription),
        declarations=opening(list(chosen)),
        colleagues=[queries.name_of(one.account) for one in colleagues],
        left_out=left_out,
        letter=inscription.letter_id is not None,
    )
