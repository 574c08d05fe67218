"""« Créez votre compte déclarant », page by page (003, chapter 2)."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from guichet.accounts import operations
from guichet.espaces.declarant import drafts, flow, places, presentation, record, team
from guichet.espaces.declarant.definition import CHOSEN, DECLARANT
from guichet.espaces.declarant.drafts import Draft
from guichet.espaces.declarant.flow import Way
from guichet.espaces.declarant.forms import IdentityForm
from guichet.espaces.declarant.steps import CHECK, STEPS, Situation
from guichet.inscriptions.rules import LAPSES_AFTER, MOST_DELAY
from guichet.kernel.refusals import N_, Refusal
from guichet.web import registered
from guichet.web.forms import PortalForm
from guichet.web.requests import client_of

PAGES = {"etablissements": places.page, "declarants": team.page}


def register(request: HttpRequest) -> HttpResponse:
    """The first page; a registration begins with its answer."""
    return flow.ask(request, Situation(drafts.begin(request)), STEPS["identite"], WAY)


def step(request: HttpRequest, number: int, slug: str) -> HttpResponse:
    """One page of the registration ``number`` of this browser."""
    if slug not in STEPS and slug != CHECK.slug:
        raise Http404
    draft = drafts.find(request, number)
    if draft is None:
        return redirect("declarant:register")
    if draft.sent and slug == CHECK.slug:
        return redirect("declarant:register_sent", number)
    return flow.page(request, draft, slug, WAY)


@require_safe
def sent(request: HttpRequest, number: int) -> HttpResponse:
    """What comes next: the message, then the letter and the delays, or the administrateurs' answer."""
    draft = drafts.find(request, number)
    if draft is None:
        return redirect("declarant:register")
    if not draft.sent:
        return redirect("declarant:register_step", number, CHECK.slug)
    situation = Situation(draft)
    context = {
        "draft": draft,
        "email": draft.text("email"),
        "situation": situation,
        "sender": settings.SENDER,
        "lifetime": DECLARANT.lifetimes.activation,
        "lapses": LAPSES_AFTER,
        "delay": MOST_DELAY,
        "door": DECLARANT,
        "by_key": situation.is_candidate and draft.text("voie") == "cle",
        "at_once": all(not one.delay for one in situation.declarations),
    }
    return render(request, "declarant/register_sent.html", context)


@require_safe
def pdf(request: HttpRequest, number: int) -> HttpResponse:
    """« Compte rendu de votre inscription »: what was validated, to keep."""
    draft = drafts.find(request, number)
    if draft is None or not draft.sent:
        return redirect("declarant:register")
    response = HttpResponse(record.pdf(presentation.recap(Situation(draft))), content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="compte-rendu-inscription.pdf"'
    return response


def _finish(request: HttpRequest, situation: Situation, form: PortalForm) -> HttpResponse | None:
    draft = situation.draft
    person = _person(draft)
    try:
        registration = operations.register(
            espace=DECLARANT.code,
            identifier=person.identifier,
            email=str(person.cleaned_data["email"]),
            profile={**person.profile, CHOSEN: situation.choice().to_json()},
            client=client_of(request),
            password=draft.text("password"),
            trust=situation.trust(),
            terms_accepted_at=draft.terms_accepted_at,
        )
    except Refusal as refusal:
        form.refuse(refusal)
        return None
    registered.keep(request, registration)
    draft.done()
    drafts.save(request, draft)
    return redirect("declarant:register_sent", draft.number)


def _person(draft: Draft) -> IdentityForm:
    form = IdentityForm(draft.typed)
    form.full_clean()
    return form


WAY = Way(
    begins="declarant:register",
    step="declarant:register_step",
    heading=N_("créez votre compte déclarant"),
    finish=_finish,
    pages=PAGES,
)
