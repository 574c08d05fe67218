"""A company registers: who is first, what opens when, whom a letter tells."""

import datetime as dt
from typing import Any

import pytest
from django.template.loader import render_to_string

from guichet.accounts.definitions import espace
from guichet.accounts.models import Account, Provisional
from guichet.courriers.models import Pli
from guichet.inscriptions import catalogue, operations, queries
from guichet.inscriptions.models import Acteur, Inscription
from guichet.inscriptions.operations import CannotBegin, CharterNotAccepted, NothingChosen, PlaceUnknown
from guichet.inscriptions.operations.beginning import opening
from guichet.inscriptions.operations.declarations import NotOffered
from guichet.inscriptions.rules import MOST_DELAY, Choice, Genre, Voie
from guichet.kernel import clock
from tests.at_once import at_once
from tests.entreprises import files
from tests.inscriptions import world
from tests.inscriptions.world import SECOND

pytestmark = pytest.mark.django_db


def somebody(places: int = 3, **values: str) -> tuple[int, Account]:
    rank = world.a_rank()
    world.put_into_register(rank, places=places, **values)
    return rank, world.account(files.siret(rank))


def begun(genre: Genre = Genre.MULTI, *, places: int = 0, **values: Any) -> Acteur:
    rank, account = somebody()
    chosen = world.choice(rank, genre, places=places, charters=("dsn",), **values)
    return operations.begin(account=account, choice=chosen)


def test_the_first_is_administrateur_and_declares() -> None:
    acteur = begun(places=2)
    assert (acteur.administrateur, acteur.declarant, acteur.is_candidate) == (True, True, False)
    assert queries.acteur_of(account=acteur.account) == acteur
    places = queries.etablissements(inscription=acteur.inscription)
    assert [(one.ticked, one.new) for one in places] == [(True, False), (True, False), (False, False)]
    assert world.events(acteur.inscription.subject) == ["inscription.began"]
    assert world.boxed(acteur.account) == ["inscriptions/inscrite"]


@pytest.mark.parametrize("genre", [Genre.MONO, Genre.TIERS])
def test_one_that_is_not_of_several_has_its_own_establishment_alone(genre: Genre) -> None:
    acteur = begun(genre)
    assert world.sirets(acteur.inscription) == [acteur.siret]
    assert all(one.ticked for one in queries.etablissements(inscription=acteur.inscription))


def test_each_declaration_opens_after_its_delay_to_the_second() -> None:
    acteur = begun()
    delay = catalogue.declaration("dsn").delay
    assert dt.timedelta(0) < delay <= MOST_DELAY
    begin = acteur.inscription.began_at
    for moment, is_open in ((begin + delay - SECOND, False), (begin + delay, True)):
        found = {
            one.code: one.is_open for one in queries.declarations(inscription=acteur.inscription, at=moment)
        }
        assert found["dsn"] is is_open


def test_the_head_is_told_by_letter_what_to_do_if_it_is_not_wanted() -> None:
    acteur = begun()
    (letter,) = world.letters("inscriptions/lettre_responsable")
    assert letter.recipient.startswith("Le responsable, ENTREPRISE ")
    assert letter.address == ["12 B AVENUE DES LILAS", "44000 NANTES"]
    assert acteur.account.profile["name"] in letter.body
    assert catalogue.label("dsn") in letter.body
    assert "Assistance aux déclarants" in letter.body
    assert "écrivez sans attendre au service" in " ".join(letter.body.split())
    assert acteur.inscription.letter == letter


def test_no_letter_goes_where_none_arrives() -> None:
    rank = world.a_rank()
    world.put_unite(rank, "DISCRETE", statutDiffusion="P")
    unknown = dict.fromkeys(["codePostal", "libelleCommune", "numeroVoie", "libelleVoie", "typeVoie"], "[ND]")
    world.put_place(rank, 1, **unknown, statutDiffusion="P")
    acteur = operations.begin(
        account=world.account(files.siret(rank)), choice=world.choice(rank, Genre.MONO, charters=("dsn",))
    )
    assert acteur.inscription.letter is None
    assert world.letters() == []


@pytest.mark.parametrize("choice", [None, Choice(), Choice(colleagues=(world.person(),))])
def test_nothing_chosen_blocks_nothing_and_writes_nothing(choice: Choice | None) -> None:
    _, account = somebody()
    with pytest.raises(NothingChosen):
        operations.begin(account=account, choice=choice)
    assert not Inscription.objects.exists()
    assert queries.acteur_of(account=account) is None


def test_what_can_t_be_begun() -> None:
    rank, account = somebody()
    stranger = world.a_rank()
    world.put_into_register(stranger)
    world.put_place(rank, 9, etatAdministratif="F")
    closed, elsewhere, unknown = files.siret(rank, 9), files.siret(stranger), files.siret(rank, 8)
    for siret in (closed, elsewhere, unknown):
        for genre in Genre:
            with pytest.raises(PlaceUnknown):
                operations.begin(
                    account=account, choice=world.choice(rank, genre, sirets=(siret,), charters=("dsn",))
                )
    for genre in (Genre.MONO, Genre.TIERS):  # its own, and no other of the company
        chosen = world.choice(rank, genre, sirets=(files.siret(rank, 2),), charters=("dsn",))
        with pytest.raises(PlaceUnknown):
            operations.begin(account=account, choice=chosen)
    with pytest.raises(CharterNotAccepted):
        operations.begin(account=account, choice=world.choice(rank))
    with pytest.raises(NotOffered):
        operations.begin(account=account, choice=world.choice(rank, declarations=("inventee",)))
    assert issubclass(NotOffered, CannotBegin)
    assert not Inscription.objects.exists()
    assert world.letters() == []


def test_colleagues_come_with_it_and_nobody_saw_their_passwords() -> None:
    rank, account = somebody()
    taken = world.account(files.siret(rank), "Jean Pris")
    world.company(rank=world.a_rank())
    Acteur.objects.create(
        inscription=world.company(), account=taken, siret=taken.profile["siret"], declarant=True,
        created_at=clock.now(), created_by="system", began_at=clock.now(),
    )  # fmt: skip
    wanted = (world.person("Zoé Nouvelle"), world.person("Jean Pris"), world.person("Zoe  Nou-velle"))
    chosen = world.choice(rank, colleagues=wanted, charters=("dsn",))
    acteur = operations.begin(account=account, choice=chosen)
    (one,) = [person for person in queries.people(acteur=acteur) if person.acteur != acteur]
    assert (one.name, one.acteur.declarant, one.acteur.administrateur) == ("Zoé Nouvelle", True, False)
    assert one.provisional
    assert Provisional.objects.get().given_by == account.subject
    box = account.subject
    body = Pli.objects.get(box=box).body
    assert "Jean Pris" in body
    assert "Zoe  Nou-velle" in body


def test_who_comes_later_is_a_candidate_whatever_they_chose() -> None:
    first = begun()
    for choice in (None, Choice(), Choice(genre=Genre.TIERS, declarations=("dsn",))):
        late = operations.begin(account=world.account(first.siret), choice=choice)
        assert (late.is_candidate, late.inscription) == (True, first.inscription)
    assert Inscription.objects.count() == 1
    assert len(world.boxed(first.account, "inscriptions/candidat")) == 3


def test_who_acts_already_goes_on() -> None:
    first = begun()
    assert operations.begin(account=first.account, choice=None) == first
    late = world.candidate(first.inscription)
    assert operations.begin(account=late.account, choice=None) == late


@pytest.mark.parametrize(("less", "same"), [(SECOND, True), (SECOND * 0, False)])
def test_who_lapsed_may_begin_again_in_that_second(less: dt.timedelta, same: bool) -> None:
    company = world.company()
    world.administrateur(company)
    late = world.candidate(company)
    with clock.travel(late.candidature.lapses_at - clock.now() - less):
        again = operations.begin(account=late.account, choice=None)
    assert (again == late) is same
    assert again.is_candidate


def test_by_key_where_nobody_is_left_to_ask() -> None:
    company = world.company()
    world.declarant(company)
    acteur = operations.begin(account=world.account(company.siret), choice=None)
    assert acteur.candidature.voie == Voie.CLE
    assert len(world.letters("inscriptions/lettre_cle")) == 1


def test_an_inscription_that_ended_is_followed_by_another() -> None:
    first = begun()
    operations.end(inscription_id=first.inscription_id, because="resiliation", actor="account:agent")
    rank = int(first.siret[:8]) - 2_000
    again = operations.begin(account=first.account, choice=world.choice(rank, charters=("dsn",)))
    assert (again.inscription == first.inscription, again.administrateur) == (False, True)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("empty_register")
@pytest.mark.parametrize("turn", range(3))
def test_of_two_who_open_their_links_at_once_one_is_first(turn: int) -> None:
    rank, one = somebody()
    two = world.account(files.siret(rank, 1 + turn))
    chosen = world.choice(rank, charters=("dsn",))
    found = at_once(
        *[lambda who=who: operations.begin(account=who, choice=chosen) for who in (one, two, one)]
    )
    assert not [error for error in found if isinstance(error, Exception)], found
    assert sorted(Acteur.objects.values_list("administrateur", flat=True)) == [False, True]
    assert Inscription.objects.filter(ended_at=None).count() == 1
    assert len(world.letters("inscriptions/lettre_responsable")) == 1


@pytest.mark.parametrize(("days", "later"), [(0, False), (8, True)])
def test_the_welcome_tells_what_is_open_already_from_what_is_to_come(days: int, later: bool) -> None:
    company = world.company(opens_after=dt.timedelta(days=days))
    told = opening(list(company.declarations.all()))
    assert {one["later"] for one in told} == {later}
    known = {"company": "EXEMPLE", "siren": company.siren, "declarations": told, "letter": False}
    known |= {"colleagues": [], "left_out": [], "service": espace("declarant").service, "in_box": True}
    text = render_to_string("courriers/inscriptions/inscrite.txt", known)
    assert ("dès maintenant" in text) is not later
    assert ("à partir du" in text) is later
