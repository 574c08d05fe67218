"""The people of a company: created, corrected, promoted, ended; never without an administrateur."""

import uuid
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guichet.accounts import operations as accounts
from guichet.accounts.models import Account, Provisional, Session
from guichet.accounts.operations.attempts import TooManyMessages
from guichet.courriers.models import Courrier, Pli
from guichet.inscriptions import operations, queries
from guichet.inscriptions.models import Acteur, Inscription
from guichet.inscriptions.operations import (
    ActeurGone,
    ActeurNotFound,
    Homonym,
    LastAdministrateur,
    NoRole,
    NotAdministrateur,
    NotOneself,
    NotOnesOwnPlace,
    NotOverAdministrateur,
    NotTheSuccessor,
)
from guichet.inscriptions.states import Issue
from guichet.journal.queries import history
from guichet.kernel import clock
from guichet.kernel.names import InvalidName
from guichet.kernel.refusals import Refusal
from tests.at_once import at_once
from tests.inscriptions import world
from tests.inscriptions.world import HERE

pytestmark = pytest.mark.django_db
Act = Callable[[Acteur, Acteur], object]

ACTS: dict[str, Act] = {
    "create": lambda by, on: operations.create(by=by, person=world.person("Eve Intruse"), siret=on.siret),
    "correct_email": lambda by, on: operations.correct_email(by=by, acteur_id=on.pk, email="eve@x.example"),
    "new_provisional": lambda by, on: operations.new_provisional(by=by, acteur_id=on.pk),
    "set_roles": lambda by, on: operations.set_roles(
        by=by, acteur_id=on.pk, administrateur=True, declarant=True
    ),
    "end_acteur": lambda by, on: operations.end_acteur(by=by, acteur_id=on.pk, actor=by.account.subject),
    "add_declarations": lambda by, _: operations.add_declarations(by=by, codes=["pasrau"], charters=[]),
    "remove_declaration": lambda by, _: operations.remove_declaration(by=by, code="dsn"),
    "tick": lambda by, on: operations.tick(by=by, sirets=[on.siret]),
}
OF_SOMEBODY = ("correct_email", "new_provisional", "set_roles", "end_acteur")


@pytest.fixture
def boss(db: None) -> Acteur:
    return world.administrateur(world.company())


def created(boss: Acteur, name: str = "Zoé Nouvelle") -> Acteur:
    return operations.create(by=boss, person=world.person(name), siret=boss.siret)[0]


def test_created_with_a_password_that_is_shown_once(boss: Acteur) -> None:
    other = world.administrateur(boss.inscription)
    acteur, password = operations.create(by=boss, person=world.person(), siret=boss.siret)
    assert (len(password), password.isdigit()) == (5, True)
    signed_in = accounts.sign_in(
        espace=world.DOOR, identifier=acteur.account.identifier, password=password, client=HERE
    )
    assert signed_in == acteur.account
    assert acteur.account.profile == {
        "name": "Zoé Nouvelle",
        "first_name": "Zoé",
        "last_name": "Nouvelle",
        "siret": boss.siret,
        "phone": "0199000001",
    }
    assert (acteur.administrateur, acteur.declarant, acteur.created_by) == (False, True, boss.account.subject)
    assert world.boxed(other.account) == ["inscriptions/equipe"]
    assert world.boxed(boss.account) == []
    assert password not in "".join(Courrier.objects.values_list("body", flat=True))
    assert password not in str([event.data for event in history(subject=boss.inscription.subject)])


@pytest.mark.parametrize("name", ["Zoé Nouvelle", "ZOE NOUVELLE", "Zo-é Nou velle", "zoë nouvelle"])
def test_a_homonym_is_told_how_to_differ(boss: Acteur, name: str) -> None:
    created(boss)
    with pytest.raises(Homonym, match="ajoutez un second prénom"):
        created(boss, name)
    assert created(boss, "Zoé-Marie Nouvelle")


def test_a_candidate_of_that_name_is_a_homonym(boss: Acteur) -> None:
    world.candidate(boss.inscription, "Zoé Nouvelle")
    with pytest.raises(Homonym):
        created(boss)


def test_a_candidature_that_has_lapsed_is_in_nobodys_way_from_that_second_on(boss: Acteur) -> None:
    late = world.candidate(boss.inscription, "Zoé Nouvelle", email="zoe@entreprise.example")
    until = late.candidature.lapses_at - clock.now()
    with clock.travel(until - world.SECOND), pytest.raises(Homonym):
        created(boss)
    with clock.travel(until):
        assert queries.acteur_of(account=late.account) is None
        acteur = created(boss)
        assert (acteur.account, queries.acteur_of(account=late.account)) == (late.account, acteur)
    late.candidature.refresh_from_db()
    assert late.candidature.issue == Issue.CADUQUE


@pytest.mark.parametrize("email", ["zoe@entreprise.example", "Zoe@entreprise.example"])
def test_who_acts_for_nobody_any_more_is_given_the_account_again(boss: Acteur, email: str) -> None:
    former = world.ended(world.declarant(boss.inscription, "Zoé Nouvelle", email=email))
    acteur = created(boss)
    assert (acteur.account, acteur.account.pk) == (former.account, former.account_id)
    account = Account.objects.get(pk=former.account_id)
    assert (account.email, account.has_usable_password()) == ("zoe@entreprise.example", False)


def test_a_homonym_of_who_went_gets_nothing_of_theirs(boss: Acteur) -> None:
    former = world.ended(world.declarant(boss.inscription, "Zoé Nouvelle", email="ancienne@x.example"))
    before = _state()
    with pytest.raises(Homonym, match="ajoutez un second prénom"):
        created(boss)
    assert _state() == before
    assert not Provisional.objects.exists()
    assert created(boss, "Zoé-Marie Nouvelle").account_id != former.account_id


@pytest.mark.parametrize("siret", ["", "12345678200010"])
def test_they_sign_in_at_a_place_of_the_company(boss: Acteur, siret: str) -> None:
    with pytest.raises(NotOnesOwnPlace):
        operations.create(by=boss, person=world.person(), siret=siret)
    with pytest.raises(NotOnesOwnPlace):
        operations.create(by=boss, person=world.person(), siret=world.company().siret)
    assert Acteur.objects.count() == 1


def test_names_that_are_none(boss: Acteur) -> None:
    with pytest.raises(Refusal):
        created(boss, "Zoé 123")
    with pytest.raises(InvalidName):
        created(boss, "Zoé <b>")
    with pytest.raises(NoRole):
        operations.create(by=boss, person=world.person(), siret=boss.siret, declarant=False)


@pytest.mark.parametrize("name", sorted(ACTS))
def test_attackers(boss: Acteur, name: str) -> None:
    company = boss.inscription
    victim = world.declarant(company)
    act = ACTS[name]
    outsiders = [
        (world.declarant(company), NotAdministrateur),
        (world.candidate(company), NotAdministrateur),
        (world.ended(world.administrateur(company)), ActeurGone),
    ]
    before = _state()
    for who, refusal in outsiders:
        with pytest.raises(refusal):
            act(who, victim)
    if name in (*OF_SOMEBODY, "create"):
        stranger = world.administrateur(world.company())
        before = _state()
        with pytest.raises((ActeurNotFound, NotOnesOwnPlace)):
            act(stranger, victim)
    assert _state() == before


def _state() -> list[object]:
    return [
        *Acteur.objects.order_by("pk").values_list("pk", "administrateur", "declarant", "ended_at"),
        *Account.objects.order_by("pk").values_list("pk", "email", "password"),
        *Inscription.objects.values_list("declarations__removed_at", "etablissements__ticked_at").order_by(
            "pk"
        ),
    ]


def test_a_memory_of_having_been_administrateur_is_worth_nothing(boss: Acteur) -> None:
    second, victim = world.administrateur(boss.inscription), world.declarant(boss.inscription)
    operations.set_roles(by=second, acteur_id=boss.pk, administrateur=False, declarant=True)
    assert boss.administrateur  # as the request of another browser read it
    for name in OF_SOMEBODY:
        with pytest.raises(NotAdministrateur):
            ACTS[name](boss, victim)


@pytest.mark.parametrize("name", ["correct_email", "new_provisional"])
def test_no_account_of_an_administrateur_is_taken_over(boss: Acteur, name: str) -> None:
    peer, waiting = world.administrateur(boss.inscription), world.candidate(boss.inscription)
    with pytest.raises(NotOverAdministrateur):
        ACTS[name](boss, peer)
    with pytest.raises(NotOneself):
        ACTS[name](boss, boss)
    with pytest.raises(ActeurNotFound):
        ACTS[name](boss, waiting)


def test_a_corrected_address_and_a_new_password(boss: Acteur) -> None:
    victim = world.declarant(boss.inscription)
    operations.correct_email(by=boss, acteur_id=victim.pk, email="neuve@entreprise.example")
    first = operations.new_provisional(by=boss, acteur_id=victim.pk)
    second = operations.new_provisional(by=boss, acteur_id=victim.pk)
    account = Account.objects.get(pk=victim.account_id)
    assert account.email == "neuve@entreprise.example"
    with pytest.raises(accounts.SignInRefused):
        accounts.sign_in(espace=world.DOOR, identifier=account.identifier, password=first, client=HERE)
    assert accounts.sign_in(espace=world.DOOR, identifier=account.identifier, password=second, client=HERE)
    assert not Session.objects.filter(account=account).exists()
    assert Provisional.objects.get().given_by == boss.account.subject


def test_roles_are_given_and_taken(boss: Acteur) -> None:
    victim = world.declarant(boss.inscription)
    operations.set_roles(by=boss, acteur_id=victim.pk, administrateur=True, declarant=False)
    operations.set_roles(by=boss, acteur_id=victim.pk, administrateur=True, declarant=False)
    assert world.boxed(victim.account) == ["inscriptions/roles"]
    operations.set_roles(by=victim, acteur_id=boss.pk, administrateur=False, declarant=True)
    with pytest.raises(LastAdministrateur):
        operations.set_roles(by=victim, acteur_id=victim.pk, administrateur=False, declarant=True)
    with pytest.raises(NoRole):
        operations.set_roles(by=victim, acteur_id=victim.pk, administrateur=False, declarant=False)
    waiting = world.candidate(boss.inscription)
    with pytest.raises(ActeurNotFound):
        operations.set_roles(by=victim, acteur_id=waiting.pk, administrateur=True, declarant=True)


def test_the_last_administrateur_who_can_sign_in_stays(boss: Acteur) -> None:
    world.declarant(boss.inscription)
    suspended = world.administrateur(boss.inscription)
    Account.objects.filter(pk=suspended.account_id).update(suspended_at=clock.now())
    with pytest.raises(LastAdministrateur):
        operations.end_acteur(by=boss, acteur_id=boss.pk, actor=boss.account.subject)
    operations.end_acteur(by=boss, acteur_id=suspended.pk, actor=boss.account.subject)


def test_somebody_ends_with_a_successor(boss: Acteur) -> None:
    gone, heir = world.declarant(boss.inscription), world.declarant(boss.inscription)
    stranger = world.declarant(world.company())
    for successor, refusal in ((gone, NotTheSuccessor), (stranger, ActeurNotFound)):
        with pytest.raises(refusal):
            operations.end_acteur(by=boss, acteur_id=gone.pk, successor_id=successor.pk, actor="x")
    operations.end_acteur(by=boss, acteur_id=gone.pk, successor_id=heir.pk, actor=boss.account.subject)
    gone.refresh_from_db()
    assert (gone.successor, gone.ended_by) == (heir, boss.account.subject)
    with pytest.raises(ActeurNotFound):
        operations.end_acteur(by=boss, acteur_id=gone.pk, actor="x")
    with pytest.raises(ActeurGone):
        operations.end_acteur(by=gone, acteur_id=gone.pk, actor="x")
    operations.end_acteur(by=heir, acteur_id=heir.pk, actor=heir.account.subject)  # oneself
    assert [one.acteur for one in queries.people(acteur=boss)] == [boss]


def ask(identifier: str) -> int:
    """Ask the administrateurs for help, and run the job; how many were told."""
    operations.ask_help(espace=world.DOOR, identifier=identifier, client=HERE)
    (job,) = world.jobs("inscriptions.tell_help_asked")
    before = Courrier.objects.count()
    operations.tell_help_asked(**job)
    operations.tell_help_asked(**job)  # a worker that died tells once
    return Courrier.objects.count() - before


def test_who_can_t_sign_in_asks_the_administrateurs(boss: Acteur) -> None:
    victim, other = world.declarant(boss.inscription), world.administrateur(boss.inscription)
    assert ask(victim.account.identifier) == 2
    for who in (boss, other):
        assert world.boxed(who.account) == ["inscriptions/aide_demandee"]
        (asked,) = queries.help_asked(acteur=who)
        assert asked.acteur_id == victim.pk
    assert f"/gestion/declarants/{victim.pk}/" in Pli.objects.latest("created_at").body
    assert queries.help_asked(acteur=victim) == []
    operations.new_provisional(by=boss, acteur_id=victim.pk)
    assert queries.help_asked(acteur=boss) == []


def test_an_administrateur_is_told_the_other_ways_and_nobody_else(boss: Acteur) -> None:
    other = world.administrateur(boss.inscription)
    assert ask(boss.account.identifier) == 1
    mail = Courrier.objects.latest("pk")
    assert (mail.recipient, mail.template) == (boss.account.email, "inscriptions/aide_administrateur")
    assert world.boxed(other.account) == []


def test_nobody_is_told_of_who_acts_for_nobody(boss: Acteur) -> None:
    for who in (world.candidate(boss.inscription), world.ended(world.declarant(boss.inscription))):
        operations.ask_help(espace=world.DOOR, identifier=who.account.identifier, client=HERE)
        assert operations.tell_help_asked(account_id=who.account_id) is False
    operations.ask_help(espace=world.DOOR, identifier="inconnu", client=HERE)
    assert operations.tell_help_asked(account_id=uuid.uuid4()) is False


def ask_nobody() -> None:
    operations.ask_help(espace=world.DOOR, identifier="12345678200010 PERSONNE AUCUNE", client=HERE)


def test_the_same_work_whoever_asks(boss: Acteur) -> None:
    victim = world.declarant(boss.inscription)
    ask_nobody()
    counts = []
    for identifier in (victim.account.identifier, boss.account.identifier, "12345678200010 PERSONNE NULLE"):
        with CaptureQueriesContext(connection) as queries_made:
            operations.ask_help(espace=world.DOOR, identifier=identifier, client=HERE)
        counts.append(len(queries_made))
    assert len(set(counts)) == 1
    assert len(world.jobs("inscriptions.tell_help_asked")) == 4


def test_asking_is_counted(boss: Acteur) -> None:
    for _ in range(5):
        operations.ask_help(espace=world.DOOR, identifier=boss.account.identifier, client=HERE)
    with pytest.raises(TooManyMessages):
        operations.ask_help(espace=world.DOOR, identifier=boss.account.identifier, client=HERE)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("empty_register")
@pytest.mark.parametrize("way", ["leave", "demote", "each other"])
def test_the_last_two_leave_at_once(way: str) -> None:
    company = world.company()
    one, two = world.administrateur(company), world.administrateur(company)
    world.declarant(company)
    if way == "leave":
        acts = [
            lambda who=who: operations.end_acteur(by=who, acteur_id=who.pk, actor="x") for who in (one, two)
        ]
    elif way == "demote":
        acts = [
            lambda who=who: operations.set_roles(
                by=who, acteur_id=who.pk, administrateur=False, declarant=True
            )
            for who in (one, two)
        ]
    else:
        acts = [
            lambda pair=pair: operations.end_acteur(by=pair[0], acteur_id=pair[1].pk, actor="x")
            for pair in ((one, two), (two, one))
        ]
    found = at_once(*acts)
    lost = [one for one in found if isinstance(one, Exception)]
    assert len(lost) == 1, found
    assert isinstance(lost[0], LastAdministrateur | ActeurGone)
    assert len(queries.administrateurs(inscription=company)) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("empty_register")
def test_two_create_one_name_at_once() -> None:
    company = world.company()
    one, two = world.administrateur(company), world.administrateur(company)
    found = at_once(*[lambda who=who: created(who) for who in (one, two)])
    assert sorted(isinstance(result, Homonym) for result in found) == [False, True], found
    assert Acteur.objects.count() == 3
