"""A filing that is made of documents: each apart, and the page that puts one under another type or person."""

import uuid
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from guichet.depots.definitions import DocumentRules, teleprocedure
from guichet.depots.models import Depot
from guichet.depots.states import WITHDRAWN
from guichet.files import queries as files
from guichet.instruction import operations, queries
from guichet.instruction.operations import NoSuchDocument
from guichet.instruction.values import Dossier, FiledDocument
from guichet.kernel.refusals import Refusal
from guichet.web.desk.access import DeskRequest, agent_required
from guichet.web.desk.forms import ReclassifyForm
from guichet.web.desk.pages import Place, desk_form, place_of, with_parameter
from guichet.web.desk.presentation import depot_in_words
from guichet.web.desk.sheets import DOCUMENT, sheets_of
from guichet.web.filing.depots import attachment
from guichet.web.filing.presentation import is_infected
from guichet.web.forms import posted

SEARCH = "cherche"
LONGEST_SEARCH = 100


def papers_of(
    query: QueryDict, found: Dossier, place: Place, *, may_reclassify: bool
) -> list[dict[str, Any]]:
    """Each document of a filing: what was said of it, where it is filed now, its pages. No query."""
    movable = may_reclassify and found.depot.state not in WITHDRAWN
    return [_paper(query, found.depot, one, place, movable=movable) for one in found.documents]


def _paper(
    query: QueryDict, depot: Depot, one: FiledDocument, place: Place, *, movable: bool
) -> dict[str, Any]:
    said, file = one.described, one.file
    infected = file is not None and is_infected(file)
    shown = file if file and files.shows(file.stored) else None
    pdf = place.at("document", depot.pk)
    return {
        "number": said.number,
        "name": said.name,
        "type": one.type_label,
        "type_said": said.type_label if one.type != said.type else "",
        "person": one.person_label,
        "person_said": said.person_label if one.person != said.person else "",
        "comment": said.comment,
        "infected": infected,
        "erased": file is None,
        "size": file.size if file else 0,
        "pdf_url": with_parameter(pdf, DOCUMENT, said.number) if shown else "",
        "reclassify_url": place.at("reclassify", depot.pk, said.number) if movable else "",
        **sheets_of(query, depot, place, shown, document=said.number),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@agent_required()
def reclassify(request: DeskRequest, depot_id: uuid.UUID, document: int) -> HttpResponse:
    """The types that a search finds and the people of the file; then the document is there.

    The search is a form of its own, and stays in the address: no script is needed.
    """
    depot = queries.depot(agent=request.agent, depot_id=depot_id)
    one = _one(depot, document)
    place, text = place_of(request.GET), _search(request.GET, one)
    form = _form(request, depot, one, text)
    back = f"{place.at('dossier', depot_id)}#document-{document}"
    if form.is_valid():
        try:
            operations.reclassify(
                agent=request.agent, depot_id=depot_id, document=document, **form.cleaned_data
            )
        except Refusal as refusal:
            if refusal.status in (403, 404):
                raise
            form.refuse(refusal)
        else:
            messages.success(request, _("Le document {number} est reclassé.").format(number=document))
            return redirect(back)
    context = {
        "one": one,
        "title": _("Reclasser le document {number}").format(number=document),
        "words": depot_in_words(depot),
        "reference": depot.reference,
        "text": text,
        "kept": parse_qsl(place.query()),
        "back": back,
    }
    return desk_form(request, "web/desk/reclassify.html", form, context)


@require_safe
@agent_required()
def message_file(request: DeskRequest, depot_id: uuid.UUID, message_id: int) -> HttpResponseBase:
    """What is joined to a question or an answer, once the antivirus has cleared it."""
    found = queries.message_file(agent=request.agent, depot_id=depot_id, message_id=message_id)
    files.check_showable(sha256=found.stored_id)
    return attachment(found.stored_id, found.name, found.stored.media_type)


def _one(depot: Depot, number: int) -> FiledDocument:
    found = next((one for one in queries.documents(depot) if one.described.number == number), None)
    if found is None:
        raise NoSuchDocument
    return found


def _search(query: QueryDict, one: FiledDocument) -> str:
    """What is searched for: at first, what the filer called the document."""
    text = query.get(SEARCH, one.described.name)
    return "".join(sign for sign in text if sign.isprintable())[:LONGEST_SEARCH].strip()


def _form(request: DeskRequest, depot: Depot, one: FiledDocument, text: str) -> ReclassifyForm:
    rules = teleprocedure(depot.teleprocedure).documents
    if rules is None:
        raise NoSuchDocument
    return ReclassifyForm(
        posted(request),
        types=_types(rules, one, text),
        persons=_persons(rules, depot, one),
        initial={"type": one.type, "person": one.person},
    )


def _types(rules: DocumentRules, one: FiledDocument, text: str) -> Sequence[tuple[str, str]]:
    """The type where it is now, then those that the search finds."""
    found = {choice.code: choice.label for choice in rules.types(text)}
    return list(({one.type: one.type_label} | found).items()) if one.type else list(found.items())


def _persons(rules: DocumentRules, depot: Depot, one: FiledDocument) -> Sequence[tuple[str, str]]:
    known = {choice.code: choice.label for choice in rules.persons(depot)}
    return list(({one.person: one.person_label} | known | {one.person: one.person_label}).items())
