"""What a request for access must say to be filed (003, chapter 2). Pure Python.

An answer is stored as text: ``motif`` (a code of ``MOTIFS``) and ``precisions``.
"""

from collections.abc import Mapping

from guichet.kernel.refusals import N_, Refusal

MOTIF, PRECISIONS = "motif", "precisions"
MAX_PRECISIONS = 1_000  # characters
MOTIFS = {
    "silence": N_("Les administrateurs de l’entreprise ne répondent pas"),
    "personne": N_("L’entreprise n’a plus d’administrateur, ou plus aucun n’y travaille"),
    "refus": N_("Ma demande a été refusée par erreur"),
}


class NoMotif(Refusal):
    """No reason, or none that is known."""

    code = "no_motif"
    message = N_("Choisissez pourquoi vous vous adressez au service.")
    field = MOTIF


class NothingSaid(Refusal):
    """Nobody says what links them to the company."""

    code = "nothing_said"
    message = N_("Dites en quelques mots quelle est votre fonction dans l’entreprise.")
    field = PRECISIONS


class TooMuchSaid(Refusal):
    """Params: ``length``, ``most``."""

    code = "too_much_said"
    message = N_("Ce texte compte {length} caractères, {most} au plus sont possibles. Raccourcissez-le.")
    field = PRECISIONS


def precisions(text: str) -> str:
    """What is said in one's own words. Raises ``NothingSaid``, ``TooMuchSaid``."""
    plain = "".join(sign for sign in text if sign.isspace() or sign.isprintable())
    kept = "\n".join(" ".join(line.split()) for line in plain.splitlines()).strip()
    if not any(sign.isalnum() for sign in kept):
        raise NothingSaid
    if len(kept) > MAX_PRECISIONS:
        raise TooMuchSaid(length=len(kept), most=MAX_PRECISIONS)
    return kept


def clean(data: Mapping[str, str]) -> tuple[dict[str, str], dict[str, Refusal]]:
    """The answers that hold, and by field the refusals of those that don't."""
    good: dict[str, str] = {}
    bad: dict[str, Refusal] = {}
    if data.get(MOTIF) in MOTIFS:
        good[MOTIF] = data[MOTIF]
    else:
        bad[MOTIF] = NoMotif()
    try:
        good[PRECISIONS] = precisions(data.get(PRECISIONS, ""))
    except Refusal as refusal:
        bad[PRECISIONS] = refusal
    return good, bad
