"""What may be known of people of a household, and what may be corrected of it (001, step 5). Pure Python."""

import datetime as dt
import uuid
from dataclasses import dataclass
from enum import StrEnum

from guichet.kernel import names
from guichet.kernel.refusals import N_, Refusal

TELEPROCEDURE = "foyer"  # the corrections; the accounts of its espace are those that have a household
MOI = "moi"  # the code of whose file it is, among those whom a document may be about
CONJOINT, ENFANT, AYANT_DROIT = "conjoint", "enfant", "ayant_droit"
LIENS = {
    CONJOINT: N_("Conjoint"),
    ENFANT: N_("Enfant"),
    AYANT_DROIT: N_("Autre ayant droit"),
}
MAX_NAME = 100  # characters of a last name, or of first names
OLDEST = 130  # years


class Action(StrEnum):
    """What a correction does."""

    ADD = "ajouter"
    CHANGE = "modifier"
    REMOVE = "retirer"


@dataclass(frozen=True, kw_only=True)
class Identity:
    """What is known of somebody of a household; ``lien`` is a code of ``LIENS``."""

    lien: str
    last_name: str
    first_name: str
    born_on: dt.date | None = None

    @property
    def name(self) -> str:
        """« Emma Exemple »."""
        return f"{self.first_name} {self.last_name}"


@dataclass(frozen=True, kw_only=True)
class Correction:
    """What is to be corrected: ``person`` is whom it is about, ``identity`` what is right from now on.

    To add somebody there is no ``person`` yet; to remove one, no ``identity``.
    """

    action: Action
    person: uuid.UUID | None = None
    identity: Identity | None = None


class UnknownLien(Refusal):
    """None of the ``LIENS``."""

    code = "unknown_lien"
    message = N_("Choisissez le lien de cette personne avec la personne titulaire du dossier.")
    field = "lien"


class BornLater(Refusal):
    """A birth that has not happened yet."""

    code = "born_later"
    message = N_("Cette date de naissance est dans le futur. Vérifiez le jour, le mois et l’année.")
    field = "born_on"


class BornTooLongAgo(Refusal):
    """Nobody is that old. Params: ``years``."""

    code = "born_too_long_ago"
    message = N_("Cette date de naissance remonte à plus de {years} ans. Vérifiez l’année, en 4 chiffres.")
    field = "born_on"


class SecondSpouse(Refusal):
    """A household has one spouse. Params: ``name``, the one who is known."""

    code = "second_spouse"
    message = N_("Ce foyer compte déjà un conjoint : {name}. Cette personne doit d’abord en être retirée.")
    field = "lien"
    status = 409


def lien(text: str) -> str:
    """A code of ``LIENS``. Raises ``UnknownLien``."""
    if text not in LIENS:
        raise UnknownLien
    return text


def name(text: str) -> str:
    """A last name, or first names. Raises the refusals of ``kernel.names.clean_name``."""
    return names.clean_name(text, max_length=MAX_NAME)


def birth(day: dt.date, today: dt.date) -> dt.date:
    """A date of birth: ``today`` at the latest, and not over 130 years ago.

    Raises ``BornLater``, ``BornTooLongAgo``.
    """
    if day > today:
        raise BornLater
    if (today.year - day.year, (today.month, today.day)) > (OLDEST, (day.month, day.day)):
        raise BornTooLongAgo(years=OLDEST)
    return day


def identity(known: Identity, today: dt.date) -> Identity:
    """``known`` if it holds, its names cleaned. Raises as ``lien``, ``name`` and ``birth`` do."""
    return Identity(
        lien=lien(known.lien),
        last_name=name(known.last_name),
        first_name=name(known.first_name),
        born_on=birth(known.born_on, today) if known.born_on else None,
    )


def same(one: Identity, other: Identity) -> bool:
    """Whether two tell of the same person in the same words, but for capitals."""
    return (one.lien, one.born_on, one.name.casefold()) == (other.lien, other.born_on, other.name.casefold())


def changed(before: Identity, after: Identity) -> list[str]:
    """The names of what differs, for the journal."""
    fields = ("lien", "last_name", "first_name", "born_on")
    return [field for field in fields if getattr(before, field) != getattr(after, field)]
