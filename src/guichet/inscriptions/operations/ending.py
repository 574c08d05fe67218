"""An inscription changes its type, or ends: an agent decided a resiliation, or nobody is left (003, 3)."""

import uuid

from django.db import transaction
from procrastinate.contrib.django import app

from guichet.inscriptions.models import Candidature, EtablissementInscrit, Inscription
from guichet.inscriptions.operations.holding import lock, lock_living
from guichet.inscriptions.operations.notices import company_of, tell, tell_administrateurs
from guichet.inscriptions.operations.people import finish
from guichet.inscriptions.operations.settling import settle
from guichet.inscriptions.queries.people import acting
from guichet.inscriptions.rules import Genre
from guichet.inscriptions.states import Issue
from guichet.journal import operations as journal
from guichet.kernel import clock

NOBODY_LEFT = "personne"  # why an inscription ended: its last account was closed


@transaction.atomic
def change_genre(*, inscription_id: uuid.UUID, genre: Genre, actor: str) -> Inscription:
    """The type that an agent decided on; nothing is lost (003, chapter 2).

    What is not of several declares for ``place_kept`` alone: the others stay, unticked (their rights are
    closed above this room). One that becomes of several finds its établissements in a moment: a job looks at
    the register. The same type changes nothing. Raises ``InscriptionEnded``.
    """
    inscription = lock_living(inscription_id)
    if inscription.genre == genre:
        return inscription
    former, inscription.genre = inscription.genre, genre
    inscription.save(update_fields=["genre"])
    if genre == Genre.MULTI:
        app.configure_task("inscriptions.sync_etablissements").defer()
    else:
        _tick_alone(inscription, place_kept(inscription))
    tell_administrateurs(inscription, "genre", genre=genre.value)
    data = {"former": former, "genre": genre.value}
    journal.record(subject=inscription.subject, kind="inscription.genre_changed", actor=actor, data=data)
    return inscription


def place_kept(inscription: Inscription) -> str:
    """The SIRET of the établissement for which a company declares that is not of several any more.

    The one that registered it; where that was resilié, the first that is ticked.
    """
    rows = EtablissementInscrit.objects.filter(inscription=inscription, resilie_at=None)
    if rows.filter(siret=inscription.siret).exists():
        return inscription.siret
    ticked = rows.filter(ticked_at__isnull=False).order_by("siret").first()
    return ticked.siret if ticked else ""


def _tick_alone(inscription: Inscription, siret: str) -> None:
    rows = EtablissementInscrit.objects.filter(inscription=inscription)
    rows.exclude(siret=siret).update(ticked_at=None)
    rows.filter(siret=siret, ticked_at=None).update(ticked_at=clock.now())


@transaction.atomic
def end(*, inscription_id: uuid.UUID, because: str, actor: str) -> Inscription:
    """The company declares here no more: nobody acts for it, and whoever asked to may register it anew.

    ``because``: a code. Rights are closed above this room, in the same transaction. Everybody is told. Twice
    is as once.
    """
    inscription = lock(inscription_id)
    if inscription.ended_at is None:
        close(inscription, because=because, actor=actor)
    return inscription


def close(inscription: Inscription, *, because: str, actor: str) -> None:
    """End an inscription that is held and lives."""
    people = list(acting(inscription.pk).select_related("inscription", "account").order_by("pk"))
    known = company_of(inscription)
    for acteur in people:
        tell(acteur.account, "inscription_terminee", **known)
        finish(acteur, actor=actor)
    asked = Candidature.objects.select_related("acteur__account", "acteur__inscription")
    for candidature in asked.filter(acteur__inscription=inscription, settled_at=None).order_by("pk"):
        settle(candidature, Issue.CADUQUE, actor=actor)
    inscription.ended_at, inscription.ended_because = clock.now(), because
    inscription.save(update_fields=["ended_at", "ended_because"])
    data = {"because": because, "people": len(people)}
    journal.record(subject=inscription.subject, kind="inscription.ended", actor=actor, data=data)
