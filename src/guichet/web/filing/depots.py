"""« Vos dépôts »: the list, the page of one filing, its receipt and its files."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from guichet.depots import operations, queries, receipts
from guichet.depots.definitions import other_words, teleprocedure
from guichet.depots.models import Depot, DepotFile
from guichet.depots.states import FILED, IN_FORCE, State
from guichet.files import queries as files
from guichet.files.as_is import OPAQUE
from guichet.instruction import queries as instruction_queries
from guichet.kernel.refusals import Refusal
from guichet.web.filing.answering import AnswerForm, joinable, send_answer
from guichet.web.filing.presentation import (
    Card,
    answers_of,
    card_of,
    filed_documents,
    is_infected,
    received_documents,
    thread_of,
)
from guichet.web.filing.screens import Filing
from guichet.web.forms import show
from guichet.web.messages import sentence
from guichet.web.requests import PortalRequest

TO_DO = (State.BROUILLON, State.A_CONFIRMER)
DONE = FILED
VOID = (State.EXPIRE, State.ABANDONNE)


def depots(request: PortalRequest, *, filing: Filing) -> HttpResponse:
    """Every filing of the account: what is to do first, then what is done, then what came to nothing."""
    if filing.listed_at:
        return redirect(filing.listed_at)
    found = queries.of_account(account=request.account)
    cards = [card_of(depot) for depot in found]
    asked = instruction_queries.unanswered(account=request.account)
    groups = {"todo": TO_DO, "done": DONE, "void": VOID}
    context = {
        "filing": filing,
        "at": filing.at,
        "versioned": any(card.version for card in cards),
        "questions": [card for card in cards if uuid.UUID(card.id) in asked],
        "refusals": [card_of(depot) for depot in queries.to_correct(account=request.account, filings=found)],
        **{name: [card for card in cards if card.state in states] for name, states in groups.items()},
    }
    return render(request, "web/filing/depots.html", context)


def depot(request: PortalRequest, depot_id: uuid.UUID, *, filing: Filing) -> HttpResponse:
    """One filing: after its submission the acknowledgement, later where it stands and its receipt."""
    found = _one(request, depot_id, filing)
    if found.submitted_at is None:  # a draft, or one that was given up
        return redirect(_way_on(found, filing))
    return render(request, "web/filing/depot.html", _page(request, found, filing, AnswerForm()))


def resend(request: PortalRequest, depot_id: uuid.UUID, *, filing: Filing) -> HttpResponse:
    """Sends the confirmation e-mail again."""
    found = _one(request, depot_id, filing)
    try:
        operations.resend_confirmation(account=request.account, depot_id=found.id)
    except Refusal as refusal:
        messages.warning(request, sentence(refusal))
    else:
        email = filing.definition.email(request.account, found.data)
        messages.success(
            request,
            _("Un nouveau message « validation de dépôt de dossier » part à l’adresse {email}.").format(
                email=email
            ),
        )
    return redirect(f"{filing.namespace}:depot", found.id)


def cancel(request: PortalRequest, depot_id: uuid.UUID, *, filing: Filing) -> HttpResponse:
    """Asks once, in words, whether to give up a filing that is not confirmed; then gives it up."""
    found = _one(request, depot_id, filing)
    if found.state != State.A_CONFIRMER:
        return redirect(f"{filing.namespace}:depot", found.id)
    if request.method != "POST":
        return render(request, "web/filing/cancel.html", {"filing": filing, "card": card_of(found)})
    operations.discard(account=request.account, depot_id=found.id)
    messages.success(
        request, _("Ce dépôt est annulé : il ne peut plus être confirmé, et rien n’a été déposé.")
    )
    return redirect(f"{filing.namespace}:depot", found.id)


def rectify(request: PortalRequest, depot_id: uuid.UUID, *, filing: Filing) -> HttpResponse:
    """Begins a rectification of a filing in force, its first answers given already."""
    found = _one(request, depot_id, filing)
    if found.state not in IN_FORCE or filing.rectification is None:
        return redirect(f"{filing.namespace}:depot", found.id)
    draft = operations.start_draft(account=request.account, teleprocedure=filing.definition.code)
    if draft.data:
        messages.info(
            request, _("Vous avez déjà un dépôt en préparation : terminez-le ou supprimez-le d’abord.")
        )
    else:
        data = filing.rectification(found.data)
        operations.answer(account=request.account, depot_id=draft.id, data=data)
    return redirect(f"{filing.namespace}:draft", draft.id)


def answer(request: PortalRequest, depot_id: uuid.UUID, *, filing: Filing) -> HttpResponse:
    """Answers a question of the service, on the filing that it is about."""
    found = _one(request, depot_id, filing)
    form, told = send_answer(request, found.id)
    if not told:
        return show(request, "web/filing/depot.html", form, _page(request, found, filing, form))
    messages.success(request, told)
    return redirect(f"{reverse(f'{filing.namespace}:depot', args=[found.id])}#echanges")


def message_file(
    request: PortalRequest, depot_id: uuid.UUID, message_id: int, *, filing: Filing
) -> HttpResponseBase:
    """The PDF that goes with a question or an answer."""
    found = _one(request, depot_id, filing)
    file = instruction_queries.my_message_file(
        account=request.account, depot_id=found.id, message_id=message_id
    )
    files.check_showable(sha256=file.stored_id)
    return attachment(file.stored_id, file.name, file.stored.media_type)


def correct(request: PortalRequest, depot_id: uuid.UUID, *, filing: Filing) -> HttpResponse:
    """Begins the filing that answers a refusal or a withdrawal, with the answers that were given."""
    found = _one(request, depot_id, filing)
    try:
        draft = operations.start_correction(account=request.account, depot_id=found.id)
    except Refusal as refusal:
        messages.warning(request, sentence(refusal))
        return redirect(f"{filing.namespace}:depot", found.id)
    return redirect(f"{filing.namespace}:draft", draft.id)


def receipt(request: PortalRequest, depot_id: uuid.UUID, *, filing: Filing) -> HttpResponseBase:
    """The signed receipt of a filing that counts, made on the spot where the worker is late."""
    return receipt_download(_one(request, depot_id, filing))


def document(
    request: PortalRequest, depot_id: uuid.UUID, number: int = 1, *, filing: Filing
) -> HttpResponseBase:
    """The one PDF that is published, or that of document ``number``."""
    found = _one(request, depot_id, filing)
    several = filing.definition.documents is not None
    made = queries.documents(found) if several else [queries.published(found)]
    file = next((one for one in made if one and (one.position == number or not several)), None)
    if file is None:
        raise Http404
    name = found.reference or "brouillon"
    return download(file, f"{name}-{number}.pdf" if several else f"{name}.pdf")


def original(
    request: PortalRequest, depot_id: uuid.UUID, file_id: int, *, filing: Filing
) -> HttpResponseBase:
    """One file as it came."""
    file = next((one for one in queries.received(_one(request, depot_id, filing)) if one.pk == file_id), None)
    if file is None:
        raise Http404
    return download(file, file.name)


def receipt_download(found: Depot) -> HttpResponseBase:
    """The receipt of ``found`` as an attachment. Raises ``Http404`` where it does not count."""
    if found.state not in DONE:
        raise Http404
    issued = receipts.ensure(depot_id=found.id)
    return attachment(issued.stored_id, f"accuse-de-reception-{found.reference}.pdf", "application/pdf")


def download(file: DepotFile, name: str) -> HttpResponseBase:
    """A file of a filing as an attachment. Raises ``files.BeingScanned`` and ``files.Infected``."""
    files.check_showable(sha256=file.stored_id)
    rules = teleprocedure(file.depot.teleprocedure).files
    media_type = OPAQUE if rules and rules.as_is else file.stored.media_type
    return attachment(file.stored_id, name, media_type)


def attachment(sha256: str, name: str, media_type: str) -> FileResponse:
    """A stored content, to be saved and never shown as a page of ours."""
    return FileResponse(
        files.open_stored(sha256=sha256), as_attachment=True, filename=name, content_type=media_type
    )


def _page(request: PortalRequest, found: Depot, filing: Filing, form: AnswerForm) -> dict[str, Any]:
    definition, account = teleprocedure(found.teleprocedure), request.account
    return {
        "filing": filing,
        "at": filing.at,
        "definition": definition,
        "card": card_of(found),
        "accepted": other_words(definition.instruction),
        "answers": answers_of(found),
        "documents": received_documents(found),
        "made": filed_documents(found),
        "published": queries.published(found) if definition.publication else None,
        "infected": any(is_infected(file) for file in found.files.all()),
        "email": definition.email(account, found.data),
        "sender": settings.SENDER,
        "subject": found,
        "with_files": definition.files is not None,
        "confirms": definition.confirmation is not None,
        "may_rectify": filing.rectification is not None and found.state in IN_FORCE,
        "correction": _correction(found),
        "public_url": _public_url(found),
        "question": found.id in instruction_queries.unanswered(account=account),
        "thread": thread_of(instruction_queries.messages(account=account, depot_id=found.id)),
        "may_answer": instruction_queries.may_answer(account=account, depot_id=found.id),
        "answer_form": form,
        "joinable": joinable(found.teleprocedure),
        **filing.more(account, found),
    }


def _public_url(found: Depot) -> str:
    """Where everybody reads what was published, or that it was withdrawn; empty where nothing was."""
    publication = teleprocedure(found.teleprocedure).publication
    if publication is None or found.state not in (State.PUBLIE, State.RETIRE):
        return ""
    place = {"siren": found.siren, "date": publication(found.data).date}
    if found.state == State.PUBLIE:
        return reverse("public:filing", kwargs=place)
    return reverse("public:version", kwargs={**place, "version": found.version})


def _correction(found: Depot) -> Card | None:
    answer = queries.correction(found) if queries.is_correctable(found) else None
    return card_of(answer) if answer else None


def _way_on(found: Depot, filing: Filing) -> str:
    if found.state == State.BROUILLON:
        return reverse(f"{filing.namespace}:draft", args=[found.id])
    return reverse(filing.at["depots"])


def _one(request: PortalRequest, depot_id: uuid.UUID, filing: Filing) -> Depot:
    """A filing of the account, of whatever state. Raises ``DepotNotFound`` (404), ``Http404``."""
    found = queries.one(account=request.account, depot_id=depot_id)
    if found.teleprocedure != filing.definition.code:
        raise Http404
    return found
