"""« Remettre des dossiers »: client files are chosen, told once more, proposed, accepted all at once."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from guichet.accounts.models import Account
from guichet.adhesions.operations import handover as operations
from guichet.adhesions.operations.colleagues import UnknownColleague, check_recognised, present
from guichet.adhesions.queries import handover as queries
from guichet.adhesions.queries.colleagues import Person, colleagues
from guichet.adhesions.queries.handover import File, Files, Handing
from guichet.adhesions.states import Remittal
from guichet.kernel.clock import PARIS
from guichet.kernel.dates import in_words
from guichet.web import forms
from guichet.web.access import account_required
from guichet.web.forms import show
from guichet.web.requests import PortalRequest

ALL, FOUND, TICKED = "tous", "recherche", "coches"
SHOWN = 20  # files that the recap names; the others are counted
MAX_SEARCH = 100


class HandOverForm(forms.PortalForm):
    """To whom, and which files; those that are ticked stand in the table under it."""

    collegue = forms.ChoiceField(
        label=gettext_lazy("À quel collègue ?"), missing=gettext_lazy("Choisissez un collègue.")
    )
    sur = forms.ChoiceField(
        label=gettext_lazy("Quels dossiers ?"), missing=gettext_lazy("Choisissez les dossiers à remettre.")
    )

    def __init__(self, data: Any, *, people: Sequence[Person], files: Files, text: str) -> None:
        super().__init__(data, initial={"sur": FOUND if text else TICKED})
        self.let_choose("collegue", [(str(one.id), f"{one.name} ({one.mailbox})") for one in people])
        self.let_choose("sur", _scopes(files, text))

    def clean(self) -> dict[str, Any]:
        """Refuses « those that I tick » where none is."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("sur") == TICKED and not ids_of(self.data):
            self.add_error("sur", _("Cochez au moins un dossier dans la liste, ou choisissez-les tous."))
        return data


@dataclass(frozen=True)
class Told:
    """A proposal, and where it stands in words."""

    handing: Handing
    title: str
    words: str


@require_safe
@account_required("abonne")
def hand_over(request: PortalRequest) -> HttpResponse:
    """The colleague, and the files: all, those that a search finds, or those that are ticked."""
    return _choice(request, None, _text(request.GET), request.GET.get("page", ""))


@require_POST
@account_required("abonne")
def check(request: PortalRequest) -> HttpResponse:
    """What is going to be proposed, once more; then the proposal."""
    account, text = request.account, _text(request.POST)
    form = _form(account, request.POST, text)
    if not form.is_valid():
        return _choice(request, form, text, request.POST.get("page", ""))
    scope, to = form.cleaned_data["sur"], uuid.UUID(form.cleaned_data["collegue"])
    depot_ids = _chosen(account, scope, text, request.POST)
    if "envoyer" in request.POST:
        return _proposed(request, to, None if scope == ALL else depot_ids)
    files = queries.chosen(account=account, depot_ids=depot_ids)
    if not files:
        raise operations.NothingToHandOver
    context = {
        "form": form,
        "title": _proposal(len(files)),
        "person": _known(account, to),
        "number": len(files),
        "files": files[:SHOWN],
        "others": len(files) - SHOWN,
        "kept": _kept(form, text, files),
        "back": _address("", text),
    }
    return render(request, "abonne/hand_over_check.html", context)


@require_safe
@account_required("abonne")
def remise(request: PortalRequest, remise_id: uuid.UUID) -> HttpResponse:
    """One proposal: what it is about, where it stands, how far it has come, and what one may do."""
    handing = queries.remise(account=request.account, remise_id=remise_id)
    return render(request, "abonne/hand_over_remise.html", {"told": told(handing), "one": handing})


@require_POST
@account_required("abonne")
def accept(request: PortalRequest, remise_id: uuid.UUID) -> HttpResponse:
    """« Accepter ces dossiers »: all of them."""
    operations.accept(account=request.account, remise_id=remise_id)
    messages.success(request, _("Vous avez accepté : les dossiers passent dans votre espace abonné."))
    return redirect("abonne:remise", remise_id)


@require_POST
@account_required("abonne")
def decline(request: PortalRequest, remise_id: uuid.UUID) -> HttpResponse:
    """« Décliner »: the files stay where they are."""
    operations.decline(account=request.account, remise_id=remise_id)
    messages.success(request, _("Vous avez décliné : les dossiers restent chez votre collègue."))
    return redirect("abonne:remise", remise_id)


@require_POST
@account_required("abonne")
def cancel(request: PortalRequest, remise_id: uuid.UUID) -> HttpResponse:
    """« Annuler ma proposition »."""
    operations.cancel(account=request.account, remise_id=remise_id)
    messages.success(request, _("Votre proposition est annulée : les dossiers restent chez vous."))
    return redirect("abonne:remise", remise_id)


def told(handing: Handing) -> Told:
    """``handing`` with its title and its state in words."""
    who, number = handing.other, handing.number
    sent = ngettext("{n} dossier proposé à {who}", "{n} dossiers proposés à {who}", number)
    received = ngettext("{n} dossier proposé par {who}", "{n} dossiers proposés par {who}", number)
    title = (sent if handing.mine else received).format(n=number, who=who)
    return Told(handing, title, _words(handing))


def ids_of(data: QueryDict | Any) -> list[uuid.UUID]:
    """The files that are ticked, or that the recap carries, each once; the operation asks whose they are."""
    found: dict[uuid.UUID, None] = {}
    for text in [*data.getlist("dossier"), *data.get("dossiers", "").split(",")]:
        try:
            found[uuid.UUID(text)] = None
        except ValueError:
            continue
    return list(found)


def _words(one: Handing) -> str:
    if one.state == Remittal.PROPOSED:
        until = in_words(one.lapses_at.astimezone(PARIS).date())
        theirs, yours = _("attend sa réponse, jusqu’au {day}"), _("attend votre réponse, jusqu’au {day}")
        return (theirs if one.mine else yours).format(day=until)
    if one.running:
        return _("en cours : {n} sur {total}").format(n=one.done, total=one.number)
    if one.state == Remittal.ACCEPTED:
        done = _("acceptée : {n} remis").format(n=one.handed)
        return f"{done}{_(', {n} restés tels quels').format(n=one.left) if one.left else ''}"
    return {
        Remittal.DECLINED: _("déclinée"),
        Remittal.CANCELLED: _("annulée"),
        Remittal.LAPSED: _("n’a plus cours"),
    }[one.state]


def _choice(request: PortalRequest, form: HandOverForm | None, text: str, page: str) -> HttpResponse:
    account = request.account
    present(account=account)
    check_recognised(account)
    files = queries.files(account=account, text=text, page=int(page) if page.isdecimal() else 1)
    people = colleagues(account=account).reachable
    ticked = set(ids_of(form.data)) if form else set()
    context = {
        "files": files,
        "lines": [(line, line.depot_id in ticked) for line in files.lines],
        "people": people,
        "text": text,
        "previous": _address(files.page - 1, text) if files.page > 1 else "",
        "next": _address(files.page + 1, text) if files.page < files.pages else "",
    }
    form = form or HandOverForm(None, people=people, files=files, text=text)
    return show(request, "abonne/hand_over.html", form, context)


def _form(account: Account, data: QueryDict, text: str) -> HandOverForm:
    check_recognised(account)
    people = colleagues(account=account).reachable
    return HandOverForm(data, people=people, files=queries.files(account=account, text=text), text=text)


def _scopes(files: Files, text: str) -> list[tuple[str, str]]:
    everything = ngettext("Mon seul dossier", "Tous mes dossiers ({n})", files.free).format(n=files.free)
    found = ngettext(
        "Celui que ma recherche a trouvé", "Les {n} que ma recherche a trouvés", files.total
    ).format(n=files.total)
    return [
        (ALL, everything),
        *([(FOUND, found)] if text and files.total else []),
        (TICKED, _("Ceux que je coche dans la liste ci-dessous")),
    ]


def _chosen(account: Account, scope: str, text: str, data: QueryDict) -> list[uuid.UUID]:
    if scope == TICKED:
        return ids_of(data)
    return queries.ids(account=account, text=text if scope == FOUND else "")


def _proposed(request: PortalRequest, to: uuid.UUID, depot_ids: list[uuid.UUID] | None) -> HttpResponse:
    remise = operations.propose(account=request.account, to=to, depot_ids=depot_ids)
    asked = remise.number if depot_ids is None else len(depot_ids)
    if remise.number < asked:
        left = asked - remise.number
        messages.warning(request, _("{n} dossiers n’y sont pas : terminés, ou déjà proposés.").format(n=left))
    sent = _("Votre proposition est envoyée. Rien ne change tant qu’elle n’est pas acceptée.")
    messages.success(request, sent)
    return redirect("abonne:remise", remise.pk)


def _known(account: Account, to: uuid.UUID) -> Person:
    for one in colleagues(account=account).reachable:
        if one.id == to:
            return one
    raise UnknownColleague


def _kept(form: HandOverForm, text: str, files: Sequence[File]) -> list[tuple[str, str]]:
    """What the recap's form sends again: ids where they were ticked alone, as 3,000 make a large page."""
    kept = [("collegue", form.cleaned_data["collegue"]), ("sur", form.cleaned_data["sur"]), ("q", text)]
    if form.cleaned_data["sur"] == TICKED:
        kept.append(("dossiers", ",".join(str(one.depot_id) for one in files)))
    return kept


def _proposal(number: int) -> str:
    return ngettext("Proposer ce dossier", "Proposer ces {n} dossiers", number).format(n=number)


def _text(data: QueryDict) -> str:
    return " ".join(data.get("q", "").replace("\0", "").split())[:MAX_SEARCH]


def _address(page: int | str, text: str) -> str:
    said = {name: str(value) for name, value in (("q", text), ("page", page)) if value}
    return f"?{urlencode(said)}" if said else "?"
