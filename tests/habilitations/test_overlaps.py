"""The database refuses two periods of one right that overlap, whichever statement brings them (ADR 0028)."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from psycopg.errors import ExclusionViolation

from guichet.habilitations import operations
from guichet.habilitations.models import Habilitation
from guichet.habilitations.rules import Wanted
from guichet.inscriptions.models import Acteur
from tests.inscriptions import world

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
NAME = "habilitation_never_overlaps"


@pytest.fixture
def right() -> Habilitation:
    """A right that was open for ten days, and is over."""
    company = world.company()
    boss: Acteur = world.administrateur(company)
    siret = world.sirets(company)[0]
    wanted = Wanted(acteur_id=boss.pk, siret=siret, declaration="dsn", on=True)
    operations.apply(by=boss, wanted=[wanted])
    found = Habilitation.objects.get()
    found.closed_at, found.closed_in = found.opened_at + 10 * DAY, found.opened_in
    found.save()
    return found


def period(right: Habilitation, begins: float, ends: float | None, **other: object) -> Habilitation:
    """Another one of the same cell, from and until so many days after the first one began."""
    values = {"acteur": right.acteur, "siret": right.siret, "declaration": right.declaration, **other}
    closed = None if ends is None else right.opened_at + ends * DAY
    return Habilitation(
        opened_at=right.opened_at + begins * DAY,
        closed_at=closed,
        opened_in=right.opened_in,
        closed_in=None if closed is None else right.opened_in,
        **values,
    )


def insert(*rows: Habilitation) -> None:
    with transaction.atomic():
        Habilitation.objects.bulk_create(rows)


@pytest.mark.parametrize(
    ("begins", "ends"),
    [(-1, 1), (9, 11), (2, 3), (-1, 11), (0, 10), (9.999, None), (-1, None), (-1, 0.001)],
)
def test_what_overlaps_a_period_that_is_over_is_refused(
    right: Habilitation, begins: float, ends: float | None
) -> None:
    with pytest.raises(IntegrityError, match="overlap") as refused:
        insert(period(right, begins, ends))
    why = refused.value.__cause__
    assert isinstance(why, ExclusionViolation)
    assert why.diag.constraint_name == NAME


@pytest.mark.parametrize(("begins", "ends"), [(-5, 0), (10, 20), (10, None), (-5, -1), (11, None)])
def test_what_touches_or_stands_apart_is_taken(
    right: Habilitation, begins: float, ends: float | None
) -> None:
    insert(period(right, begins, ends))
    assert Habilitation.objects.count() == 2


@pytest.mark.parametrize("other", ["acteur", "siret", "declaration"])
def test_another_cell_is_another_matter(right: Habilitation, other: str) -> None:
    company = world.company()
    values = {"acteur": world.declarant(company), "siret": world.sirets(company)[0], "declaration": "c3s"}
    insert(period(right, 2, 3, **{other: values[other]}))


def test_one_statement_may_not_overlap_within_itself(right: Habilitation) -> None:
    with pytest.raises(IntegrityError, match="overlap"):
        insert(period(right, 20, 30), period(right, 29, 40))
    with pytest.raises(IntegrityError, match="habilitation_one_open"):
        insert(period(right, 20, None), period(right, 30, None))
    insert(period(right, 20, 30), period(right, 30, None))


def test_what_comes_already_ended_meets_the_one_that_is_open(right: Habilitation) -> None:
    insert(period(right, 20, None))
    with pytest.raises(IntegrityError, match="overlap"):
        insert(period(right, 19, 21))
    insert(period(right, 15, 20))


def test_a_period_is_not_made_longer_over_another_one(right: Habilitation) -> None:
    later = period(right, 20, 30)
    insert(later)
    for change in (
        {"closed_at": right.opened_at + 21 * DAY},
        {"closed_at": None, "closed_in": None},
        {"opened_at": later.opened_at + DAY, "closed_at": later.closed_at},
    ):
        with pytest.raises(IntegrityError, match="overlap"), transaction.atomic():
            Habilitation.objects.filter(pk=right.pk).update(**change)
    Habilitation.objects.filter(pk=right.pk).update(closed_at=later.opened_at)  # until then: they touch


def test_a_period_does_not_become_that_of_a_cell_which_has_one(right: Habilitation) -> None:
    other = period(right, 2, 3, declaration="c3s")
    insert(other)
    with pytest.raises(IntegrityError, match="overlap"), transaction.atomic():
        Habilitation.objects.filter(pk=other.pk).update(declaration=right.declaration)
