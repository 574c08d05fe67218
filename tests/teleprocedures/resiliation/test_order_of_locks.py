"""Who decides holds the company before the filing, as whoever goes does: neither waits for the other."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from guichet.depots.models import Depot
from guichet.inscriptions.models import Inscription
from guichet.inscriptions.operations import lock
from guichet.instruction import operations as desk
from tests.inscriptions import world
from tests.inscriptions.conftest import empty_register
from tests.instruction.people import agent as an_agent
from tests.teleprocedures.acces.test_acces import Asker as Candidate
from tests.teleprocedures.resiliation.filer import Asker

__all__ = ["empty_register"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("empty_register")]
WAITS = 0.3  # seconds in which whoever must wait would have ended


def a_resiliation() -> Depot:
    company = world.company(places=3)
    world.administrateur(company)
    return Asker(world.administrateur(company)).asked()


def an_access() -> Depot:
    company = world.company()
    world.administrateur(company)
    return Candidate(world.candidate(company)).asked()


@pytest.mark.parametrize("asked", [a_resiliation, an_access])
def test_a_decision_holds_no_filing_while_it_waits_for_the_company(asked: Callable[[], Depot]) -> None:
    depot, agent = asked(), an_agent(name="Camille Aubert")
    company, done = Inscription.objects.get(siren=depot.siren), threading.Event()

    def decide() -> None:
        try:
            desk.accept(agent=agent, depot_id=depot.pk)
            done.set()
        finally:
            connection.close()

    decider = threading.Thread(target=decide)
    with transaction.atomic():
        lock(company.pk)
        decider.start()
        assert not done.wait(WAITS)
        Depot.objects.select_for_update(nowait=True).get(pk=depot.pk)
    assert done.wait(20)
    decider.join(20)
