"""What a company declares and where, what the register tells of it, and how it ends."""

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from guichet.courriers.models import Pli
from guichet.inscriptions import operations, queries
from guichet.inscriptions.models import Candidature, DeclarationInscrite, EtablissementInscrit
from guichet.inscriptions.operations import (
    CharterNotAccepted,
    DeclarationNotChosen,
    EtablissementUnknown,
    InscriptionEnded,
    NothingTicked,
    NotOffered,
    leaving,
)
from guichet.inscriptions.operations.holding import LastAdministrateur
from guichet.inscriptions.operations.places import differences
from guichet.inscriptions.rules import Genre
from guichet.inscriptions.states import Issue
from guichet.kernel import clock
from guichet.retention import operations as retention
from tests.at_once import at_once
from tests.inscriptions import world
from tests.inscriptions.world import PASSWORD, SECOND

pytestmark = pytest.mark.django_db
AtMost = Callable[[int], AbstractContextManager[None]]
DELAY = dt.timedelta(days=8)


def added_at(since: dt.timedelta, code: str = "pasrau") -> DeclarationInscrite:
    """A declaration that is added ``since`` its company began."""
    company = world.company(began_at=clock.now())
    boss = world.administrateur(company)
    with clock.travel(company.began_at + since - clock.now()):
        (made,) = operations.add_declarations(by=boss, codes=[code], charters=[])
    return made


def test_what_is_added_opens_8_days_after_the_beginning_or_at_once() -> None:
    early = added_at(dt.timedelta(days=3))
    assert early.opens_at == early.inscription.began_at + DELAY
    late = added_at(DELAY + SECOND)
    assert late.opens_at == late.added_at


def test_what_is_added_is_offered_and_its_charter_accepted() -> None:
    company = world.company(declarations=["c3s"])
    boss, other = world.administrateur(company), world.administrateur(company)
    with pytest.raises(CharterNotAccepted):
        operations.add_declarations(by=boss, codes=["c3s", "dsn"], charters=["c3s"])
    with pytest.raises(NotOffered):
        operations.add_declarations(by=boss, codes=["inventee"], charters=[])
    operations.add_declarations(by=boss, codes=["c3s", "dsn", "pasrau"], charters=["dsn"])
    assert operations.add_declarations(by=boss, codes=["dsn"], charters=["dsn"]) == []
    found = queries.declarations(inscription=company)
    assert [one.code for one in found] == ["dsn", "pasrau", "c3s"]
    assert DeclarationInscrite.objects.get(code="dsn").charter_accepted_at
    assert world.boxed(other.account) == ["inscriptions/declarations"]


def test_a_declaration_leaves_and_may_come_back() -> None:
    company = world.company()
    boss = world.administrateur(company)
    operations.remove_declaration(by=boss, code="c3s")
    with pytest.raises(DeclarationNotChosen):
        operations.remove_declaration(by=boss, code="c3s")
    assert [one.code for one in queries.declarations(inscription=company)] == ["dsn"]
    operations.add_declarations(by=boss, codes=["c3s"], charters=[])
    assert DeclarationInscrite.objects.filter(inscription=company, code="c3s").count() == 2


def test_ticked_and_unticked() -> None:
    company = world.company(places=4, ticked=2)
    boss, other = world.administrateur(company), world.administrateur(company)
    first, second, third, fourth = world.sirets(company)
    world.close_place(fourth)
    operations.sync_etablissements()
    assert operations.tick(by=boss, sirets=[second, third]) == ([third], [first])
    assert operations.tick(by=boss, sirets=[second, third]) == ([], [])
    assert world.boxed(other.account) == ["inscriptions/etablissements"]
    with pytest.raises(NothingTicked):
        operations.tick(by=boss, sirets=[])
    for siret in (fourth, world.company().siret, ""):
        with pytest.raises(EtablissementUnknown):
            operations.tick(by=boss, sirets=[second, siret])


def test_one_that_closes_stays_ticked_for_its_last_declarations() -> None:
    company = world.company(places=2)
    boss = world.administrateur(company)
    first, second = world.sirets(company)
    world.close_place(second)
    assert operations.sync_etablissements() == 1
    assert operations.tick(by=boss, sirets=[first, second]) == ([], [])
    found = queries.etablissements(inscription=company)
    assert [(one.siret, one.ticked, one.closed) for one in found] == [
        (first, True, False),
        (second, True, True),
    ]


def test_one_that_is_resilie_is_never_ticked_again() -> None:
    company = world.company(places=2)
    boss = world.administrateur(company)
    first, second = world.sirets(company)
    for _ in range(2):
        operations.end_etablissement(inscription_id=company.pk, siret=second, actor="account:agent")
    with pytest.raises(EtablissementUnknown):
        operations.tick(by=boss, sirets=[first, second])
    with pytest.raises(EtablissementUnknown):
        operations.end_etablissement(inscription_id=company.pk, siret=world.company().siret, actor="x")
    assert world.boxed(boss.account) == ["inscriptions/etablissements"]


def test_new_ones_appear_unticked_and_are_announced_once() -> None:
    rank = world.a_rank()
    company = world.company(rank=rank, places=1)
    boss, declarant = world.administrateur(company), world.declarant(company)
    two, three = world.put_place(rank, 2), world.put_place(rank, 3)
    world.put_place(rank, 4, etatAdministratif="F")  # closed before anybody knew it
    with world.after(1):
        assert operations.sync_etablissements() == 1
        assert operations.sync_etablissements() == 0
        found = {one.siret: one for one in queries.etablissements(inscription=company)}
    assert sorted(found) == [company.siret, two, three]
    assert [(found[siret].ticked, found[siret].new) for siret in (two, three)] == [(False, True)] * 2
    assert world.boxed(boss.account) == ["inscriptions/etablissements_nouveaux"]
    assert "Leur nombre : 2." in Pli.objects.get().body
    assert world.boxed(declarant.account) == []


@pytest.mark.parametrize("genre", [Genre.MONO, Genre.TIERS])
def test_only_companies_of_several_take_new_ones(genre: Genre) -> None:
    rank = world.a_rank()
    world.company(genre, rank=rank)
    world.put_place(rank, 2)
    assert operations.sync_etablissements() == 0


def test_closed_ones_are_dated_and_open_again() -> None:
    company = world.company(Genre.MONO)
    world.close_place(company.siret)
    with world.after(1):
        assert operations.sync_etablissements() == 1
        closed = EtablissementInscrit.objects.get()
    assert closed.closed_at
    assert closed.closed_at > company.began_at + dt.timedelta(hours=23)
    world.reopen_place(company.siret)
    assert operations.sync_etablissements() == 1
    assert EtablissementInscrit.objects.get().closed_at is None


def test_one_statement_reads_all_companies(assert_queries: AtMost) -> None:
    for _ in range(20):
        rank = world.a_rank()
        world.company(rank=rank)
        world.put_place(rank, 8)
    ended = world.company(Genre.MULTI)
    world.close_place(ended.siret)
    operations.end(inscription_id=ended.pk, because="resiliation", actor="x")
    with assert_queries(1):
        assert len(differences()) == 20


def test_a_company_that_fails_does_not_hold_up_the_others() -> None:
    ranks = [world.a_rank(), world.a_rank()]
    companies = [world.company(rank=rank) for rank in ranks]
    for rank, company in zip(ranks, companies, strict=True):
        world.put_place(rank, 8)
        world.administrateur(company)
    broken = world.administrateur(companies[0])
    broken.account.profile, broken.account.identifier = {}, "ceci n’est pas un identifiant d’ici"
    broken.account.save()
    with pytest.raises(ExceptionGroup, match="1 failed, 1 changed"):
        operations.sync_etablissements()


def test_the_type_changes_and_nothing_is_lost() -> None:
    company = world.company(places=3)
    boss = world.administrateur(company)
    operations.change_genre(inscription_id=company.pk, genre=Genre.MONO, actor="account:agent")
    assert [one.ticked for one in queries.etablissements(inscription=company)] == [True, False, False]
    operations.change_genre(inscription_id=company.pk, genre=Genre.MONO, actor="account:agent")
    assert world.boxed(boss.account) == ["inscriptions/genre"]
    assert len(queries.people(acteur=boss)) == 1


def test_one_that_becomes_of_several_finds_its_places_in_a_moment() -> None:
    company = world.company(Genre.MONO)
    operations.change_genre(inscription_id=company.pk, genre=Genre.MULTI, actor="account:agent")
    assert world.jobs("inscriptions.sync_etablissements") == [{}]


@pytest.mark.parametrize("genre", [Genre.MONO, Genre.TIERS])
def test_one_that_is_not_of_several_ticks_no_other(genre: Genre) -> None:
    company = world.company(places=2)
    boss, (first, second) = world.administrateur(company), world.sirets(company)
    operations.change_genre(inscription_id=company.pk, genre=genre, actor="account:agent")
    for wanted in ([second], [first, second]):
        with pytest.raises(EtablissementUnknown):
            operations.tick(by=boss, sirets=wanted)
    assert operations.tick(by=boss, sirets=[first]) == ([], [])


def test_where_the_place_that_registered_it_left_another_one_declares() -> None:
    company = world.company(places=3)
    first, second, third = world.sirets(company)
    operations.end_etablissement(inscription_id=company.pk, siret=first, actor="account:agent")
    operations.change_genre(inscription_id=company.pk, genre=Genre.MONO, actor="account:agent")
    ticked = {one.siret: one.ticked for one in queries.etablissements(inscription=company)}
    assert ticked == {first: False, second: True, third: False}
    with pytest.raises(NothingTicked):
        operations.end_etablissement(inscription_id=company.pk, siret=second, actor="account:agent")
    operations.end_etablissement(inscription_id=company.pk, siret=first, actor="account:agent")


def test_it_ends_with_everybody_and_everything_asked() -> None:
    company = world.company()
    boss, one, late = world.administrateur(company), world.declarant(company), world.candidate(company)
    for _ in range(2):
        operations.end(inscription_id=company.pk, because="resiliation", actor="account:agent")
    assert [queries.acteur_of(account=who.account) for who in (boss, one, late)] == [None] * 3
    assert Candidature.objects.get().issue == Issue.CADUQUE
    assert world.boxed(one.account) == ["inscriptions/inscription_terminee"]
    assert world.boxed(late.account) == ["inscriptions/candidature_reponse"]
    with pytest.raises(InscriptionEnded):
        operations.change_genre(inscription_id=company.pk, genre=Genre.MONO, actor="x")
    with pytest.raises(InscriptionEnded):
        operations.admit(acteur_id=late.pk, actor="x")


def test_the_last_administrateur_of_others_does_not_close_the_account() -> None:
    company = world.company()
    boss, one = world.administrateur(company), world.declarant(company)
    with pytest.raises(LastAdministrateur):
        retention.close(account=boss.account, password=PASSWORD)
    retention.close(account=one.account, password=PASSWORD)
    assert world.boxed(boss.account) == ["inscriptions/equipe"]
    retention.close(account=boss.account, password=PASSWORD)
    assert queries.living(siren=company.siren) is None


def test_a_candidate_closes_the_account_and_one_of_two_administrateurs_too() -> None:
    company = world.company()
    boss, second, late = (
        world.administrateur(company),
        world.administrateur(company),
        world.candidate(company),
    )
    retention.close(account=late.account, password=PASSWORD)
    assert Candidature.objects.get().issue == Issue.RETIREE
    retention.close(account=second.account, password=PASSWORD)
    assert [one.acteur for one in queries.people(acteur=boss)] == [boss]
    assert queries.living(siren=company.siren) == company


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("empty_register")
def test_the_last_two_close_their_accounts_at_once() -> None:
    company = world.company()
    one, two = world.administrateur(company), world.administrateur(company)
    world.declarant(company)
    found = at_once(
        *[lambda who=who: retention.close(account=who.account, password=PASSWORD) for who in (one, two)]
    )
    assert [isinstance(result, LastAdministrateur) for result in found].count(True) == 1, found
    assert len(queries.administrateurs(inscription=company)) == 1
    with pytest.raises(RuntimeError):
        leaving.hold(account=one.account)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("empty_register")
def test_jobs_at_once_announce_once() -> None:
    rank = world.a_rank()
    company = world.company(rank=rank)
    boss, late = world.administrateur(company), world.candidate(company)
    world.put_place(rank, 8)
    assert sum(at_once(*[operations.sync_etablissements] * 3)) == 1
    with world.after(5.01):
        assert sum(at_once(*[operations.remind_candidates] * 3)) == 1
    with world.after(15.01):
        assert sum(at_once(*[operations.lapse_candidates] * 3)) == 1
    assert sorted(world.boxed(boss.account)) == [
        "inscriptions/candidat",
        "inscriptions/candidat_reponse",
        "inscriptions/etablissements_nouveaux",
    ]
    assert len(world.boxed(late.account)) == 2
