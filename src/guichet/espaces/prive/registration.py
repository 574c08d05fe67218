"""Registering, one question or decision a page: kind, company, person, identifiers, recap, what comes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guichet.accounts import operations
from guichet.accounts.definitions import espace
from guichet.accounts.operations.passwords import check_new
from guichet.espaces.prive import drafts, presentation
from guichet.espaces.prive.company import company
from guichet.espaces.prive.definition import PRIVE
from guichet.espaces.prive.drafts import Draft
from guichet.espaces.prive.forms import PASSWORDS, CompanyForm, IdentifiersForm, KindForm
from guichet.espaces.prive.person import PersonForm
from guichet.kernel.identifiers import Siren
from guichet.kernel.refusals import N_, Refusal
from guichet.web import registered
from guichet.web.forms import PortalForm, posted, show
from guichet.web.messages import sentence
from guichet.web.requests import client_of

ANOTHER_PASSWORD = "mot-de-passe"  # noqa: S105 - in the address: another one is to be chosen


@dataclass(frozen=True)
class Step:
    """A page of the way; its ``slug`` stands in the address, its ``title`` in the stepper."""

    slug: str
    title: str


KIND = Step("situation", N_("Votre situation"))
COMPANY = Step("entreprise", N_("Votre entreprise"))
PERSON = Step("identite", N_("Votre identité"))
IDENTIFIERS = Step("identifiants", N_("Vos identifiants"))
CHECK = Step("verification", N_("Vérification"))
STEPS = {one.slug: one for one in (KIND, COMPANY, PERSON, IDENTIFIERS)}


def steps(draft: Draft) -> Sequence[Step]:
    """The questions that are asked of whoever registers by ``draft``, in their order."""
    return [one for one in STEPS.values() if one != COMPANY or draft.kind.company]


def register(request: HttpRequest) -> HttpResponse:
    """The first question; a registration begins with its answer."""
    return _asked(request, drafts.begin(request), KIND)


def step(request: HttpRequest, number: int, slug: str) -> HttpResponse:
    """One question of the registration ``number``, once those before it are answered."""
    if slug not in STEPS:
        raise Http404
    draft = drafts.find(request, number)
    if draft is None:
        return redirect("prive:register")
    wanted = STEPS[slug]
    missing = _first_missing(draft)
    asked = steps(draft)
    if wanted not in asked or (missing and asked.index(missing) < asked.index(wanted)):
        return _to(missing, draft)
    return _asked(request, draft, wanted)


def check(request: HttpRequest, number: int) -> HttpResponse:
    """« Vérifiez vos réponses »: everything once more, the address very large; then the registration."""
    draft = drafts.find(request, number)
    if draft is None:
        return redirect("prive:register")
    if draft.sent:
        return redirect("prive:register_sent", number)
    if missing := _first_missing(draft):
        return _to(missing, draft)
    form = PortalForm(posted(request))
    if form.is_valid() and _registered(request, draft, form):
        return redirect("prive:register_sent", number)
    context = {"draft": draft, "rows": presentation.recap(draft), **_stepper(draft, CHECK)}
    return show(request, "prive/register_check.html", form, context)


@require_safe
def sent(request: HttpRequest, number: int) -> HttpResponse:
    """« Consultez votre messagerie »: which message to expect, where, and what to do if none comes."""
    draft = drafts.find(request, number)
    if draft is None:
        return redirect("prive:register")
    if not draft.sent:
        return redirect("prive:register_check", number)
    context = {
        "draft": draft,
        "email": draft.answers["email"],
        "sender": settings.SENDER,
        "lifetime": PRIVE.lifetimes.activation,
        "door": PRIVE,
    }
    return render(request, "prive/register_sent.html", context)


def _asked(request: HttpRequest, draft: Draft, asked: Step) -> HttpResponse:
    if "live" in request.POST and asked == IDENTIFIERS:
        return _tried_out(request, draft)
    form = _form(asked, draft, posted(request), another=ANOTHER_PASSWORD in request.GET)
    if request.method == "POST":
        form = _taken(draft, form, request.POST)
        drafts.save(request, draft)
        if "previous" in request.POST:
            return _to(_before(draft, asked), draft)
        if form.is_valid():
            return _to(_after(draft, asked), draft)
    context = {
        "draft": draft,
        "step": asked,
        "back": asked != KIND,
        "another": f"?{ANOTHER_PASSWORD}",
        "company": _company(draft) if asked == PERSON else None,
        "terms_version": draft.terms_version,
        **_stepper(draft, asked),
    }
    return show(request, "prive/register_step.html", form, context)


def _taken(draft: Draft, form: PortalForm, data: QueryDict) -> PortalForm:
    """Keep what was typed; the form to show where it does not hold: a good password is not asked twice."""
    draft.take(data, form.fields)
    if not isinstance(form, IdentifiersForm) or PASSWORDS[0] not in form.fields:
        return form
    if form.errors.keys() & set(PASSWORDS):
        draft.drop_password()
        return form
    return _form(IDENTIFIERS, draft, data)


def _form(
    asked: Step, draft: Draft, data: Mapping[str, Any] | None, *, another: bool = False, whole: bool = False
) -> PortalForm:
    """The form of a step; ``whole``: with the password, though one is kept."""
    typed = draft.typed
    if asked == KIND:
        return KindForm(data, initial=typed)
    if asked == COMPANY:
        return CompanyForm(data, initial=typed)
    if asked == PERSON:
        return PersonForm(data, initial=typed)
    with_password = whole or another or not typed.get(PASSWORDS[0])
    return IdentifiersForm(data, initial=typed, with_password=with_password, own_data=_own_data(draft))


def _own_data(draft: Draft) -> Sequence[str]:
    """What a password may not be made of."""
    found = draft.typed
    names = ("last_name", "first_name", "phone", "file_number", "siren")
    return [found[name] for name in names if found.get(name)]


def _first_missing(draft: Draft) -> Step | None:
    """The first question whose answer does not hold."""
    typed = draft.typed
    asked = (one for one in steps(draft) if not _form(one, draft, typed, whole=True).is_valid())
    return next(asked, None)


def _to(asked: Step | None, draft: Draft) -> HttpResponse:
    """On to the page of ``asked``, or to the recap."""
    if asked is None:
        return redirect("prive:register_check", draft.number)
    return redirect("prive:register_step", draft.number, asked.slug)


def _before(draft: Draft, asked: Step) -> Step:
    those = steps(draft)
    return those[max(those.index(asked) - 1, 0)]


def _after(draft: Draft, asked: Step) -> Step | None:
    """The next question, or the recap where all that follows is answered already."""
    those = steps(draft)
    later = those[those.index(asked) + 1 :]
    return later[0] if later and _first_missing(draft) else None


def _stepper(draft: Draft, asked: Step) -> dict[str, Any]:
    titles = [_(one.title) for one in (*steps(draft), CHECK)]
    current = titles.index(_(asked.title)) + 1
    following = titles[current] if current < len(titles) else ""
    return {"current": current, "count": len(titles), "name": titles[current - 1], "next": following}


def _company(draft: Draft) -> dict[str, str] | None:
    """What the register says of the number that was just given."""
    if not draft.kind.company:
        return None
    found = company(Siren.parse(draft.answers["siren"]))
    return {"siren": found.siren, "name": found.name}


def _tried_out(request: HttpRequest, draft: Draft) -> HttpResponse:
    """What the policy would say of a password that is still being typed."""
    try:
        check_new(request.POST.get("password", ""), espace(PRIVE.code), own_data=_own_data(draft))
    except Refusal as refusal:
        return JsonResponse({"holds": False, "sentence": sentence(refusal)})
    return JsonResponse({"holds": True, "sentence": _("Ce mot de passe convient.")})


def _registered(request: HttpRequest, draft: Draft, form: PortalForm) -> bool:
    email = draft.typed["email"]
    try:
        registration = operations.register(
            espace=PRIVE.code,
            identifier=PRIVE.identifier.parse(email),
            email=PRIVE.identifier.parse(email),
            profile=_profile(draft),
            client=client_of(request),
            password=draft.typed["password"],
            terms_accepted_at=draft.terms_accepted_at,
        )
    except Refusal as refusal:
        form.refuse(refusal)
        return False
    registered.keep(request, registration)
    draft.done()
    drafts.save(request, draft)
    return True


def _profile(draft: Draft) -> dict[str, str]:
    """What the account is going to keep of the person."""
    person = PersonForm(draft.typed)
    person.full_clean()
    found = _company(draft) or {"siren": "", "name": ""}
    return {
        "kind": draft.kind.code,
        **person.profile,
        "siren": found["siren"],
        "company": found["name"],
    }
