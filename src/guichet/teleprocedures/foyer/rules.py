"""What a correction of the household must say to be filed (001, step 5). Pure Python.

An answer is stored as text. ``objet`` names what is to be done, and to whom: « ajouter: », « modifier:<id> »,
« retirer:<id> ». ``connue`` is the name under which the person is known at that moment; ``pour`` repeats the
``objet`` that the details were typed for, so that those of one person never become another's.
"""

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from guichet.foyers import rules
from guichet.foyers.rules import Action, Correction, Identity
from guichet.kernel.refusals import N_, Refusal

OBJET, CONNUE, POUR = "objet", "connue", "pour"
LIEN, NOM, PRENOM, NAISSANCE, PRECISIONS = "lien", "nom", "prenom", "naissance", "precisions"
DETAILS = (LIEN, NOM, PRENOM, NAISSANCE)
MAX_PRECISIONS = 500  # characters


@dataclass(frozen=True, kw_only=True)
class Target:
    """What is to be done, and to whom; nobody yet where somebody is added."""

    action: Action
    person: uuid.UUID | None = None

    def __str__(self) -> str:
        return f"{self.action}:{self.person or ''}"


class NothingChosen(Refusal):
    """No correction, or none that can be read."""

    code = "nothing_chosen"
    message = N_("Choisissez ce que vous voulez corriger.")
    field = OBJET


class OtherPerson(Refusal):
    """The details were typed for another correction."""

    code = "other_person"
    message = N_("Ces réponses ont été saisies pour une autre personne. Vérifiez-les.")
    field = NOM


class NoBirth(Refusal):
    """No date, or none that can be read."""

    code = "no_birth"
    message = N_("Indiquez la date de naissance de cette personne. Exemple : 31/12/2010.")
    field = NAISSANCE


class NoReason(Refusal):
    """Somebody is to be removed, and nobody says why."""

    code = "no_reason"
    message = N_("Dites pourquoi cette personne ne fait plus partie de votre foyer.")
    field = PRECISIONS


class TooMuchSaid(Refusal):
    """Params: ``count``, ``maximum``."""

    code = "too_much_said"
    message = N_("Ce texte compte {count} caractères ; {maximum} au plus sont acceptés. Abrégez-le.")
    field = PRECISIONS


def target(text: str) -> Target:
    """What ``objet`` says. Raises ``NothingChosen``."""
    action, _, person = text.partition(":")
    try:
        found = Target(action=Action(action), person=uuid.UUID(person) if person else None)
    except ValueError:
        raise NothingChosen from None
    if (found.person is None) != (found.action == Action.ADD):
        raise NothingChosen
    return found


def day(text: str) -> dt.date | None:
    """A stored date; ``None`` for what is none."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def birth(text: str, today: dt.date) -> str:
    """A date of birth, YYYY-MM-DD. Raises ``NoBirth`` and the refusals of ``foyers.rules.birth``."""
    born_on = day(text)
    if born_on is None:
        raise NoBirth
    return rules.birth(born_on, today).isoformat()


def precisions(text: str, *, wanted: bool) -> str:
    """What is said in one's own words. Raises ``NoReason`` where it is ``wanted``, ``TooMuchSaid``."""
    kept = "".join(sign for sign in " ".join(text.split()) if sign.isprintable())
    if wanted and not any(sign.isalnum() for sign in kept):
        raise NoReason
    if len(kept) > MAX_PRECISIONS:
        raise TooMuchSaid(count=len(kept), maximum=MAX_PRECISIONS)
    return kept


def clean(data: Mapping[str, str], today: dt.date) -> tuple[dict[str, str], dict[str, Refusal]]:
    """The answers that hold, and by field the refusals of those that don't."""
    try:
        wanted = target(data.get(OBJET, ""))
    except Refusal as refusal:
        return {}, {OBJET: refusal}
    good = {OBJET: str(wanted), POUR: str(wanted), CONNUE: data.get(CONNUE, "")}
    bad: dict[str, Refusal] = {}
    if data.get(POUR) != str(wanted):
        bad[NOM] = OtherPerson()
    for field, rule in _questions(wanted.action, today).items():
        try:
            good[field] = rule(data.get(field, ""))
        except Refusal as refusal:
            bad[field] = refusal
    return good, bad


def _questions(action: Action, today: dt.date) -> dict[str, Callable[[str], str]]:
    """What is asked: to remove somebody, why; else who they are."""
    if action == Action.REMOVE:
        return {PRECISIONS: lambda text: precisions(text, wanted=True)}
    return {
        LIEN: rules.lien,
        NOM: rules.name,
        PRENOM: rules.name,
        NAISSANCE: lambda text: birth(text, today),
        PRECISIONS: lambda text: precisions(text, wanted=False),
    }


def identity(data: Mapping[str, str]) -> Identity:
    """Who the answers say that the person is."""
    return Identity(
        lien=data.get(LIEN, ""),
        last_name=data.get(NOM, ""),
        first_name=data.get(PRENOM, ""),
        born_on=day(data.get(NAISSANCE, "")),
    )


def correction(data: Mapping[str, str]) -> Correction:
    """What the household is asked to become. Raises ``NothingChosen``."""
    wanted = target(data.get(OBJET, ""))
    who = None if wanted.action == Action.REMOVE else identity(data)
    return Correction(action=wanted.action, person=wanted.person, identity=who)
