"""The public page that says what a receipt proves, and nothing more: no person's name, no e-mail."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from cryptography.hazmat.primitives.serialization import Encoding
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from guichet.depots import queries, receipts
from guichet.depots.definitions import Teleprocedure, other_words, teleprocedure
from guichet.depots.models import Depot, DepotFile
from guichet.depots.receipts.content import version_in_words
from guichet.depots.receipts.verification import MAX_SIZE, Verdict
from guichet.depots.states import State
from guichet.files.uploads import HashedUpload, received
from guichet.journal import sealing
from guichet.kernel.refusals import N_, Refusal
from guichet.web.forms import ParsedField, PortalForm, posted, show

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

STATES = {
    State.CONFIRME: gettext_lazy("Ce dépôt est confirmé et en vigueur."),
    State.PUBLIE: gettext_lazy("Ce dépôt est confirmé et publié."),
    State.ACCEPTE: gettext_lazy("Ce dépôt est confirmé et accepté."),
    State.REFUSE: gettext_lazy("Ce dépôt a été confirmé, puis refusé par le service."),
    State.CADUC: gettext_lazy("Ce dépôt a été confirmé, puis est devenu caduc, sans réponse."),
    State.TERMINE: gettext_lazy("Ce dépôt a été confirmé et accepté ; son effet a pris fin depuis."),
    State.RETIRE: gettext_lazy("Ce dépôt a été confirmé et publié, puis retiré de la publication."),
    State.REMPLACE: gettext_lazy("Ce dépôt a été confirmé, puis remplacé par un rectificatif."),
}
TITLES = {
    Verdict.GENUINE: gettext_lazy("Accusé authentique"),
    Verdict.ALTERED: gettext_lazy("Accusé altéré"),
    Verdict.FOREIGN: gettext_lazy("Fichier inconnu"),
}
CODE_LENGTH = 32


@dataclass(frozen=True, kw_only=True)
class Told:
    """What is said of a file held against the receipts. ``reference`` is proved where there is one."""

    badge: str
    title: "StrOrPromise"
    sentence: str
    reference: str = ""


class UnknownCode(Refusal):
    """No receipt carries this code."""

    code: ClassVar[str] = "unknown_code"
    message: ClassVar[str] = N_(
        "Aucun accusé de réception ne porte le code « {code} ». Recopiez-le en entier, tel qu’il figure dans "
        "l’adresse imprimée sur l’accusé : les majuscules et les minuscules comptent."
    )
    field: ClassVar[str | None] = "code"
    status: ClassVar[int] = 404


class NoFileChosen(Refusal):
    """The form came without a file."""

    code: ClassVar[str] = "no_file"
    message: ClassVar[str] = N_("Choisissez le fichier à vérifier sur votre appareil.")
    field: ClassVar[str | None] = "upload"


class CodeForm(PortalForm):
    """The code printed on a receipt."""

    code = ParsedField(
        label=gettext_lazy("Code de vérification"),
        help_text=gettext_lazy(
            "Il figure sur l’accusé de réception, à la fin de l’adresse imprimée sous le carré à scanner."
        ),
        missing=gettext_lazy("Saisissez le code imprimé sur l’accusé de réception."),
        max_length=200,
    )


class FileForm(PortalForm):
    """The file to be held against the receipts; it is read, and never kept."""

    upload = forms.FileField(label=gettext_lazy("Fichier à vérifier"), required=False)


@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """/verifier/: by the code of a receipt, or by its file."""
    if request.method == "POST" and "code" not in request.POST:
        return _verify_file(request, "web/verification_form.html", {"code_form": CodeForm()})
    form = CodeForm(posted(request))
    if form.is_bound and form.is_valid():
        code = _code(form.cleaned_data["code"])
        if _found(code):
            return redirect("web:verification", code)
        form.refuse(UnknownCode(code=code))
    return show(request, "web/verification_form.html", form, _blank(code_form=form))


@require_http_methods(["GET", "HEAD", "POST"])
def verification(request: HttpRequest, code: str) -> HttpResponse:
    """/v/<code>: what the receipt with this code proves; a file may be held against it."""
    found = _found(code)
    if found is None:
        form = CodeForm({"code": code[:CODE_LENGTH]})
        form.refuse(UnknownCode(code=code[:CODE_LENGTH]))
        return show(request, "web/verification_form.html", form, _blank(code_form=form), status=404)
    if request.method == "POST":
        return _verify_file(request, "web/verification.html", proof(found), found)
    return render(request, "web/verification.html", _blank(**proof(found)))


@require_safe
def seal(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - the same for everybody
    """The certificates of the seal, present and former (PEM), for whoever verifies a receipt without us."""
    pem = b"".join(one.public_bytes(Encoding.PEM) for one in sealing.certificates().values())
    headers = {"Content-Disposition": 'attachment; filename="cachet.pem"'}
    return HttpResponse(pem, content_type="application/x-pem-file", headers=headers)


def proof(found: Depot) -> dict[str, Any]:
    """What everybody may know of a filing that counts."""
    definition = teleprocedure(found.teleprocedure)
    return {
        "reference": found.reference,
        "code": found.verification_code,
        "received_at": found.submitted_at,
        "confirmed_at": found.confirmed_at,
        "procedure": gettext(definition.label),
        "version": "" if found.stands_alone else version_in_words(found.version),
        "service": gettext(definition.service.name),
        "state": _state(found, definition),
        "with_files": definition.files is not None,
        "with_documents": definition.documents is not None,
        "confirms": definition.confirmation is not None,
        "files": [{"size": one.size, "sha256": one.stored_id} for one in _filed(found, definition)],
        "published": _published(found),
    }


def _filed(found: Depot, definition: Teleprocedure) -> list[DepotFile]:
    return queries.documents(found) if definition.documents else queries.received(found)


def _state(found: Depot, definition: Teleprocedure) -> "StrOrPromise":
    words = other_words(definition.instruction)
    if found.state == State.ACCEPTE and words:
        return _("Ce dépôt est confirmé. Où il en est : {state}.").format(state=words)
    return STATES[State(found.state)]


def _blank(**context: Any) -> dict[str, Any]:
    """A page on which no file was held against the receipts yet."""
    return {"told": None, "file_form": FileForm(), **context}


def _published(found: Depot) -> dict[str, Any] | None:
    """The published PDF, where it is not the very file that was received."""
    if teleprocedure(found.teleprocedure).publication is None:
        return None
    file = queries.published(found)
    same = file is None or [file.stored_id] == [one.stored_id for one in queries.received(found)]
    return None if same or file is None else {"size": file.size, "sha256": file.stored_id}


def _verify_file(
    request: HttpRequest, template: str, context: dict[str, Any], about: Depot | None = None
) -> HttpResponse:
    form, told = FileForm({}), None
    try:
        told = _told(_upload(request), about)
    except Refusal as refusal:
        form.refuse(refusal)
    return show(request, template, form, context | {"told": told, "file_form": form})


def _upload(request: HttpRequest) -> HashedUpload:
    """The file that was sent; it is gone when the request ends. Raises ``NoFileChosen``, ``UploadTooBig``."""
    uploads = received(request, "upload")
    if not uploads:
        raise NoFileChosen
    return uploads[0]


def _told(upload: HashedUpload, about: Depot | None) -> Told:
    """What the file is: one of the filing ``about``, a genuine receipt, an altered one, or unknown."""
    if about and upload.sha256 in _hashes(about):
        sentence = _("Ce fichier est exactement l’un de ceux de ce dépôt : pas un octet n’en a été changé.")
        return Told(badge="success", title=_("Fichier déposé"), sentence=sentence)
    report = receipts.verify(upload.path.read_bytes() if _is_small(upload) else b"")
    if about and report.ok and report.reference != about.reference:
        sentence = _(
            "Cet accusé de réception est authentique, mais il concerne un autre dépôt : {reference}."
        )
        return Told(
            badge="warning", title=_("Autre dépôt"), sentence=sentence.format(reference=report.reference)
        )
    if about and report.verdict == Verdict.FOREIGN:
        sentence = _("Ce fichier n’est ni un fichier de ce dépôt, ni un accusé de réception de ce guichet.")
        return Told(badge="error", title=TITLES[report.verdict], sentence=sentence)
    return Told(
        badge="success" if report.ok else "error",
        title=TITLES[report.verdict],
        sentence=gettext(report.message),
        reference=report.reference or "" if report.ok else "",
    )


def _hashes(about: Depot) -> set[str]:
    return {file.stored_id for file in about.files.all()}


def _is_small(upload: HashedUpload) -> bool:
    return (upload.size or 0) <= MAX_SIZE


def _found(code: str) -> Depot | None:
    """The filing with this code; what can be none is not even looked up."""
    possible = code.isascii() and code.isalnum() and len(code) <= CODE_LENGTH
    return queries.by_verification_code(code=code) if possible else None


def _code(text: str) -> str:
    """The code in what was typed or pasted: the address of its page will do."""
    return text.rstrip("/").rpartition("/")[2].strip()[:CODE_LENGTH]
