"""What must be said of the documents that one sends (001, steps 2 to 5). Pure Python.

An answer is stored as text under a name that ends with its document's number, from 1: ``nom_1``, ``type_1``,
``personne_1``, ``qui_1``, ``commentaire_1``, ``nom_2``… Beside them ``nombre`` says how many documents there
are. An answer that was taken back is empty, which is as if it had never been given.
"""

import re
import unicodedata
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping

from guichet.kernel.names import clean_name
from guichet.kernel.refusals import N_, Refusal

NUMBER = "nombre"
NAME, TYPE, PERSON, WHO, COMMENT = "nom", "type", "personne", "qui", "commentaire"
FIELDS = (NAME, TYPE, PERSON, WHO, COMMENT)
MOST = 10  # documents sent at once
SHORTEST_NAME, LONGEST_NAME = 3, 30  # characters (001, step 4)
LONGEST_COMMENT = 163  # characters (001, step 5)
LONGEST_WHO = 120
MYSELF, OTHER = "moi", "autre"  # of persons; OTHER also of types: « un autre document »

_JOINER = "\u200d"  # makes one picture of several
_KEPT = "\n\t\u200c\u200d"  # what is not printable, and yet belongs to a text
_SKIN = range(0x1F3FB, 0x1F400)
_FLAG = range(0x1F1E6, 0x1F200)  # two of them make one flag
_WITH_ONE = 12  # signs that make one character with what they follow; a family of four, each of a skin: 10


class InvalidNumber(Refusal):
    """No number of documents that can be sent."""

    code = "number"
    message = N_("Indiquez combien de documents vous voulez transmettre, en chiffres. Exemple : 2.")
    field = NUMBER


class NoDocument(InvalidNumber):
    """None at all."""

    code = "no_document"
    message = N_("Indiquez au moins 1 document.")


class TooManyDocuments(InvalidNumber):
    """More than go at once. Params: ``most``."""

    code = "too_many_documents"
    message = N_(
        "Un envoi compte {most} documents au plus. Transmettez-en {most}, puis les autres dans un second "
        "envoi."
    )


class InvalidTitle(Refusal):
    """The name of a document does not hold."""

    code = "title"
    message = N_("Indiquez le nom de ce document. Exemple : acte de naissance.")
    field = NAME


class TitleTooShort(InvalidTitle):
    """Params: ``count``, ``shortest``."""

    code = "title_too_short"
    message = N_(
        "Ce nom compte {count} caractères ; il en faut au moins {shortest}. Écrivez le nom du document en "
        "entier, sans abréviation."
    )


class TitleTooLong(InvalidTitle):
    """Params: ``count``, ``longest``."""

    code = "title_too_long"
    message = N_(
        "Ce nom compte {count} caractères ; {longest} au plus sont acceptés. Raccourcissez-le : vous "
        "pourrez donner les détails dans le commentaire."
    )


class UnknownType(Refusal):
    """No type of the nomenclature, or one that is no more offered."""

    code = "unknown_type"
    message = N_("Choisissez le type de ce document, ou « Un autre document » si aucun ne convient.")
    field = TYPE


class UnknownPerson(Refusal):
    """Nobody whom one may name."""

    code = "unknown_person"
    message = N_(
        "Choisissez la personne concernée par ce document, ou « Une autre personne » si elle n’est pas dans "
        "la liste."
    )
    field = PERSON


class WhoMissing(Refusal):
    """« Une autre personne », and no name."""

    code = "who_missing"
    message = N_("Indiquez le prénom et le nom de la personne concernée.")
    field = WHO


class InvalidComment(Refusal):
    """The comment does not hold: it is obligatory (001, step 5)."""

    code = "comment"
    message = N_(
        "Écrivez un commentaire : quelques mots qui expliquent pourquoi vous transmettez ce document."
    )
    field = COMMENT


class CommentTooLong(InvalidComment):
    """Params: ``count``, ``longest``, ``over``."""

    code = "comment_too_long"
    message = N_(
        "Ce commentaire compte {count} caractères ; {longest} au plus sont acceptés. Raccourcissez-le "
        "de {over}."
    )


def key(field: str, document: int) -> str:
    """The name of the answer ``field`` of document ``document``: « nom_1 »."""
    return f"{field}_{document}"


def length(text: str) -> int:
    """How many characters of ``text`` a person counts.

    An accent counts with its letter however it is written, an end of line for one, a picture for one; signs
    piled up without end count each.
    """
    count, follows, joined, flag = 0, 0, False, False
    for sign in unicodedata.normalize("NFC", text.replace("\r\n", "\n")):
        point, kind = ord(sign), unicodedata.category(sign)
        second = flag and point in _FLAG
        flag = point in _FLAG and not second
        mark = kind[0] == "M" or sign in (_JOINER, "\u200c") or point in _SKIN
        with_former = mark or second or (joined and kind == "So")
        joined = sign == _JOINER
        follows = follows + 1 if with_former else 0
        count += not with_former or follows > _WITH_ONE
    return count


def number(text: str) -> int:
    """How many documents one sends (001, step 2), 1 to ``MOST``.

    Raises ``InvalidNumber``, ``NoDocument``, ``TooManyDocuments``.
    """
    if not re.fullmatch(r"[0-9]{1,6}", text.strip()):
        raise InvalidNumber
    found = int(text)
    if not found:
        raise NoDocument
    if found > MOST:
        raise TooManyDocuments(most=MOST)
    return found


def count(data: Mapping[str, str]) -> int:
    """How many documents the answers announce; 0 while they do not say it."""
    try:
        return number(data.get(NUMBER, ""))
    except InvalidNumber:
        return 0


def name(text: str) -> str:
    """What the person calls a document (001, step 4): 3 to 30 characters, on one line.

    Raises ``InvalidTitle``, ``TitleTooShort``, ``TitleTooLong``, and what ``clean_name`` raises.
    """
    if not text.strip():
        raise InvalidTitle
    found = clean_name(text, max_length=3 * len(text))  # the length is held below, in other words
    many = length(found)
    if many < SHORTEST_NAME:
        raise TitleTooShort(count=many, shortest=SHORTEST_NAME)
    if many > LONGEST_NAME:
        raise TitleTooLong(count=many, longest=LONGEST_NAME)
    return found


def document_type(text: str, types: Collection[str]) -> str:
    """The code of a type, one of ``types`` or ``OTHER``. Raises ``UnknownType``."""
    if text != OTHER and text not in types:
        raise UnknownType
    return text


def person(text: str) -> str:
    """Whom a document is about: ``MYSELF``, ``OTHER``, or the id of somebody of the household.

    Whether that somebody is of the person's own household is asked where it is known. Raises
    ``UnknownPerson``.
    """
    if text in (MYSELF, OTHER):
        return text
    try:
        return str(uuid.UUID(text))
    except ValueError:
        raise UnknownPerson from None


def who(text: str) -> str:
    """The name of « une autre personne ». Raises ``WhoMissing``, and what ``clean_name`` raises."""
    if not text.strip():
        raise WhoMissing
    return clean_name(text, max_length=LONGEST_WHO)


def comment(text: str) -> str:
    """The comment (001, step 5): 1 to 163 characters, signs that nobody sees left out.

    Whatever ends a line somewhere is an end of line. Raises ``InvalidComment``, ``CommentTooLong``.
    """
    lines = "\n".join(unicodedata.normalize("NFC", text).splitlines())
    kept = "".join(filter(_is_of_a_text, lines)).strip()
    many = length(kept)
    if not many:
        raise InvalidComment
    if many > LONGEST_COMMENT:
        raise CommentTooLong(count=many, longest=LONGEST_COMMENT, over=many - LONGEST_COMMENT)
    return kept


def _is_of_a_text(sign: str) -> bool:
    return sign in _KEPT or sign.isprintable() or unicodedata.category(sign) == "Zs"


def clean(data: Mapping[str, str], *, types: Collection[str]) -> tuple[dict[str, str], dict[str, Refusal]]:
    """The answers that hold, and by name the refusals of those that don't. ``types``: the codes on offer."""
    good: dict[str, str] = {}
    bad: dict[str, Refusal] = {}
    for answer, rule in _rules(data, types):
        try:
            good[answer] = rule(data.get(answer, ""))
        except Refusal as refusal:
            bad[answer] = refusal
    return good, bad


def _rules(data: Mapping[str, str], types: Collection[str]) -> Iterator[tuple[str, Callable[[str], str]]]:
    yield NUMBER, lambda text: str(number(text))
    for document in range(1, count(data) + 1):
        yield key(NAME, document), name
        yield key(TYPE, document), lambda text: document_type(text, types)
        yield key(PERSON, document), person
        if data.get(key(PERSON, document)) == OTHER:
            yield key(WHO, document), who
        yield key(COMMENT, document), comment


def of_document(data: Mapping[str, str], document: int) -> dict[str, str]:
    """What was answered of one document, by field; empty where nothing was."""
    return {field: data.get(key(field, document), "") for field in FIELDS}


def is_begun(data: Mapping[str, str], document: int) -> bool:
    """Whether anything was said of the document."""
    return any(of_document(data, document).values())


def without(data: Mapping[str, str], document: int) -> dict[str, str]:
    """What changes in the answers when ``document`` is taken away.

    Those after it come one number down, and nothing is left under the last number.
    """
    last = count(data)
    moved = {n: of_document(data, n + 1) for n in range(document, last)} | {last: dict.fromkeys(FIELDS, "")}
    changes = {key(field, n): text for n, told in moved.items() for field, text in told.items()}
    return {**changes, NUMBER: str(last - 1)}
