"""Two administrateurs, a departure, a filing and a withdrawal at the same moment: one order, nothing torn."""

import threading
from typing import Any

import pytest
from django.db import connection, transaction

from guichet.habilitations import operations
from guichet.habilitations.models import Habilitation
from guichet.habilitations.operations import AlreadyUndone, MayNotFile, RightsLeft, hold_right
from guichet.habilitations.rules import Wanted
from guichet.inscriptions.models import Acteur, Changement, Inscription
from guichet.inscriptions.operations import ActeurGone, LastAdministrateur
from tests.at_once import at_once
from tests.inscriptions import world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("empty_register")]
WAITS = 0.3  # seconds in which whoever must wait would have ended


def cells(acteur: Acteur, *, on: bool = True) -> list[Wanted]:
    return [
        Wanted(acteur_id=acteur.pk, siret=siret, declaration="dsn", on=on)
        for siret in world.sirets(acteur.inscription)
    ]


def a_company() -> tuple[Inscription, list[Acteur]]:
    company = world.company(places=3)
    return company, [world.administrateur(company) for _ in range(2)]


def failures(results: list[object], *expected: type[Exception]) -> list[object]:
    return [one for one in results if isinstance(one, Exception) and not isinstance(one, expected)]


def test_two_administrateurs_on_one_cell() -> None:
    _company, (one, other) = a_company()
    results = at_once(
        *[lambda by=by, on=on: operations.apply(by=by, wanted=cells(one, on=on))
          for by in (one, other) for on in (True, False, True)]
    )  # fmt: skip
    assert not failures(results), results
    moments = list(Changement.objects.order_by("pk").values_list("at", flat=True))
    assert moments == sorted(set(moments))
    opened = Habilitation.objects.filter(closed_at=None).count()
    assert opened in (0, 3)
    total = sum(one.opened - one.closed for one in Changement.objects.all())
    assert total == opened


def test_rights_are_given_to_whoever_goes() -> None:
    company, (one, other) = a_company()
    omar = world.declarant(company)
    results = at_once(
        lambda: operations.apply(by=one, wanted=cells(omar)),
        lambda: operations.remove(by=other, acteur_id=omar.pk),
    )
    assert not failures(results), results
    assert not Habilitation.objects.filter(acteur=omar, closed_at=None).exists()


def test_rights_are_given_while_their_declaration_goes() -> None:
    company, (one, other) = a_company()
    results = at_once(
        lambda: operations.apply(by=one, wanted=cells(one)),
        lambda: operations.withdraw_declaration(by=other, code="dsn"),
    )
    assert not failures(results, RightsLeft), results
    chosen = company.declarations.filter(code="dsn", removed_at=None).exists()
    assert Habilitation.objects.filter(closed_at=None).exists() is chosen


def test_a_change_is_undone_once() -> None:
    _company, (one, other) = a_company()
    change = operations.apply(by=one, wanted=cells(one))
    results = at_once(*[lambda by=by: operations.undo(by=by, changement_id=change.pk) for by in (one, other)])
    assert sum(isinstance(each, AlreadyUndone) for each in results) == 1
    assert not failures(results, AlreadyUndone), results


def test_the_last_two_administrateurs_leave() -> None:
    company, pair = a_company()
    results = at_once(*[lambda who=who: operations.leave(account=who.account) for who in pair])
    assert sum(isinstance(each, LastAdministrateur) for each in results) == 1
    assert company.acteurs.filter(administrateur=True, ended_at=None).count() == 1


def test_two_administrateurs_remove_each_other() -> None:
    company, (one, other) = a_company()
    results = at_once(
        lambda: operations.remove(by=one, acteur_id=other.pk),
        lambda: operations.remove(by=other, acteur_id=one.pk),
    )
    assert sum(isinstance(each, ActeurGone | LastAdministrateur) for each in results) == 1
    assert company.acteurs.filter(administrateur=True, ended_at=None).count() == 1


def test_a_right_that_is_held_is_closed_after_the_filing() -> None:
    company, (one, other) = a_company()
    operations.apply(by=one, wanted=cells(one))
    known: dict[str, Any] = {"account": one.account, "siret": company.siret, "declaration": "dsn"}
    closed = threading.Event()

    def close() -> None:
        try:
            operations.apply(by=other, wanted=cells(one, on=False))
            closed.set()
        finally:
            connection.close()

    closer = threading.Thread(target=close)
    with transaction.atomic():
        hold_right(**known)
        closer.start()
        assert not closed.wait(WAITS)
    assert closed.wait(20)
    closer.join(20)
    with transaction.atomic(), pytest.raises(MayNotFile):
        hold_right(**known)


def test_many_file_with_one_right_at_once() -> None:
    company, (one, _other) = a_company()
    operations.apply(by=one, wanted=cells(one))
    meet = threading.Barrier(3, timeout=20)

    def file() -> None:
        with transaction.atomic():
            hold_right(account=one.account, siret=company.siret, declaration="dsn")
            meet.wait()  # none of them gets here alone

    assert at_once(file, file, file) == [None, None, None]


@pytest.mark.parametrize("turn", range(3))
def test_a_filing_or_its_refusal_never_both(turn: int) -> None:
    company, (one, other) = a_company()
    operations.apply(by=one, wanted=cells(one))

    def file() -> bool:
        with transaction.atomic():
            right = hold_right(account=one.account, siret=company.siret, declaration="dsn")
            return Habilitation.objects.filter(pk=right.pk, closed_at=None).exists()

    acts = [file, lambda: operations.apply(by=other, wanted=cells(one, on=False))]
    results = at_once(*(acts if turn % 2 else reversed(acts)))
    assert not failures(results, MayNotFile), results
    assert False not in results
