"""Somebody goes, a declaration or a place leaves, a company ends: rights follow, filings are not lost."""

from typing import Any

import pytest

from guichet.accounts.models import Provisional, Session
from guichet.accounts.operations import SignInRefused, sign_in
from guichet.courriers.models import Pli
from guichet.depots import operations as depots
from guichet.depots.models import Depot
from guichet.depots.states import State
from guichet.habilitations import operations, queries
from guichet.habilitations.models import Habilitation
from guichet.habilitations.operations import OneRightLeft, RightsLeft, UnfitSuccessor, UnknownColleague
from guichet.habilitations.rules import Reason, Wanted
from guichet.inscriptions import operations as inscriptions
from guichet.inscriptions.models import Acteur, Changement, Inscription
from guichet.inscriptions.operations import LastAdministrateur
from guichet.inscriptions.queries import acteur_of
from guichet.inscriptions.rules import Genre
from guichet.inscriptions.states import Origine
from guichet.kernel import clock
from guichet.retention.models import Closure
from guichet.retention.operations import closing
from tests.inscriptions import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Inscription:
    return world.company(places=3)


@pytest.fixture
def admin(company: Inscription) -> Acteur:
    return world.administrateur(company, "Lila Exemple")


def give(admin: Acteur, to: Acteur, *places: int, declaration: str = "dsn") -> None:
    sirets = world.sirets(admin.inscription)
    cells = [
        Wanted(acteur_id=to.pk, siret=sirets[place], declaration=declaration, on=True) for place in places
    ]
    operations.apply(by=admin, wanted=cells)


def held(acteur: Acteur) -> set[tuple[str, str]]:
    rows = Habilitation.objects.filter(acteur=acteur, closed_at=None)
    return set(rows.values_list("siret", "declaration"))


def draft(acteur: Acteur, **data: str) -> Depot:
    made = depots.start_draft(account=acteur.account, teleprocedure="declaration")
    return depots.answer(account=acteur.account, depot_id=made.pk, data=data)


def test_a_successor_has_all_rights_at_once_and_none_twice(company: Inscription, admin: Acteur) -> None:
    omar, jeanne = world.declarant(company, "Omar Exemple"), world.declarant(company, "Jeanne Exemple")
    now = clock.now()
    Session.objects.create(
        account=omar.account, pk="x" * 40, expire_date=now, created_at=now, last_seen_at=now
    )
    give(admin, omar, 0, 1)
    give(admin, jeanne, 1, 2)
    before, expected = Habilitation.objects.count(), held(omar) | held(jeanne)
    operations.remove(by=admin, acteur_id=omar.pk, successor_id=jeanne.pk)
    assert (held(omar), held(jeanne)) == (set(), expected)
    assert Habilitation.objects.count() == before + 1
    assert acteur_of(account=omar.account) is None
    assert not Session.objects.filter(account=omar.account).exists()
    omar.refresh_from_db()
    assert omar.successor_id == jeanne.pk
    known: dict[str, Any] = {"siret": company.siret, "declaration": "dsn"}
    assert queries.may_file(account=jeanne.account, **known).ok
    assert queries.may_file(account=omar.account, **known).reason == Reason.NO_INSCRIPTION


def test_the_provisional_password_of_who_is_removed_opens_nothing(
    company: Inscription, admin: Acteur
) -> None:
    omar, jeanne = world.declarant(company), world.declarant(company)
    password = inscriptions.new_provisional(by=admin, acteur_id=omar.pk)
    inscriptions.new_provisional(by=admin, acteur_id=jeanne.pk)
    operations.remove(by=admin, acteur_id=omar.pk)
    assert [one.account for one in Provisional.objects.all()] == [jeanne.account]
    assert world.events(omar.account.subject)[-1] == "account.provisional_ended"
    with pytest.raises(SignInRefused):
        sign_in(espace=world.DOOR, identifier=omar.account.identifier, password=password, client=world.HERE)


def test_all_are_told_of_a_departure_once(company: Inscription, admin: Acteur) -> None:
    other, idle = world.administrateur(company), world.declarant(company)
    omar, jeanne = world.declarant(company, "Omar Exemple"), world.declarant(company, "Jeanne Exemple")
    give(admin, omar, 0)
    Pli.objects.all().delete()
    operations.remove(by=admin, acteur_id=omar.pk, successor_id=jeanne.pk)
    told = {one: world.boxed(one.account) for one in (admin, other, idle, omar, jeanne)}
    assert told == {
        admin: [],
        other: ["habilitations/collegue_parti"],
        idle: [],
        omar: ["habilitations/acces_termine"],
        jeanne: ["habilitations/collegue_parti"],
    }
    assert "Jeanne Exemple" in Pli.objects.get(box=omar.account.subject).body
    assert "droit donné" in Pli.objects.get(box=jeanne.account.subject).body


def test_drafts_pass_unless_the_successor_has_one(company: Inscription, admin: Acteur) -> None:
    omar, jeanne = world.declarant(company), world.declarant(company)
    mine = draft(omar, declaration="dsn", siret=company.siret)
    assert operations.remove(by=admin, acteur_id=omar.pk, successor_id=jeanne.pk).drafts == 1
    mine.refresh_from_db()
    assert (mine.account_id, mine.state) == (jeanne.account_id, State.BROUILLON)
    assert mine.data["siret"] == company.siret
    paul = world.declarant(company)
    theirs = draft(paul)
    passed = operations.remove(by=admin, acteur_id=jeanne.pk, successor_id=paul.pk)
    assert (passed.drafts, passed.left) == (0, 1)
    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert (mine.account_id, theirs.account_id) == (jeanne.account_id, paul.account_id)


def test_who_can_succeed(company: Inscription, admin: Acteur) -> None:
    omar = world.declarant(company)
    only = world.administrateur(company, declarant=False)
    stranger = world.declarant(world.company())
    unfit = (omar.pk, only.pk, stranger.pk, world.candidate(company).pk, 0, 2**70)
    for pk in unfit:
        with pytest.raises(UnfitSuccessor):
            operations.remove(by=admin, acteur_id=omar.pk, successor_id=pk)
    with pytest.raises(UnknownColleague):
        operations.remove(by=admin, acteur_id=stranger.pk)
    assert acteur_of(account=omar.account) == omar


def test_the_last_administrateur_stays_and_keeps_the_rights(company: Inscription, admin: Acteur) -> None:
    give(admin, admin, 0)
    omar = world.declarant(company)
    for leave in (
        lambda: operations.leave(account=admin.account),
        lambda: operations.remove(by=admin, acteur_id=admin.pk, successor_id=omar.pk),
    ):
        with pytest.raises(LastAdministrateur):
            leave()
    assert len(held(admin)) == 1


def test_leaving_ends_the_rights_and_leaves_the_filings(company: Inscription, admin: Acteur) -> None:
    omar = world.declarant(company, "Omar Exemple")
    give(admin, omar, 0)
    mine = draft(omar)
    operations.leave(account=omar.account)
    operations.leave(account=omar.account)
    assert (held(omar), acteur_of(account=omar.account)) == (set(), None)
    assert world.boxed(admin.account) == ["habilitations/collegue_parti"]
    mine.refresh_from_db()
    assert mine.account_id == omar.account_id


def test_a_declaration_leaves_once_no_right_is_left(company: Inscription, admin: Acteur) -> None:
    give(admin, admin, 0)
    with pytest.raises(OneRightLeft):
        operations.withdraw_declaration(by=admin, code="dsn")
    give(admin, admin, 1)
    with pytest.raises(RightsLeft) as left:
        operations.withdraw_declaration(by=admin, code="dsn")
    assert left.value.params == {"count": 2}
    operations.withdraw_declaration(by=admin, code="dsn", close_rights=True)
    assert (held(admin), Changement.objects.latest("at").origine) == (set(), Origine.RETRAIT)
    operations.withdraw_declaration(by=admin, code="c3s")
    assert not company.declarations.filter(removed_at=None).exists()


def test_rights_of_unticked_places_end(company: Inscription, admin: Acteur) -> None:
    give(admin, admin, 0, 1)
    first, second, _third = world.sirets(company)
    assert operations.choose_etablissements(by=admin, sirets=[second]).closed == 1
    assert held(admin) == {(second, "dsn")}
    assert operations.choose_etablissements(by=admin, sirets=[first, second]).pk is None
    assert held(admin) == {(second, "dsn")}


@pytest.mark.parametrize("what", ["all", "place", "genre"])
def test_a_resiliation_ends_what_it_says_and_keeps_history(
    company: Inscription, admin: Acteur, what: str
) -> None:
    give(admin, admin, 0, 1)
    first, second, _third = world.sirets(company)
    ways: dict[str, dict[str, Any]] = {
        "all": {},
        "place": {"siret": second},
        "genre": {"genre": Genre.MONO},
    }
    known = ways[what]
    operations.resilier(inscription_id=company.pk, actor="account:agent", **known)
    assert held(admin) == (set() if what == "all" else {(first, "dsn")})
    assert Habilitation.objects.count() == 2
    company.refresh_from_db()
    assert ((company.ended_at is not None), company.genre) == (
        what == "all",
        "mono" if what == "genre" else "multi",
    )
    assert (acteur_of(account=admin.account) is None) is (what == "all")


def test_a_type_that_has_many_places_ends_nothing(admin: Acteur) -> None:
    company = world.company("mono")
    boss = world.administrateur(company)
    give(boss, boss, 0)
    operations.resilier(inscription_id=company.pk, genre=Genre.MULTI, actor="account:agent")
    assert len(held(boss)) == 1


def test_rights_stay_at_the_place_that_is_kept(company: Inscription, admin: Acteur) -> None:
    give(admin, admin, 0, 1, 2)
    first, second, _third = world.sirets(company)
    operations.resilier(inscription_id=company.pk, siret=first, actor="account:agent")
    operations.resilier(inscription_id=company.pk, genre=Genre.MONO, actor="account:agent")
    assert held(admin) == {(second, "dsn")}


def test_rights_end_with_the_account(company: Inscription, admin: Acteur) -> None:
    omar = world.declarant(company)
    give(admin, omar, 0)
    closing.end(omar.account, reason=Closure.Reason.PERSON, actor=omar.account.subject)
    assert held(omar) == set()
    assert acteur_of(account=omar.account) is None
