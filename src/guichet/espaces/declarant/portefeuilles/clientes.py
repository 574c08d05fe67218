"""A client of a portfolio: what is declared for it, and where (003, chapter 4)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from guichet.espaces.declarant.access import ActeurRequest
from guichet.espaces.declarant.people import form_page
from guichet.espaces.declarant.people_forms import NothingForm
from guichet.espaces.declarant.portefeuilles import pages
from guichet.espaces.declarant.portefeuilles.access import tiers_required
from guichet.espaces.declarant.portefeuilles.forms import RightsForm
from guichet.habilitations.operations import clientes as operations
from guichet.habilitations.queries.stakes import of_clientes
from guichet.kernel import clock
from guichet.kernel.identifiers import is_siret
from guichet.portefeuilles import queries
from guichet.portefeuilles.models import Cliente
from guichet.portefeuilles.states import Beneficiaires
from guichet.web.forms import posted, show

ADD, REMOVE, CONFIRM = "ajouter", "retirer", "confirmer"
MOST_NAMED = 50  # établissements of the register that are named one by one


@require_safe
@tiers_required
def cliente(request: ActeurRequest, cliente_id: int) -> HttpResponse:
    """A client: its declarations with their delays, its établissements, what may be done for it."""
    acteur, now = request.acteur, clock.now()
    found = queries.cliente(acteur=acteur, cliente_id=cliente_id)
    declared = queries.declarations(acteur=acteur, cliente_id=cliente_id)
    missing = queries.missing(acteur=acteur, cliente_id=cliente_id)
    stakes = of_clientes(acteur=acteur, cliente_id=cliente_id)
    context = {
        "cliente": found,
        "called": pages.called(found),
        "cliente_key": str(found.pk),  # a number of an address is not grouped
        "since": pages.day(found.began_at),
        "declared": [(one, pages.opening(one.starts_at, is_open=one.is_open, now=now)) for one in declared],
        "places": queries.etablissements(acteur=acteur, cliente_id=cliente_id).total,
        "missing": missing.active[:MOST_NAMED],
        "missing_number": len(missing.active),
        "closed": missing.closed[:MOST_NAMED],
        "closed_number": len(missing.closed),
        "stakes": stakes,
        "stakes_words": pages.in_words_of(stakes),
        "done": pages.done(request),
    }
    return render(request, "declarant/portefeuilles/cliente.html", context)


@form_page
@tiers_required
def places(request: ActeurRequest, cliente_id: int) -> HttpResponse:
    """The établissements of a client; some are taken out, those that the register has besides come in.

    What one sends says which of the two (``faire``); what ends is told before it does.
    """
    found = queries.cliente(acteur=request.acteur, cliente_id=cliente_id)
    wanted = [one for one in dict.fromkeys(request.POST.getlist("sirets")) if is_siret(one)]
    adds = request.POST.get("faire") == ADD
    form = RightsForm(posted(request) if adds else None)
    if form.is_valid():
        return _added(request, found, form)
    if request.method == "POST" and wanted and not adds:
        return _taken_out(request, found, wanted)
    if request.method == "POST" and not adds:
        form = _nothing_ticked(request)
    shown = queries.etablissements(acteur=request.acteur, cliente_id=cliente_id, page=pages.page_of(request))
    missing = queries.missing(acteur=request.acteur, cliente_id=cliente_id)
    context = {
        "cliente": found,
        "called": pages.called(found),
        "lines": [(one, pages.day(one.since)) for one in shown.lines],
        "missing": missing.active[:MOST_NAMED],
        "missing_number": len(missing.active),
        **pages.pager(shown),
    }
    return show(request, "declarant/portefeuilles/places.html", form, context)


def _nothing_ticked(request: ActeurRequest) -> RightsForm:
    form = RightsForm({**request.POST.dict(), "beneficiaires": Beneficiaires.PERSONNE})
    form.add_error(None, _("Cochez au moins un établissement à retirer."))
    return form


def _added(request: ActeurRequest, cliente: Cliente, form: RightsForm) -> HttpResponse:
    """Every active établissement of the register that is not there yet."""
    missing = queries.missing(acteur=request.acteur, cliente_id=cliente.pk)
    address = reverse("declarant:cliente", args=[cliente.pk])
    if not missing.active:
        messages.info(request, _("Tous les établissements actifs de cette entreprise sont déjà ici."))
        return redirect(address)
    made = operations.add_places(
        by=request.acteur, cliente_id=cliente.pk, sirets=missing.active, beneficiaires=form.who
    )
    said = ngettext("{n} établissement ajouté.", "{n} établissements ajoutés.", len(missing.active))
    messages.success(request, said.format(n=pages.number(len(missing.active))))
    return redirect(pages.after(address, made))


def _taken_out(request: ActeurRequest, cliente: Cliente, wanted: list[str]) -> HttpResponse:
    """Some établissements leave; where they are all, the company does."""
    acteur = request.acteur
    total = queries.etablissements(acteur=acteur, cliente_id=cliente.pk).total
    if len(wanted) >= total:
        messages.warning(
            request,
            _(
                "Ce sont tous les établissements de cette entreprise : c’est elle qui quitterait le "
                "portefeuille."
            ),
        )
        return redirect("declarant:cliente_remove", cliente.pk)
    stakes = of_clientes(acteur=acteur, cliente_id=cliente.pk, sirets=wanted)
    if stakes.rights and CONFIRM not in request.POST:
        context = {
            "cliente": cliente,
            "called": pages.called(cliente),
            "sirets": wanted,
            "number": len(wanted),
            "stakes": stakes,
            "stakes_words": pages.in_words_of(stakes),
        }
        return show(request, "declarant/portefeuilles/places_check.html", NothingForm(None), context)
    made = operations.take_out(by=acteur, cliente_id=cliente.pk, sirets=wanted)
    said = ngettext("{n} établissement retiré.", "{n} établissements retirés.", len(wanted))
    messages.success(request, said.format(n=pages.number(len(wanted))))
    return redirect(pages.after(reverse("declarant:cliente", args=[cliente.pk]), made))
