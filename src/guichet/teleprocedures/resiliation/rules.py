"""What a resiliation must say to be filed (003, chapter 2). Pure Python.

An answer is stored as text: ``objet`` (« entreprise », or the SIRET of an établissement), ``effet``
(« fin », or the type that the inscription is to have), ``genre`` (that type, or nothing), ``motif``, and
``connu``: what is to end, in words, as it was known then.
"""

from collections.abc import Mapping

from guichet.inscriptions.rules import Genre
from guichet.kernel.identifiers import InvalidSiret, Siret
from guichet.kernel.refusals import N_, Refusal

OBJET, EFFET, GENRE, MOTIF, CONNU = "objet", "effet", "genre", "motif", "connu"
COMPANY, END = "entreprise", "fin"
MAX_MOTIF = 1_000  # characters
MAX_CONNU = 300
GENRES = {
    Genre.MONO: N_("Votre entreprise, un seul établissement"),
    Genre.MULTI: N_("Votre entreprise, plusieurs établissements"),
    Genre.TIERS: N_("Votre entreprise et vos clients (tiers déclarant)"),
}


class NothingChosen(Refusal):
    """Neither the company nor an établissement."""

    code = "nothing_chosen"
    message = N_("Choisissez ce que concerne votre demande : toute l’inscription, ou un établissement.")
    field = OBJET


class NoEffect(Refusal):
    """Neither an end nor a type."""

    code = "no_effect"
    message = N_("Choisissez entre la fin de l’inscription et un autre type d’inscription.")
    field = EFFET


class NoMotif(Refusal):
    """Nobody says why."""

    code = "no_motif"
    message = N_("Dites pourquoi vous faites cette demande : le service en a besoin pour décider.")
    field = MOTIF


class MotifTooLong(Refusal):
    """Params: ``length``, ``most``."""

    code = "motif_too_long"
    message = N_("Ce texte compte {length} caractères, {most} au plus sont possibles. Raccourcissez-le.")
    field = MOTIF


def objet(text: str) -> str:
    """« entreprise », or fourteen digits. Raises ``NothingChosen``."""
    if text == COMPANY:
        return text
    try:
        return str(Siret.parse(text))
    except InvalidSiret:
        raise NothingChosen from None


def effet(text: str) -> str:
    """« fin », or a type. Raises ``NoEffect``."""
    if text != END and text not in {*Genre}:
        raise NoEffect
    return text


def motif(text: str) -> str:
    """Why, in one's own words. Raises ``NoMotif``, ``MotifTooLong``."""
    plain = "".join(sign for sign in text if sign.isspace() or sign.isprintable())
    kept = "\n".join(" ".join(line.split()) for line in plain.splitlines()).strip()
    if not any(sign.isalnum() for sign in kept):
        raise NoMotif
    if len(kept) > MAX_MOTIF:
        raise MotifTooLong(length=len(kept), most=MAX_MOTIF)
    return kept


def clean(data: Mapping[str, str]) -> tuple[dict[str, str], dict[str, Refusal]]:
    """The answers that hold, and by field the refusals of those that don't.

    An établissement ends: it has no type.
    """
    good: dict[str, str] = {CONNU: data.get(CONNU, "")[:MAX_CONNU]}
    bad: dict[str, Refusal] = {}
    for field, rule in ((OBJET, objet), (EFFET, effet), (MOTIF, motif)):
        try:
            good[field] = rule(data.get(field, ""))
        except Refusal as refusal:
            bad[field] = refusal
    if good.get(OBJET) not in (None, COMPANY):
        good[EFFET] = END
        bad.pop(EFFET, None)
    good[GENRE] = "" if good.get(EFFET, END) == END else good[EFFET]
    return good, bad
