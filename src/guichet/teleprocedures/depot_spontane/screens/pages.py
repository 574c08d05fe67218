"""The pages of one document (001, steps 6 and 7): added, seen, put in order, turned, removed."""

from dataclasses import dataclass
from typing import Any, Literal

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guichet.depots.models import Page
from guichet.depots.operations import pages as operations
from guichet.depots.operations.uploads import AlreadyJoined
from guichet.depots.rules import clean_file_name
from guichet.files import checks, queries
from guichet.files.stores import StoreUnavailable
from guichet.files.uploads import HashedUpload, UploadTooBig, received
from guichet.kernel.refusals import Refusal
from guichet.kernel.sizes import size_in_words
from guichet.teleprocedures.depot_spontane.definition import DEPOT_SPONTANE
from guichet.teleprocedures.depot_spontane.forms import FilesForm
from guichet.teleprocedures.depot_spontane.screens.envoi import Envoi, on_document, page_of
from guichet.web.forms import show
from guichet.web.messages import sentence
from guichet.web.requests import PortalRequest

THUMBNAIL, LARGE = 240, 1000  # pixels
DIRECTIONS: dict[str, Literal["up", "down"]] = {"monter": "up", "descendre": "down"}


@dataclass(frozen=True, kw_only=True)
class Thumbnail:
    """A page as it is shown. ``id`` and ``number`` are text for the page."""

    id: str
    number: str
    name: str
    version: str  # changes with the picture, which a browser may have in hand
    is_first: bool
    is_last: bool


@on_document("pages")
def pages(request: PortalRequest, envoi: Envoi, document: int) -> HttpResponse:
    """What is joined. Files that are accepted stay, whatever becomes of the others."""
    form = FilesForm({} if request.method == "POST" else None)
    if request.method == "POST":
        _add_all(request, envoi, document, form)
        if form.is_valid():
            return redirect(_top(envoi, document))
        envoi = Envoi(envoi.draft.again())
    return show(request, "depot_spontane/pages.html", form, _context(envoi, document))


@on_document("pages")
def complete(request: PortalRequest, envoi: Envoi, document: int) -> HttpResponse:
    """« Mon document 1 est complet »: its PDF is made, and one goes on to the others."""
    form = FilesForm({})
    try:
        operations.complete(account=request.account, depot_id=envoi.depot.id, document=document)
    except Refusal as refusal:
        form.refuse(refusal)
        return show(request, "depot_spontane/pages.html", form, _context(envoi, document))
    messages.success(request, _("Le document {n} est complet.").format(n=document))
    return redirect(f"{envoi.url('documents')}#contenu")


@on_document("pages")
def page_image(request: PortalRequest, envoi: Envoi, document: int, page_id: int) -> HttpResponse:
    """A page as a picture that nobody else may keep: small, or large with ``?grand``."""
    page = page_of(envoi, document, page_id)
    if not queries.is_showable(sha256=page.stored_id):
        raise Http404
    width = LARGE if "grand" in request.GET else THUMBNAIL
    with queries.local_path(sha256=page.stored_id) as path:
        picture = checks.page_image(path, page=page.number, width=width, turn=page.turn)
    return HttpResponse(picture, content_type="image/png", headers={"Cache-Control": "no-store"})


@on_document("pages")
def page_move(
    request: PortalRequest, envoi: Envoi, document: int, page_id: int, direction: str
) -> HttpResponse:
    """Moves a page one place up or down."""
    page = page_of(envoi, document, page_id)
    if direction not in DIRECTIONS:
        raise Http404
    operations.move(
        account=request.account, depot_id=envoi.depot.id, page_id=page.pk, direction=DIRECTIONS[direction]
    )
    return redirect(_at(envoi, page))


@on_document("pages")
def page_turn(request: PortalRequest, envoi: Envoi, document: int, page_id: int) -> HttpResponse:
    """Turns a page by a quarter, clockwise."""
    page = page_of(envoi, document, page_id)
    operations.turn(account=request.account, depot_id=envoi.depot.id, page_id=page.pk)
    return redirect(_at(envoi, page))


@on_document("pages")
def page_remove(request: PortalRequest, envoi: Envoi, document: int, page_id: int) -> HttpResponse:
    """Asks once, in words, whether to take a page away; then takes it."""
    page = page_of(envoi, document, page_id)
    if request.method == "POST":
        operations.remove(account=request.account, depot_id=envoi.depot.id, page_id=page.pk)
        messages.success(request, _("La page {n} est retirée.").format(n=page.position))
        return redirect(_top(envoi, document))
    context = {**envoi.page("pages", document), "page": _thumbnail(page, 0), "back": _at(envoi, page)}
    return render(request, "depot_spontane/remove_page.html", context)


def _add_all(request: PortalRequest, envoi: Envoi, document: int, form: FilesForm) -> None:
    """Adds what was sent, tells what became of it, and puts into ``form`` what is wrong with the rest."""
    try:
        uploads = received(request, "upload")
    except (UploadTooBig, StoreUnavailable) as refusal:
        form.refuse(refusal)
        uploads = [one for one in request.FILES.getlist("upload") if isinstance(one, HashedUpload)]
    if not uploads and form.is_valid():
        words = _("Choisissez un fichier sur votre appareil, ou prenez une photo, puis ajoutez-la.")
        form.add_error("upload", words)
    joined = [(upload, _add(request, envoi, document, form, upload)) for upload in uploads]
    _tell(request, [(upload, found) for upload, found in joined if found])


def _add(
    request: PortalRequest, envoi: Envoi, document: int, form: FilesForm, upload: HashedUpload
) -> list[Page]:
    """The pages that a file gave; none where it was refused, or is there already."""
    name = clean_file_name(upload.name or "")
    try:
        return operations.add(account=request.account, depot=envoi.depot, document=document, upload=upload)
    except AlreadyJoined:
        words = _("« {name} » est déjà dans ce document : il n’y est pas ajouté une seconde fois.")
        messages.info(request, words.format(name=name))
    except Refusal as refusal:
        form.add_error("upload", f"« {name} » : {sentence(refusal)}")
        if refusal.status == 503:  # nothing is wrong with the file: the answer says when to try again
            form.refusal = refusal
    return []


def _tell(request: PortalRequest, joined: list[tuple[HashedUpload, list[Page]]]) -> None:
    """How many pages were added, whether something was made lighter on the way, and what else changed."""
    many = sum(len(found) for _upload, found in joined)
    if not many:
        return
    words = ngettext("{n} page ajoutée.", "{n} pages ajoutées.", many).format(n=many)
    before = sum(upload.size or 0 for upload, _found in joined)
    after = sum(page.share for _upload, found in joined for page in found)
    was, now = size_in_words(before), size_in_words(after)
    if after < before and was != now:  # a PDF that was cleaned of some bytes is not lighter for anybody
        lighter = _("Allégé pour l’envoi, en restant lisible : {before} sont devenus {after}.")
        words = f"{words} {lighter.format(before=was, after=now)}"
    messages.success(request, words)
    for upload, found in joined:
        for change in found[0].changes:  # all pages of a file say the same
            told = _("« {name} » : {change}").format(name=clean_file_name(upload.name or ""), change=change)
            messages.info(request, told)


def _context(envoi: Envoi, document: int) -> dict[str, Any]:
    limits = DEPOT_SPONTANE.documents
    joined = envoi.pages.get(document, [])
    if limits is None:
        raise Http404
    return {
        **envoi.page("pages", document),
        "pages": [_thumbnail(page, len(joined)) for page in joined],
        "used": sum(page.share for page in joined),
        "limits": limits,
        "accept": ",".join(limits.media_types),
        "complete": document in envoi.made,
        "name": envoi.title(document),
    }


def _thumbnail(page: Page, last: int) -> Thumbnail:
    return Thumbnail(
        id=str(page.pk),
        number=str(page.position),
        name=page.name,
        version=str(page.turn),
        is_first=page.position == 1,
        is_last=page.position == last,
    )


def _top(envoi: Envoi, document: int) -> str:
    """The page from its content on, which gets the focus: what has just been done is told there."""
    return f"{envoi.url('pages', document)}#contenu"


def _at(envoi: Envoi, page: Page) -> str:
    return f"{envoi.url('pages', page.document)}#page-{page.pk}"
