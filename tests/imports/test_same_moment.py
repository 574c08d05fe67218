"""Two administrateurs, two workers, a page and a worker at the same moment: one order, nothing torn."""

import threading
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction

from guichet.imports import operations, queries
from guichet.imports.models import Demande
from guichet.imports.operations import Begun, applying, progress
from guichet.imports.states import Etat
from guichet.inscriptions.models import Changement
from guichet.inscriptions.operations import lock
from guichet.portefeuilles.models import EtablissementClient, Portefeuille
from tests.at_once import at_once
from tests.imports import world
from tests.imports.test_life import adding, etat, held, new_places
from tests.inscriptions import world as people
from tests.portefeuilles import world as firms

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("empty_register")]


@pytest.fixture
def cabinet() -> firms.Cabinet:
    return firms.tiers(declarants=1)


@pytest.fixture
def est(cabinet: firms.Cabinet) -> Portefeuille:
    return firms.portefeuille(cabinet.inscription, "Cabinet Est")


def validated(cabinet: firms.Cabinet, portefeuille: Portefeuille, content: bytes) -> Demande:
    made = world.ready(portefeuille, cabinet.administrateur, content)
    return operations.validate(by=cabinet.administrateur, demande_id=made.pk)


def failures(results: list[Any], *expected: type[Exception]) -> list[Any]:
    return [one for one in results if isinstance(one, Exception) and not isinstance(one, expected)]


def run_all() -> None:
    """What workers do: every job that waits, once each, until none does."""
    for _ in range(10):
        for waiting in Demande.objects.filter(etat__in=[Etat.VALIDEE, Etat.EN_COURS]):
            operations.run(demande_id=waiting.pk)


def test_a_request_is_deleted_or_begins(cabinet: firms.Cabinet, est: Portefeuille) -> None:
    for _ in range(5):
        [siret] = new_places()
        made = validated(cabinet, est, adding(siret))
        results = at_once(
            partial(operations.run, demande_id=made.pk),
            partial(operations.delete, by=cabinet.administrateur, demande_id=made.pk),
        )
        assert not failures(results, Begun), results
        deleted = not isinstance(results[1], Begun)
        assert etat(made) is (Etat.SUPPRIMEE if deleted else Etat.OK)
        assert (siret in held(est)) is not deleted


def test_a_request_is_deleted_while_it_is_read(cabinet: firms.Cabinet, est: Portefeuille) -> None:
    for _ in range(5):
        made = world.deposited(est, cabinet.administrateur, adding(*new_places()))
        results = at_once(
            partial(operations.read, demande_id=made.pk),
            partial(operations.delete, by=cabinet.administrateur, demande_id=made.pk),
        )
        assert not failures(results), results
        assert etat(made) is Etat.SUPPRIMEE
        assert not made.lignes.exists()


def test_two_workers_read_the_same_file(cabinet: firms.Cabinet, est: Portefeuille) -> None:
    made = world.deposited(est, cabinet.administrateur, adding(*new_places(3)))
    results = at_once(*[lambda: operations.read(demande_id=made.pk) for _ in range(3)])
    assert not failures(results), results
    assert (etat(made), made.lignes.count()) == (Etat.PRETE, 3)
    assert people.events(made.subject).count("import.prete") == 1


def test_two_workers_apply_the_same_file(cabinet: firms.Cabinet, est: Portefeuille) -> None:
    made = validated(cabinet, est, adding(*new_places(3)))
    before = Changement.objects.count()
    results = at_once(*[lambda: operations.run(demande_id=made.pk) for _ in range(3)])
    assert not failures(results), results
    assert (etat(made), Changement.objects.count()) == (Etat.OK, before + 1)


def test_two_clicks_on_validate(cabinet: firms.Cabinet, est: Portefeuille) -> None:
    made = world.ready(est, cabinet.administrateur, adding(*new_places()))
    act = lambda: operations.validate(by=cabinet.administrateur, demande_id=made.pk)  # noqa: E731
    results = at_once(act, act, act)
    assert not failures(results), results
    assert len(people.jobs("imports.run")) == 1


def test_two_requests_for_the_same_lines_tell_the_truth(cabinet: firms.Cabinet, est: Portefeuille) -> None:
    """The second finds what the first did: so already, and not added twice."""
    shared, mine, yours = new_places(3)
    one = validated(cabinet, est, adding(shared, mine))
    other = validated(cabinet, est, adding(shared, yours))
    results = at_once(lambda: operations.run(demande_id=one.pk), lambda: operations.run(demande_id=other.pk))
    assert not failures(results), results
    run_all()
    assert (etat(one), etat(other)) == (Etat.OK, Etat.OK)
    assert held(est) == {shared, mine, yours}
    assert sorted((made.counts["ajouts"], made.counts["deja"]) for made in (one, other)) == [(1, 1), (2, 0)]
    assert EtablissementClient.objects.filter(siret=shared).count() == 1


def test_two_portfolios_want_the_same_company(cabinet: firms.Cabinet, est: Portefeuille) -> None:
    ouest = firms.portefeuille(cabinet.inscription, "Cabinet Ouest")
    [siret] = new_places()
    one, other = validated(cabinet, est, adding(siret)), validated(cabinet, ouest, adding(siret))
    results = at_once(lambda: operations.run(demande_id=one.pk), lambda: operations.run(demande_id=other.pk))
    assert not failures(results), results
    for demande in (one, other):  # as the job does that the first one left for the second
        operations.run(demande_id=demande.pk)
    assert sorted([etat(one), etat(other)]) == [Etat.KO, Etat.OK]
    assert (held(est) == {siret}) is (etat(one) is Etat.OK)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[threading.Event, threading.Event]]:
    """Applying stops in its midst, once it told of its progress, until the test lets it go on."""
    reached, go_on, real = threading.Event(), threading.Event(), applying.apply

    def apply(demande: Demande, by: str, tell: Any) -> Any:
        made = real(demande, by, tell)
        monkeypatch.setattr(progress, "EVERY", 0)
        tell(1, 2)
        reached.set()
        assert go_on.wait(20)
        return made

    monkeypatch.setattr(applying, "apply", apply)
    yield reached, go_on
    go_on.set()


def test_pages_see_how_far_it_is_while_nothing_is_done_yet(
    cabinet: firms.Cabinet, est: Portefeuille, slow: tuple[threading.Event, threading.Event]
) -> None:
    reached, go_on = slow
    by, [siret, next_one] = cabinet.administrateur, new_places(2)
    made = validated(cabinet, est, adding(siret))
    worker = threading.Thread(target=at_once, args=[partial(operations.run, demande_id=made.pk)])
    worker.start()
    assert reached.wait(20)
    found = queries.demande(acteur=by, demande_id=made.pk)
    assert (found.etat, found.done, found.total) == (Etat.EN_COURS, 1, 2)
    assert held(est) == set()
    with pytest.raises(Begun):
        operations.delete(by=by, demande_id=made.pk)
    # Another file is sent, read and validated meanwhile: nobody waits for the one that runs.
    other = validated(cabinet, est, adding(next_one))
    operations.run(demande_id=other.pk)
    assert etat(other) is Etat.VALIDEE
    go_on.set()
    worker.join(20)
    assert etat(made) is Etat.OK
    assert {"demande_id": str(other.pk)} in people.jobs("imports.run")
    operations.run(demande_id=other.pk)
    assert etat(other) is Etat.OK


def test_progress_never_waits_for_its_own_transaction(
    cabinet: firms.Cabinet, est: Portefeuille, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "EVERY", 0)
    made = world.demande(est, cabinet.administrateur)
    with transaction.atomic(), progress.told(made.pk) as tell:
        tell(1, 3)
        assert etat(made) is Etat.LECTURE
        assert made.done == 1
        Demande.objects.filter(pk=made.pk).update(file_name="held by us")
        tell(2, 3)
    made.refresh_from_db()
    assert (made.done, made.file_name) == (1, "held by us")


def test_a_company_that_is_held_keeps_nobody_from_sending(cabinet: firms.Cabinet, est: Portefeuille) -> None:
    sent: list[Any] = []
    content = adding(*new_places())

    def send() -> None:
        try:
            sent.append(validated(cabinet, est, content))
        finally:
            connection.close()

    with transaction.atomic():
        lock(cabinet.inscription.pk)
        sender = threading.Thread(target=send)
        sender.start()
        sender.join(20)
        assert [one.etat for one in sent] == [Etat.VALIDEE]
