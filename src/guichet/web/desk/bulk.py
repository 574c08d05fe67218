"""Many filings at once: what will be done is told and confirmed, then done in the background."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from guichet.depots.definitions import Teleprocedure
from guichet.instruction import operations, queries
from guichet.instruction.models import LotLine
from guichet.instruction.rules import MOST_IN_BULK, Action, MotifKind, Role
from guichet.instruction.values import LotReport, LotResult
from guichet.kernel.refusals import Refusal
from guichet.web.desk import words
from guichet.web.desk.access import DeskRequest, agent_required
from guichet.web.desk.forms import AcceptForm, AssignForm, ClosingForm, NothingForm, ReasonForm
from guichet.web.desk.pages import Place, desk, desk_form, place_of
from guichet.web.desk.presentation import depot_in_words
from guichet.web.desk.queue import colleagues_of, seen_by
from guichet.web.forms import PortalForm

PICKED, PAGE, FILTER = "coches", "page", "filtre"
# Action → « publier ces {n} dépôts » as title and button; and what it does.
WORDS: dict[Action, tuple[Any, Any]] = {
    Action.PUBLISH: (
        gettext_lazy("Publier {those}"),
        gettext_lazy("Chacun est publié et son déposant prévenu."),
    ),
    Action.ACCEPT: (
        gettext_lazy("{accepting} {those}"),
        gettext_lazy("Chacun est {accepted} et son déposant prévenu."),
    ),
    Action.REFUSE: (
        gettext_lazy("Refuser {those}"),
        gettext_lazy("Chacun est refusé, définitivement, et son déposant reçoit le motif que voici."),
    ),
    Action.WITHDRAW: (
        gettext_lazy("Retirer {those} de la publication"),
        gettext_lazy("Le public lit à leur place la mention du retrait et son motif. C’est définitif."),
    ),
    Action.ASSIGN: (
        gettext_lazy("Attribuer {those}"),
        gettext_lazy("L’agent choisi les trouve dans sa file."),
    ),
    Action.RELEASE: (
        gettext_lazy("Rendre {those} à la file"),
        gettext_lazy("Ils ne sont plus attribués à personne : chacun peut les prendre."),
    ),
}
KINDS = {Action.REFUSE: MotifKind.REFUS, Action.WITHDRAW: MotifKind.RETRAIT}
OUTCOMES = {LotLine.Outcome.WAITING: gettext_lazy("en attente"), LotLine.Outcome.DONE: gettext_lazy("fait")}


@require_POST
@agent_required()
def bulk(request: DeskRequest) -> HttpResponse:
    """The page that says how many filings what will happen to, and asks what the action still needs."""
    place = place_of(request.GET)
    action, ids = _action(request), _chosen(request, place)
    if action is None or not ids:
        messages.warning(request, _("Cochez au moins un dépôt, ou choisissez « ceux de cette page »."))
        return redirect(place.at("queue"))
    procedures = _procedures(request, ids)
    return _confirmation(request, place, action, ids, _form(request, action, procedures, None), procedures)


@require_POST
@agent_required()
def start(request: DeskRequest) -> HttpResponse:
    """Shows what the filers will read, then begins the work and leads to its progress."""
    place = place_of(request.GET)
    action, ids = _action(request), _ids(request.POST.get("depots", "").split(","))
    if action is None or not ids:
        return redirect(place.at("queue"))
    procedures = _procedures(request, ids)
    form = _form(request, action, procedures, request.POST)
    if form.is_valid() and "envoyer" in request.POST:
        try:
            lot = operations.start_bulk(agent=request.agent, action=action, depot_ids=ids, **_arguments(form))
        except Refusal as refusal:
            if refusal.status in (403, 404):
                raise
            form.refuse(refusal)
        else:
            return redirect("desk:lot", lot.pk)
    return _confirmation(request, place, action, ids, form, procedures)


@require_safe
@agent_required()
def lot(request: DeskRequest, lot_id: uuid.UUID) -> HttpResponse:
    """How far it has come, with a result a line; the page looks again by itself until it is over."""
    report = queries.lot(agent=request.agent, lot_id=lot_id)
    place = place_of(request.GET)
    return desk(
        request,
        "web/desk/lot.html",
        {
            "title": _title(report),
            "over": report.waiting == 0,
            "total": report.total,
            "done": report.total - report.waiting,
            "outcome": ", ".join(outcome_in_words(report.done, report.refused)),
            "lines": [_line(line, place) for line in report.lines],
        },
    )


@require_safe
@agent_required()
def lots(request: DeskRequest) -> HttpResponse:
    """The latest work in bulk of the agent, to come back to."""
    reports = [queries.lot(agent=request.agent, lot_id=one.pk) for one in queries.lots(agent=request.agent)]
    return desk(request, "web/desk/lots.html", {"lots": [_lot_line(report) for report in reports]})


def title_of(action: Action, number: int, procedures: Sequence[Teleprocedure]) -> str:
    """« Publier ces 12 dépôts »; accepting is called as their ``procedures`` call it."""
    those = ngettext("ce dépôt", "ces {n} dépôts", number).format(n=number)
    return str(WORDS[action][0]).format(those=those, accepting=words.accepting(procedures))


def outcome_in_words(done: int, left: int) -> list[str]:
    """« 3 réussis », « 1 laissé tel quel »: what there is none of is not told."""
    told = []
    if done or not left:
        told.append(ngettext("{n} réussi", "{n} réussis", done).format(n=done))
    if left:
        told.append(ngettext("{n} laissé tel quel", "{n} laissés tels quels", left).format(n=left))
    return told


def _confirmation(
    request: DeskRequest,
    place: Place,
    action: Action,
    ids: Sequence[uuid.UUID],
    form: PortalForm,
    procedures: Sequence[Teleprocedure],
) -> HttpResponse:
    with_reason = isinstance(form, ReasonForm | AcceptForm)
    title = title_of(action, len(ids), procedures)
    accepted = words.lowered(words.accepted(procedures))
    return desk_form(
        request,
        "web/desk/bulk.html",
        form,
        {
            "title": title,
            "button": title,
            "effect": str(WORDS[action][1]).format(accepted=accepted) + _whom_words_go_to(form, procedures),
            "action": action.value,
            "ids": ",".join(map(str, ids)),
            "action_url": place.at("bulk_start"),
            "queue_url": place.at("queue"),
            "wants_preview": with_reason,
            "at_once": isinstance(form, ClosingForm),
            "preview": form.told
            if isinstance(form, ReasonForm | AcceptForm) and form.is_bound and form.is_valid()
            else "",
        },
    )


def _whom_words_go_to(form: PortalForm, procedures: Sequence[Teleprocedure]) -> str:
    """A sentence more where the words of an acceptance are for some of the filings alone."""
    decided = [one for one in procedures if one.publication is None]
    takers = [one for one in decided if one.instruction.accepting_takes_words]
    if not isinstance(form, AcceptForm) or len(takers) == len(decided):
        return ""
    labels = ", ".join(_(one.label) for one in takers)
    return " " + _("Votre texte ne part qu’avec ces démarches : {labels}.").format(labels=labels)


def _action(request: DeskRequest) -> Action | None:
    text = request.POST.get("action", "")
    return Action(text) if text in list(Action) else None


def _chosen(request: DeskRequest, place: Place) -> list[uuid.UUID]:
    """The filings that were ticked, or those of the page, or the first ones of the filter."""
    which = request.POST.get("sur", PICKED)
    if which == FILTER:
        return queries.first_ids(
            agent=request.agent, filters=place.filters, sort=place.sort, limit=MOST_IN_BULK
        )
    if which == PAGE:
        return _ids(request.POST.get("page", "").split(","))
    return _ids(request.POST.getlist("depot"))


def _ids(texts: Sequence[str]) -> list[uuid.UUID]:
    """What names a filing, each once, in order; the operation asks whose they are."""
    found: dict[uuid.UUID, None] = {}
    for text in texts:
        try:
            found[uuid.UUID(text)] = None
        except ValueError:
            continue
    return list(found)


def _procedures(request: DeskRequest, ids: Sequence[uuid.UUID]) -> list[Teleprocedure]:
    return words.of_codes(queries.procedures_of(agent=request.agent, depot_ids=ids))


def _form(request: DeskRequest, action: Action, procedures: Sequence[Teleprocedure], data: Any) -> PortalForm:
    """What the action still needs: a reason, an agent, or nothing."""
    if action == Action.ACCEPT:
        return _accept_form(procedures, data)
    if action in KINDS:
        return ReasonForm(data, motifs=_motifs(request, KINDS[action]))
    if action == Action.ASSIGN:
        everybody = colleagues_of(request.agent)
        if not request.agent.rank.includes(Role.SUPERVISEUR):
            everybody = [one for one in everybody if one.id == request.agent.pk]
        return AssignForm(data, colleagues=everybody)
    return NothingForm(data)


def _accept_form(procedures: Sequence[Teleprocedure], data: Any) -> PortalForm:
    """A reason where something chosen needs one, some words where something may have them, else nothing."""
    decided = [one.instruction for one in procedures if one.publication is None]
    if any(one.accepting_needs_reason for one in decided):
        return AcceptForm(data)
    return ClosingForm(data) if any(one.accepting_may_say for one in decided) else NothingForm(data)


def _motifs(request: DeskRequest, kind: MotifKind) -> list[Any]:
    """The reasons of all that the agent looks after: the operation refuses one of another téléprocédure."""
    return [
        motif
        for procedure in seen_by(request.agent)
        for motif in queries.motifs(agent=request.agent, teleprocedure=procedure.code, kind=kind)
    ]


def _arguments(form: PortalForm) -> dict[str, Any]:
    if isinstance(form, AcceptForm):
        return {"text": form.cleaned_data["text"]}
    if isinstance(form, ReasonForm):
        return {"motif_id": form.motif_id, "text": form.cleaned_data["text"]}
    return {"to": int(form.cleaned_data["to"])} if isinstance(form, AssignForm) else {}


def _line(line: LotResult, place: Place) -> dict[str, str]:
    depot = line.depot
    told = str(OUTCOMES.get(LotLine.Outcome(line.outcome), "")) or line.sentence
    if depot is None:
        return {"name": _("Un dépôt que vous ne pouvez pas voir"), "reference": "", "url": "", "words": told}
    url = place.at("dossier", depot.pk)
    return {"name": depot_in_words(depot), "reference": depot.reference or "", "url": url, "words": told}


def _title(report: LotReport) -> str:
    procedures = words.of_codes(line.depot.teleprocedure for line in report.lines if line.depot)
    return title_of(Action(report.lot.action), report.total, procedures)


def _lot_line(report: LotReport) -> dict[str, Any]:
    done = report.total - report.waiting
    going = _("en cours, {done} sur {total}").format(done=done, total=report.total)
    over = ", ".join([_("terminé"), *outcome_in_words(report.done, report.refused)])
    return {
        "url": reverse("desk:lot", args=[report.lot.pk]),
        "title": _title(report),
        "begun_at": report.lot.created_at,
        "words": over if report.waiting == 0 else going,
    }
