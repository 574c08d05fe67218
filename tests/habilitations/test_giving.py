"""Rights given, taken, copied, given by profile: what is possible is done, once, and told."""

import datetime as dt
import hashlib
from collections import Counter
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from guichet.courriers.models import Courrier, Pli
from guichet.habilitations import operations, queries
from guichet.habilitations.models import Habilitation
from guichet.habilitations.operations import hiring
from guichet.habilitations.rules import Contradiction, Reason, Wanted
from guichet.inscriptions.models import Acteur, Changement, Inscription
from guichet.inscriptions.operations import ActeurGone, NotAdministrateur
from guichet.inscriptions.rules import Genre
from guichet.inscriptions.states import Origine
from guichet.journal.queries import history
from guichet.kernel import clock
from tests.inscriptions import world

pytestmark = pytest.mark.django_db
NOBODY = 2**62


@pytest.fixture
def company() -> Inscription:
    return world.company(places=3, ticked=2, declarations=("dsn", "c3s"))


@pytest.fixture
def admin(company: Inscription) -> Acteur:
    return world.administrateur(company, "Lila Exemple")


def cell(acteur: Acteur, place: int = 0, declaration: str = "dsn", *, on: bool = True) -> Wanted:
    siret = world.sirets(acteur.inscription)[place]
    return Wanted(acteur_id=acteur.pk, siret=siret, declaration=declaration, on=on)


def held(acteur: Acteur) -> set[tuple[str, str]]:
    rows = Habilitation.objects.filter(acteur=acteur, closed_at=None)
    return set(rows.values_list("siret", "declaration"))


def test_a_right_is_effective_at_once_and_ends_at_once(company: Inscription, admin: Acteur) -> None:
    omar = world.declarant(company, "Omar Exemple")
    known: dict[str, Any] = {"account": omar.account, "siret": company.siret, "declaration": "dsn"}
    assert queries.may_file(**known).reason == Reason.NO_RIGHT
    given = operations.apply(by=admin, wanted=[cell(omar)])
    assert (given.opened, given.closed, given.origine) == (1, 0, Origine.MANUELLE)
    assert queries.may_file(**known).ok
    operations.apply(by=admin, wanted=[cell(omar, on=False)])
    assert not queries.may_file(**known).ok


def test_who_acts_already_begins_nothing(company: Inscription, admin: Acteur) -> None:
    operations.apply(by=admin, wanted=[cell(admin)])
    for who in (admin, world.declarant(company)):
        before = held(who)
        assert operations.begin(account=who.account, choice=None) == who
        assert held(who) == before


def test_given_and_taken_in_one_instant_it_has_lasted(admin: Acteur) -> None:
    now = clock.now()
    with transaction.atomic(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", lambda: now)
        for on in (True, False, True, False, True):
            operations.apply(by=admin, wanted=[cell(admin, on=on)])
    periods = list(Habilitation.objects.order_by("opened_at").values_list("opened_at", "closed_at"))
    instant = dt.timedelta(microseconds=1)
    assert periods == [
        (now, now + instant),
        (now + 2 * instant, now + 3 * instant),
        (now + 4 * instant, None),
    ]


def test_a_clock_that_goes_back_makes_no_right_end_before_it_began(admin: Acteur) -> None:
    with clock.travel(dt.timedelta(days=1)):
        operations.apply(by=admin, wanted=[cell(admin)])
    operations.apply(by=admin, wanted=[cell(admin, on=False)])
    row = Habilitation.objects.get()
    assert row.closed_at
    assert row.closed_at - row.opened_at == dt.timedelta(microseconds=1)


def test_what_is_impossible_is_left_and_the_plan_says_why(company: Inscription, admin: Acteur) -> None:
    gone = world.ended(world.declarant(company))
    stranger = world.declarant(world.company(registered=False))
    wanted = {
        Reason.NOT_ACTEUR: [cell(stranger), Wanted(acteur_id=NOBODY, siret="1", declaration="dsn", on=True),
                            Wanted(acteur_id=2**70, siret="1\0", declaration="\0", on=False)],
        Reason.ENDED: [cell(gone)],
        Reason.CANDIDATE: [cell(world.candidate(company))],
        Reason.NOT_DECLARANT: [cell(world.administrateur(company, declarant=False))],
        Reason.DECLARATION_NOT_CHOSEN: [cell(admin, declaration="ducs")],
        Reason.ETABLISSEMENT_UNKNOWN: [
            Wanted(acteur_id=admin.pk, siret=stranger.siret, declaration="dsn", on=True)
        ],
        Reason.ETABLISSEMENT_UNTICKED: [cell(admin, place=2)],
    }  # fmt: skip
    lines = [line for each in wanted.values() for line in each]
    possible = cell(admin, place=1)
    plan = queries.plan(acteur=admin, wanted=[*lines, possible, cell(admin, on=False)])
    found = Counter(line.reason for line in plan.impossible)
    assert found == {reason: len(each) for reason, each in wanted.items()}
    assert all(line.sentence for line in plan.impossible)
    assert [(line.siret, line.name) for line in plan.additions] == [(possible.siret, "Lila Exemple")]
    assert [line.siret for line in plan.already] == [company.siret]
    made = operations.apply(by=admin, wanted=[*lines, possible])
    assert (made.opened, made.closed) == (1, 0)
    assert held(admin) == {(possible.siret, "dsn")}


def test_a_right_can_be_taken_whatever_became_of_its_place(company: Inscription, admin: Acteur) -> None:
    operations.apply(by=admin, wanted=[cell(admin)])
    company.etablissements.update(ticked_at=None)
    taken = cell(admin, on=False)
    assert [line.siret for line in queries.plan(acteur=admin, wanted=[taken]).removals] == [taken.siret]
    assert operations.apply(by=admin, wanted=[taken]).closed == 1


def test_one_cell_on_and_off_is_refused_and_twice_on_is_once(admin: Acteur) -> None:
    for ask in (
        lambda wanted: operations.apply(by=admin, wanted=wanted),
        lambda wanted: queries.plan(acteur=admin, wanted=wanted),
    ):
        with pytest.raises(Contradiction):
            ask([cell(admin), cell(admin, on=False)])
    assert operations.apply(by=admin, wanted=[cell(admin), cell(admin)]).opened == 1


def test_nothing_to_change_is_no_change(admin: Acteur) -> None:
    operations.apply(by=admin, wanted=[cell(admin)])
    events = len(history(subject=admin.inscription.subject))
    assert operations.apply(by=admin, wanted=[cell(admin)]).pk is None
    assert operations.apply(by=admin, wanted=[]).pk is None
    assert Changement.objects.count() == 1
    assert len(history(subject=admin.inscription.subject)) == events


def test_only_an_administrateur_who_is_still_there(company: Inscription, admin: Acteur) -> None:
    omar = world.declarant(company)
    with pytest.raises(NotAdministrateur):
        operations.apply(by=omar, wanted=[cell(omar)])
    Acteur.objects.filter(pk=admin.pk).update(administrateur=False)
    with pytest.raises(NotAdministrateur):  # what one was when the page was read counts for nothing
        operations.apply(by=admin, wanted=[cell(omar)])
    world.ended(admin)
    with pytest.raises(ActeurGone):
        operations.apply(by=admin, wanted=[cell(omar)])
    assert not Habilitation.objects.exists()


def test_copying_adds_what_is_missing(company: Inscription, admin: Acteur) -> None:
    omar, jeanne = world.declarant(company), world.declarant(company)
    operations.apply(by=admin, wanted=[cell(omar), cell(omar, 1, "c3s"), cell(jeanne), cell(jeanne, 1)])
    made = operations.copy(by=admin, source_id=omar.pk, target_id=jeanne.pk)
    assert (made.opened, made.origine) == (1, Origine.COPIE)
    assert held(jeanne) == held(omar) | {(world.sirets(company)[1], "dsn")}
    for ids in ((omar.pk, NOBODY), (NOBODY, omar.pk), (omar.pk, 2**70), (-1, omar.pk)):
        with pytest.raises(operations.UnknownColleague):
            operations.copy(by=admin, source_id=ids[0], target_id=ids[1])


def test_profiles_give_what_they_say_for_what_the_company_has(company: Inscription, admin: Acteur) -> None:
    first, second, _unticked = world.sirets(company)
    everything = {(siret, code) for siret in (first, second) for code in ("dsn", "c3s")}
    expected = {
        "tout": everything,
        "etablissement": {(second, "dsn"), (second, "c3s")},
        "paie": {(first, "dsn"), (second, "dsn")},
        "paie_etablissement": {(second, "dsn")},
        "cotisations": {(first, "c3s"), (second, "c3s")},
    }
    for profile, cells in expected.items():
        somebody = world.declarant(company, siret=second)
        operations.give_profile(by=admin, acteur_id=somebody.pk, profile=profile)
        assert held(somebody) == cells, profile
    with pytest.raises(operations.UnknownProfile):
        operations.give_profile(by=admin, acteur_id=admin.pk, profile="inconnu")


@pytest.mark.parametrize("genre", [Genre.MONO, Genre.TIERS])
def test_profiles_are_for_companies_of_several_etablissements(genre: Genre) -> None:
    company = world.company(genre)
    boss, omar = world.administrateur(company), world.declarant(company)
    with pytest.raises(operations.UnknownProfile):
        operations.give_profile(by=boss, acteur_id=omar.pk, profile="tout")
    assert held(omar) == set()
    person = world.person()
    with pytest.raises(operations.UnknownProfile):
        hiring.hire(by=boss, person=person, siret=company.siret, profile="tout")
    assert not Acteur.objects.filter(account__email=person.email).exists()


def test_who_is_no_declarant_any_more_has_no_right(company: Inscription, admin: Acteur) -> None:
    omar = world.administrateur(company)
    operations.apply(by=admin, wanted=[cell(omar), cell(omar, 1)])
    after = operations.set_roles(by=admin, acteur_id=omar.pk, administrateur=True, declarant=False)
    assert (after.declarant, held(omar)) == (False, set())
    assert Changement.objects.latest("at").origine == Origine.RETRAIT


def test_each_is_told_once_and_never_of_their_own_act(company: Inscription, admin: Acteur) -> None:
    other, omar = world.administrateur(company, "Odile Exemple"), world.declarant(company, "Omar Exemple")
    idle = world.declarant(company)
    wanted = [cell(omar), cell(omar, 1), cell(other), cell(admin)]
    operations.apply(by=admin, wanted=wanted)
    boxes = {one.name if hasattr(one, "name") else one.pk: world.boxed(one.account) for one in (admin, idle)}
    assert set(map(tuple, boxes.values())) == {()}
    assert world.boxed(omar.account) == world.boxed(other.account) == ["habilitations/droits_changes"]
    theirs = Pli.objects.get(box=omar.account.subject).body
    assert "Lila Exemple" in theirs
    assert "droit donné" in theirs
    assert "Odile" not in theirs
    others = Pli.objects.get(box=other.account.subject).body
    assert "Omar Exemple" in others
    notices = Courrier.objects.filter(recipient=omar.account.email)
    assert [one.template for one in notices] == ["avis"]
    assert "Lila" not in notices[0].body


def test_a_message_counts_what_it_does_not_name(admin: Acteur) -> None:
    company = world.company(places=12, declarations=("dsn", "c3s"))
    boss, omar = world.administrateur(company), world.declarant(company)
    operations.give_profile(by=boss, acteur_id=omar.pk, profile="tout")
    body = Pli.objects.get(box=omar.account.subject).body
    assert body.count("12 établissements") == 2
    assert world.sirets(company)[0][-5:] not in body


def test_the_journal_proves_the_lines_and_names_nobody(company: Inscription, admin: Acteur) -> None:
    operations.apply(by=admin, wanted=[cell(admin)])
    made = operations.apply(by=admin, wanted=[cell(admin, on=False), cell(admin, 1)])
    event = history(subject=company.subject)[-1]
    sirets = world.sirets(company)
    lines = sorted([f"+{admin.pk} {sirets[1]} dsn", f"-{admin.pk} {sirets[0]} dsn"])
    assert event.kind == "inscription.rights_changed"
    assert event.data == {
        "changement": made.pk,
        "origine": "manuelle",
        "opened": 1,
        "closed": 1,
        "lines_sha256": hashlib.sha256("\n".join(lines).encode()).hexdigest(),
    }


def test_a_change_of_many_lines_asks_no_more_than_one_of_two(admin: Acteur) -> None:
    company = world.company(places=60, declarations=("dsn", "c3s"))
    boss, source = world.administrateur(company), world.declarant(company)
    asked = []
    for wanted in (
        [cell(source), cell(source, 1)],
        [Wanted(acteur_id=source.pk, siret=s, declaration=d, on=True)
         for s in world.sirets(company) for d in ("dsn", "c3s")],
    ):  # fmt: skip
        with CaptureQueriesContext(connection) as captured:
            operations.apply(by=boss, wanted=wanted)
        asked.append(len(captured))
    assert Habilitation.objects.filter(closed_at=None).count() == 120
    assert asked[0] == asked[1]


def test_the_database_itself_refuses_what_overlaps(admin: Acteur) -> None:
    made = operations.apply(by=admin, wanted=[cell(admin)])
    row = Habilitation.objects.get()
    day = dt.timedelta(days=1)

    def insert(opened_at: dt.datetime, closed_at: dt.datetime | None) -> None:
        with transaction.atomic():
            Habilitation.objects.create(
                acteur=admin, siret=row.siret, declaration="dsn", opened_at=opened_at, closed_at=closed_at,
                opened_in=made, closed_in=made if closed_at else None,
            )  # fmt: skip

    for period in ((row.opened_at + day, None), (row.opened_at - day, row.opened_at + day)):
        with pytest.raises(IntegrityError):
            insert(*period)
    for until in (row.opened_at - day, row.opened_at - 2 * day):  # lasts nothing, or less
        with pytest.raises(IntegrityError, match="habilitation_closed_after_opened"):
            insert(row.opened_at - day, until)
    insert(row.opened_at - day, row.opened_at)  # until then, and from then: they touch
