"""Registering, step by step (002; 004, step 2): conditions, identifiers, form, recap, what comes next."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guichet.accounts import operations
from guichet.accounts.definitions import espace
from guichet.accounts.operations.passwords import check_new
from guichet.espaces.abonne import drafts
from guichet.espaces.abonne.definition import ABONNE, TERMS_VERSION
from guichet.espaces.abonne.drafts import Draft
from guichet.espaces.abonne.forms import ConditionsForm, DetailsForm, IdentifiersForm
from guichet.espaces.abonne.presentation import civil_name, recap
from guichet.kernel.refusals import Refusal
from guichet.web import certificates
from guichet.web.forms import PortalForm, posted, show
from guichet.web.messages import sentence
from guichet.web.requests import client_of

ANOTHER_PASSWORD = "mot-de-passe"  # noqa: S105 - in the address: another one is to be chosen

Step = Callable[[HttpRequest, Draft], HttpResponse]


def conditions(request: HttpRequest) -> HttpResponse:
    """Step 1: the conditions, accepted without reserve; which version and when is kept."""
    form, presented = ConditionsForm(posted(request)), certificates.kept(request)
    if form.is_valid():
        return redirect("abonne:register_identifiers", drafts.begin(request, presented=presented).number)
    holder = certificates.holder(presented.subject) if presented else ""
    return show(request, "abonne/conditions.html", form, {"version": TERMS_VERSION, "holder": holder})


def _step(view: Step) -> Callable[[HttpRequest, int], HttpResponse]:
    """Gives a view its registration; without one, it begins at the conditions."""

    @wraps(view)
    def found(request: HttpRequest, number: int) -> HttpResponse:
        draft = drafts.find(request, number)
        return view(request, draft) if draft else redirect("abonne:register")

    return found


@_step
def identifiers(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Step 2: address and password, both twice; a password that was chosen already is not asked again."""
    if "live" in request.POST:
        return _tried_out(request)
    asked = not draft.certificate and (not draft.password or ANOTHER_PASSWORD in request.GET)
    initial = {"email": draft.email, "email_again": draft.email}
    form = IdentifiersForm(posted(request), with_password=asked, initial=initial)
    if form.is_valid():
        draft.email, draft.sent = form.cleaned_data["email"], False
        if asked:
            draft.password = form.cleaned_data["password"]
        drafts.save(request, draft)
        return redirect("abonne:register_form", draft.number)
    context = {"draft": draft, "asked": asked, "another": f"?{ANOTHER_PASSWORD}"}
    return show(request, "abonne/identifiers.html", form, context)


@_step
def details(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Step 3: the form; « Étape précédente » keeps all of it, whether or not it holds."""
    if not draft.identified:
        return redirect("abonne:register_identifiers", draft.number)
    form = DetailsForm(posted(request), initial=draft.typed)
    if request.method == "POST":
        draft.take(request.POST, form.fields)
        drafts.save(request, draft)
    if "previous" in request.POST:
        return redirect("abonne:register_identifiers", draft.number)
    if form.is_valid():
        return redirect("abonne:register_check", draft.number)
    return show(request, "abonne/details.html", form, {"draft": draft, "door": ABONNE})


@_step
def check(request: HttpRequest, draft: Draft) -> HttpResponse:
    """« Votre inscription »: everything once more, then « Confirmer »."""
    if draft.sent:
        return redirect("abonne:register_sent", draft.number)
    if not draft.identified:
        return redirect("abonne:register_identifiers", draft.number)
    answers = DetailsForm(draft.typed)
    if not answers.is_valid():
        return redirect("abonne:register_form", draft.number)
    form = PortalForm(posted(request))
    if form.is_valid() and _registered(request, draft, answers, form):
        return redirect("abonne:register_sent", draft.number)
    context = {"draft": draft, "recap": recap(answers, draft), "door": ABONNE}
    return show(request, "abonne/check.html", form, context)


@require_safe
@_step
def sent(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Which message to expect, and what to do with the code that it holds."""
    if not draft.sent:
        return redirect("abonne:register_check", draft.number)
    context = {
        "draft": draft,
        "who": civil_name(draft.answers),
        "door": ABONNE,
        "sender": settings.SENDER,
    }
    return render(request, "abonne/sent.html", context)


def _tried_out(request: HttpRequest) -> HttpResponse:
    """What the policy would say of a password that is still being typed."""
    try:
        check_new(request.POST.get("password", ""), espace(ABONNE.code), own_data=())
    except Refusal as refusal:
        return JsonResponse({"holds": False, "sentence": sentence(refusal)})
    return JsonResponse({"holds": True, "sentence": _("Ce mot de passe convient.")})


def _registered(request: HttpRequest, draft: Draft, answers: DetailsForm, form: PortalForm) -> bool:
    try:
        registration = operations.register(
            espace=ABONNE.code,
            identifier=draft.email,
            email=draft.email,
            profile=answers.profile,
            client=client_of(request),
            password=draft.password or None,
            trust=answers.trust,
            presented=draft.presented,
            terms_accepted_at=draft.terms_accepted_at,
        )
    except Refusal as refusal:
        form.refuse(refusal)
        return False
    certificates.forget(request)
    draft.done(registration)
    drafts.save(request, draft)
    return True
