"""Who is meant by a name in a file."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from guichet.imports.reasons import Why
from guichet.inscriptions.models import Acteur
from guichet.kernel.names import folded_name


@dataclass(frozen=True, slots=True)
class Somebody:
    """``rank``: 0 for a déclarant, 1 for somebody else who acts, 2 for a candidate, 3 for who is gone."""

    acteur_id: int
    siret: str
    rank: int


class Directory:
    """The people of an inscription by name and first name, as the door's identifier spells them: case,
    accents, hyphens and blanks count for nothing."""

    def __init__(self, inscription_id: uuid.UUID) -> None:
        self._found: dict[tuple[str, str, str], tuple[int | None, str]] = {}
        self._people = _people(inscription_id)

    def find(self, nom: str, prenom: str, connexion: str) -> tuple[int | None, str]:
        """The id of who is meant, or why nobody is (``reasons.Why``).

        ``connexion``: the SIRET where they sign in, of whoever signs in there; where nobody of the name does,
        it tells nothing. Who is gone, or no déclarant, is found where no déclarant has the name, or where it
        is they who are meant: what can't be given is told of them, and never given to a homonym.
        """
        key = (nom, prenom, connexion)
        if key not in self._found:
            self._found[key] = self._look(*key)
        return self._found[key]

    def _look(self, nom: str, prenom: str, connexion: str) -> tuple[int | None, str]:
        name = (folded_name(nom), folded_name(prenom))
        if not all(name):
            return None, Why.NAME_MISSING
        named = self._people.get(name, ())
        found = [one for one in named if one.siret == connexion] or named
        if not found:
            return None, Why.PERSON_UNKNOWN
        best = [one for one in found if one.rank == found[0].rank]
        if len(best) > 1 and best[0].rank < _GONE:
            return None, Why.PERSON_AMBIGUOUS
        return best[0].acteur_id, ""


_GONE = 3


def _people(inscription_id: uuid.UUID) -> Mapping[tuple[str, str], Sequence[Somebody]]:
    people: dict[tuple[str, str], list[Somebody]] = defaultdict(list)
    rows = Acteur.objects.filter(inscription=inscription_id).select_related("account").order_by("-pk")
    for row in rows:
        profile = row.account.profile
        name = (folded_name(profile.get("last_name", "")), folded_name(profile.get("first_name", "")))
        people[name].append(Somebody(row.pk, row.siret, _rank(row)))
    for named in people.values():
        named.sort(key=lambda one: one.rank)
    return people


def _rank(acteur: Acteur) -> int:
    if acteur.ended_at is not None:
        return _GONE
    if acteur.began_at is None:
        return 2
    return 0 if acteur.declarant else 1
