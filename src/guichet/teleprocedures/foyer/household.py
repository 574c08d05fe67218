"""« Votre foyer »: the people known in one's file, what may be corrected, and what was asked."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from guichet.depots import operations
from guichet.depots import queries as depots
from guichet.depots.models import Depot
from guichet.depots.states import State
from guichet.foyers import queries
from guichet.foyers.models import Personne
from guichet.foyers.queries import PersonneNotFound
from guichet.foyers.rules import LIENS, Action
from guichet.teleprocedures.foyer import rules
from guichet.teleprocedures.foyer.definition import FOYER
from guichet.teleprocedures.foyer.forms import ObjetForm
from guichet.teleprocedures.foyer.rules import Target
from guichet.teleprocedures.foyer.screens import SCREENS
from guichet.web.access import account_required
from guichet.web.filing.flow import context_of
from guichet.web.filing.presentation import answers_of, card_of
from guichet.web.requests import PortalRequest


@require_safe
@account_required(FOYER.espace)
def mine(request: PortalRequest) -> HttpResponse:
    """The people known in the file, the corrections that wait, and those of before."""
    filings = [one for one in depots.of_account(account=request.account) if one.teleprocedure == FOYER.code]
    waiting = [one for one in filings if one.state == State.CONFIRME]
    asked = {rules.target(one.data[rules.OBJET]).person: card_of(one) for one in waiting}
    draft = next((one for one in filings if one.state == State.BROUILLON), None)
    context = {
        "people": [_line(one, asked.get(one.pk)) for one in queries.foyer(account=request.account)],
        "waiting": [_asked(one) for one in waiting],
        "past": [card_of(one) for one in filings if one not in waiting and one != draft],
        "draft": card_of(draft) if draft else None,
        "add": str(Target(action=Action.ADD)),
        "at": SCREENS.at,
    }
    return render(request, "foyer/mine.html", context)


@require_POST
@account_required(FOYER.espace)
def propose(request: PortalRequest) -> HttpResponse:
    """Begins a correction whose first question is answered already, beside no other draft.

    Raises ``PersonneNotFound`` for what is nobody of the household.
    """
    answers = {rules.OBJET: request.POST.get(rules.OBJET, "")}
    form = ObjetForm(answers, context=context_of(SCREENS, request.account, answers))
    if not form.is_valid():
        return _refused(request, form)
    draft = operations.start_draft(account=request.account, teleprocedure=FOYER.code)
    if not draft.data:
        operations.answer(account=request.account, depot_id=draft.pk, data=form.answers())
    elif draft.data.get(rules.OBJET) != answers[rules.OBJET]:
        messages.info(
            request,
            _("Vous avez déjà une demande en préparation : transmettez-la ou supprimez-la d’abord."),
        )
    return redirect("foyer:draft", draft.pk)


def _refused(request: PortalRequest, form: ObjetForm) -> HttpResponse:
    if any(error.code != "already_waiting" for error in form.errors.as_data()[rules.OBJET]):
        raise PersonneNotFound
    messages.warning(request, " ".join(sentence for _id, sentence in form.summary()))
    return redirect("foyer:mine")


def _line(person: Personne, asked: Any) -> dict[str, Any]:
    """Somebody of the household, with what a button asks for, or the correction that waits."""
    return {
        "name": person.name,
        "lien": _(LIENS[person.lien]),
        "born_on": person.born_on,
        "change": str(Target(action=Action.CHANGE, person=person.pk)),
        "remove": str(Target(action=Action.REMOVE, person=person.pk)),
        "asked": asked,
    }


def _asked(depot: Depot) -> dict[str, Any]:
    """A correction that waits: what was asked, and about whom."""
    said = {line.label: line.value for line in answers_of(depot)}
    who = depot.data.get(rules.CONNUE) or rules.identity(depot.data).name
    return {"card": card_of(depot), "who": who, "said": next(iter(said.values()))}
