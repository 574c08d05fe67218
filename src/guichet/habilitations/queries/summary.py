"""How many rights people have, without reading them one by one."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Exists, Min, OuterRef
from django.db.models.functions import Left

from guichet.habilitations.models import Habilitation
from guichet.inscriptions.models import Acteur
from guichet.kernel import clock
from guichet.portefeuilles.models import DeclarationCliente


@dataclass(frozen=True)
class Held:
    """For ``number`` établissements, the first since ``since``.

    ``later``: those of them whose client's delay is not over.
    """

    number: int
    since: dt.datetime
    later: int = 0

    @property
    def now(self) -> int:
        """For how many one may file at this moment, as far as delays of clients go."""
        return self.number - self.later


@dataclass(frozen=True)
class Total:
    """``number`` rights, on these ``declarations`` (codes)."""

    number: int
    declarations: Sequence[str]


NONE = Total(0, ())


def by_declaration(*, acteur: Acteur, acteur_id: int) -> Mapping[str, Held]:
    """For how many établissements somebody of ``acteur``'s company (or oneself) holds each declaration.

    By the declaration's code; nothing for somebody of another company.
    """
    waits = DeclarationCliente.objects.filter(
        cliente__inscription=acteur.inscription_id,
        cliente__siren=Left(OuterRef("siret"), 9),
        cliente__closed_at=None,
        code=OuterRef("declaration"),
        closed_at=None,
        starts_at__gt=clock.now(),
    )
    held = (
        Habilitation.objects.filter(
            acteur_id=acteur_id, acteur__inscription=acteur.inscription_id, closed_at=None
        )
        .values("declaration")
        .annotate(number=Count("siret"), since=Min("opened_at"), later=Count("pk", filter=Exists(waits)))
        .order_by("declaration")
    )
    return {line["declaration"]: Held(line["number"], line["since"], line["later"]) for line in held}


def totals(*, acteur: Acteur) -> Mapping[int, Total]:
    """The rights of each colleague, by the id of their ``Acteur``; nobody who has none."""
    held = (
        Habilitation.objects.filter(acteur__inscription=acteur.inscription_id, closed_at=None)
        .values("acteur_id")
        .annotate(number=Count("pk"), declarations=ArrayAgg("declaration", distinct=True))
        .order_by("acteur_id")
    )
    return {line["acteur_id"]: Total(line["number"], line["declarations"]) for line in held}


def of_declarations(*, inscription_id: UUID) -> Mapping[str, int]:
    """How many rights of a company are on each declaration (code)."""
    return _counted(inscription_id, "declaration")


def of_places(*, inscription_id: UUID) -> Mapping[str, int]:
    """How many rights of a company are on each établissement (SIRET)."""
    return _counted(inscription_id, "siret")


def _counted(inscription_id: UUID, what: str) -> Mapping[str, int]:
    open_now = Habilitation.objects.filter(acteur__inscription=inscription_id, closed_at=None)
    return dict(open_now.values_list(what).annotate(number=Count("pk")).order_by(what))
