"""A portfolio is closed: its clients move to another one, or are let go (003, chapter 4)."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guichet.espaces.declarant.access import ActeurRequest
from guichet.espaces.declarant.people import answered, form_page
from guichet.espaces.declarant.people_forms import NothingForm
from guichet.espaces.declarant.portefeuilles import pages
from guichet.espaces.declarant.portefeuilles.access import tiers_required
from guichet.espaces.declarant.portefeuilles.forms import INTO, CloseForm
from guichet.habilitations.operations import clientes as operations
from guichet.habilitations.queries.stakes import Stakes, of_clientes
from guichet.portefeuilles import queries
from guichet.web.forms import posted


@form_page
@tiers_required
def close(request: ActeurRequest, portefeuille_id: uuid.UUID) -> HttpResponse:
    """What becomes of its clients is asked where it has some; an empty one just closes."""
    acteur = request.acteur
    found = queries.portefeuille(acteur=acteur, portefeuille_id=portefeuille_id)
    everything = queries.portefeuilles(acteur=acteur)
    number = next((one.clientes for one in everything if one.id == portefeuille_id), 0)
    others = [one for one in everything if one.id != portefeuille_id]
    stakes = of_clientes(acteur=acteur, portefeuille_id=portefeuille_id)
    form: Any = NothingForm(posted(request))
    if number:
        form = CloseForm(posted(request), others=others, let_go=_let_go(stakes))

    def go() -> HttpResponse:
        into = form.cleaned_data.get("vers") if form.cleaned_data.get("issue") == INTO else None
        operations.close(
            by=acteur, portefeuille_id=portefeuille_id, into_id=uuid.UUID(into) if into else None
        )
        messages.success(request, _("Le portefeuille « {name} » est fermé.").format(name=found.name))
        if into:
            return redirect("declarant:portefeuille", into)
        return redirect("declarant:portefeuilles")

    context = {
        "portefeuille": found,
        "number": number,
        "stakes": stakes,
        "stakes_words": pages.in_words_of(stakes),
    }
    return answered(request, "declarant/portefeuilles/close.html", form, go, context)


def _let_go(stakes: Stakes) -> str:
    if not stakes.rights:
        return _("Nous ne déclarons plus pour elles")
    said = ngettext(
        "Nous ne déclarons plus pour elles : {stakes} prend fin",
        "Nous ne déclarons plus pour elles : {stakes} prennent fin",
        stakes.rights,
    )
    return said.format(stakes=pages.in_words_of(stakes))
