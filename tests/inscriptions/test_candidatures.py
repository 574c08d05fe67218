"""Those who ask to be administrateur: granted, refused, by key, by the desk, or after 15 days by nobody."""

import datetime as dt
from collections.abc import Callable

import pytest

from guichet.courriers.models import Courrier, Pli
from guichet.inscriptions import operations, queries
from guichet.inscriptions.models import Acteur, Candidature
from guichet.inscriptions.operations import (
    ActeurGone,
    ActeurNotFound,
    AlreadySettled,
    KeyRefused,
    KeySpent,
    KeyTriesLockedOut,
    MotifMissing,
    MotifTooLong,
    NoAddress,
    NobodyToAsk,
    NotAdministrateur,
)
from guichet.inscriptions.rules import LAPSES_AFTER, Genre, Voie
from guichet.inscriptions.states import Issue
from guichet.journal.queries import history
from guichet.kernel import clock
from guichet.kernel.reference import Reference
from guichet.retention import operations as retention
from tests.at_once import at_once
from tests.inscriptions import world
from tests.inscriptions.world import HERE, SECOND

pytestmark = pytest.mark.django_db
Pair = tuple[Acteur, Acteur]


@pytest.fixture
def pair(db: None) -> Pair:
    """An administrateur, and who asks to be one."""
    company = world.company()
    return world.administrateur(company), world.candidate(company)


def key_of(acteur: Acteur) -> str:
    """The key in the letter that waits to be printed."""
    letter = world.letters("inscriptions/lettre_cle")[-1]
    assert letter.about == acteur.subject
    return letter.body.split("Votre clé d’activation : ")[1].split()[0]


def by_key(acteur: Acteur) -> str:
    operations.choose_way(account=acteur.account, voie=Voie.CLE)
    return key_of(acteur)


def type_key(acteur: Acteur, key: str) -> Acteur:
    return operations.type_key(account=acteur.account, key=key, client=HERE)


def settled(acteur: Acteur) -> tuple[str, bool, bool]:
    acteur.refresh_from_db()
    row = Candidature.objects.get(pk=acteur.pk)
    return row.issue, acteur.administrateur, acteur.ended_at is not None


def test_granted(pair: Pair) -> None:
    boss, late = pair
    other = world.administrateur(boss.inscription)
    operations.grant(by=boss, acteur_id=late.pk)
    assert settled(late) == (Issue.ACCORDEE, True, False)
    assert late.declarant
    assert world.boxed(late.account) == ["inscriptions/candidature_reponse"]
    assert world.boxed(other.account) == ["inscriptions/candidat_reponse"]
    assert world.boxed(boss.account) == []
    assert "candidature.settled" in world.events(boss.inscription.subject)


def test_refused_with_a_reason_and_may_begin_again(pair: Pair) -> None:
    boss, late = pair
    for motif, refusal in (("  \u200b ", MotifMissing), ("x" * 1001, MotifTooLong)):
        with pytest.raises(refusal):
            operations.refuse(by=boss, acteur_id=late.pk, motif=motif)
    operations.refuse(by=boss, acteur_id=late.pk, motif="Nous ne vous connaissons pas.")
    assert settled(late) == (Issue.REFUSEE, False, True)
    assert queries.acteur_of(account=late.account) is None
    assert "Nous ne vous connaissons pas." in Pli.objects.get(box=late.account.subject).body
    assert operations.begin(account=late.account, choice=None).is_candidate


def test_taken_back(pair: Pair) -> None:
    boss, late = pair
    operations.withdraw(account=late.account)
    assert settled(late) == (Issue.RETIREE, False, True)
    assert world.boxed(late.account) == []
    assert world.boxed(boss.account) == ["inscriptions/candidat_reponse"]
    with pytest.raises(AlreadySettled):
        operations.withdraw(account=late.account)


def test_settled_is_settled(pair: Pair) -> None:
    boss, late = pair
    operations.grant(by=boss, acteur_id=late.pk)
    acts: list[Callable[[], object]] = [
        lambda: operations.grant(by=boss, acteur_id=late.pk),
        lambda: operations.refuse(by=boss, acteur_id=late.pk, motif="Non."),
        lambda: operations.withdraw(account=late.account),
        lambda: operations.choose_way(account=late.account, voie=Voie.CLE),
        lambda: operations.admit(acteur_id=late.pk, actor="account:agent"),
        lambda: type_key(late, str(Reference.new())),
    ]
    for act in acts:
        with pytest.raises(AlreadySettled):
            act()
    assert operations.lapse_candidates() == 0


def test_nobody_else_answers(pair: Pair) -> None:
    boss, late = pair
    company = boss.inscription
    stranger = world.administrateur(world.company())
    outsiders = (
        (stranger, ActeurNotFound),
        (world.declarant(company), NotAdministrateur),
        (late, NotAdministrateur),
        (world.candidate(company), NotAdministrateur),
        (world.ended(world.administrateur(company)), ActeurGone),
    )
    for who, refusal in outsiders:
        with pytest.raises(refusal):
            operations.grant(by=who, acteur_id=late.pk)
        with pytest.raises(refusal):
            operations.refuse(by=who, acteur_id=late.pk, motif="Non.")
    for somebody in (boss, stranger):  # who is no candidate at all
        with pytest.raises(ActeurNotFound):
            operations.grant(by=boss, acteur_id=somebody.pk)
    assert settled(late) == ("", False, False)


def test_the_last_second_counts_and_the_next_one_does_not(pair: Pair) -> None:
    boss, late = pair
    until = late.candidature.lapses_at - clock.now()
    with clock.travel(until):
        with pytest.raises(AlreadySettled):
            operations.grant(by=boss, acteur_id=late.pk)
        with pytest.raises(AlreadySettled):
            operations.choose_way(account=late.account, voie=Voie.CLE)
    with clock.travel(until - SECOND):
        assert operations.lapse_candidates() == 0
        operations.grant(by=boss, acteur_id=late.pk)
    assert settled(late)[0] == Issue.ACCORDEE


def test_it_lapses_to_the_second_and_once(pair: Pair) -> None:
    boss, late = pair
    with clock.travel(late.candidature.lapses_at - clock.now()):
        assert operations.lapse_candidates() == 1
        assert operations.lapse_candidates() == 0
    assert settled(late) == (Issue.CADUQUE, False, True)
    for who in (boss, late):
        assert len(world.boxed(who.account)) == 1


@pytest.mark.parametrize("voie", list(Voie))
def test_it_is_recalled_after_5_and_12_days(pair: Pair, voie: Voie) -> None:
    boss, late = pair
    Candidature.objects.update(voie=voie)
    asked = late.candidature.asked_at - clock.now()
    for days in (5, 12):
        with clock.travel(asked + dt.timedelta(days=days) - SECOND):
            assert operations.remind_candidates() == 0
        with clock.travel(asked + dt.timedelta(days=days)):
            assert operations.remind_candidates() == 1
            assert operations.remind_candidates() == 0
    with clock.travel(asked + LAPSES_AFTER):
        assert operations.remind_candidates() == 0
    assert world.boxed(late.account) == ["inscriptions/candidature_rappel"] * 2
    expected = ["inscriptions/candidat"] * 2 if voie is Voie.COOPTATION else []
    assert world.boxed(boss.account) == expected


def test_a_job_that_slept_recalls_once(pair: Pair) -> None:
    with world.after(13):
        assert operations.remind_candidates() == 1
        assert operations.remind_candidates() == 0
    assert world.boxed(pair[1].account) == ["inscriptions/candidature_rappel"]


def test_the_key_of_the_letter_opens(pair: Pair) -> None:
    boss, late = pair
    key = by_key(late)
    (letter,) = world.letters("inscriptions/lettre_cle")
    assert letter.secret
    assert letter.recipient.startswith(late.account.profile["name"])
    assert key not in Candidature.objects.get().key_hash
    type_key(late, f" {key.lower().replace('-', ' ')} ")
    assert settled(late) == (Issue.CLE, True, False)
    assert world.boxed(boss.account) == ["inscriptions/candidat_reponse"]


def test_a_key_is_worth_nothing_to_anybody_else(pair: Pair) -> None:
    _, late = pair
    key = by_key(late)
    same, other = world.candidate(late.inscription), world.candidate(world.company())
    for who in (same, other):
        by_key(who)
        with pytest.raises(KeyRefused):
            type_key(who, key)
    assert settled(late) == ("", False, False)


def test_a_wrong_key_is_refused_whatever_is_wrong(pair: Pair) -> None:
    late = pair[1]
    with pytest.raises(KeyRefused):  # there is none
        type_key(late, str(Reference.new()))
    by_key(late)
    for typed in ("", "K7RM", "K7RM-3VXP-9QTC", str(Reference.new())):
        with pytest.raises(KeyRefused):
            type_key(late, typed)
    with pytest.raises(KeyTriesLockedOut):
        type_key(late, key_of(late))


def test_tries_of_the_key_are_counted_in_a_window_and_in_all(pair: Pair) -> None:
    late = pair[1]
    key = by_key(late)
    wrong = str(Reference.new())
    for window in range(4):
        with clock.travel(dt.timedelta(minutes=16 * window)):
            for _ in range(5):
                with pytest.raises(KeyRefused):
                    type_key(late, wrong)
            with pytest.raises(KeyTriesLockedOut) as refused:
                type_key(late, key)
            assert 0 < refused.value.retry_after <= 15 * 60
    with world.after(1), pytest.raises(KeySpent):
        type_key(late, key)


def test_the_right_key_after_the_lock_out(pair: Pair) -> None:
    late = pair[1]
    key = by_key(late)
    for _ in range(5):
        with pytest.raises(KeyRefused):
            type_key(late, "non")
    with clock.travel(dt.timedelta(minutes=15, seconds=1)):
        type_key(late, key)
    assert settled(late)[0] == Issue.CLE


def test_the_way_is_changed_and_the_15_days_run_on(pair: Pair) -> None:
    boss, late = pair
    before = late.candidature.lapses_at
    with world.after(3):
        key = by_key(late)
        operations.choose_way(account=late.account, voie=Voie.COOPTATION)
        operations.choose_way(account=late.account, voie=Voie.CLE)
        operations.choose_way(account=late.account, voie=Voie.COOPTATION)
        late.candidature.refresh_from_db()
        assert (late.candidature.lapses_at, late.candidature.voie) == (before, Voie.COOPTATION)
        assert len(world.letters()) == 1  # the one that is under way counts
        assert world.boxed(boss.account) == ["inscriptions/candidat"]
        type_key(late, key)  # and opens, whichever way was chosen last
    assert settled(late)[0] == Issue.CLE


def test_a_letter_that_does_not_arrive_is_written_again_with_another_key(pair: Pair) -> None:
    late = pair[1]
    former = by_key(late)
    with world.after(5.01):
        key = by_key(late)
        assert key != former
        with pytest.raises(KeyRefused):
            type_key(late, former)
        type_key(late, key)


def test_nobody_is_left_to_ask() -> None:
    company = world.company()
    boss = world.administrateur(company)
    late = world.candidate(company, voie=Voie.CLE)
    boss.account.suspended_at = clock.now()
    boss.account.save()
    with pytest.raises(NobodyToAsk, match="clé d’activation"):
        operations.choose_way(account=late.account, voie=Voie.COOPTATION)


def test_no_address_for_a_letter() -> None:
    company = world.company(Genre.MONO)
    world.administrateur(company)
    late = world.candidate(company)
    world.close_place(company.siret)
    with pytest.raises(NoAddress):
        operations.choose_way(account=late.account, voie=Voie.CLE)
    assert queries.candidature_of(account=late.account)


def test_the_letter_goes_to_the_siege_where_the_establishment_closed() -> None:
    company = world.company(places=2)
    late = world.candidate(company, siret=world.sirets(company)[1])
    world.close_place(late.siret)
    by_key(late)
    assert world.letters()[0].address[-1] == "44000 NANTES"


@pytest.mark.parametrize("before", ["waiting", "refused", "lapsed"])
def test_the_desk_admits_whom_nobody_answers(pair: Pair, before: str) -> None:
    boss, late = pair
    if before == "refused":
        operations.refuse(by=boss, acteur_id=late.pk, motif="Non.")
    with clock.travel(LAPSES_AFTER if before == "lapsed" else dt.timedelta(0)):
        operations.lapse_candidates()
        acteur = operations.admit(acteur_id=late.pk, actor="account:agent")
        assert queries.acteur_of(account=late.account) == acteur
    assert settled(acteur) == (Issue.AGENT, True, False)
    with pytest.raises(AlreadySettled):
        operations.admit(acteur_id=acteur.pk, actor="account:agent")


def test_the_desk_admits_nobody_who_took_it_back_or_acts_elsewhere(pair: Pair) -> None:
    boss, late = pair
    operations.refuse(by=boss, acteur_id=late.pk, motif="Non.")
    again = operations.begin(account=late.account, choice=None)
    with pytest.raises(AlreadySettled):
        operations.admit(acteur_id=late.pk, actor="account:agent")
    operations.withdraw(account=again.account)
    with pytest.raises(AlreadySettled):
        operations.admit(acteur_id=again.pk, actor="account:agent")
    with pytest.raises(ActeurNotFound):
        operations.admit(acteur_id=0, actor="account:agent")


def test_the_desk_admits_a_declarant_whose_company_nobody_administers() -> None:
    company = world.company()
    lost, omar = world.administrateur(company, suspended_at=clock.now()), world.declarant(company)
    acteur = operations.admit(acteur_id=omar.pk, actor="account:agent")
    omar.refresh_from_db()
    assert (acteur, omar.administrateur, omar.declarant) == (omar, True, True)
    assert world.boxed(omar.account) == ["inscriptions/candidature_reponse"]
    assert world.boxed(lost.account) == ["inscriptions/equipe"]
    event = history(subject=company.subject)[-1]
    assert (event.kind, event.actor) == ("acteur.admitted", "account:agent")
    assert event.data == {"acteur": omar.pk, "administrateur": True, "declarant": True}


def test_the_desk_admits_no_declarant_whose_company_somebody_administers(pair: Pair) -> None:
    boss, _late = pair
    omar = world.declarant(boss.inscription)
    with pytest.raises(AlreadySettled):
        operations.admit(acteur_id=omar.pk, actor="account:agent")
    omar.refresh_from_db()
    assert not omar.administrateur


def test_the_desk_admits_nobody_whose_account_was_closed(pair: Pair) -> None:
    boss, late = pair
    operations.refuse(by=boss, acteur_id=late.pk, motif="Non.")
    retention.close(account=late.account, password=world.PASSWORD)
    with pytest.raises(AlreadySettled):
        operations.admit(acteur_id=late.pk, actor="account:agent")
    assert not Acteur.objects.filter(account=late.account, ended_at=None).exists()


def test_an_e_mail_tells_that_a_message_waits_and_no_name(pair: Pair) -> None:
    boss, late = pair
    operations.withdraw(account=late.account)
    (mail,) = Courrier.objects.filter(recipient=boss.account.email)
    assert mail.template == "avis"
    assert late.account.profile["name"] not in mail.body


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("empty_register")
@pytest.mark.parametrize("turn", range(3))
def test_everybody_at_once_and_one_outcome(turn: int) -> None:
    company = world.company()
    boss, second, late = (
        world.administrateur(company),
        world.administrateur(company),
        world.candidate(company),
    )
    key = by_key(late)
    near = late.candidature.lapses_at - clock.now() - dt.timedelta(milliseconds=30)
    acts: list[Callable[[], object]] = [
        lambda: operations.grant(by=boss, acteur_id=late.pk),
        lambda: operations.refuse(by=second, acteur_id=late.pk, motif="Non."),
        lambda: type_key(late, key),
        lambda: operations.withdraw(account=late.account),
        lambda: operations.admit(acteur_id=late.pk, actor="account:agent"),
        operations.lapse_candidates,
    ]
    with clock.travel(near):
        found = at_once(*acts[turn * 2 :], *acts[: turn * 2])
    assert not [one for one in found if isinstance(one, Exception) and not isinstance(one, AlreadySettled)], (
        found
    )
    kinds = world.events(company.subject)
    assert kinds.count("candidature.settled") == Candidature.objects.exclude(settled_at=None).count()
    assert Acteur.objects.filter(account=late.account, ended_at=None).count() <= 1
    assert not Candidature.objects.filter(settled_at=None).exists()
