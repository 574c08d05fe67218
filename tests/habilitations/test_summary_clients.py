"""How many rights are of clients whose delay is not over."""

import datetime as dt

import pytest

from guichet.habilitations.queries.summary import by_declaration
from guichet.kernel import clock
from tests.espaces.declarant.acting import rights
from tests.portefeuilles import world

pytestmark = pytest.mark.django_db


def test_rights_on_clients_that_wait_are_counted_apart_until_the_delay_is_over() -> None:
    cabinet = world.tiers()
    folder = world.portefeuille(cabinet.inscription)
    here = world.cliente(folder, places=2)
    waiting = world.cliente(folder, starts_after=dt.timedelta(days=8))
    other = world.tiers()
    stranger = world.cliente(world.portefeuille(other.inscription), starts_after=dt.timedelta(days=8))
    boss = cabinet.administrateur
    rights(boss, [*world.sirets(here), *world.sirets(waiting)], ["dsn"])
    rights(other.administrateur, world.sirets(stranger), ["dsn"])
    found = by_declaration(acteur=boss, acteur_id=boss.pk)["dsn"]
    assert (found.number, found.later, found.now) == (3, 1, 2)
    with clock.travel(dt.timedelta(days=8, seconds=1)):
        found = by_declaration(acteur=boss, acteur_id=boss.pk)["dsn"]
        assert (found.number, found.later) == (3, 0)
    alone = by_declaration(acteur=other.administrateur, acteur_id=other.administrateur.pk)["dsn"]
    assert (alone.number, alone.now) == (1, 0)
