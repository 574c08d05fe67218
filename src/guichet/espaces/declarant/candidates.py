"""« Demandes en attente »: who asks to be administrateur, and who can't sign in (003, chapters 2 and 5)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guichet.espaces.declarant import company_forms, people_forms
from guichet.espaces.declarant.access import ActeurRequest, administrateur_required
from guichet.espaces.declarant.people import answered, form_page
from guichet.inscriptions import operations, queries
from guichet.inscriptions.operations import AlreadySettled
from guichet.inscriptions.values import Candidate
from guichet.web.forms import posted


@require_safe
@administrateur_required
def candidates(request: ActeurRequest) -> HttpResponse:
    """Who asks to administer the inscription, and how many days are left to answer."""
    context = {"candidates": queries.candidates(acteur=request.acteur)}
    return render(request, "declarant/candidates.html", context)


@form_page
@administrateur_required
def candidate_grant(request: ActeurRequest, acteur_id: int) -> HttpResponse:
    """« Accord », asked once: it gives the power over the whole inscription."""
    candidate = _candidate(request, acteur_id)
    form = people_forms.NothingForm(posted(request))

    def grant() -> HttpResponse:
        operations.grant(by=request.acteur, acteur_id=acteur_id)
        said = _("Accord donné : {who} est administrateur de votre inscription, et nous l’en prévenons.")
        messages.success(request, said.format(who=candidate.name))
        return redirect("declarant:candidates")

    context = {"candidate": candidate}
    return answered(request, "declarant/candidate_grant.html", form, grant, context)


@form_page
@administrateur_required
def candidate_refuse(request: ActeurRequest, acteur_id: int) -> HttpResponse:
    """« Refus », with the reason that the candidate reads."""
    candidate = _candidate(request, acteur_id)
    form = company_forms.MotifForm(posted(request))

    def refuse() -> HttpResponse:
        operations.refuse(by=request.acteur, acteur_id=acteur_id, motif=form.cleaned_data["motif"])
        said = _("Refus enregistré : nous le disons à {who}, avec votre motif.")
        messages.success(request, said.format(who=candidate.name))
        return redirect("declarant:candidates")

    context = {"candidate": candidate}
    return answered(request, "declarant/candidate_refuse.html", form, refuse, context)


@require_safe
@administrateur_required
def help_asked(request: ActeurRequest) -> HttpResponse:
    """Colleagues who asked for help to sign in: each leads to the page that gives a new password."""
    return render(request, "declarant/help_asked.html", {"helps": queries.help_asked(acteur=request.acteur)})


def _candidate(request: ActeurRequest, acteur_id: int) -> Candidate:
    """Somebody who still waits. Raises ``AlreadySettled`` of who acts already, else ``ActeurNotFound``."""
    waiting = queries.candidates(acteur=request.acteur)
    found = next((one for one in waiting if one.acteur.pk == acteur_id), None)
    if found is None:
        queries.colleague(acteur=request.acteur, acteur_id=acteur_id)
        raise AlreadySettled
    return found
