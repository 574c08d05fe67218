"""The answer to a question of the service, and the files that go with it (001, « Mes messages »)."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from guichet.depots.operations.uploads import FileRefused
from guichet.files.stores import StoreUnavailable
from guichet.files.uploads import HashedUpload, UploadTooBig, received
from guichet.instruction import operations as instruction
from guichet.instruction.models import Message, MessageFile
from guichet.instruction.rules import clean_text
from guichet.kernel.refusals import Refusal
from guichet.web.forms import ParsedField, PortalForm
from guichet.web.messages import sentence
from guichet.web.requests import PortalRequest

KINDS = {
    "application/pdf": "PDF",
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/heic": "HEIC",
    "image/webp": "WebP",
}


@dataclass(frozen=True, kw_only=True)
class Joinable:
    """What may be joined to an answer: ``kinds`` in words, ``accept`` for browsers, sizes in bytes."""

    kinds: str
    accept: str
    each: int
    together: int
    pages: int


class JoiningForm(PortalForm):
    """A message with which files may go; they come hashed from the upload handler."""

    upload = forms.FileField(label=gettext_lazy("Ajouter un fichier"), required=False)

    def refuse_files(self, refusal: Refusal, *, name: str = "") -> None:
        """Say which file is wrong and why. A browser forgets what was chosen: that is said too."""
        self.refusal = refusal if refusal.status == 503 else self.refusal
        self.add_error("upload", f"« {name} » : {sentence(refusal)}" if name else sentence(refusal))

    def ask_files_again(self) -> None:
        """Nothing was sent: what was typed is there still, the files are not."""
        self.add_error("upload", _("Rien n’a été envoyé : choisissez de nouveau vos fichiers."))


class AnswerForm(JoiningForm):
    """What the filer answers to the service. ``joined``: there are files, and a page says all by itself."""

    reponse = ParsedField(
        label=gettext_lazy("Votre réponse"),
        needed=gettext_lazy("(obligatoire, sauf si vous joignez un fichier)"),
        missing=gettext_lazy("Écrivez votre réponse, ou joignez un fichier, avant de l’envoyer."),
        parse=clean_text,
        max_length=None,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    field_order = ("reponse", "upload")

    def __init__(self, data: Any = None, *, joined: bool = False) -> None:
        super().__init__(data)
        self.fields["reponse"].required = not joined


def send_answer(request: PortalRequest, depot_id: uuid.UUID) -> tuple[AnswerForm, str]:
    """Send what was posted; the form, and in words what was sent, empty where nothing was."""
    form = AnswerForm(request.POST, joined=bool(_chosen(request)))

    def send(uploads: Sequence[HashedUpload]) -> Message:
        text = form.cleaned_data["reponse"]
        return instruction.answer(account=request.account, depot_id=depot_id, text=text, uploads=uploads)

    message = send_with_files(request, form, send)
    return form, _in_words(message) if message else ""


def send_with_files(
    request: PortalRequest, form: JoiningForm, send: Callable[[Sequence[HashedUpload]], Message]
) -> Message | None:
    """What ``send`` makes of a form that holds and of the files that came with it.

    None where something does not hold: the form says what. Raises what is a page of its own (403, 404).
    """
    try:
        uploads = received(request, "upload")
    except (UploadTooBig, StoreUnavailable) as refusal:
        form.refuse_files(refusal)
        uploads = _chosen(request)
    message = _sent(form, uploads, send) if form.is_valid() else None
    if message is None and (uploads or form.has_error("upload")):
        form.ask_files_again()
    return message


def joinable(teleprocedure_code: str) -> Joinable:
    """What may be joined to an answer about such a filing."""
    rules = instruction.message_limits(teleprocedure_code=teleprocedure_code)
    return Joinable(
        kinds=", ".join(KINDS[each] for each in rules.media_types),
        accept=",".join(rules.media_types),
        each=rules.max_size,
        together=rules.room,
        pages=rules.max_pages,
    )


def _chosen(request: PortalRequest) -> list[HashedUpload]:
    return [one for one in request.FILES.getlist("upload") if isinstance(one, HashedUpload)]


def _sent(
    form: JoiningForm, uploads: Sequence[HashedUpload], send: Callable[[Sequence[HashedUpload]], Message]
) -> Message | None:
    try:
        return send(uploads)
    except FileRefused as refusal:
        form.refuse_files(refusal, name=refusal.name)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        if refusal.field == "upload":
            form.refuse_files(refusal)
        else:
            form.refuse(refusal)
    return None


def _in_words(message: Message) -> str:
    file: MessageFile | None = getattr(message, "file", None)
    if file is None:
        return _("Votre réponse est transmise au service.")
    words = ngettext(
        "Votre réponse et {n} page sont transmises au service.",
        "Votre réponse et {n} pages sont transmises au service.",
        file.pages,
    )
    return words.format(n=file.pages)
