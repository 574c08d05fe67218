"""The life of a request, its kinds, and what becomes of a line."""

from enum import StrEnum

from guichet.imports.rules import Kind
from guichet.portefeuilles.states import Beneficiaires

__all__ = ["TRANSITIONS", "Beneficiaires", "Etat", "Kind", "Verdict"]


class Etat(StrEnum):
    """Where a request stands. What ends it: refusee, supprimee, ok, ok_partiel, ko."""

    LECTURE = "lecture"  # its lines are being read and judged
    REFUSEE = "refusee"  # the file can't be read, or no line of it can
    PRETE = "prete"  # shown: nothing changed yet
    VALIDEE = "validee"  # waits for its turn; may still be deleted
    EN_COURS = "en_cours"
    OK = "ok"
    OK_PARTIEL = "ok_partiel"
    KO = "ko"
    SUPPRIMEE = "supprimee"


TRANSITIONS: dict[Etat, frozenset[Etat]] = {
    Etat.LECTURE: frozenset({Etat.REFUSEE, Etat.PRETE, Etat.SUPPRIMEE}),
    Etat.PRETE: frozenset({Etat.VALIDEE, Etat.SUPPRIMEE}),
    Etat.VALIDEE: frozenset({Etat.EN_COURS, Etat.SUPPRIMEE}),
    Etat.EN_COURS: frozenset({Etat.OK, Etat.OK_PARTIEL, Etat.KO}),
    **{etat: frozenset() for etat in (Etat.REFUSEE, Etat.OK, Etat.OK_PARTIEL, Etat.KO, Etat.SUPPRIMEE)},
}


class Verdict(StrEnum):
    """What a line does. A line of several declarations may do several: the counts are of its cells."""

    AJOUT = "ajout"
    SUPPRESSION = "suppression"
    MIXTE = "mixte"  # adds and removes, or does a part of what it asks
    DEJA = "deja"  # is so already
    IMPOSSIBLE = "impossible"
