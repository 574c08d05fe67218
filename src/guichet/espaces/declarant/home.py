"""« Menu personnalisé » (003, chapter 3)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from guichet.depots import queries as depots
from guichet.espaces.declarant import words
from guichet.espaces.declarant.access import ActeurRequest, acteur_required, names_of_administrateurs
from guichet.espaces.declarant.menu import Waiting, sections, tiles
from guichet.habilitations.queries.summary import by_declaration
from guichet.inscriptions import catalogue, queries
from guichet.inscriptions.models import Acteur
from guichet.inscriptions.rules import Genre
from guichet.kernel import clock
from guichet.web.filing.presentation import Card, card_of

DECLARATION = "declaration"  # the téléprocédure of files that are filed as they came
ADVISED = 2  # administrateurs: one may be away, or leave


@dataclass(frozen=True)
class Notice:
    """One of « Vos notifications »: words, and where they lead."""

    text: str
    address: str


@dataclass(frozen=True)
class Last:
    """The latest filing of one declaration."""

    label: str
    card: Card


@require_safe
@acteur_required
def home(request: ActeurRequest) -> HttpResponse:
    """The declarations, what waits, and what one may manage: by type of inscription, role and rights."""
    acteur, now = request.acteur, clock.now()
    inscrites = queries.declarations(inscription=acteur.inscription)
    held = by_declaration(acteur=acteur, acteur_id=acteur.pk)
    waiting = _waiting(acteur)
    shown = tiles(acteur=acteur, inscrites=inscrites, held=held, now=now, ask=_whom_to_ask(acteur))
    filings = depots.latest_by(account=acteur.account, teleprocedure=DECLARATION, answer="declaration")
    draft = depots.draft_of(account=acteur.account, teleprocedure=DECLARATION)
    context = {
        "acteur": acteur,
        "company": queries.name_of_company(acteur.inscription),
        "genre": words.GENRES[Genre(acteur.inscription.genre)],
        "role": words.role(acteur),
        "tiles": shown,
        "draft": card_of(draft) if draft else None,
        "filings": [Last(catalogue.label(one.data.get("declaration", "")), card_of(one)) for one in filings],
        "notices": _notices(request, waiting, opening=[one.opens_at for one in inscrites], now=now),
        "alone": acteur.administrateur and _is_alone(acteur),
        "sections": sections(
            acteur=acteur,
            codes=[one.code for one in inscrites],
            waiting=waiting,
            administered=acteur.administrateur or queries.is_administered(inscription=acteur.inscription),
        ),
    }
    return render(request, "declarant/home.html", context)


def _whom_to_ask(acteur: Acteur) -> str:
    return "" if acteur.administrateur else names_of_administrateurs(acteur.inscription)


def _is_alone(acteur: Acteur) -> bool:
    return len(queries.administrateurs(inscription=acteur.inscription)) < ADVISED


def _waiting(acteur: Acteur) -> Waiting:
    if not acteur.administrateur:
        return Waiting()
    places = queries.etablissements(inscription=acteur.inscription) if _is_multi(acteur) else []
    return Waiting(
        candidates=len(queries.candidates(acteur=acteur)),
        helps=len(queries.help_asked(acteur=acteur)),
        places=sum(one.new and not one.ticked for one in places),
    )


def _is_multi(acteur: Acteur) -> bool:
    return acteur.inscription.genre == Genre.MULTI


def _notices(
    request: ActeurRequest, waiting: Waiting, *, opening: Sequence[dt.datetime], now: dt.datetime
) -> list[Notice]:
    """What is new, in words; nothing of what is zero."""
    day = dt.timedelta(days=1)
    opened = sum(now - day <= one <= now for one in opening if one > request.acteur.inscription.began_at)
    said = [
        (request.unread, _unread(request.unread), reverse("declarant:messages")),
        (waiting.candidates, _candidates(waiting.candidates), reverse("declarant:candidates")),
        (waiting.helps, _helps(waiting.helps), reverse("declarant:help_asked")),
        (waiting.places, _places(waiting.places), reverse("declarant:etablissements")),
        (opened, _opened(opened), "#declarations"),  # they stand on this very page
    ]
    return [Notice(text.format(n=n), address) for n, text, address in said if n]


def _unread(n: int) -> str:
    return ngettext("{n} message non lu", "{n} messages non lus", n)


def _candidates(n: int) -> str:
    return ngettext(
        "{n} personne demande à administrer votre inscription : accordez ou refusez",
        "{n} personnes demandent à administrer votre inscription : accordez ou refusez",
        n,
    )


def _helps(n: int) -> str:
    return ngettext(
        "{n} collègue ne peut plus se connecter et vous demande de l’aide",
        "{n} collègues ne peuvent plus se connecter et vous demandent de l’aide",
        n,
    )


def _places(n: int) -> str:
    return ngettext(
        "{n} nouvel établissement au répertoire : cochez-le pour le déclarer",
        "{n} nouveaux établissements au répertoire : cochez-les pour les déclarer",
        n,
    )


def _opened(n: int) -> str:
    return ngettext(
        "{n} déclaration s’est ouverte depuis hier", "{n} déclarations se sont ouvertes depuis hier", n
    )
