"""What is said of one document, one question a page (001, steps 4 and 5)."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from guichet.depots.definitions import Choice
from guichet.teleprocedures.depot_spontane import nomenclature, rules
from guichet.teleprocedures.depot_spontane.definition import found_types
from guichet.teleprocedures.depot_spontane.forms import CommentForm, NameForm, PersonForm, TypeForm
from guichet.teleprocedures.depot_spontane.persons import offered_to
from guichet.teleprocedures.depot_spontane.screens.envoi import Envoi, on_document
from guichet.teleprocedures.depot_spontane.search import search
from guichet.web.filing.screens import Filing
from guichet.web.forms import PortalForm, posted, show
from guichet.web.requests import PortalRequest

MOST_SEARCHED = 200  # characters of what is searched for
SUGGESTED = 6


@on_document("name")
def name(request: PortalRequest, envoi: Envoi, document: int) -> HttpResponse:
    """« Indiquer le nom de ce document ». « Suivant » searches its type."""
    form = NameForm(posted(request), initial=_kept(envoi, document))
    if form.is_bound and form.is_valid():
        envoi.keep(document, nom=form.cleaned_data["nom"])
        return redirect(envoi.url("type", document))
    if form.is_bound:
        envoi.keep(document, nom=_typed(form, "nom"))
    return _page(request, envoi, document, form, "name")


@on_document("type")
def document_type(request: PortalRequest, envoi: Envoi, document: int) -> HttpResponse:
    """What the search found for the name, or for the words of ``?q=``; « un autre document » always last."""
    kept = _kept(envoi, document)
    asked = str(request.GET.get("q", "")).strip()[:MOST_SEARCHED]
    chosen = str(request.POST.get("type") or request.GET.get("choix") or kept[rules.TYPE])
    found = _offered(asked or kept[rules.NAME], chosen)
    form = TypeForm(posted(request), found=found, initial={"type": chosen})
    if form.is_bound and form.is_valid():
        return redirect(envoi.keep(document, type=form.cleaned_data["type"]).after(document))
    context = {"asked": asked, "name": kept[rules.NAME], "nothing": len(found) == 1}
    return _page(request, envoi, document, form, "type", context)


def suggest(request: PortalRequest, *, filing: Filing) -> HttpResponse:  # noqa: ARG001 - as all views
    """The types that the words of ``?q=`` may mean, for the script that shows them while one types."""
    asked = str(request.GET.get("q", "")).strip()[:MOST_SEARCHED]
    found = search(asked, limit=SUGGESTED) if asked else ()
    types = [{"code": one.code, "label": one.label} for one in found]
    return JsonResponse({"types": types}, headers={"Cache-Control": "no-store"})


@on_document("person")
def person(request: PortalRequest, envoi: Envoi, document: int) -> HttpResponse:
    """Whom the document is about: the household, or « une autre personne », who is then asked for."""
    form = PersonForm(posted(request), persons=offered_to(envoi.account), initial=_kept(envoi, document))
    if form.is_bound and form.is_valid():
        told = {"personne": form.cleaned_data["personne"], "qui": form.cleaned_data["qui"]}
        return redirect(envoi.keep(document, **told).after(document))
    if form.is_bound:
        envoi.keep(document, qui=_typed(form, "qui"))
    return _page(request, envoi, document, form, "person")


@on_document("comment")
def comment(request: PortalRequest, envoi: Envoi, document: int) -> HttpResponse:
    """The obligatory comment. What is typed beyond its length is kept, and shown with the error."""
    form = CommentForm(posted(request), initial=_kept(envoi, document))
    if form.is_bound and form.is_valid():
        return redirect(envoi.keep(document, commentaire=form.cleaned_data["commentaire"]).after(document))
    if form.is_bound:
        envoi.keep(document, commentaire=_typed(form, "commentaire"))
    return _page(request, envoi, document, form, "comment", {"longest": rules.LONGEST_COMMENT})


def _kept(envoi: Envoi, document: int) -> dict[str, str]:
    return rules.of_document(envoi.depot.data, document)


def _typed(form: PortalForm, field: str) -> str:
    """What was typed, whether it holds or not, so that the draft keeps it."""
    return str(form.data.get(field, ""))


def _offered(text: str, chosen: str) -> list[Choice]:
    """What the search finds for ``text``, after what was ``chosen`` already, where that is something else."""
    found, offered = list(found_types(text)), nomenclature.types()
    if chosen in offered and chosen not in {choice.code for choice in found}:
        found.insert(0, Choice(code=chosen, label=offered[chosen].label))
    return found


def _page(
    request: PortalRequest,
    envoi: Envoi,
    document: int,
    form: PortalForm,
    step: str,
    context: Mapping[str, Any] | None = None,
) -> HttpResponse:
    heading = _("Document {n} sur {count}").format(n=document, count=envoi.count)
    shown = {**envoi.page(step, document), "which": heading, **(context or {})}
    return show(request, f"depot_spontane/{step}.html", form, shown)
