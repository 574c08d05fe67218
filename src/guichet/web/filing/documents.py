"""The step « Documents »: files added, put in order, removed, and the pages that they make."""

from typing import Any, Literal

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from guichet.depots import operations
from guichet.depots.models import DepotFile
from guichet.depots.queries import published
from guichet.depots.rules import clean_file_name
from guichet.files import checks, queries
from guichet.files.as_is import in_words
from guichet.files.stores import StoreUnavailable
from guichet.files.uploads import HashedUpload, UploadTooBig, received
from guichet.kernel.refusals import Refusal
from guichet.web.filing.flow import Draft, on_draft
from guichet.web.filing.presentation import changes_of_the_whole, documents_of
from guichet.web.filing.screens import CHECK, DOCUMENTS
from guichet.web.forms import PortalForm, show
from guichet.web.messages import sentence
from guichet.web.requests import PortalRequest

IMAGE_WIDTH = 700  # pixels
IMAGES_A_PAGE = 8
DIRECTIONS: dict[str, Literal["up", "down"]] = {"monter": "up", "descendre": "down"}


class UploadForm(PortalForm):
    """Carries what was refused to the error summary; the files come hashed from the upload handler."""

    upload = forms.FileField(label=gettext_lazy("Ajouter un ou plusieurs fichiers"), required=False)


@on_draft
def documents(request: PortalRequest, draft: Draft) -> HttpResponse:
    """The files of a draft. Those that are accepted stay, whatever becomes of the others."""
    if not draft.may_open(DOCUMENTS):
        return redirect(draft.url(draft.reached))
    form = UploadForm({} if request.method == "POST" else None)
    if request.method == "POST":
        added = _attach_all(request, draft, form)
        if added:
            words = ngettext("{n} fichier ajouté.", "{n} fichiers ajoutés.", added)
            messages.success(request, words.format(n=added))
        if form.is_valid():
            return redirect(_top(draft))
        draft = draft.again()
    return show(request, "web/filing/documents.html", form, _page(request, draft))


@on_draft
def move(request: PortalRequest, draft: Draft, file_id: int, direction: str) -> HttpResponse:
    """Moves a file one place up or down."""
    _file(draft, file_id)
    if direction not in DIRECTIONS:
        raise Http404
    operations.move(
        account=request.account, depot_id=draft.depot.id, file_id=file_id, direction=DIRECTIONS[direction]
    )
    return redirect(f"{draft.url(DOCUMENTS)}#fichier-{file_id}")


@on_draft
def remove(request: PortalRequest, draft: Draft, file_id: int) -> HttpResponse:
    """Asks once, in words, whether to remove a file; then removes it."""
    file = _file(draft, file_id)
    if request.method == "POST":
        operations.detach(account=request.account, depot_id=draft.depot.id, file_id=file_id)
        messages.success(request, _("Le fichier « {name} » est retiré.").format(name=file.name))
        return redirect(_top(draft))
    context = {
        "file": file,
        "back": f"{draft.url(DOCUMENTS)}#fichier-{file_id}",
        "stepper": draft.stepper(DOCUMENTS),
    }
    return render(request, "web/filing/remove.html", context)


@on_draft
def page_image(request: PortalRequest, draft: Draft, number: int) -> HttpResponse:  # noqa: ARG001
    """Page ``number`` (from 1) of the PDF that the files make, as a picture that nobody else may keep."""
    file = published(draft.depot)
    if file is None or not 1 <= number <= file.pages or not queries.is_showable(sha256=file.stored_id):
        raise Http404
    with queries.local_path(sha256=file.stored_id) as path:
        picture = checks.page_image(path, page=number - 1, width=IMAGE_WIDTH)
    return HttpResponse(picture, content_type="image/png", headers={"Cache-Control": "no-store"})


def _top(draft: Draft) -> str:
    """The page from its content on, which gets the focus: what has just been done is told there."""
    return f"{draft.url(DOCUMENTS)}#contenu"


def _attach_all(request: PortalRequest, draft: Draft, form: UploadForm) -> int:
    """Adds what was sent, and puts into ``form`` what is wrong with the rest; how many were added."""
    try:
        uploads = received(request, "upload")
    except (UploadTooBig, StoreUnavailable) as refusal:
        form.refuse(refusal)
        uploads = [one for one in request.FILES.getlist("upload") if isinstance(one, HashedUpload)]
    if not uploads and form.is_valid():
        form.add_error("upload", _("Choisissez au moins un fichier sur votre appareil, puis ajoutez-le."))
    return sum(_attach(request, draft, form, upload) for upload in uploads)


def _attach(request: PortalRequest, draft: Draft, form: UploadForm, upload: HashedUpload) -> bool:
    name = clean_file_name(upload.name or "")
    if any(
        file.stored_id == upload.sha256 for file in draft.files
    ):  # an upload begun again after it had arrived
        return _told_already(request, name)
    try:
        operations.attach(account=request.account, depot=draft.depot, upload=upload)
    except operations.AlreadyJoined:
        return _told_already(request, name)
    except Refusal as refusal:
        form.add_error("upload", f"« {name} » : {sentence(refusal)}")
        if refusal.status == 503:  # nothing is wrong with the file: the answer says when to try again
            form.refusal = refusal
        return False
    return True


def _told_already(request: PortalRequest, name: str) -> bool:
    words = _("« {name} » est déjà dans votre dépôt : il n’y est pas ajouté une seconde fois.")
    messages.info(request, words.format(name=name))
    return False


def _file(draft: Draft, file_id: int) -> DepotFile:
    file = next((one for one in draft.files if one.pk == file_id), None)
    if file is None:
        raise Http404
    return file


def _page(request: PortalRequest, draft: Draft) -> dict[str, Any]:
    rules, merged = draft.filing.definition.files, published(draft.depot)
    if rules is None:
        raise Http404
    expected = rules.extensions(draft.depot.data)
    pages = Paginator(range(1, (merged.pages if merged else 0) + 1), IMAGES_A_PAGE)
    return {
        "draft": draft.depot,
        "filing": draft.filing,
        "at": draft.filing.at,
        "stepper": draft.stepper(DOCUMENTS),
        "documents": documents_of(draft.files),
        "published": merged,
        "changes": changes_of_the_whole(draft.depot),
        "pages": pages.get_page(request.GET.get("page")),
        "showable": merged is not None and queries.is_showable(sha256=merged.stored_id),
        "rules": rules,
        "accept": ",".join(f".{one}" for one in expected) if rules.as_is else ",".join(rules.media_types),
        "kinds": in_words(expected),
        "publishes": draft.filing.definition.publication is not None,
        "next_url": draft.url(CHECK),
    }
