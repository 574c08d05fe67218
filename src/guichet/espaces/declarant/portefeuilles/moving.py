"""A client changes its portfolio, or leaves (003, chapter 4)."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from guichet.espaces.declarant.access import ActeurRequest
from guichet.espaces.declarant.people import answered, form_page
from guichet.espaces.declarant.people_forms import NothingForm
from guichet.espaces.declarant.portefeuilles import pages
from guichet.espaces.declarant.portefeuilles.access import tiers_required
from guichet.espaces.declarant.portefeuilles.forms import TowardsForm
from guichet.habilitations.operations import clientes as rights
from guichet.habilitations.queries.stakes import of_clientes
from guichet.kernel.refusals import N_, Refusal
from guichet.portefeuilles import operations, queries
from guichet.portefeuilles.models import Cliente
from guichet.portefeuilles.values import Summary
from guichet.web.forms import posted


class MovedMeanwhile(Refusal):
    """The page was made before somebody moved the client. Params: ``name``: its portfolio now."""

    code = "moved_meanwhile"
    message = N_(
        "Depuis que vous avez ouvert cette page, l’entreprise est passée dans le portefeuille « {name} ». "
        "Rien n’a été changé : rouvrez sa page pour voir où elle en est."
    )
    status = 409


@form_page
@tiers_required
def transfer(request: ActeurRequest, cliente_id: int) -> HttpResponse:
    """« Transférer l’entreprise »: where to, then, once it is said what stays and what is added, it moves.

    ``?vers=`` holds the answer to the first.
    """
    acteur = request.acteur
    found = queries.cliente(acteur=acteur, cliente_id=cliente_id)
    everything = queries.portefeuilles(acteur=acteur)
    others = [one for one in everything if one.id != found.portefeuille_id]
    towards = request.GET.get("vers", "")
    chosen = next((one for one in others if str(one.id) == towards), None)
    if chosen is not None:
        return _transferred(request, found, chosen)
    if request.method == "POST" and towards and towards == str(found.portefeuille_id):
        messages.info(request, _("Cette entreprise est déjà dans ce portefeuille."))
        return redirect("declarant:cliente", cliente_id)
    form = TowardsForm(posted(request), others=others)

    def go_on() -> HttpResponse:
        address = reverse("declarant:cliente_transfer", args=[cliente_id])
        return redirect(f"{address}?{urlencode({'vers': form.cleaned_data['vers']})}")

    context = {"cliente": found, "called": pages.called(found), "others": len(others)}
    return answered(request, "declarant/portefeuilles/transfer.html", form, go_on, context)


@form_page
@tiers_required
def remove(request: ActeurRequest, cliente_id: int) -> HttpResponse:
    """« Retirer l’entreprise »: how many rights of how many people end is told; it can be taken back."""
    acteur = request.acteur
    found = queries.cliente(acteur=acteur, cliente_id=cliente_id)
    stakes = of_clientes(acteur=acteur, cliente_id=cliente_id)

    def go() -> HttpResponse:
        made = rights.take_out(by=acteur, cliente_id=cliente_id)
        messages.success(request, _("{name} n’est plus votre cliente.").format(name=pages.called(found)))
        return redirect(pages.after(reverse("declarant:portefeuille", args=[found.portefeuille_id]), made))

    context = {
        "cliente": found,
        "called": pages.called(found),
        "places": queries.etablissements(acteur=acteur, cliente_id=cliente_id).total,
        "stakes": stakes,
        "stakes_words": pages.in_words_of(stakes),
    }
    return answered(request, "declarant/portefeuilles/remove.html", NothingForm(posted(request)), go, context)


def _transferred(request: ActeurRequest, cliente: Cliente, chosen: Summary) -> HttpResponse:
    acteur = request.acteur
    declared = [one.code for one in queries.declarations(acteur=acteur, cliente_id=cliente.pk)]
    stakes = of_clientes(acteur=acteur, cliente_id=cliente.pk)

    def go() -> HttpResponse:
        if request.POST.get("de") != str(cliente.portefeuille_id):
            raise MovedMeanwhile(name=cliente.portefeuille.name)
        operations.transfer(by=acteur, cliente_id=cliente.pk, portefeuille_id=chosen.id)
        said = _("{name} est maintenant dans le portefeuille « {portefeuille} ».")
        messages.success(request, said.format(name=pages.called(cliente), portefeuille=chosen.name))
        return redirect("declarant:cliente", cliente.pk)

    context: dict[str, Any] = {
        "cliente": cliente,
        "called": pages.called(cliente),
        "from_id": str(cliente.portefeuille_id),
        "towards": chosen,
        "added": pages.labels(set(declared) - set(chosen.codes)),
        "stakes": stakes,
        "stakes_words": pages.in_words_of(stakes),
    }
    return answered(
        request, "declarant/portefeuilles/transfer_to.html", NothingForm(posted(request)), go, context
    )
