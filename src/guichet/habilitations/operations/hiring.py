"""A person comes with rights, or in the place of somebody who goes: one transaction (003, chapter 3)."""

from django.db import transaction

from guichet.habilitations import operations as rights
from guichet.inscriptions import operations as people
from guichet.inscriptions.models import Acteur
from guichet.inscriptions.rules import Person


@transaction.atomic
def hire(
    *,
    by: Acteur,
    person: Person,
    siret: str,
    administrateur: bool = False,
    declarant: bool = True,
    source_id: int | None = None,
    profile: str = "",
) -> tuple[Acteur, str]:
    """A person who acts for ``by``'s company, with the provisional password that is shown once.

    They sign in at ``siret``, and begin with the rights of the colleague ``source_id``, with those of the
    ``profile`` (a code of ``catalogue.profiles``), or with none.
    Raises what ``inscriptions.operations.create``, ``copy`` and ``give_profile`` raise: nobody is there then.
    """
    acteur, password = people.create(
        by=by, person=person, siret=siret, administrateur=administrateur, declarant=declarant
    )
    if source_id is not None:
        rights.copy(by=by, source_id=source_id, target_id=acteur.pk)
    elif profile:
        rights.give_profile(by=by, acteur_id=acteur.pk, profile=profile)
    return acteur, password


@transaction.atomic
def replace(*, by: Acteur, acteur_id: int, person: Person, siret: str) -> tuple[Acteur, str]:
    """The colleague ``acteur_id`` goes, and ``person``, created on the way, takes over rights and filings.

    Raises what ``inscriptions.operations.create`` and ``remove`` raise: nobody came and nobody went then.
    """
    acteur, password = people.create(by=by, person=person, siret=siret)
    rights.remove(by=by, acteur_id=acteur_id, successor_id=acteur.pk)
    return acteur, password
