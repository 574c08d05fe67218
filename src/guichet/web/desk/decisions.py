"""What an agent decides and says about one filing. After a decision: on to the next of the same filter."""

import uuid
from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from guichet.depots.definitions import Instruction, teleprocedure
from guichet.depots.models import Depot
from guichet.depots.states import State
from guichet.files.uploads import HashedUpload
from guichet.instruction import operations, queries
from guichet.instruction.models import Message
from guichet.instruction.rules import MotifKind
from guichet.instruction.values import Dossier
from guichet.kernel.refusals import Refusal
from guichet.web.desk.access import DeskRequest, agent_required
from guichet.web.desk.dossier import shown_again
from guichet.web.desk.forms import AcceptForm, ClosingForm, NoteForm, QuestionForm, ReasonForm
from guichet.web.desk.pages import Place, desk_form, place_of
from guichet.web.desk.presentation import card_of
from guichet.web.desk.words import lowered
from guichet.web.filing.answering import send_with_files
from guichet.web.forms import posted
from guichet.web.messages import sentence

NOT_OURS = (403, 404)  # pages of their own, without the filing


@require_POST
@agent_required()
def publish(request: DeskRequest, depot_id: uuid.UUID) -> HttpResponse:
    """Publishes, and goes on."""
    return _decide(request, depot_id, operations.publish, _("{reference} est publié."))


@require_http_methods(["GET", "HEAD", "POST"])
@agent_required()
def accept(request: DeskRequest, depot_id: uuid.UUID) -> HttpResponse:
    """Accepts, or closes, and goes on; where something may be said, after the filer's message was shown."""
    found = queries.dossier(agent=request.agent, depot_id=depot_id, filters=place_of(request.GET).filters)
    instruction = teleprocedure(found.depot.teleprocedure).instruction
    if instruction.accepting_needs_reason:
        form = AcceptForm(posted(request))
        return _with_reason(request, found, form, operations.accept, _acceptance_words(instruction))
    if instruction.accepting_may_say:
        form = ClosingForm(posted(request))
        return _with_reason(request, found, form, operations.accept, _closing_words(instruction))
    if request.method != "POST":
        return redirect(place_of(request.GET).at("dossier", depot_id))
    return _decide(request, depot_id, operations.accept, _("{reference} est {accepted}."))


@require_http_methods(["GET", "HEAD", "POST"])
@agent_required()
def refuse(request: DeskRequest, depot_id: uuid.UUID) -> HttpResponse:
    """The reason, then what the filer will read, then the refusal."""
    return _with_motif(request, depot_id, MotifKind.REFUS, operations.refuse, _refusal_words())


@require_http_methods(["GET", "HEAD", "POST"])
@agent_required()
def withdraw(request: DeskRequest, depot_id: uuid.UUID) -> HttpResponse:
    """The reason, then what the filer and the public will read, then the withdrawal."""
    return _with_motif(request, depot_id, MotifKind.RETRAIT, operations.withdraw, _withdrawal_words())


@require_POST
@agent_required()
def ask(request: DeskRequest, depot_id: uuid.UUID) -> HttpResponse:
    """Asks the filer something; the filing waits in the queue meanwhile."""
    form = QuestionForm(request.POST)

    def send(uploads: Sequence[HashedUpload]) -> Message:
        text = form.cleaned_data["question"]
        return operations.ask(agent=request.agent, depot_id=depot_id, text=text, uploads=uploads)

    if send_with_files(request, form, send) is None:
        return shown_again(request, depot_id, form, question_form=form)
    messages.success(request, _("Votre question est partie. La réponse apparaîtra ici et dans la file."))
    return redirect(f"{place_of(request.GET).at('dossier', depot_id)}#echanges")


@require_POST
@agent_required()
def note(request: DeskRequest, depot_id: uuid.UUID) -> HttpResponse:
    """Keeps a note for colleagues."""
    form = NoteForm(request.POST)
    if form.is_valid():
        try:
            operations.note(agent=request.agent, depot_id=depot_id, text=form.cleaned_data["note"])
        except Refusal as refusal:
            _refuse(form, refusal)
    if not form.is_valid():
        return shown_again(request, depot_id, form, note_form=form)
    return redirect(f"{place_of(request.GET).at('dossier', depot_id)}#notes")


@require_POST
@agent_required()
def assign(request: DeskRequest, depot_id: uuid.UUID) -> HttpResponse:
    """Gives the filing to an agent: oneself, or for supervisors anybody."""
    to = request.POST.get("to", "")
    number = int(to) if to.isascii() and to.isdigit() and len(to) < 10 else 0
    return _stay(
        request,
        depot_id,
        lambda: operations.assign(agent=request.agent, depot_id=depot_id, to=number),
        _("Ce dépôt est attribué."),
    )


@require_POST
@agent_required()
def release(request: DeskRequest, depot_id: uuid.UUID) -> HttpResponse:
    """Gives the filing back to the queue."""
    return _stay(
        request,
        depot_id,
        lambda: operations.release(agent=request.agent, depot_id=depot_id),
        _("Ce dépôt est rendu à la file : un autre agent peut le prendre."),
    )


@require_POST
@agent_required()
def take_over(request: DeskRequest, depot_id: uuid.UUID) -> HttpResponse:
    """Takes a filing that somebody else has open."""
    return _stay(
        request,
        depot_id,
        lambda: operations.take_over(agent=request.agent, depot_id=depot_id),
        _("Vous avez la main sur ce dépôt."),
    )


def _closing_words(instruction: Instruction) -> dict[str, str]:
    title = _("{accepting} ce dépôt").format(accepting=_(instruction.accepting))
    return {
        "title": title,
        "effect": _("Le déposant en est prévenu. Vous pouvez y ajouter un mot, qu’il lira."),
        "reader": _("Ce que lira le déposant"),
        "look": _("Voir ce que lira le déposant"),
        "button": _("{accepting} et écrire au déposant").format(accepting=title),
        "done": _("{reference} est {accepted} : le déposant en est prévenu."),
    }


def _acceptance_words(instruction: Instruction) -> dict[str, str]:
    title = _("{accepting} ce dépôt").format(accepting=_(instruction.accepting))
    return {
        "title": title,
        "effect": _(
            "Il prend effet aussitôt, sans attendre la réponse de la personne à qui il est demandé. Le "
            "déposant reçoit votre décision et son motif."
        ),
        "reader": _("Ce que lira le déposant"),
        "look": _("Voir ce que lira le déposant"),
        "button": _("{accepting} et écrire au déposant").format(accepting=title),
        "done": _("{reference} est {accepted} : votre décision est partie au déposant."),
    }


def _refusal_words() -> dict[str, str]:
    return {
        "title": _("Refuser ce dépôt"),
        "effect": _(
            "Le déposant reçoit le motif et peut déposer un dossier corrigé. Un refus est définitif."
        ),
        "reader": _("Ce que lira le déposant"),
        "look": _("Voir ce que lira le déposant"),
        "button": _("Refuser ce dépôt et écrire au déposant"),
        "done": _("{reference} est refusé : le motif est parti au déposant."),
    }


def _withdrawal_words() -> dict[str, str]:
    return {
        "title": _("Retirer ce dépôt de la publication"),
        "effect": _(
            "Le public ne peut plus lire le document : il lit à la place la mention du retrait et son motif. "
            "Le déposant est prévenu. Un retrait est définitif."
        ),
        "reader": _("Ce que liront le public et le déposant"),
        "look": _("Voir ce que liront le public et le déposant"),
        "button": _("Retirer ce dépôt et écrire au déposant"),
        "done": _("{reference} est retiré de la publication."),
    }


def _with_motif(
    request: DeskRequest,
    depot_id: uuid.UUID,
    kind: MotifKind,
    decide: Callable[..., Any],
    words: dict[str, str],
) -> HttpResponse:
    found = queries.dossier(agent=request.agent, depot_id=depot_id, filters=place_of(request.GET).filters)
    motifs = queries.motifs(agent=request.agent, teleprocedure=found.depot.teleprocedure, kind=kind)
    form = ReasonForm(posted(request), motifs=motifs, is_public=kind == MotifKind.RETRAIT)
    return _with_reason(request, found, form, decide, words)


def _with_reason(
    request: DeskRequest,
    found: Dossier,
    form: ReasonForm | AcceptForm,
    decide: Callable[..., Any],
    words: dict[str, str],
) -> HttpResponse:
    place = place_of(request.GET)
    if form.is_valid() and "envoyer" in request.POST:
        motif = {"motif_id": form.motif_id} if isinstance(form, ReasonForm) else {}
        try:
            decide(agent=request.agent, depot_id=found.depot.pk, text=form.cleaned_data["text"], **motif)
        except Refusal as refusal:
            _refuse(form, refusal)
        else:
            return _onwards(request, found.depot, place, words["done"])
    preview = form.told if form.is_valid() else ""
    context = {**words, "card": card_of(found, place), "preview": preview}
    context["at_once"] = isinstance(form, ClosingForm)
    return desk_form(request, "web/desk/decide.html", form, context)


def _decide(request: DeskRequest, depot_id: uuid.UUID, decide: Callable[..., Any], done: str) -> HttpResponse:
    place = place_of(request.GET)
    depot = queries.depot(agent=request.agent, depot_id=depot_id)
    try:
        decide(agent=request.agent, depot_id=depot_id)
    except Refusal as refusal:
        return _refused(request, refusal, place.at("dossier", depot_id))
    return _onwards(request, depot, place, done)


def _onwards(request: DeskRequest, depot: Depot, place: Place, done: str) -> HttpResponse:
    """To the next filing of the filter, or back to the queue where there is none."""
    accepted = lowered(_(teleprocedure(depot.teleprocedure).instruction.accepted))
    messages.success(request, done.format(reference=depot.reference, accepted=accepted))
    following = queries.next_after(agent=request.agent, depot_id=depot.pk, filters=place.filters)
    if following:
        return redirect(place.at("dossier", following))
    if depot.state == State.CONFIRME:  # as it was before: what is withdrawn did not wait, and has no next one
        messages.info(request, _("C’était le dernier de ce filtre."))
    return redirect(place.turned(1).at("queue"))


def _stay(request: DeskRequest, depot_id: uuid.UUID, act: Callable[[], Any], done: str) -> HttpResponse:
    address = place_of(request.GET).at("dossier", depot_id)
    try:
        act()
    except Refusal as refusal:
        return _refused(request, refusal, address)
    messages.success(request, done)
    return redirect(address)


def _refused(request: DeskRequest, refusal: Refusal, address: str) -> HttpResponse:
    if refusal.status in NOT_OURS:
        raise refusal
    messages.warning(request, sentence(refusal))
    return redirect(address)


def _refuse(form: Any, refusal: Refusal) -> None:
    if refusal.status in NOT_OURS:
        raise refusal
    form.refuse(refusal)
