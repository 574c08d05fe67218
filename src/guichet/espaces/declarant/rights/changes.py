"""« Changements »: what was given and taken, when, by whom; and taking it back."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from guichet.espaces.declarant.access import ActeurRequest, administrateur_required
from guichet.espaces.declarant.rights.pages import Place, names_of, page, pager, places_of
from guichet.habilitations import operations, queries
from guichet.habilitations.values import Change, Planned
from guichet.inscriptions.models import Acteur
from guichet.portefeuilles.queries.counting import Touched, touched

MOST_NAMED = 200  # lines that could not be restored, by their names


@require_safe
@administrateur_required
def changes(request: ActeurRequest) -> HttpResponse:
    """All changes of the inscription, the latest first."""
    place = Place.of(request.GET)
    found = queries.changements(acteur=request.acteur, page=place.page)
    context = {
        "lines": _lines(found.lines),
        **pager(found, lambda number: place.turned(number).at("changes")),
    }
    return page(request, "changes", context)


@require_POST
@administrateur_required
def undo(request: ActeurRequest, changement_id: int) -> HttpResponse:
    """What that change did is as before, but for what somebody changed since: this is named."""
    done = operations.undo(by=request.acteur, changement_id=changement_id)
    made, refused, left = done.changement, done.refused, done.left
    if not refused and not left:
        words = _words(made.opened, made.closed, touched(changements=[made.pk]).get(made.pk))
        messages.success(request, _("Changement annulé : {words}.").format(words=words))
        return redirect("declarant:changes")
    names, places = names_of(request.acteur), places_of(request.acteur)
    context = {
        "words": in_words(made.opened, made.closed) if made.pk else "",
        "refused": [_refused(one, names, places) for one in refused[:MOST_NAMED]],
        "more": max(len(refused) - MOST_NAMED, 0),
        "number": len(refused),
        "left": left[:MOST_NAMED],
        "left_more": max(len(left) - MOST_NAMED, 0),
        "left_number": len(left),
    }
    return page(request, "undone", context)


def told_of(acteur: Acteur, text: str) -> dict[str, Any] | None:
    """What the change ``text`` (its number) did, where it is among the latest of the inscription."""
    for one in queries.changements(acteur=acteur, page=1).lines if text else ():
        if str(one.id) == text:
            return _lines([one])[0]
    return None


def in_words(given: int, taken: int) -> str:
    """« 12 droits donnés, 3 retirés »; a count of nothing is left out, and a change of portfolios may change
    no right."""
    said = []
    if not given and not taken:
        return _("aucun droit changé")
    if given:
        said.append(ngettext("{n} droit donné", "{n} droits donnés", given).format(n=given))
    if taken and given:
        said.append(ngettext("{n} retiré", "{n} retirés", taken).format(n=taken))
    elif taken:
        said.append(ngettext("{n} droit retiré", "{n} droits retirés", taken).format(n=taken))
    return ", ".join(said)


def _lines(changes_: Sequence[Change]) -> list[dict[str, Any]]:
    known = touched(changements=[one.id for one in changes_])
    return [_line(one, known.get(one.id)) for one in changes_]


def _words(given: int, taken: int, clients: Touched | None) -> str:
    """What became of clients, then of rights; without rights where clients alone changed."""
    if clients is None:
        return in_words(given, taken)
    said = _of_clients(clients)
    return ", ".join([*said, in_words(given, taken)] if given or taken else said)


def _of_clients(clients: Touched) -> list[str]:
    """« 2 entreprises ajoutées, 5 établissements ajoutés »: a declaration is told where no company came."""
    said = []
    came, places, contained, declared = clients.came
    gone, closed, withdrawn, undeclared = clients.left
    if came:
        said.append(ngettext("{n} entreprise ajoutée", "{n} entreprises ajoutées", came).format(n=came))
    if gone:
        said.append(ngettext("{n} entreprise retirée", "{n} entreprises retirées", gone).format(n=gone))
    if places:
        said.append(
            ngettext("{n} établissement ajouté", "{n} établissements ajoutés", places).format(n=places)
        )
    if closed:
        said.append(
            ngettext("{n} établissement retiré", "{n} établissements retirés", closed).format(n=closed)
        )
    added, removed = contained or (not came and declared), withdrawn or (not gone and undeclared)
    if added:
        said.append(ngettext("{n} déclaration ajoutée", "{n} déclarations ajoutées", added).format(n=added))
    if removed:
        said.append(
            ngettext("{n} déclaration retirée", "{n} déclarations retirées", removed).format(n=removed)
        )
    return said or [_("aucun droit changé")]


def _line(one: Change, clients: Touched | None) -> dict[str, Any]:
    return {
        "at": one.at,
        "by": one.by,
        "origine": one.origine,
        "words": _words(one.opened, one.closed, clients),
        "undone_at": one.undone_at,
        "undo_url": reverse("declarant:undo", args=[one.id]) if one.undoable else "",
    }


def _refused(one: Planned, names: Mapping[int, str], places: Mapping[str, str]) -> dict[str, str]:
    return {
        "name": names.get(one.acteur_id, one.name),
        "place": places.get(one.siret, one.place),
        "siret": one.siret,
        "label": one.label,
        "sentence": one.sentence,
    }
