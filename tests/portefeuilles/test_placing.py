"""Établissements enter portfolios and leave them, by sets."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection

from guichet.inscriptions.models import Changement, DeclarationInscrite
from guichet.inscriptions.rules import Genre
from guichet.kernel import clock
from guichet.portefeuilles.models import Cliente, EtablissementClient, Portefeuille
from guichet.portefeuilles.operations import placing, tell_begun
from guichet.portefeuilles.operations.placing import Entered, TakenOut
from guichet.portefeuilles.queries.placing import all_of, companies, judged, sirets, whole
from guichet.portefeuilles.rules import Refus
from guichet.portefeuilles.states import Fin
from tests.entreprises import files
from tests.inscriptions import world as people
from tests.portefeuilles import world

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Firm:
    """A firm with a portfolio."""

    cabinet: world.Cabinet
    portefeuille: Portefeuille

    def enter(self, *places: str) -> Entered:
        """Établissements enter the portfolio, in a change of their own."""
        return placing.enter(self.portefeuille, sirets(places), self.change())

    def leave(self, *places: str, because: Fin = Fin.TIERS) -> TakenOut:
        """Établissements leave it, in a change of their own."""
        return placing.take_out(self.portefeuille, sirets(places, given=False), self.change(), because)

    def change(self) -> Changement:
        """A change that begins now."""
        return world.changement(self.cabinet.inscription)

    def cliente(self, siren: str) -> Cliente:
        """The client that has this number now."""
        return Cliente.objects.get(inscription=self.cabinet.inscription, siren=siren, closed_at=None)


@pytest.fixture
def firm() -> Firm:
    cabinet = world.tiers()
    return Firm(cabinet, world.portefeuille(cabinet.inscription))


def company(places: int = 1, **values: str) -> list[str]:
    """The SIRETs of a company that the register has, and nobody declares for."""
    rank = people.a_rank()
    people.put_into_register(rank, places=places, **values)
    return [files.siret(rank, place) for place in range(1, places + 1)]


def reasons(portefeuille: Portefeuille, places: Collection[str], *, given: bool = True) -> Mapping[str, str]:
    """By SIRET, what the judgement says: « already », a code of ``Refus``, or nothing."""
    source = sirets(places, given=given)
    statement = judged(source, "SELECT siret, CASE WHEN already THEN 'already' ELSE reason END FROM judged")
    with connection.cursor() as cursor:
        params: dict[str, Any] = {**source.params, "portefeuille": portefeuille.pk}
        cursor.execute(statement, params)
        return dict(cursor.fetchall())


def test_a_company_comes_with_its_name_its_places_and_what_the_portfolio_contains(firm: Firm) -> None:
    places = company(3, name="L’Épicerie du Bœuf, S.A.R.L.")
    assert firm.enter(*places) == Entered(clientes=1, etablissements=3, declarations=2)
    found = firm.cliente(places[0][:9])
    assert (found.name, found.sort_key) == ("L’Épicerie du Bœuf, S.A.R.L.", "L EPICERIE DU BOEUF S A R L")
    assert (world.sirets(found), world.codes(found)) == (places, ["c3s", "dsn"])
    assert found.began_at == found.opened_at == found.opened_in.at
    assert found.portefeuille == firm.portefeuille


def test_a_declaration_of_a_client_starts_after_its_delay_and_never_before_the_firm_s(firm: Firm) -> None:
    late = clock.now() + 30 * DAY
    DeclarationInscrite.objects.filter(inscription=firm.cabinet.inscription, code="c3s").update(opens_at=late)
    (place,) = company()
    firm.enter(place)
    found = firm.cliente(place[:9])
    starts = dict(found.declarations.values_list("code", "starts_at"))
    assert starts == {"dsn": found.began_at + 8 * DAY, "c3s": late}


def test_another_place_of_a_client_neither_ends_nor_renews_anything(firm: Firm) -> None:
    first, second = company(2)
    firm.enter(first)
    before = firm.cliente(first[:9])
    assert firm.enter(first, second) == Entered(clientes=0, etablissements=1, declarations=0)
    after = firm.cliente(first[:9])
    assert (after.pk, after.began_at, world.sirets(after)) == (before.pk, before.began_at, [first, second])


def test_a_company_of_restricted_diffusion_keeps_its_name_to_itself(firm: Firm) -> None:
    (place,) = company(name="DUPONT JEAN", statutDiffusion="P")
    firm.enter(place)
    found = firm.cliente(place[:9])
    assert (found.name, found.sort_key) == ("", "")


def test_why_a_place_cannot_enter(firm: Firm) -> None:
    inscription = firm.cabinet.inscription
    other = world.portefeuille(inscription, "Autres")
    fine, closed = company(2)
    people.close_place(closed)
    unknown = files.siret(people.a_rank())
    elsewhere = world.sirets(world.cliente(other))[0]
    gone = world.cliente(firm.portefeuille)
    (left,) = world.sirets(gone)
    world.ended(gone, Fin.CLIENT)
    there = world.sirets(world.cliente(firm.portefeuille))[0]
    assert reasons(
        firm.portefeuille, [fine, closed, unknown, elsewhere, left, there, inscription.siret, "x", ""]
    ) == {
        fine: "",
        closed: Refus.CLOSED_IN_REGISTER,
        unknown: Refus.NOT_IN_REGISTER,
        elsewhere: Refus.ELSEWHERE,
        left: Refus.ENDED_BY_CLIENT,
        there: "already",
        inscription.siret: Refus.OWN_COMPANY,
        "x": Refus.NOT_IN_REGISTER,
        "": Refus.NOT_IN_REGISTER,
    }


def test_what_cannot_enter_does_not(firm: Firm) -> None:
    fine, closed = company(2)
    people.close_place(closed)
    assert firm.enter(fine, closed, files.siret(people.a_rank())) == Entered(
        clientes=1, etablissements=1, declarations=2
    )
    assert world.sirets(firm.cliente(fine[:9])) == [fine]


def test_another_place_of_a_client_of_another_portfolio_stays_out(firm: Firm) -> None:
    rank = people.a_rank()
    other = world.portefeuille(firm.cabinet.inscription, "Autres")
    world.cliente(other, rank=rank)
    second = people.put_place(rank, 2)
    assert reasons(firm.portefeuille, [second]) == {second: Refus.ELSEWHERE}
    assert firm.enter(second) == Entered()


def test_a_place_that_the_register_closed_since_stays_where_it_is(firm: Firm) -> None:
    (place,) = company()
    firm.enter(place)
    people.close_place(place)
    assert reasons(firm.portefeuille, [place]) == {place: "already"}


def test_a_client_of_another_firm_may_come_too(firm: Firm) -> None:
    rival = world.tiers()
    theirs = world.cliente(world.portefeuille(rival.inscription))
    (place,) = world.sirets(theirs)
    assert firm.enter(place).clientes == 1
    assert Cliente.objects.filter(siren=theirs.siren, closed_at=None).count() == 2


def test_who_ended_the_tie_is_safe_from_the_firm_under_another_inscription_too(firm: Firm) -> None:
    """A firm that resilies and registers anew is the same firm."""
    gone = world.ended(world.cliente(firm.portefeuille), Fin.CLIENT)
    (place,) = list(gone.etablissements.values_list("siret", flat=True))
    former = firm.cabinet.inscription
    former.ended_at, former.ended_because = clock.now(), "demande"
    former.save()
    again = people.company(Genre.TIERS, registered=False, rank=int(former.siren[:8]) - 2000)
    assert again.siren == former.siren
    assert reasons(world.portefeuille(again), [place]) == {place: Refus.ENDED_BY_CLIENT}
    gone.let_back_at = clock.now()
    gone.save()
    assert reasons(world.portefeuille(again, "B"), [place]) == {place: ""}


def test_places_leave_and_the_last_one_ends_the_client(firm: Firm) -> None:
    first, second = company(2)
    firm.enter(first, second)
    found = firm.cliente(first[:9])
    assert firm.leave(first) == TakenOut(clientes=0, etablissements=1, declarations=0)
    assert (world.sirets(found), world.codes(found)) == ([second], ["c3s", "dsn"])
    assert firm.leave(second) == TakenOut(clientes=1, etablissements=1, declarations=2)
    found.refresh_from_db()
    assert (found.closed_because, world.sirets(found), world.codes(found)) == (Fin.TIERS, [], [])
    assert found.closed_in
    assert found.closed_at == found.closed_in.at


def test_what_is_not_there_leaves_nothing(firm: Firm) -> None:
    other = world.portefeuille(firm.cabinet.inscription, "Autres")
    (theirs,) = world.sirets(world.cliente(other))
    (nobodys,) = company()
    assert reasons(firm.portefeuille, [theirs, nobodys], given=False) == {
        theirs: Refus.NOT_THERE,
        nobodys: Refus.NOT_THERE,
    }
    assert firm.leave(theirs, nobodys) == TakenOut()
    assert Cliente.objects.filter(closed_at=None).count() == 1


def test_a_company_that_changes_places_in_one_change_stays_a_client(firm: Firm) -> None:
    first, second = company(2)
    firm.enter(first)
    before, change = firm.cliente(first[:9]), firm.change()
    placing.enter(firm.portefeuille, sirets([second]), change)
    assert placing.take_out(firm.portefeuille, sirets([first], given=False), change).clientes == 0
    after = firm.cliente(first[:9])
    assert (after.pk, world.sirets(after)) == (before.pk, [second])


def test_one_that_comes_back_begins_anew(firm: Firm) -> None:
    (place,) = company()
    firm.enter(place)
    began_at = firm.cliente(place[:9]).began_at
    firm.leave(place)
    firm.enter(place)
    assert firm.cliente(place[:9]).began_at > began_at
    assert EtablissementClient.objects.filter(siret=place).count() == 2


def test_every_place_of_companies_and_of_portfolios(firm: Firm) -> None:
    one, other = company(3), company(2)
    people.close_place(one[1])
    source = companies([one[0][:9], other[0][:9], one[0][:9], "x\0"])
    assert placing.enter(firm.portefeuille, source, firm.change()).etablissements == 4
    mine = firm.cliente(one[0][:9])
    assert placing.take_out(firm.portefeuille, whole(mine), firm.change()).etablissements == 2
    assert placing.take_out(firm.portefeuille, all_of(firm.portefeuille), firm.change()).clientes == 1


def test_each_is_journalled_and_nothing_is_where_nothing_changed(firm: Firm) -> None:
    (place,) = company()
    firm.enter(place)
    firm.enter(place)
    firm.leave(place, because=Fin.RESILIATION)
    firm.leave(place)
    assert people.events(firm.cabinet.inscription.subject) == [
        "inscription.clientes_entered",
        "inscription.clientes_taken_out",
    ]


def test_a_company_that_declares_here_is_told_once_who_begins_for_it(firm: Firm) -> None:
    mine = people.company(Genre.MULTI)
    boss, colleague = people.administrateur(mine), people.declarant(mine)
    change = firm.change()
    placing.enter(firm.portefeuille, sirets([*people.sirets(mine), *company()]), change)
    assert people.jobs("portefeuilles.tell_clientes") == [{"changement_id": change.pk}]
    assert tell_begun(changement_id=change.pk) == 1
    assert tell_begun(changement_id=change.pk) == 0
    assert people.boxed(boss.account) == ["portefeuilles/tiers_commence"]
    assert people.boxed(colleague.account) == []


def test_nobody_is_told_of_companies_that_do_not_declare_here(firm: Firm) -> None:
    firm.enter(*company())
    assert people.jobs("portefeuilles.tell_clientes") == []


def test_who_left_meanwhile_is_not_told(firm: Firm) -> None:
    mine = people.company(Genre.MULTI)
    boss, change = people.administrateur(mine), firm.change()
    placing.enter(firm.portefeuille, sirets(people.sirets(mine)), change)
    firm.leave(*people.sirets(mine))
    assert tell_begun(changement_id=change.pk) == 0
    assert people.boxed(boss.account) == []
