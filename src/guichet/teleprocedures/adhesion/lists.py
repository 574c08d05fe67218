"""Requests by list: a paste or a file, a verdict a line, then the sending and its progress."""

import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guichet.accounts.models import Account
from guichet.adhesions.operations import sending as operations
from guichet.adhesions.queries import listes as queries
from guichet.adhesions.queries.allowance import allowance
from guichet.adhesions.states import Outcome
from guichet.adhesions.values import ListLine, ListPage, ListSummary
from guichet.files.uploads import received
from guichet.kernel.dates import moment_in_words
from guichet.kernel.refusals import N_, Refusal
from guichet.teleprocedures.adhesion.forms import CapacityField, ServicesField
from guichet.teleprocedures.adhesion.tables import PAGE, page_of, pager
from guichet.web.access import account_required
from guichet.web.filing.drafts import TermsForm
from guichet.web.forms import ParsedField, PortalForm, posted, show
from guichet.web.requests import PortalRequest
from guichet.web.spreadsheets import csv_file

ONLY = "voir"
# Outcome → its words and the class of its badge.
OUTCOMES = {
    Outcome.SENT: (gettext_lazy("Transmise"), "success"),
    Outcome.REFUSED: (gettext_lazy("Non transmise"), "error"),
}
HOLDS = (gettext_lazy("Peut être transmise"), "success")
LEFT = (gettext_lazy("Écartée"), "error")
WAITS = (gettext_lazy("En attente d’envoi"), "info")


class BothGiven(Refusal):
    """A paste and a file: nobody can say which of them counts."""

    code = "both_given"
    message = N_("Vous avez collé des numéros et choisi un fichier. Gardez l’un des deux.")
    field = "text"


class ListForm(PortalForm):
    """A list, pasted or in a file; services and capacity for all of it."""

    text = ParsedField(
        label=gettext_lazy("Collez les numéros SIREN, un par ligne"),
        help_text=gettext_lazy("Avec ou sans espaces. Vous pouvez coller une colonne de votre tableur."),
        required=False,
        max_length=None,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    fichier = forms.FileField(
        label=gettext_lazy("Ou choisissez un fichier"),
        help_text=gettext_lazy(
            "Fichier CSV ou texte, enregistré depuis votre tableur. Une colonne contient les numéros SIREN ; "
            "les autres colonnes ne sont pas gardées."
        ),
        required=False,
        allow_empty_file=True,  # the operation says what is wrong with it, and what to do
    )
    services = ServicesField(label=gettext_lazy("Services demandés"))
    qualite = CapacityField()


@require_safe
@account_required("abonne")
def lists(request: PortalRequest) -> HttpResponse:
    """The latest lists of the account."""
    found = queries.listes(account=request.account)
    return render(request, "adhesion/lists.html", {"lists": [_summary(one) for one in found]})


@require_http_methods(["GET", "HEAD", "POST"])
@account_required("abonne")
def list_new(request: PortalRequest) -> HttpResponse:
    """Takes a list; nothing is sent by this."""
    form = ListForm(posted(request), request.FILES if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            made = operations.prepare_list(account=request.account, **_given(request, form))
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return redirect("adhesion:list", made.pk)
    return show(request, "adhesion/list_new.html", form)


@require_safe
@account_required("abonne")
def list_(request: PortalRequest, liste_id: uuid.UUID) -> HttpResponse:
    """The verdicts before the sending; then how far it has come, and the result of each line."""
    return _page(request, liste_id, TermsForm())


@require_POST
@account_required("abonne")
def list_send(request: PortalRequest, liste_id: uuid.UUID) -> HttpResponse:
    """Has every line that holds sent, once."""
    form = TermsForm(request.POST)
    if form.is_valid():
        try:
            operations.send_list(account=request.account, liste_id=liste_id, accepted_terms=True)
        except Refusal as refusal:
            if refusal.status == 404:
                raise
            form.refuse(refusal)
        else:
            return redirect("adhesion:list", liste_id)
    return _page(request, liste_id, form)


@require_safe
@account_required("abonne")
def list_csv(request: PortalRequest, liste_id: uuid.UUID) -> HttpResponseBase:
    """Every line with what was understood of it and what became of it, for a spreadsheet."""
    queries.find(account=request.account, liste_id=liste_id)  # before the answer has begun
    return csv_file("liste-d-entreprises.csv", _rows(request.account, liste_id))


def _given(request: PortalRequest, form: ListForm) -> dict[str, Any]:
    """What the operation wants. Raises ``BothGiven``, ``UploadTooBig``."""
    text, files = form.cleaned_data["text"], received(request, "fichier")
    if text and files:
        raise BothGiven
    source = {"content": files[0].path.read_bytes()} if files else {"text": text}
    return {**source, "services": form.cleaned_data["services"], "qualite": form.cleaned_data["qualite"]}


def _page(request: PortalRequest, liste_id: uuid.UUID, form: TermsForm) -> HttpResponse:
    only = request.GET.get(ONLY, "")
    only = only if only in queries.ONLY else ""
    found = queries.liste(account=request.account, liste_id=liste_id, page=page_of(request.GET), only=only)
    return show(
        request,
        "adhesion/list.html",
        form,
        {
            "title": _title(found),
            "under_way": found.sent_at is not None and found.finished_at is None,
            "over": found.finished_at is not None,
            "holding": found.good,
            "left": found.total - found.good,
            "to_send": found.good,
            "done": found.sent + found.refused,
            "succeeded": found.sent,
            "failed": found.refused,
            "read": _read(found),
            "limit": _limit(request.account, found),
            "services": ", ".join(found.services),
            "capacity": found.capacity,
            "chips": _chips(found, only),
            "lines": [_line(found, line) for line in found.lines],
            "send_url": reverse("adhesion:list_send", args=[found.id]),
            "export_url": reverse("adhesion:list_csv", args=[found.id]),
            **pager(found.page, found.pages, lambda page: _address(found, only, page)),
        },
    )


def _title(found: ListPage) -> str:
    if found.finished_at:
        return _("Votre liste est envoyée")
    return _("Votre liste est en cours d’envoi") if found.sent_at else _("Vérifiez votre liste")


def _read(found: ListPage) -> str:
    """What of the list was no line, in words; nothing where all of it was."""
    said = []
    if found.header:
        said.append(_("La première ligne contient les titres des colonnes : elle est laissée de côté."))
    if found.skipped:
        said.append(
            ngettext(
                "{n} ligne vide est laissée de côté.",
                "{n} lignes vides sont laissées de côté.",
                found.skipped,
            ).format(n=found.skipped)
        )
    return " ".join(said)


def _limit(account: Account, found: ListPage) -> str:
    """That not all of it goes out today, in words; nothing where it does, or is gone."""
    waiting = found.good - found.sent - found.refused
    allowed = allowance(account=account)
    if found.finished_at or allowed.left is None or waiting <= allowed.left:
        return ""
    said = _(
        "{most} demandes au plus partent en un jour au nom de votre entreprise. Il peut encore en partir "
        "{left} aujourd’hui ; les autres partent d’elles-mêmes à partir du {again}."
    )
    return said.format(most=allowed.most, left=allowed.left, again=moment_in_words(allowed.again))


def _chips(found: ListPage, only: str) -> list[dict[str, Any]]:
    """What one may look at: before the sending by verdict, after it by outcome too."""
    left = found.total - found.good
    before = {"bonnes": (_("Peuvent être transmises"), found.good)}
    after = {"envoyees": (_("Transmises"), found.sent), "refusees": (_("Non transmises"), found.refused)}
    counts = {
        "": (_("Toutes"), found.total),
        **(after if found.sent_at else before),
        "ecartees": (_("Écartées"), left),
    }
    return [
        {"label": label, "number": number, "url": _address(found, code, 1), "current": code == only}
        for code, (label, number) in counts.items()
    ]


def _address(found: ListPage, only: str, page: int) -> str:
    said = ({ONLY: only} if only else {}) | ({PAGE: str(page)} if page > 1 else {})
    query = f"?{urlencode(said)}" if said else ""
    return f"{reverse('adhesion:list', args=[found.id])}{query}#lignes"


def _line(found: ListPage, line: ListLine) -> dict[str, Any]:
    words, badge = _standing(found, line)
    told = [*line.notes, *([] if words is OUTCOMES[Outcome.SENT][0] else [line.sentence])]
    return {
        "number": line.number,
        "typed": line.typed,
        "siren": line.siren,
        "name": _(line.name) if line.name else "",
        "words": str(words),
        "badge": badge,
        "sentence": " ".join(told),
        "url": reverse("adhesion:depot", args=[line.depot_id]) if line.depot_id else "",
        "reference": line.reference,
    }


def _standing(found: ListPage, line: ListLine) -> tuple[Any, str]:
    if not line.ok:
        return LEFT
    return OUTCOMES.get(line.outcome, WAITS if found.sent_at else HOLDS)


def _summary(one: ListSummary) -> dict[str, Any]:
    return {
        "url": reverse("adhesion:list", args=[one.id]),
        "created_at": one.created_at,
        "total": one.total,
        "words": _progress(one),
    }


def _progress(one: ListSummary) -> str:
    if one.finished_at:
        return _("Envoyée : {sent} transmises, {refused} non transmises").format(
            sent=one.sent, refused=one.refused
        )
    if one.sent_at:
        return _("En cours d’envoi : {done} sur {good}").format(done=one.sent + one.refused, good=one.good)
    return _("Pas encore transmise : {good} demandes prêtes").format(good=one.good)


def _rows(account: Account, liste_id: uuid.UUID) -> Iterator[list[str]]:
    yield [_("ligne"), _("saisi"), "siren", _("entreprise"), _("résultat"), _("explication"), _("référence")]
    page, pages = 1, 1
    while page <= pages:
        found = queries.liste(account=account, liste_id=liste_id, page=page)
        for line in found.lines:
            shown = _line(found, line)
            names = ("number", "typed", "siren", "name", "words", "sentence", "reference")
            yield [str(shown[name]) for name in names]
        page, pages = page + 1, found.pages
