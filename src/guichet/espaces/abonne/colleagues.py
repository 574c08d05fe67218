"""« Vos collègues »: who of one's firm has an espace abonné, and who says so of a newcomer."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from guichet.accounts.models import Account
from guichet.adhesions.models import Remise
from guichet.adhesions.operations import colleagues as operations
from guichet.adhesions.operations import handover
from guichet.adhesions.queries import colleagues as queries
from guichet.adhesions.queries.handover import remises
from guichet.espaces.abonne.handover import told
from guichet.web.access import account_required
from guichet.web.requests import PortalRequest


@dataclass(frozen=True)
class Question:
    """What is asked before something is said of a colleague: ``among`` names the list where she stands."""

    title: Any
    explained: tuple[Any, ...]
    button: Any
    among: tuple[str, ...]


RECOGNISE = Question(
    title=gettext_lazy("Reconnaître {who}"),
    explained=(
        gettext_lazy(
            "N’importe qui peut saisir le numéro SIREN de votre entreprise. Ne reconnaissez cette personne "
            "que si vous savez qu’elle y travaille et que cette adresse électronique est la sienne : "
            "demandez-le-lui de vive voix."
        ),
        gettext_lazy(
            "Une fois reconnue, elle voit le nom de ses collègues et reçoit les dossiers qu’ils lui "
            "remettent. Vous pourrez revenir sur votre décision."
        ),
    ),
    button=gettext_lazy("Oui, je la connais"),
    among=("waiting", "aside"),
)
DECLINE = Question(
    title=gettext_lazy("Écarter {who}"),
    explained=(
        gettext_lazy(
            "Elle ne verra ni le nom de vos collègues, ni aucun de leurs dossiers. Ses propres dossiers "
            "restent à elle."
        ),
        gettext_lazy(
            "Nous l’en prévenons, sans lui dire qui a répondu. Si c’est une erreur, vous pourrez la "
            "reconnaître plus tard."
        ),
    ),
    button=gettext_lazy("Écarter cette personne"),
    among=("waiting", "colleagues"),
)
TAKE_OVER = Question(
    title=gettext_lazy("Reprendre les dossiers de {who}"),
    explained=(
        gettext_lazy(
            "Son compte est suspendu : elle ne peut plus s’en occuper, ni les remettre elle-même. Tous ses "
            "dossiers en cours ou en attente passent dans votre espace abonné."
        ),
        gettext_lazy("Ce qu’elle avait proposé à d’autres collègues n’a plus cours."),
    ),
    button=gettext_lazy("Reprendre ses dossiers"),
    among=("colleagues",),
)


@require_safe
@account_required("abonne")
def colleagues(request: PortalRequest) -> HttpResponse:
    """Everybody of the firm: recognised, or waiting for it; and the files that change hands."""
    account = request.account
    operations.present(account=account)  # of accounts that have not come here since they belong to a firm
    context = {
        "firm": queries.colleagues(account=account),
        "remises": [told(one) for one in remises(account=account)],
    }
    return render(request, "abonne/colleagues.html", context)


@account_required("abonne")
def recognise(request: PortalRequest, colleague_id: uuid.UUID) -> HttpResponse:
    """« Oui, je la connais »."""

    def done(account: Account) -> HttpResponse:
        operations.recognise(account=account, colleague_id=colleague_id)
        messages.success(request, _("C’est noté : vous êtes désormais collègues, et nous l’en prévenons."))
        return redirect("abonne:colleagues")

    return _asked(request, RECOGNISE, colleague_id, done)


@account_required("abonne")
def decline(request: PortalRequest, colleague_id: uuid.UUID) -> HttpResponse:
    """« Écarter »: somebody unknown, or whom one should not have recognised."""

    def done(account: Account) -> HttpResponse:
        operations.decline(account=account, colleague_id=colleague_id)
        messages.success(request, _("C’est noté : cette personne est écartée."))
        return redirect("abonne:colleagues")

    return _asked(request, DECLINE, colleague_id, done)


@account_required("abonne")
def take_over(request: PortalRequest, colleague_id: uuid.UUID) -> HttpResponse:
    """The files of somebody whose account is suspended."""

    def done(account: Account) -> HttpResponse:
        remise: Remise = handover.take_over(account=account, colleague_id=colleague_id)
        return redirect("abonne:remise", remise.pk)

    return _asked(request, TAKE_OVER, colleague_id, done)


def _asked(
    request: PortalRequest,
    question: Question,
    colleague_id: uuid.UUID,
    done: Callable[[Account], HttpResponse],
) -> HttpResponse:
    """The page that asks, then what the answer does."""
    if request.method == "POST":
        return done(request.account)
    person = _person(request.account, question, colleague_id)
    context = {
        "person": person,
        "title": str(question.title).format(who=person.name),
        "explained": question.explained,
        "button": question.button,
    }
    return render(request, "abonne/colleagues_ask.html", context)


def _person(account: Account, question: Question, colleague_id: uuid.UUID) -> queries.Person:
    operations.check_recognised(account)
    firm = queries.colleagues(account=account)
    for name in question.among:
        people: list[queries.Person] = getattr(firm, name)
        for person in people:
            if person.id == colleague_id:
                return person
    raise operations.UnknownColleague
