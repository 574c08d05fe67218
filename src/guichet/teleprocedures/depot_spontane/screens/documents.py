"""« Vous voulez transmettre X document(s) »: the list, then the certification (001, steps 3, 7 and 8)."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guichet.depots import operations
from guichet.depots.definitions import Document
from guichet.depots.operations.pages import ChangedMeanwhile
from guichet.kernel.refusals import Refusal
from guichet.kernel.sizes import size_in_words
from guichet.teleprocedures.depot_spontane import rules
from guichet.teleprocedures.depot_spontane.definition import described
from guichet.teleprocedures.depot_spontane.forms import CertifyForm
from guichet.teleprocedures.depot_spontane.screens.envoi import STEPS, Envoi, on_document, on_envoi
from guichet.teleprocedures.depot_spontane.screens.start import take_away
from guichet.web.filing.presentation import Line
from guichet.web.forms import posted, show
from guichet.web.requests import PortalRequest


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One document of the list: what was said of it, and what can be done. ``number`` is text."""

    number: str
    title: str
    complete: bool
    begun: bool
    lines: Sequence[Line]
    next_url: str  # where what it lacks is given
    remove_url: str


@on_envoi
def documents(request: PortalRequest, envoi: Envoi) -> HttpResponse:
    """The documents, and once all are complete the certification; a second press leads to the same filing."""
    if not envoi.count:
        return redirect(envoi.url("number"))
    form = CertifyForm(posted(request))
    if form.is_bound and envoi.incomplete:
        return redirect(envoi.url("documents"))  # the page says what is missing
    if form.is_bound and form.is_valid():
        try:
            operations.submit(account=request.account, depot_id=envoi.depot.id, accepted_terms=True)
        except Refusal as refusal:
            form.refuse(refusal)
        if (
            form.is_valid() or Envoi(envoi.draft.again()).incomplete
        ):  # the document that no longer holds says why
            return redirect("depot_spontane:draft", envoi.depot.id)
    return show(request, "depot_spontane/documents.html", form, _list_page(envoi))


@on_envoi
def add_document(request: PortalRequest, envoi: Envoi) -> HttpResponse:
    """One document more, up to the limit."""
    if envoi.count < rules.MOST:
        operations.answer(
            account=request.account, depot_id=envoi.depot.id, data={rules.NUMBER: str(envoi.count + 1)}
        )
    else:
        messages.warning(request, str(rules.TooManyDocuments(most=rules.MOST)))
    return redirect(f"{envoi.url('documents')}#document-{min(envoi.count + 1, rules.MOST)}")


@on_document("name")
def remove_document(request: PortalRequest, envoi: Envoi, document: int) -> HttpResponse:
    """Asks once, in words, whether to take a document away. The only one goes with its draft.

    Pressed twice it is taken away once: its number is another document's by then.
    """
    if request.method == "POST" and request.POST.get("sur", str(envoi.count)) != str(envoi.count):
        return redirect(f"{envoi.url('documents')}#contenu")
    if envoi.count == 1:
        return redirect(envoi.url("discard"))
    if request.method == "POST":
        title = envoi.title(document)
        with suppress(ChangedMeanwhile):
            take_away(envoi, document)
            messages.success(request, _("« {title} » est retiré de votre envoi.").format(title=title))
        return redirect(f"{envoi.url('documents')}#contenu")
    context = {
        **envoi.page("name", document),
        "pages": len(envoi.pages.get(document, ())),
        "count": str(envoi.count),
    }
    return render(request, "depot_spontane/remove_document.html", context)


def _list_page(envoi: Envoi) -> dict[str, Any]:
    left = envoi.incomplete
    return {
        **envoi.page("documents"),
        "documents": [_shown(envoi, document) for document in described(envoi.depot)],
        "ready": not left,
        "progress": _progress(envoi.count - len(left), envoi.count),
        "heading": ngettext(
            "Vous voulez transmettre {n} document", "Vous voulez transmettre {n} documents", envoi.count
        ).format(n=envoi.count),
        "transmit": ngettext("Transmettre ce document", "Transmettre ces {n} documents", envoi.count).format(
            n=envoi.count
        ),
        "next_url": envoi.after(left[0]) if left else "",
        "next_label": _next_label(envoi, left[0]) if left else "",
        "may_add": envoi.count < rules.MOST,
        "email": envoi.account.email,
    }


def _progress(done: int, count: int) -> str:
    if not done:
        return _("Aucun document complet sur {count}.").format(count=count)
    words = ngettext("{done} document complet sur {count}.", "{done} documents complets sur {count}.", done)
    return words.format(done=done, count=count)


def _next_label(envoi: Envoi, document: int) -> str:
    words = _("Compléter le document {n}") if envoi.is_begun(document) else _("Commencer le document {n}")
    return words.format(n=document)


def _shown(envoi: Envoi, document: Document) -> Shown:
    number = document.number
    return Shown(
        number=str(number),
        title=envoi.title(number),
        complete=not envoi.missing(number),
        begun=envoi.is_begun(number),
        lines=_lines(envoi, document),
        next_url=envoi.after(number),
        remove_url=envoi.url("remove_document", number),
    )


def _lines(envoi: Envoi, document: Document) -> list[Line]:
    """What was said of it, each with its « Modifier »; what was not reached yet is left out."""
    told = {
        "name": document.name,
        "type": document.type_label,
        "person": document.person_label,
        "comment": document.comment,
        "pages": _pages_in_words(envoi, document.number),
    }
    return [
        Line(label=_(STEPS[step]), value=value, url=envoi.url(step, document.number))
        for step, value in told.items()
        if value and envoi.may_open(step, document.number)
    ]


def _pages_in_words(envoi: Envoi, document: int) -> str:
    """« 2 pages, 1,2 Mo »; that of the PDF once it is made."""
    pages, made = envoi.pages.get(document, ()), envoi.made.get(document)
    if not pages:
        return ""
    size = made.size if made else sum(page.share for page in pages)
    words = ngettext("{n} page, {size}", "{n} pages, {size}", len(pages))
    return words.format(n=len(pages), size=size_in_words(size))
