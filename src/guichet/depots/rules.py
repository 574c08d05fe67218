"""What holds for every filing, whatever is filed. Pure Python."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from pathlib import PurePosixPath
from typing import TypeVar, cast

from guichet.kernel.refusals import N_, Refusal

T = TypeVar("T")
MAX_FILE_NAME = 120
NAMELESS = "document"
# What a page takes in a PDF beside its photograph: its own objects, and its line in the table of objects.
PAGE_WEIGHT = 1_000  # bytes; measured: 320 to 870
# Control and format signs (bidirectional marks among them), lone surrogates, and what no file system wants.
_UNWANTED = re.compile(r'[<>:"|?*]')
_BLANKS = re.compile(r"\s+")


class InvalidAnswers(Refusal):
    """Some answers do not hold: ``errors`` gives the refusal of each, by the name of its field."""

    code = "invalid_answers"
    message = N_("Certaines réponses ne conviennent pas. Corrigez celles qui sont signalées.")

    @property
    def errors(self) -> Mapping[str, Refusal]:
        """The refusals by the name of the field."""
        return cast(Mapping[str, Refusal], self.params["errors"])


def held(found: tuple[T, Mapping[str, Refusal]]) -> T:
    """The answers that hold, of what a téléprocédure's rules found: those, and the others' refusals by field.

    Raises ``InvalidAnswers`` where there is one.
    """
    good, bad = found
    if bad:
        raise InvalidAnswers(errors=bad)
    return good


class NoPlace(Refusal):
    """There is one filing for one key (000, step 6: « il n’est prévu qu’un unique dépôt »)."""

    status = 409


class AlreadyFiled(NoPlace):
    """A second initial filing."""

    code = "already_filed"
    message = N_(
        "Un dépôt existe déjà : {label}. Pour le remplacer, faites un dépôt rectificatif : la version "
        "précédente reste conservée."
    )


class NothingToRectify(NoPlace):
    """A rectification where nothing was confirmed."""

    code = "nothing_to_rectify"
    message = N_(
        "Aucun dépôt n’a été confirmé : {label}. Choisissez « initial » pour un premier dépôt, ou vérifiez "
        "vos réponses."
    )


class StillToConfirm(NoPlace):
    """One that waits for its confirmation: another beside it would make two of them."""

    code = "still_to_confirm"
    message = N_(
        "Un dépôt est encore à confirmer : {label}. Confirmez-le par le lien reçu par courrier électronique, "
        "ou annulez-le, puis revenez ici."
    )


class NoSuchDocument(Refusal):
    """The filing has no document of this number: fewer were announced, in another tab perhaps."""

    code = "no_such_document"
    message = N_("Ce document n’existe pas dans votre envoi : revenez à la liste de vos documents.")
    status = 404


def place(
    versions: Collection[int], *, awaiting: bool, rectifies: bool, label: str, in_force: bool = True
) -> int:
    """The version that a filing would be beside the others of its key: 0 for an initial (000, step 6).

    ``versions`` are those whose number is taken, ``awaiting`` says whether one of them is still to be
    confirmed, ``in_force`` whether one of them counts (after a refusal or a withdrawal perhaps none does, and
    the place is free), and ``label`` what they are about. Raises ``StillToConfirm``, ``NothingToRectify``,
    ``AlreadyFiled``.
    """
    if awaiting:
        raise StillToConfirm(label=label)
    if rectifies and not versions:
        raise NothingToRectify(label=label)
    if versions and in_force and not rectifies:
        raise AlreadyFiled(label=label)
    return max(versions, default=-1) + 1


def clean_file_name(name: str) -> str:
    """The name under which an uploaded file is shown and given back.

    Without its folders (a browser may send ``C:\\Users\\…``), control signs and bidirectional marks, which
    could make ``fdp.exe`` read as ``exe.pdf``; of ``MAX_FILE_NAME`` characters at most, its extension kept.
    """
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(sign for sign in last if sign.isspace() or unicodedata.category(sign)[0] != "C")
    plain = _BLANKS.sub(" ", _UNWANTED.sub("", kept)).strip(" .")
    path = PurePosixPath(plain or NAMELESS)
    suffix = path.suffix[:10]
    return path.stem[: MAX_FILE_NAME - len(suffix)].strip() + suffix


def expected(document: int, *, count: int, limit: int) -> None:
    """Raise ``NoSuchDocument`` unless ``document`` is one of ``count``, of ``limit`` at most."""
    if not 1 <= document <= min(count, limit):
        raise NoSuchDocument


def page_shares(size: int, *, pages: int, is_image: bool) -> list[int]:
    """What each page of a file of ``size`` bytes takes of its document's limit, in bytes.

    A photograph weighs a little more in a PDF than alone. A PDF's pages share its size, to the byte: all of
    them take as much as it has, and fewer take less.
    """
    if is_image:
        return [size + PAGE_WEIGHT]
    each, left = divmod(size, pages)
    return [each + 1] * left + [each] * (pages - left)


def document_file_name(name: str, number: int) -> str:
    """The name of the PDF of the document ``number``, which its person calls ``name`` (perhaps nothing)."""
    plain = name.replace("/", "-").replace("\\", "-").strip().removesuffix(".pdf").strip(" .")
    return clean_file_name(f"{plain}.pdf" if plain else f"{NAMELESS}-{number}.pdf")
