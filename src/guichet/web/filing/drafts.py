"""From the first question to « Vérifiez vos réponses »: a draft, one step a page."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext as _

from guichet.depots import operations, queries
from guichet.kernel.refusals import Refusal
from guichet.web.filing.flow import Draft, on_draft
from guichet.web.filing.presentation import card_of, changes_of_the_whole, documents_of, recap_of
from guichet.web.filing.screens import CHECK, Filing, StepForm
from guichet.web.forms import ConsentField, PortalForm, show
from guichet.web.requests import PortalRequest


class TermsForm(PortalForm):
    """The last page's box: the terms are accepted at each filing (000, step 6)."""

    accepted_terms = ConsentField(
        label=gettext_lazy("J’accepte les conditions d’utilisation."),
        missing=gettext_lazy(
            "Cochez cette case : sans accepter les conditions d’utilisation, rien ne peut être transmis."
        ),
    )


def start(request: PortalRequest, *, filing: Filing) -> HttpResponse:
    """What one needs, and the button that begins, or takes up the draft that exists."""
    if request.method == "POST":
        depot = operations.start_draft(account=request.account, teleprocedure=filing.definition.code)
        return redirect(f"{filing.namespace}:draft", depot.id)
    draft = queries.draft_of(account=request.account, teleprocedure=filing.definition.code)
    context = {
        "filing": filing,
        "at": filing.at,
        "title": gettext(filing.definition.label),
        "steps": [gettext(step.told) for step in filing.steps],
        "draft": card_of(draft) if draft else None,
        **_asked(filing),
        "sender": settings.SENDER,
    }
    return render(request, "web/filing/start.html", context)


@on_draft
def resume(request: PortalRequest, draft: Draft) -> HttpResponse:  # noqa: ARG001 - as all views of a draft
    """Leads to the first step of the draft that does not hold yet."""
    return redirect(draft.url(draft.reached))


@on_draft
def step(request: PortalRequest, draft: Draft, slug: str) -> HttpResponse:
    """One step of the téléprocédure's own."""
    found = draft.filing.step(slug)
    if found is None:
        raise Http404
    if not draft.may_open(slug):
        return redirect(draft.url(draft.reached))
    if request.method != "POST":
        return render(request, found.form.step_template, _step_page(draft, slug, draft.shown_form(found)))
    form = found.form(request.POST, context=draft.context)
    answers = form.answers() if form.is_valid() else form.typed()
    operations.answer(account=request.account, depot_id=draft.depot.id, data=answers)
    if form.is_valid():
        return redirect(f"{draft.filing.namespace}:draft", draft.depot.id)
    return show(request, form.step_template, form, _step_page(draft, slug, form))


@on_draft
def check(request: PortalRequest, draft: Draft) -> HttpResponse:
    """« Vérifiez vos réponses », then the submission. A second one leads to the same filing."""
    if not draft.may_open(CHECK):
        return redirect(draft.url(draft.reached))
    form = TermsForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            operations.submit(account=request.account, depot_id=draft.depot.id, accepted_terms=True)
        except Refusal as refusal:
            form.refuse(refusal)
        if form.is_valid() or not draft.again().may_open(CHECK):  # the step that no longer holds says why
            return redirect(f"{draft.filing.namespace}:draft", draft.depot.id)
    return show(request, "web/filing/check.html", form, _check_page(draft))


@on_draft
def discard(request: PortalRequest, draft: Draft) -> HttpResponse:
    """Asks once, in words, whether to give the draft up; then gives it up."""
    if request.method == "POST":
        operations.discard(account=request.account, depot_id=draft.depot.id)
        messages.success(request, _("Votre brouillon est supprimé. Rien n’a été transmis."))
        return redirect(draft.filing.at["depots"])
    context = {
        "at": draft.filing.at,
        "draft": draft.depot,
        "back": draft.url(draft.reached),
        "files": draft.files,
    }
    return render(request, "web/filing/discard.html", context)


def _asked(filing: Filing) -> dict[str, bool]:
    """What this filing asks beside its answers: files, and a confirmation."""
    definition = filing.definition
    return {
        "with_files": definition.files is not None,
        "publishes": definition.publication is not None,
        "confirms": definition.confirmation is not None,
    }


def _step_page(draft: Draft, slug: str, form: StepForm) -> dict[str, Any]:
    return {"form": form, "stepper": draft.stepper(slug), "draft": draft.depot, "at": draft.filing.at}


def _check_page(draft: Draft) -> dict[str, Any]:
    definition = draft.filing.definition
    label = definition.unique(draft.context.account, draft.depot.data).label
    subject = definition.subject(draft.context.account, draft.depot.data)
    return {
        "stepper": draft.stepper(CHECK),
        "draft": draft.depot,
        "at": draft.filing.at,
        "subject": subject,
        "recap": recap_of(draft),
        "caution": draft.filing.caution(draft.context.account, draft.depot),
        "documents": documents_of(draft.files),
        "changes": changes_of_the_whole(draft.depot),
        "documents_url": draft.url("documents"),
        "terms_version": definition.terms_version,
        **_asked(draft.filing),
        "transmit": gettext(draft.filing.transmit).format(label=label, name=gettext(subject.name)),
        "email": definition.email(draft.context.account, draft.depot.data),
    }
