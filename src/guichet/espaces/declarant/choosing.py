"""Inscribing a company with an account that acts for nobody: refused, lapsed, or its company resigned."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from guichet.accounts.models import Account
from guichet.espaces.declarant import drafts, flow, registrant
from guichet.espaces.declarant.definition import DECLARANT
from guichet.espaces.declarant.flow import Way
from guichet.espaces.declarant.registration import PAGES
from guichet.espaces.declarant.steps import CHECK, STEPS, Situation
from guichet.habilitations import operations as habilitations
from guichet.inscriptions import queries as inscriptions
from guichet.kernel.identifiers import Siret
from guichet.kernel.refusals import N_, Refusal
from guichet.web.access import account_required
from guichet.web.forms import PortalForm, posted, show
from guichet.web.requests import PortalRequest, account_of


@account_required("declarant")
def choose(request: PortalRequest) -> HttpResponse:
    """Why nothing is here, and how to begin again."""
    account = request.account
    if inscriptions.acteur_of(account=account):
        return redirect("declarant:home")
    form = PortalForm(posted(request))
    place = None
    try:
        place = registrant.place(Siret.parse(str(account.profile.get("siret", ""))))
    except Refusal as refusal:
        if form.is_bound:
            form.refuse(refusal)
    if form.is_bound and form.is_valid() and place:
        return _begun(request, account, str(place.siret))
    context = {"place": place, "door": DECLARANT, "account": account}
    return show(request, "declarant/choose.html", form, context)


@account_required("declarant")
def step(request: PortalRequest, number: int, slug: str) -> HttpResponse:
    """One page of the registration ``number`` of this account."""
    if slug not in STEPS and slug != CHECK.slug:
        raise Http404
    if inscriptions.acteur_of(account=request.account):
        return redirect("declarant:home")
    draft = drafts.find(request, number, account=request.account)
    if draft is None or Situation(draft).place is None:
        return redirect("declarant:choose")
    return flow.page(request, draft, slug, WAY)


def _begun(request: PortalRequest, account: Account, siret: str) -> HttpResponse:
    draft = drafts.begin(request, account=account)
    draft.sirets = [siret]
    drafts.save(request, draft)
    return flow.to(WAY, draft, Situation(draft).missing())


def _finish(request: HttpRequest, situation: Situation, form: PortalForm) -> HttpResponse | None:
    account = account_of(request)
    if account is None:  # the guard of ``step`` has let nobody else in
        return redirect("declarant:choose")
    try:
        acteur = habilitations.begin(account=account, choice=situation.choice())
    except Refusal as refusal:
        form.refuse(refusal)
        return None
    situation.draft.done()
    drafts.save(request, situation.draft)
    if acteur.is_candidate:
        messages.success(request, _("Votre demande est enregistrée."))
        return redirect("declarant:waiting")
    messages.success(request, _("Votre entreprise est inscrite : voici votre menu."))
    return redirect("declarant:home")


WAY = Way(
    begins="declarant:choose",
    step="declarant:choose_step",
    heading=N_("inscrivez votre entreprise"),
    finish=_finish,
    pages=PAGES,
)
