"""Who acts for a company, what it declares, and where."""

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from guichet.accounts.models import Provisional
from guichet.inscriptions import queries
from guichet.inscriptions.models import Acteur, EtablissementInscrit
from guichet.inscriptions.queries import ActeurNotFound
from guichet.inscriptions.rules import LAPSES_AFTER, NEW_FOR, Genre, Role
from guichet.kernel import clock
from tests.inscriptions import world
from tests.inscriptions.world import SECOND

pytestmark = pytest.mark.django_db
AtMost = Callable[[int], AbstractContextManager[None]]


def test_whom_an_account_acts_for() -> None:
    company = world.company()
    boss, waiting = world.administrateur(company), world.candidate(company)
    for one in (boss, waiting):
        found = queries.acteur_of(account=one.account)
        assert found == one
        assert found.inscription == company
    assert queries.acteur_of(account=world.account(company.siret)) is None
    assert queries.acteur_of(account=world.ended(boss).account) is None


def test_a_candidate_acts_for_nobody_from_the_second_on_in_which_it_lapses() -> None:
    waiting = world.candidate(world.company())
    until = waiting.candidature.lapses_at - clock.now()
    with clock.travel(until - SECOND):
        assert queries.acteur_of(account=waiting.account)
        assert queries.candidature_of(account=waiting.account)
    with clock.travel(until):
        assert queries.acteur_of(account=waiting.account) is None
        assert queries.candidature_of(account=waiting.account) is None


def test_days_left_are_begun_days() -> None:
    waiting = world.candidate(world.company())
    found = queries.candidature_of(account=waiting.account)
    assert found
    assert (found.days_left, found.lapses_at - found.asked_at) == (15, LAPSES_AFTER)
    with world.after(14, less=SECOND):
        again = queries.candidature_of(account=waiting.account)
    with world.after(14.01):
        last = queries.candidature_of(account=waiting.account)
    assert again
    assert last
    assert (again.days_left, last.days_left) == (2, 1)


def test_people_administrateurs_first_with_who_created_them() -> None:
    company = world.company()
    boss = world.administrateur(company, "Zoé Abel", declarant=False)
    late = world.declarant(company, "Anne Zola")
    early = world.declarant(company, "Ali Petit")
    Acteur.objects.filter(pk=late.pk).update(created_by=boss.account.subject)
    Provisional.objects.create(
        account=late.account, hash="x", given_at=clock.now(), given_by="system", expires_at=clock.now()
    )
    world.candidate(company)
    world.ended(world.declarant(company))
    found = queries.people(acteur=early)
    assert [one.name for one in found] == ["Zoé Abel", "Ali Petit", "Anne Zola"]
    assert [one.created_by for one in found] == ["", "", "Zoé Abel"]
    assert [bool(one.provisional) for one in found] == [False, False, True]
    assert found[0].roles == (Role.ADMINISTRATEUR,)
    assert found[1].roles == (Role.DECLARANT,)
    assert [one.name for one in queries.administrateurs(inscription=company)] == ["Zoé Abel"]


def test_as_many_queries_for_three_people_as_for_twenty(assert_queries: AtMost) -> None:
    company = world.company()
    boss = world.administrateur(company)
    for _ in range(20):
        world.declarant(company)
    Acteur.objects.exclude(pk=boss.pk).update(created_by=boss.account.subject)
    with assert_queries(3):
        assert len(queries.people(acteur=boss)) == 21


def test_nobody_but_people_of_the_company_sees_its_people() -> None:
    company, other = world.company(), world.company()
    boss, waiting, stranger = (
        world.administrateur(company),
        world.candidate(company),
        world.administrateur(other),
    )
    assert queries.people(acteur=waiting) == []
    assert queries.candidates(acteur=world.declarant(company)) == []
    assert queries.candidates(acteur=waiting) == []
    assert queries.candidates(acteur=stranger) == []
    assert [one.acteur for one in queries.candidates(acteur=boss)] == [waiting]
    assert queries.colleague(acteur=boss, acteur_id=boss.pk).acteur == boss
    for acteur, wanted in ((boss, stranger), (stranger, boss), (waiting, boss), (boss, waiting)):
        with pytest.raises(ActeurNotFound):
            queries.colleague(acteur=acteur, acteur_id=wanted.pk)
    gone = world.ended(boss)
    assert (queries.people(acteur=gone), queries.candidates(acteur=gone)) == ([], [])


@pytest.mark.parametrize(("less", "is_open", "days"), [(SECOND, False, 1), (SECOND * 0, True, 0)])
def test_a_declaration_opens_to_the_second(less: dt.timedelta, is_open: bool, days: int) -> None:
    company = world.company(declarations=["c3s", "dsn"], opens_after=dt.timedelta(days=8))
    opens = company.declarations.latest("opens_at").opens_at
    found = queries.declarations(inscription=company, at=opens - less)
    assert [(one.code, one.is_open, one.days_left) for one in found] == [
        ("dsn", is_open, days),
        ("c3s", is_open, days),
    ]


def test_what_was_declared_at_another_moment() -> None:
    company, now = world.company(), clock.now()
    company.declarations.filter(code="dsn").update(removed_at=now, removed_by="system")
    assert [one.code for one in queries.declarations(inscription=company)] == ["c3s"]
    assert len(queries.declarations(inscription=company, at=now - dt.timedelta(microseconds=1))) == 2
    assert queries.declarations(inscription=company, at=company.began_at - SECOND) == []


def test_a_declaration_that_no_catalogue_knows_keeps_its_code() -> None:
    (found,) = queries.declarations(inscription=world.company(declarations=["perdue"]))
    assert (found.label, found.is_open) == ("perdue", True)


def test_places_are_those_of_the_register() -> None:
    rank = world.a_rank()
    company = world.company(Genre.MULTI, rank=rank, places=4, ticked=2)
    siege, second, third, fourth = world.sirets(company)
    world.close_place(second)
    EtablissementInscrit.objects.filter(siret=fourth).update(found_at=clock.now())
    found = queries.etablissements(inscription=company)
    assert [one.siret for one in found] == [siege, third, fourth, second]
    assert [one.ticked for one in found] == [True, False, False, True]
    assert [one.closed for one in found] == [False, False, False, True]
    assert [one.new for one in found] == [False, False, True, False]
    assert found[0].is_siege
    assert found[0].address == "12 B AVENUE DES LILAS, 44000 NANTES"
    with clock.travel(NEW_FOR):
        assert not any(one.new for one in queries.etablissements(inscription=company))


def test_a_company_that_the_register_lost() -> None:
    company = world.company(registered=False)
    assert queries.name_of_company(company).replace("\u00a0", "") == company.siren
    assert all(one.address == "" for one in queries.etablissements(inscription=company))


def test_the_living_inscription_of_a_siren() -> None:
    company = world.company()
    assert queries.living(siren=company.siren) == company
    company.ended_at, company.ended_because = clock.now(), "resiliation"
    company.save()
    assert queries.living(siren=company.siren) is None
