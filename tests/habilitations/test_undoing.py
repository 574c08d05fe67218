"""A change is taken back line by line, where nobody changed the line since."""

import pytest

from guichet.habilitations import operations, queries
from guichet.habilitations.models import Habilitation
from guichet.habilitations.operations import AlreadyUndone, ChangementNotFound, NotUndoable
from guichet.habilitations.rules import Reason, Wanted
from guichet.inscriptions.models import Acteur, Changement, Inscription
from guichet.inscriptions.states import Origine
from tests.inscriptions import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Inscription:
    return world.company(places=3)


@pytest.fixture
def admin(company: Inscription) -> Acteur:
    return world.administrateur(company)


def cells(acteur: Acteur, *places: int, on: bool = True) -> list[Wanted]:
    sirets = world.sirets(acteur.inscription)
    return [Wanted(acteur_id=acteur.pk, siret=sirets[one], declaration="dsn", on=on) for one in places]


def held(acteur: Acteur) -> set[int]:
    sirets = world.sirets(acteur.inscription)
    rows = Habilitation.objects.filter(acteur=acteur, closed_at=None).values_list("siret", flat=True)
    return {sirets.index(siret) for siret in rows}


def test_undone_and_done_again_by_another_administrateur(company: Inscription, admin: Acteur) -> None:
    other = world.administrateur(company)
    operations.apply(by=admin, wanted=cells(admin, 0, 1))
    change = operations.apply(by=admin, wanted=[*cells(admin, 2), *cells(admin, 0, on=False)])
    assert held(admin) == {1, 2}
    undone = operations.undo(by=other, changement_id=change.pk)
    assert (held(admin), undone.refused, undone.changement.undoes_id) == ({0, 1}, [], change.pk)
    again = operations.undo(by=admin, changement_id=undone.changement.pk)
    assert (held(admin), again.refused) == ({1, 2}, [])
    operations.undo(by=admin, changement_id=again.changement.pk)
    assert held(admin) == {0, 1}
    with pytest.raises(AlreadyUndone):
        operations.undo(by=admin, changement_id=change.pk)


def test_lines_that_somebody_changed_since_stay_and_are_named(company: Inscription, admin: Acteur) -> None:
    operations.apply(by=admin, wanted=cells(admin, 0, 1))
    change = operations.apply(by=admin, wanted=[*cells(admin, 2), *cells(admin, 0, 1, on=False)])
    operations.apply(by=admin, wanted=[*cells(admin, 0), *cells(admin, 2, on=False)])
    operations.apply(by=admin, wanted=cells(admin, 0, on=False))  # as the change left it, and yet touched
    undone = operations.undo(by=admin, changement_id=change.pk)
    assert held(admin) == {1}
    sirets = world.sirets(company)
    assert [(line.siret, line.reason) for line in undone.refused] == [
        (sirets[0], Reason.CHANGED_SINCE),
        (sirets[2], Reason.CHANGED_SINCE),
    ]
    assert all(line.sentence and line.name for line in undone.refused)


def test_nobody_gets_back_what_they_could_not_be_given(company: Inscription, admin: Acteur) -> None:
    omar = world.declarant(company)
    operations.apply(by=admin, wanted=[*cells(omar, 0), *cells(admin, 0, 1)])
    change = operations.apply(by=admin, wanted=[*cells(omar, 0, on=False), *cells(admin, 0, 1, on=False)])
    operations.remove(by=admin, acteur_id=omar.pk)
    operations.choose_etablissements(by=admin, sirets=world.sirets(company)[1:])
    undone = operations.undo(by=admin, changement_id=change.pk)
    assert {line.reason for line in undone.refused} == {Reason.ENDED, Reason.ETABLISSEMENT_UNTICKED}
    assert (held(omar), held(admin)) == (set(), {1})


def test_where_nothing_can_be_restored_it_may_be_tried_again(company: Inscription, admin: Acteur) -> None:
    change = operations.apply(by=admin, wanted=cells(admin, 0))
    closing = operations.apply(by=admin, wanted=cells(admin, 0, on=False))
    first = operations.undo(by=admin, changement_id=change.pk)
    assert not first.changement.opened + first.changement.closed
    assert len(first.refused) == 1
    operations.undo(by=admin, changement_id=closing.pk)
    assert held(admin) == {0}
    assert operations.undo(by=admin, changement_id=change.pk).changement.pk is None


def test_departures_are_not_undone_and_the_list_says_so(company: Inscription, admin: Acteur) -> None:
    omar, jeanne = world.declarant(company), world.declarant(company)
    operations.apply(by=admin, wanted=cells(omar, 0))
    operations.remove(by=admin, acteur_id=omar.pk, successor_id=jeanne.pk)
    operations.remove(by=admin, acteur_id=jeanne.pk)
    changes = list(Changement.objects.order_by("-at"))
    assert [one.origine for one in changes] == [Origine.DEPART, Origine.TRANSFERT, Origine.MANUELLE]
    assert [one.undoable for one in queries.changements(acteur=admin).lines] == [False, False, True]
    for change in changes[:2]:
        with pytest.raises(NotUndoable):
            operations.undo(by=admin, changement_id=change.pk)


def test_changes_of_others_are_no_changes(admin: Acteur) -> None:
    stranger = world.administrateur(world.company())
    change = operations.apply(by=admin, wanted=cells(admin, 0))
    for pk in (change.pk, 0, -1, 2**70):
        with pytest.raises(ChangementNotFound):
            operations.undo(by=stranger, changement_id=pk)
