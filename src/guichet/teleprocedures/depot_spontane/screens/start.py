"""« Envoyer un document » (001, step 1): three buttons, the last of which begins; and how many documents."""

from contextlib import suppress

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from guichet.depots import operations, queries
from guichet.depots.operations import pages
from guichet.espaces.prive.services import declarations
from guichet.teleprocedures.depot_spontane import rules
from guichet.teleprocedures.depot_spontane.definition import CODE
from guichet.teleprocedures.depot_spontane.forms import NumberForm
from guichet.teleprocedures.depot_spontane.screens.envoi import Envoi, on_envoi
from guichet.web.filing.presentation import card_of
from guichet.web.filing.screens import Filing
from guichet.web.forms import posted, show
from guichet.web.requests import PortalRequest


def start(request: PortalRequest, *, filing: Filing) -> HttpResponse:
    """The three buttons. A draft that was begun comes first: it is no filing."""
    draft = queries.draft_of(account=request.account, teleprocedure=CODE)
    context = {
        "at": filing.at,
        "draft": card_of(draft) if draft else None,
        "declarations": declarations(request.account),
    }
    return render(request, "depot_spontane/start.html", context)


def begin(request: PortalRequest, *, filing: Filing) -> HttpResponse:
    """« D’autres documents »: begins a draft, or takes up the one that there is."""
    depot = operations.start_draft(account=request.account, teleprocedure=CODE)
    return redirect(f"{filing.namespace}:draft", depot.id)


@on_envoi
def resume(request: PortalRequest, envoi: Envoi) -> HttpResponse:  # noqa: ARG001 - as all views of a draft
    """Leads to the first step of the draft that does not hold yet."""
    return redirect(envoi.resumed_at)


@on_envoi
def number(request: PortalRequest, envoi: Envoi) -> HttpResponse:
    """How many documents (001, step 2). What is filled in goes only where it was said to."""
    kept = {"nombre": envoi.depot.data.get(rules.NUMBER, "")}
    form = NumberForm(posted(request), filled=envoi.filled, initial=kept)
    if form.is_bound and form.is_valid():
        with suppress(pages.ChangedMeanwhile):  # a second press: the list shows what the first one did
            _set_number(envoi, form.cleaned_data["nombre"], form.removed)
        return redirect(envoi.url("documents"))
    return show(request, "depot_spontane/number.html", form, envoi.page("number"))


@on_envoi
def discard(request: PortalRequest, envoi: Envoi) -> HttpResponse:
    """Asks once, in words, whether to give the draft up; then gives it up."""
    if request.method == "POST":
        operations.discard(account=request.account, depot_id=envoi.depot.id)
        messages.success(request, _("Votre brouillon est supprimé. Rien n’a été transmis."))
        return redirect("depot_spontane:start")
    context = {**envoi.page("number"), "back": envoi.resumed_at, "documents": envoi.filled}
    return render(request, "depot_spontane/discard.html", context)


def take_away(envoi: Envoi, document: int) -> Envoi:
    """Remove a document with all that belongs to it; those after it come one number down.

    Raises ``pages.ChangedMeanwhile``.
    """
    given = envoi.depot.data
    answers = rules.without(given, document)
    pages.remove_document(
        account=envoi.account, depot_id=envoi.depot.id, document=document, answers=answers, given=given
    )
    return Envoi(envoi.draft.again())


def _set_number(envoi: Envoi, wanted: int, removed: list[int]) -> None:
    """Take away what was ``removed``, then empty documents while there are too many of them."""
    for document in sorted(removed, reverse=True):
        envoi = take_away(envoi, document)
    for document in range(envoi.count, 0, -1):
        if envoi.count > wanted and not envoi.is_begun(document):
            envoi = take_away(envoi, document)
    operations.answer(
        account=envoi.account,
        depot_id=envoi.depot.id,
        data={rules.NUMBER: str(max(wanted, len(envoi.filled)))},
    )
