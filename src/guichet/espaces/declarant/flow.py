"""One page of a registration after the other, for who creates an account and for who has one already."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from guichet.accounts.definitions import espace
from guichet.espaces.declarant import drafts, presentation
from guichet.espaces.declarant.definition import DECLARANT
from guichet.espaces.declarant.drafts import PASSWORDS, Draft
from guichet.espaces.declarant.forms import CredentialsForm
from guichet.espaces.declarant.steps import CHECK, FOLLOWING, Situation, Step
from guichet.web import live_password
from guichet.web.forms import PortalForm, posted, show

ANOTHER_PASSWORD = "mot-de-passe"  # noqa: S105 - in the address: another one is to be chosen


@dataclass(frozen=True)
class Way:
    """Where the pages stand. ``begins`` and ``step``: names of addresses; ``heading``: in their titles.

    ``finish(request, situation, form)``: what the last button does: where it leads, or ``None`` with the
    form's errors. ``pages``: those that do more than ask a question, by their slug.
    """

    begins: str
    step: str
    heading: str
    finish: Callable[[HttpRequest, Situation, PortalForm], HttpResponse | None]
    pages: Mapping[str, "Page"]


Page = Callable[[HttpRequest, Situation, Step, Way], HttpResponse]


def to(way: Way, draft: Draft, step: Step | None) -> HttpResponse:
    """On to the page of ``step``, or to « Vérifiez vos réponses »."""
    return redirect(way.step, draft.number, (step or CHECK).slug)


def page(request: HttpRequest, draft: Draft, slug: str, way: Way) -> HttpResponse:
    """The page ``slug`` of ``draft``, once those before it are answered; else the first that is not."""
    situation = Situation(draft)
    missing = situation.missing()
    if slug == CHECK.slug:
        return to(way, draft, missing) if missing else _checked(request, situation, way)
    asked = list(situation.steps)
    wanted = next((one for one in asked if one.slug == slug), None)
    if wanted is None or (missing and asked.index(missing) < asked.index(wanted)):
        return to(way, draft, missing)
    return ask(request, situation, wanted, way)


def ask(request: HttpRequest, situation: Situation, step: Step, way: Way) -> HttpResponse:
    """Show the page of ``step``, or take what was typed there and go on."""
    if "live" in request.POST and step.slug == "authentification":
        return _tried_out(request, situation)
    if own := way.pages.get(step.slug):
        return own(request, situation, step, way)
    draft = situation.draft
    form = _form(situation, step, posted(request), another=ANOTHER_PASSWORD in request.GET)
    if request.method == "POST":
        form = taken(situation, step, form, request.POST)
        situation = Situation(draft)
        drafts.save(request, draft)
        if (answer := left(request, situation, step, way, holds=form.is_valid())) is not None:
            return answer
    return shown(request, situation, step, way, form)


def left(
    request: HttpRequest, situation: Situation, step: Step, way: Way, *, holds: bool
) -> HttpResponse | None:
    """Where one goes from ``step``: back, whatever was typed; where it ``holds``, to what is not answered."""
    draft = situation.draft
    if "previous" in request.POST:
        return to(way, draft, _before(situation, step))
    if not holds:
        return None
    draft.answered(step.slug)
    drafts.save(request, draft)
    return to(way, draft, situation.missing())


def shown(
    request: HttpRequest,
    situation: Situation,
    step: Step,
    way: Way,
    form: PortalForm,
    context: dict[str, Any] | None = None,
) -> HttpResponse:
    """The page of ``step``."""
    first = not situation.steps or situation.steps[0].slug == step.slug
    known = {
        "draft": situation.draft,
        "situation": situation,
        "step": step,
        "way": way,
        "back": not first,
        "another": f"?{ANOTHER_PASSWORD}",
        **stepper(situation, step),
        **presentation.of_step(situation, step),
    }
    return show(request, step.template, form, {**known, **(context or {})})


def stepper(situation: Situation, step: Step) -> dict[str, Any]:
    """Where one is among the phases of this registration."""
    phases = list(dict.fromkeys(_(one.phase) for one in (*situation.steps, CHECK)))
    current = phases.index(_(step.phase)) + 1
    following = phases[current] if current < len(phases) else ""
    return {"current": current, "count": len(phases), "name": phases[current - 1], "next": following}


def taken(situation: Situation, step: Step, form: PortalForm, data: QueryDict) -> PortalForm:
    """Keep what was typed; the form to show where it does not hold: a good password is not asked twice."""
    draft = situation.draft
    before = {name: draft.typed.getlist(name) for name in form.fields}
    draft.take(data, form.fields)
    if {name: draft.typed.getlist(name) for name in form.fields} != before:
        _changed(draft, step, siret_before=before.get("siret"))
    if not isinstance(form, CredentialsForm) or PASSWORDS[0] not in form.fields:
        return form
    if form.errors.keys() & set(PASSWORDS):
        draft.drop_password()
        return form
    return _form(Situation(draft), step, data)


def _changed(draft: Draft, step: Step, *, siret_before: list[str] | None) -> None:
    draft.unsee(FOLLOWING.get(step.slug, ()))
    if step.slug == "identite" and draft.typed.getlist("siret") != siret_before:
        draft.unsee(["etablissement", "etablissements"])
        draft.sirets = ["".join(draft.text("siret").split())]


def _form(situation: Situation, step: Step, data: QueryDict | None, *, another: bool = False) -> PortalForm:
    with_password = another or not situation.draft.text(PASSWORDS[0])
    return situation.form(step, data, with_password=with_password)


def _before(situation: Situation, step: Step) -> Step:
    slugs = [one.slug for one in situation.steps]
    place = slugs.index(step.slug) if step.slug in slugs else len(slugs)
    return situation.steps[max(place - 1, 0)]


def _checked(request: HttpRequest, situation: Situation, way: Way) -> HttpResponse:
    form = PortalForm(posted(request))
    if "previous" in request.POST:
        return to(way, situation.draft, situation.steps[-1])
    if form.is_valid() and (answer := way.finish(request, situation, form)) is not None:
        return answer
    return shown(request, situation, CHECK, way, form)


def _tried_out(request: HttpRequest, situation: Situation) -> HttpResponse:
    """What the policy would say of a password that is still being typed."""
    typed = request.POST.get("password", "")
    return live_password.try_out(typed, door=espace(DECLARANT.code), own_data=situation.own_data)
