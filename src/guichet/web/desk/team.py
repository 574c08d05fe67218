"""The team: what each agent has in hand, the agents themselves, and the reasons that they choose from."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guichet.depots.definitions import Teleprocedure, teleprocedure, teleprocedures
from guichet.instruction import operations, queries
from guichet.instruction.models import Motif
from guichet.instruction.rules import Filters, MotifKind, Role, Sort
from guichet.instruction.values import AgentLine
from guichet.kernel import clock
from guichet.kernel.refusals import Refusal
from guichet.web.desk.access import DeskRequest, agent_required
from guichet.web.desk.forms import AgentForm, InviteForm, MotifForm
from guichet.web.desk.pages import Place, desk, desk_form, place_of
from guichet.web.desk.presentation import ROLES, load_line
from guichet.web.desk.queue import seen_by
from guichet.web.forms import posted
from guichet.web.messages import sentence
from guichet.web.spreadsheets import csv_file

KINDS = {
    MotifKind.REFUS: gettext_lazy("Motifs de refus"),
    MotifKind.RETRAIT: gettext_lazy("Motifs de retrait"),
}
ACCESS = {
    "suspendre": ("suspend_agent", gettext_lazy("{name} ne peut plus se connecter.")),
    "retablir": ("reinstate_agent", gettext_lazy("{name} peut de nouveau se connecter.")),
    "second-facteur": (
        "reset_agent_factor",
        gettext_lazy("{name} enregistrera un nouveau second facteur à sa prochaine connexion."),
    ),
}


@require_safe
@agent_required(Role.SUPERVISEUR)
def load(request: DeskRequest) -> HttpResponse:
    """What each agent has in hand, how much of it is late, and since when the oldest waits."""
    place = Place(filters=Filters(), sort=Sort.OLDEST)
    found = [load_line(one, place) for one in queries.load(agent=request.agent)]
    return desk(request, "web/desk/load.html", {"lines": found})


@require_safe
@agent_required(Role.SUPERVISEUR)
def export(request: DeskRequest) -> HttpResponseBase:
    """The filings of a filter as CSV, written while it is read."""
    place = place_of(request.GET)
    rows = queries.export(agent=request.agent, filters=place.filters, sort=place.sort)
    return csv_file(f"depots-{clock.today().isoformat()}.csv", rows)


@require_safe
@agent_required(Role.GESTIONNAIRE)
def agents(request: DeskRequest) -> HttpResponse:
    """Everybody who may sit at the desk."""
    found = [_agent_line(one, request) for one in queries.agents(agent=request.agent)]
    return desk(request, "web/desk/agents.html", {"lines": found})


@require_http_methods(["GET", "HEAD", "POST"])
@agent_required(Role.GESTIONNAIRE)
def invite(request: DeskRequest) -> HttpResponse:
    """A new agent, who gets a message with a link."""
    form = InviteForm(posted(request), procedures=_all(), initial={"role": Role.AGENT})
    if form.is_valid():
        try:
            operations.invite_agent(
                by=request.agent,
                email=form.cleaned_data["email"],
                name=form.cleaned_data["name"],
                role=form.rank,
                teleprocedures=form.cleaned_data["teleprocedures"],
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            told = _("L’invitation de {name} est partie.").format(name=form.cleaned_data["name"])
            messages.success(request, told)
            return redirect("desk:agents")
    return desk_form(request, "web/desk/invite.html", form)


@require_http_methods(["GET", "HEAD", "POST"])
@agent_required(Role.GESTIONNAIRE)
def agent(request: DeskRequest, agent_id: int) -> HttpResponse:
    """One agent: what they may do, and whether they may come in."""
    found = _find(request, agent_id)
    initial = {"role": found.role, "teleprocedures": list(found.teleprocedures)}
    form = AgentForm(posted(request), procedures=_all(), initial=initial)
    if form.is_valid():
        try:
            operations.change_agent(
                by=request.agent,
                agent_id=agent_id,
                role=form.rank,
                teleprocedures=form.cleaned_data["teleprocedures"],
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Les droits de {name} sont enregistrés.").format(name=found.name))
            return redirect("desk:agents")
    return desk_form(request, "web/desk/agent.html", form, {"line": _agent_line(found, request)})


@require_POST
@agent_required(Role.GESTIONNAIRE)
def agent_access(request: DeskRequest, agent_id: int, change: str) -> HttpResponse:
    """Suspends, reinstates, or forgets a second factor that was lost."""
    if change not in ACCESS:
        raise Http404
    found = _find(request, agent_id)
    operation, done = ACCESS[change]
    try:
        getattr(operations, operation)(by=request.agent, agent_id=agent_id)
    except Refusal as refusal:
        messages.warning(request, sentence(refusal))
    else:
        messages.success(request, str(done).format(name=found.name))
    return redirect("desk:agent", agent_id)


@require_safe
@agent_required(Role.SUPERVISEUR)
def motifs(request: DeskRequest) -> HttpResponse:
    """The lists of reasons, one a téléprocédure and kind."""
    groups = [_group(request, procedure, kind) for procedure in seen_by(request.agent) for kind in KINDS]
    return desk(request, "web/desk/motifs.html", {"groups": groups})


@require_http_methods(["GET", "HEAD", "POST"])
@agent_required(Role.SUPERVISEUR)
def motif(request: DeskRequest, motif_id: int | None = None) -> HttpResponse:
    """A new reason, or other words for one that exists."""
    known = _find_motif(request, motif_id) if motif_id else None
    initial = {name: getattr(known, name) for name in MotifForm.base_fields} if known else {}
    form = MotifForm(posted(request), procedures=seen_by(request.agent), initial=initial)
    fixed = {"teleprocedure": known.teleprocedure, "kind": known.kind} if known else {}
    form.keep(**fixed)
    if form.is_valid():
        try:
            operations.keep_motif(agent=request.agent, motif_id=motif_id, **fixed, **form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Ce motif est enregistré."))
            return redirect("desk:motifs")
    title = _("Modifier un motif") if known else _("Ajouter un motif")
    return desk_form(request, "web/desk/motif.html", form, {"title": title})


@require_POST
@agent_required(Role.SUPERVISEUR)
def retire_motif(request: DeskRequest, motif_id: int) -> HttpResponse:
    """No longer offered; what was decided with it keeps it."""
    operations.retire_motif(agent=request.agent, motif_id=motif_id)
    messages.success(request, _("Ce motif n’est plus proposé. Les décisions prises avec lui le gardent."))
    return redirect("desk:motifs")


def _all() -> list[Teleprocedure]:
    return list(teleprocedures().values())


def _find(request: DeskRequest, agent_id: int) -> AgentLine:
    found = next((one for one in queries.agents(agent=request.agent) if one.id == agent_id), None)
    if found is None:
        raise Http404
    return found


def _agent_line(one: AgentLine, request: DeskRequest) -> dict[str, Any]:
    labels = [_(teleprocedure(code).label) for code in one.teleprocedures if code in teleprocedures()]
    return {
        "id": one.id,
        "url": reverse("desk:agent", args=[one.id]),
        "name": one.name,
        "email": one.email,
        "role": ROLES[one.role],
        "procedures": ", ".join(labels) or _("toutes"),
        "access": _access(one),
        "suspended": not one.active,
        "mine": one.id == request.agent.pk,
    }


def _access(one: AgentLine) -> str:
    if not one.active:
        return _("Suspendu")
    return _("Actif") if one.signed_in_at else _("Invité, jamais connecté")


def _group(request: DeskRequest, procedure: Teleprocedure, kind: MotifKind) -> dict[str, Any]:
    found = queries.motifs(agent=request.agent, teleprocedure=procedure.code, kind=kind)
    return {
        "title": f"{_(procedure.label)} : {str(KINDS[kind]).lower()}",
        "motifs": [_motif_line(one) for one in found],
    }


def _motif_line(one: Motif) -> dict[str, str]:
    return {
        "label": one.label,
        "text": one.text,
        "url": reverse("desk:motif", args=[one.pk]),
        "retire_url": reverse("desk:motif_retire", args=[one.pk]),
    }


def _find_motif(request: DeskRequest, motif_id: int) -> Motif:
    for procedure in seen_by(request.agent):
        for kind in KINDS:
            for one in queries.motifs(agent=request.agent, teleprocedure=procedure.code, kind=kind):
                if one.pk == motif_id:
                    return one
    raise Http404
