"""A new request: which portfolio, what, who gets the rights, and the file; one question a page.

The answers stand in the address: any of them is gone back to, and a file that was refused is deposited again
with the same ones.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from guichet.espaces.declarant.access import ActeurRequest
from guichet.espaces.declarant.imports import forms
from guichet.espaces.declarant.imports.pages import form_page, page
from guichet.espaces.declarant.portefeuilles.access import tiers_required
from guichet.espaces.declarant.rights.pages import labels_of
from guichet.files.uploads import HashedUpload, UploadTooBig, received
from guichet.imports import operations
from guichet.imports.models import Demande
from guichet.imports.states import Beneficiaires
from guichet.inscriptions import catalogue
from guichet.kernel.refusals import Refusal
from guichet.kernel.sizes import size_in_words
from guichet.portefeuilles import queries as portefeuilles
from guichet.portefeuilles.values import Summary
from guichet.web.forms import PortalForm, posted

QUESTIONS = ("portefeuille", "objet", "droits")
NOT_FOUND = 404
ASKED = "question"  # in the address that a question's form leads to: which one it was


@dataclass(frozen=True)
class Way:
    """The answers so far, of those that ``mine`` (the portfolios) allow."""

    mine: Sequence[Summary]
    said: Mapping[str, str]

    @cached_property
    def answers(self) -> dict[str, str]:
        """What is answered; the only portfolio there is needs no question."""
        allowed = {
            "portefeuille": [str(one.id) for one in self.mine],
            "objet": [code for code, _label in forms.OBJETS],
            "droits": [code for code, _label in forms.BENEFICIAIRES],
        }
        given = {name: self.said.get(name, "") for name in QUESTIONS}
        if len(self.mine) == 1:
            given["portefeuille"] = str(self.mine[0].id)
        return {name: value for name, value in given.items() if value in allowed[name]}

    @property
    def objet(self) -> str:
        """What is to change, or nothing yet."""
        return self.answers.get("objet", "")

    @property
    def portefeuille(self) -> Summary:
        """The portfolio that was chosen."""
        return next(one for one in self.mine if str(one.id) == self.answers["portefeuille"])

    @property
    def beneficiaires(self) -> Beneficiaires:
        """Who gets the rights."""
        return Beneficiaires(self.answers.get("droits", Beneficiaires.TOUS))

    @property
    def questions(self) -> list[str]:
        """Those of this way: who gets rights is asked of what is added to a portfolio."""
        idle = self.objet in (forms.REMOVE, forms.RIGHTS)
        return [name for name in QUESTIONS if not (idle and name == "droits")]

    @property
    def open_question(self) -> str:
        """The first that has no answer; nothing where all have."""
        return next((name for name in self.questions if name not in self.answers), "")

    def at(self, *, without: str = "") -> str:
        """The address of this way, one answer left out."""
        kept = {name: value for name, value in self.answers.items() if name != without}
        return f"{reverse('declarant:import_new')}?{urlencode(kept)}"


@require_http_methods(["GET", "HEAD", "POST"])
@tiers_required
def import_new(request: ActeurRequest) -> HttpResponse:
    """Asks the first question that the address leaves open; then takes the file, or the declaration."""
    mine = portefeuilles.portefeuilles(acteur=request.acteur)
    if not mine:
        return page(request, "none", {})
    way = Way(mine, request.GET.dict())
    if way.open_question:
        return _question(request, way)
    return _file(request, way) if way.objet in forms.KINDS else _declaration(request, way)


def again(demande: Any) -> str:
    """Where a file is deposited again, the choices of ``demande`` kept."""
    objet = next((code for code, kind in forms.KINDS.items() if kind == demande.kind), "")
    said = {"portefeuille": demande.portefeuille_id, "objet": objet, "droits": demande.beneficiaires}
    return f"{reverse('declarant:import_new')}?{urlencode(said)}"


def _question(request: ActeurRequest, way: Way) -> HttpResponse:
    name = way.open_question
    answered = name in request.GET or request.GET.get(ASKED) == name  # no box ticked says nothing
    data = request.GET if answered else None
    form: PortalForm
    if name == "portefeuille":
        form = forms.PortefeuilleForm(data, mine=way.mine)
    else:
        form = forms.ObjetForm(data) if name == "objet" else forms.DroitsForm(data)
    kept = {key: value for key, value in way.answers.items() if key != name}
    return form_page(request, "question", form, {**_around(way), "asked": name, "kept": kept})


def _file(request: ActeurRequest, way: Way) -> HttpResponse:
    form = forms.FileForm(posted(request), request.FILES if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            made = operations.deposit(
                by=request.acteur,
                portefeuille_id=way.portefeuille.id,
                kind=forms.KINDS[way.objet],
                upload=_upload(request),
                beneficiaires=way.beneficiaires,
            )
        except Refusal as refusal:
            _told(form, refusal)
        else:
            return _begun(made)
    kind = forms.KINDS[way.objet]
    context = {
        **_around(way),
        "kind": kind.value,
        "contained": _contained(request, way),
        "templates": _templates(way.portefeuille.id, kind.value),
    }
    return form_page(request, "file", form, context)


def _declaration(request: ActeurRequest, way: Way) -> HttpResponse:
    adds = way.objet == forms.ADD
    labels = labels_of(request.acteur) if adds else _contained(request, way)
    form = forms.DeclarationForm(posted(request), labels=labels)
    if form.is_bound and form.is_valid():
        try:
            made = operations.ask_declaration(
                by=request.acteur,
                portefeuille_id=way.portefeuille.id,
                declaration=form.cleaned_data["declaration"],
                adds=adds,
                beneficiaires=way.beneficiaires,
            )
        except Refusal as refusal:
            _told(form, refusal)
        else:
            return _begun(made)
    return form_page(request, "declaration", form, {**_around(way), "adds": adds, "labels": labels})


def _contained(request: ActeurRequest, way: Way) -> dict[str, str]:
    codes = portefeuilles.codes(acteur=request.acteur, portefeuille_id=way.portefeuille.id)
    return {code: catalogue.label(code) for code in codes}


def _upload(request: ActeurRequest) -> HashedUpload:
    """The file that was sent. Raises ``NoFileChosen``, ``TableTooBig``, ``StoreUnavailable``."""
    try:
        uploads = received(request, "fichier")
    except UploadTooBig as refusal:
        raise forms.TableTooBig(limit=size_in_words(settings.UPLOAD_MAX_SIZE)) from refusal
    if not uploads:
        raise forms.NoFileChosen
    return uploads[0]


def _told(form: PortalForm, refusal: Refusal) -> None:
    if refusal.status == NOT_FOUND:
        raise refusal
    form.refuse(refusal)


def _begun(made: Demande) -> HttpResponse:
    return redirect("declarant:import", made.pk)


def _templates(portefeuille_id: uuid.UUID, kind: str) -> dict[str, str]:
    """Where the templates are: empty, and filled in, in both formats."""
    made = {
        ext: reverse("declarant:import_template", args=[portefeuille_id, kind, ext])
        for ext in ("csv", "xlsx")
    }
    return {**made, **{f"{ext}_filled": f"{address}?rempli=oui" for ext, address in made.items()}}


def _around(way: Way) -> dict[str, Any]:
    """Where one is on the way, and the answers behind, each with its own « Modifier »."""
    asked = way.open_question
    names = [*(_title(name) for name in way.questions), _last(way)]
    current = way.questions.index(asked) + 1 if asked else len(names)
    return {
        "current": current,
        "count": len(names),
        "name": names[current - 1],
        "next": names[current] if current < len(names) else "",
        "answers": _answers(way, way.questions[: current - 1]),
    }


def _title(name: str) -> str:
    titles = {
        "portefeuille": _("Le portefeuille"),
        "objet": _("Ce que vous changez"),
        "droits": _("Qui pourra déclarer"),
    }
    return titles[name]


def _last(way: Way) -> str:
    return _("La déclaration") if way.objet in (forms.ADD, forms.REMOVE) else _("Le fichier")


def _answers(way: Way, names: Sequence[str]) -> list[dict[str, Any]]:
    words: dict[str, Mapping[str, Any]] = {
        "portefeuille": {str(one.id): one.name for one in way.mine},
        "objet": dict(forms.OBJETS),
        "droits": dict(forms.BENEFICIAIRES),
    }
    return [
        {
            "label": _title(name),
            "value": words[name][way.answers[name]],
            "url": "" if name == "portefeuille" and len(way.mine) == 1 else way.at(without=name),
        }
        for name in names
        if name in way.answers
    ]
